import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { type BffServer, startBffServer } from '../../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../../test/support/cookie-client.ts';
import { createFactorScene } from '../../../../test/support/factor-scene.ts';
import { OWN_PAGE, PASSWORD } from '../../../../test/support/identity-server.ts';
import { mailedCode } from './codes.ts';
import { writeLetter } from './letters.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const scene = createFactorScene(() => server, clock);
const NEXT = 'dez barcos azuis no cais';

before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());

const codeIn = (text: string): string => /^([0-9A-Z]{3,4}-[0-9A-Z]{3,4})$/m.exec(text)?.[1] ?? assert.fail(text);
/** Tokens of sessions tell the time by the machine, so that a clock put forward would end them. */
const expire = () => server.database.admin('update identity.mailed_codes set expires_at = $1', [new Date(clock.now())]);
const ask = (browser: CookieClient, page: string, login: string) => browser.send(`${page}/reset`, { body: { login }, headers: OWN_PAGE });
const finish = (browser: CookieClient, page: string, code: string, password = NEXT) =>
  browser.send(`${page}/reset/finish`, { body: { code, password }, headers: OWN_PAGE });

/** Somebody with a session and a proved address. */
async function verified() {
  const one = await scene.register();
  const browser = await server.logIn(server.browser(), server.publicUrl, one.email);
  const asked = await scene.post(browser, '/bff/v1/identity/email/code');
  assert.equal(asked.status, 204, asked.text);
  const code = codeIn((await server.mail.next(one.email, /confirmar/)).text);
  const done = await scene.post(browser, '/bff/v1/identity/email/confirm', { code });
  assert.equal(done.status, 204, done.text);
  await server.mail.next(one.email, /E-mail confirmado/);
  return { ...one, browser };
}
async function askedReset(email: string) {
  const browser = server.browser();
  const page = await scene.page(browser);
  const answer = await ask(browser, page, email);
  assert.equal(answer.status, 204, answer.text);
  return { browser, page, code: codeIn((await server.mail.next(email, /senha nova/)).text) };
}

test('an address is proved by the code sent there: five tries, a quarter of an hour, once; the person is told', async () => {
  const one = await scene.register();
  const browser = await server.logIn(server.browser(), server.publicUrl, one.email);
  const state = async () => (await scene.security(browser)).email;
  assert.deepEqual(await state(), { masked: 'f…@exemplo.com.br', verified: false });
  const confirm = (code: string) => scene.post(browser, '/bff/v1/identity/email/confirm', { code });
  const asked = async () => {
    const asked = await scene.post(browser, '/bff/v1/identity/email/code');
    assert.equal(asked.status, 204, asked.text);
    return codeIn((await server.mail.next(one.email, /confirmar/)).text);
  };
  const first = await asked();
  const second = await asked();
  assert.equal((await confirm(first)).json().code, 'IDENTITY_MAILED_CODE_REFUSED', 'the newest counts');
  await expire();
  assert.equal((await confirm(second)).status, 422, 'too late');
  const third = await asked();
  for (let i = 0; i < 5; i++) assert.equal((await confirm('000-000')).status, 422);
  assert.equal((await confirm(third)).status, 422, 'five tries are all');
  const fourth = await asked();
  const answers = await Promise.all([confirm(fourth), confirm(fourth), confirm(fourth.replace('-', ' '))]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 422, 422]);
  assert.deepEqual(await state(), { masked: 'f…@exemplo.com.br', verified: true });
  const told = await server.mail.next(one.email, /E-mail confirmado/);
  assert.match(told.text, /Não foi você\?/);
  const events = await server.database.admin(
    "select data from identity.outbox_events where type = 'identity.email-verified.v1' and key = $1",
    [one.subjectId],
  );
  assert.deepEqual(events, [{ data: { subjectId: one.subjectId } }]);
});

test('a code of another person’s session proves nothing', async () => {
  const [one, two] = [await scene.register(), await scene.register()];
  const mine = await server.logIn(server.browser(), server.publicUrl, one.email);
  const other = await server.logIn(server.browser(), server.publicUrl, two.email);
  await scene.post(mine, '/bff/v1/identity/email/code');
  const code = codeIn((await server.mail.next(one.email, /confirmar/)).text);
  assert.equal((await scene.post(other, '/bff/v1/identity/email/confirm', { code })).status, 422);
});

test('a new password by mail: the old one is out, so is every session, and the person is told; the code opens once, in its own log-in', async () => {
  const one = await verified();
  const { browser, page, code } = await askedReset(one.email);
  const elsewhere = server.browser();
  assert.equal((await finish(elsewhere, await scene.page(elsewhere), code)).status, 422, 'the code belongs to the log-in that asked');
  const weak = await finish(browser, page, code, 'senha1234567');
  assert.equal(weak.json().code, 'IDENTITY_WEAK_PASSWORD');
  const answers = await Promise.all([finish(browser, page, code.toLowerCase()), finish(browser, page, code)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 422], answers.map(({ text }) => text).join());
  assert.equal(await scene.isPaying(one.browser), false, 'the session from before is over');
  assert.equal((await scene.password(one.email)).answer.status, 401);
  const again = await scene.password(one.email, browser, NEXT);
  assert.ok(await scene.finish(again.browser, again.answer));
  assert.match((await server.mail.next(one.email, /redefinida/)).text, /Todos os aparelhos saíram/);
  const events = await server.database.admin(
    "select data->>'by' as by from identity.outbox_events where type = 'identity.secret-changed.v1' and key = $1",
    [one.subjectId],
  );
  assert.deepEqual(events, [{ by: 'reset' }]);
});

test('a second factor is still owed after a new password', async () => {
  const one = await verified();
  const { secret } = await scene.addTotp(one.browser);
  const { browser, page, code } = await askedReset(one.email);
  assert.equal((await finish(browser, page, code)).status, 204);
  const half = await scene.password(one.email, browser, NEXT);
  assert.deepEqual([half.redirectTo, half.ways?.[0]], [undefined, 'totp']);
  scene.nextStep();
  assert.ok(await scene.finish(browser, await scene.second(browser, half.page, 'totp', scene.code(secret))));
});

test('asking tells nothing: known, unproved and unknown names get one answer and one row each, and only the proved one a letter', async () => {
  const [proved, unproved] = [await verified(), await scene.register()];
  const rows: unknown[] = [];
  for (const login of [proved.email, unproved.email, 'ninguem.mesmo@exemplo.com.br', 'nem um nome']) {
    const browser = server.browser();
    const page = await scene.page(browser);
    const answer = await ask(browser, page, login);
    assert.deepEqual([answer.status, answer.text], [204, ''], login);
    rows.push(
      ...(await server.database.admin(
        `select failures, language, code_id is not null as code from identity.mailed_codes where purpose = 'reset' and bound_hash = sha256($1)`,
        [page.split('/').at(-1)!.replace(/\?.*/, '')],
      )),
    );
    const refused = await finish(browser, page, '0000-0000');
    assert.deepEqual([refused.status, refused.json().code], [422, 'IDENTITY_MAILED_CODE_REFUSED'], login);
  }
  assert.deepEqual(rows, Array(4).fill({ failures: 0, language: 'pt', code: true }));
  await server.mail.next(proved.email, /senha nova/);
  const left = async () => (await server.database.admin("select 1 from queue.tasks where queue = 'identity.mail'")).length;
  for (let i = 0; i < 400 && (await left()) > 0; i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal(await left(), 0);
  assert.deepEqual(
    server.mail.received().filter(({ subject }) => /senha nova/.test(subject)),
    [],
  );
});

test('letters for a new password are few, whoever the name is; a right code for nobody opens nothing', async () => {
  const login = 'quem.sera@exemplo.com.br';
  const browser = server.browser();
  const page = await scene.page(browser);
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push((await ask(browser, page, login)).status);
  assert.deepEqual(answers, [204, 204, 204, 429]);
  const [row] = await server.database.admin<{ code_id: string }>(
    'select code_id from identity.mailed_codes where failures = 0 and subject_id is null',
  );
  assert.equal((await finish(browser, page, mailedCode(server.masterKey, 'reset', row!.code_id))).status, 422);
});

test('whoever signs up with what is taken is told as little as before, and the owner hears of it', async () => {
  const one = await scene.register();
  const browser = server.browser();
  const page = await scene.page(browser);
  const person = { name: 'Outra Pessoa', cpf: '390.533.447-05', email: one.email, password: 'quatro gatos e um sapato' };
  const answer = await browser.send(`${page}/sign-up`, { body: person, headers: { ...OWN_PAGE, 'idempotency-key': crypto.randomUUID() } });
  assert.deepEqual([answer.status, answer.json().code], [409, 'IDENTITY_ACCOUNT_EXISTS']);
  assert.match((await server.mail.next(one.email, /já tem uma conta/)).text, /Nada mudou na sua conta/);
});

test('nothing of a code, a password or an address stands in the database in clear', async () => {
  const one = await verified();
  const { code } = await askedReset(one.email);
  const rows = await server.database.admin(
    `select t::text as text from identity.mailed_codes t union all select t::text from queue.tasks t union all select t::text from identity.people t`,
  );
  const dump = rows.map(({ text }) => text).join('\n');
  for (const secret of [code, code.replace('-', ''), one.email, PASSWORD]) assert.ok(!dump.includes(secret), secret);
});

test('a letter is in the language of its reader, says the same twice, and has no link and nothing of HTML in it', () => {
  const reader = { firstName: '<b>Ana</b>', language: 'en', to: 'ana@exemplo.com.br' } as const;
  const letter = writeLetter({ kind: 'reset-code', code: '7K2M9XQ4', minutes: 10 }, reader);
  assert.equal(letter.subject, 'Lastro: Code for a new password');
  assert.match(letter.text, /^7K2M-9XQ4$/m);
  assert.match(letter.html, /7K2M-9XQ4/);
  assert.ok(!letter.html.includes('Ana') && letter.text.startsWith('Hello.'), 'whoever is called by no name of letters is called by none');
  for (const firstName of ['evil.com', 'https://evil.com/x', 'a@b'])
    assert.match(writeLetter({ kind: 'sign-up-taken' }, { ...reader, firstName, language: 'pt' }).text, /^Olá\.$/m, firstName);
  assert.match(writeLetter({ kind: 'sign-up-taken' }, { ...reader, firstName: 'D’Ávila' }).text, /^Hello, D’Ávila\.$/m);
  assert.doesNotMatch(letter.text + letter.html, /https?:|href|src=/);
});
