import { createTransport } from 'nodemailer';
import { type Mailer, MailRefused } from './mail.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/**
 * Mail by SMTP: `smtp://user:password@host:587` (STARTTLS where the server has it, and always beyond this machine), `smtps://…:465`. What the
 * server refuses for good (5xx) is told apart from what may pass.
 */
export function smtpMailer(url: string, from: string): Mailer {
  const { hostname } = new URL(url);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: 4,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      requireTLS: url.startsWith('smtp:') && !isLocal,
      // A message is words of ours: nothing is read from files or fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ to, subject, text, html }, id) {
      try {
        await transport.sendMail({
          // An address is one mailbox, whatever it looks like.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          headers: { 'auto-submitted': 'auto-generated' },
        });
      } catch (error) {
        const { code: where, responseCode: code } = error as { code?: string; responseCode?: number };
        // Of this letter or of its address; a log-in that the server does not take is ours to mend, and the letters wait.
        if (code && code >= 500 && (where === 'EENVELOPE' || where === 'EMESSAGE')) throw new MailRefused(code);
        // Its own words may hold the address.
        throw new Error(`mail was not taken: ${where ?? 'unknown'} ${code ?? ''}`.trim());
      }
    },
    async close() {
      transport.close();
    },
  };
}
