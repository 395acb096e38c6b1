import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../log.ts';
import { folderMailer } from './folder.ts';
import type { Mailer } from './mail.ts';

export type MailSettings = { MAIL_URL?: string | undefined; MAIL_FROM: string };

/**
 * The carrier an installation has chosen: `smtp://…`, `smtps://…` or `file:///folder`. Without one, development writes into `.lastro/mail`;
 * production sends nothing and says so, and what waits is dead after its attempts and can be put back.
 */
export function createMailer({ MAIL_URL: url, MAIL_FROM: from }: MailSettings, isDevelopment: boolean, log: Logger): Mailer {
  if (url?.startsWith('file:')) return folderMailer(fileURLToPath(url));
  if (url) return smtpOnceUsed(url, from);
  if (isDevelopment) return folderMailer(path.resolve('.lastro/mail'));
  log.warn('MAIL_URL is not set: nobody can prove an e-mail, get a new password, or be told of what happens to their log-in');
  return {
    send: async () => {
      throw new Error('MAIL_URL is not set');
    },
    close: async () => undefined,
  };
}

/** The SMTP library is loaded by the first message. */
function smtpOnceUsed(url: string, from: string): Mailer {
  let mailer: Promise<Mailer> | undefined;
  return {
    async send(mail, id) {
      mailer ??= import('./smtp.ts').then(({ smtpMailer }) => smtpMailer(url, from));
      await (await mailer).send(mail, id);
    },
    close: async () => (await mailer)?.close(),
  };
}
