import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startMailServer } from '../../../test/support/mail-server.ts';
import { createLogger } from '../log.ts';
import { createMailer } from './create-mailer.ts';
import { MailRefused } from './mail.ts';

const log = createLogger({ level: 'fatal' });
const from = 'Lastro <nao-responda@lastro.example>';
const mail = {
  to: 'ana@exemplo.com.br',
  subject: 'Código de confirmação',
  text: 'O código é 123456.',
  html: '<p>O código é <b>123456</b>.</p>',
};
const ended: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ended.reverse()) await end();
});

async function scene(options: Parameters<typeof startMailServer>[0] = {}) {
  const server = await startMailServer(options);
  const mailer = createMailer({ MAIL_URL: server.url, MAIL_FROM: from }, false, log);
  ended.push(server.close, mailer.close);
  return { server, mailer };
}

test('a real SMTP server gets the message: who from and to, words of both kinds, and a name that stays the same', async () => {
  const { server, mailer } = await scene({ user: 'lastro', password: 'pa:ss/wo@rd' });
  await mailer.send(mail, 'm-1');
  const [got] = server.received();
  assert.deepEqual([got!.from, got!.to], ['nao-responda@lastro.example', ['ana@exemplo.com.br']]);
  assert.match(got!.raw, /^Message-ID: <m-1@lastro\.example>/im);
  assert.match(got!.raw, /^Auto-Submitted: auto-generated/im);
  assert.match(got!.raw, /^Content-Type: multipart\/alternative/im);
  assert.equal(got!.subject, mail.subject);
  assert.equal(got!.text.trim(), mail.text);
});

test('an address is one mailbox: what looks like more of them, or like a header, reaches nobody else', async () => {
  const { server, mailer } = await scene();
  for (const to of ['ana@exemplo.com.br, bia@exemplo.com.br', 'ana@exemplo.com.br\r\nBcc: bia@exemplo.com.br'])
    await mailer.send({ ...mail, to }, 'm-2').catch(() => undefined);
  assert.ok(!server.received().some(({ to }) => to.includes('bia@exemplo.com.br')), JSON.stringify(server.received()));
});

test('what is refused for good is told apart from what may pass, and neither names the address', async () => {
  const { mailer } = await scene({ answer: 550 });
  await assert.rejects(mailer.send(mail, 'm-3'), (error: Error) => error instanceof MailRefused && !error.message.includes('ana@'));
  const busy = await scene({ answer: 451 });
  await assert.rejects(busy.mailer.send(mail, 'm-4'), (error: Error) => !(error instanceof MailRefused) && !error.message.includes('ana@'));
  await busy.server.close();
  await assert.rejects(busy.mailer.send(mail, 'm-5'), (error: Error) => !(error instanceof MailRefused));
});

test('in development a message is two files that only their owner reads', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-mail-'));
  try {
    const mailer = createMailer({ MAIL_URL: `${pathToFileURL(folder)}/in`, MAIL_FROM: from }, true, log);
    await mailer.send(mail, '../m-6');
    const files = readdirSync(path.join(folder, 'in')).toSorted();
    assert.deepEqual(files, ['___m-6.html', '___m-6.txt']);
    assert.match(
      readFileSync(path.join(folder, 'in', files[1]!), 'utf8'),
      /^To: ana@exemplo\.com\.br\nSubject: Código[^\n]*\n\nO código é 123456\./,
    );
    assert.equal(statSync(path.join(folder, 'in', files[0]!)).mode & 0o777, 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('without a carrier production says so at each message', async () => {
  await assert.rejects(createMailer({ MAIL_FROM: from }, false, log).send(mail, 'm-7'), /MAIL_URL is not set/);
});
