/** A real SMTP server in this process, which keeps what it is given. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Received = { from: string; to: string[]; subject: string; text: string; raw: string };
export type MailServer = {
  url: string;
  received(): Received[];
  /** The newest message to that address that matches, once it is there. */
  next(to: string, subject?: RegExp): Promise<Received>;
  close(): Promise<void>;
};

const WAIT_MS = 30_000;

/** `answer`: the code that every message gets instead of being taken. */
export async function startMailServer(options: { user?: string; password?: string; answer?: number } = {}): Promise<MailServer> {
  const { user, password, answer } = options;
  const received: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: user ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === user && auth.password === password ? done(null, { user: auth.username }) : done(new Error('who?')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (answer) return done(Object.assign(new Error('no'), { responseCode: answer }));
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString();
        received.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw, ...wordsOf(raw) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@` : '';
  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    received: () => [...received],
    async next(to, subject = /./) {
      for (const end = Date.now() + WAIT_MS; Date.now() < end; ) {
        const found = received.findLast((one) => one.to.includes(to) && subject.test(one.subject));
        if (found) {
          received.splice(received.indexOf(found), 1);
          return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no mail for that address; there were ${received.map((one) => one.subject).join(', ') || 'none'}`);
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Subject and plain text of a message of ours, which is UTF-8 in base64 or quoted-printable. */
function wordsOf(raw: string): { subject: string; text: string } {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const subject = (/^Subject: (.*)$/im.exec(head)?.[1] ?? '').replace(/\?= =\?/g, '?==?');
  const plain = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(raw);
  const encoding = /Content-Transfer-Encoding: (\S+)/i.exec(plain?.[0] ?? '')?.[1]?.toLowerCase();
  const body = plain?.[1] ?? '';
  const text = encoding === 'base64' ? Buffer.from(body, 'base64').toString() : encoding === 'quoted-printable' ? unquoted(body) : body;
  return { subject: subject.replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_all, kind: string, word: string) => decoded(kind, word)), text };
}

const decoded = (kind: string, word: string): string =>
  kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString() : unquoted(word.replaceAll('_', ' '));
const unquoted = (text: string): string =>
  Buffer.from(
    text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
