/** Browsers of people: which are new, and what makes them known. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { cpfFrom, until } from '../../../../scripts/lib/person.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';
import { LASTRO, MARIA, OWN_PAGE } from '../../../test/support/identity-server.ts';

// The issuer's own library reads the system's clock: ours may not run far ahead of it.
const clock = manualClock(Date.now());
const DAY_MS = 24 * 3_600_000;
/** As if a day had passed over what happened to somebody. */
const aDayPasses = (table: string, column: string, subjectId: string) =>
  server.database.admin(`update identity.${table} set ${column} = ${column} - interval '1 day' where subject_id = $1`, [subjectId]);
let server: BffServer;
before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());
const scene = createFactorScene(() => server, clock);

type Known = { id: string; current: boolean; knownSince: string | null; knownBy: string | null };
type Signed = { browser: CookieClient; email: string; subjectId: string };
let people = 640_000_000;

/** Somebody who opened their account in this browser. */
async function signUp(): Promise<Signed> {
  people += 1;
  const [email, browser] = [`aparelho.${people}@exemplo.com.br`, server.browser()];
  const page = await scene.page(browser);
  const answer = await browser.send(`${page}/sign-up`, {
    body: { ...MARIA, cpf: cpfFrom(people), email },
    headers: { ...OWN_PAGE, 'idempotency-key': crypto.randomUUID() },
  });
  assert.equal(answer.status, 201, answer.text);
  await browser.follow(String(answer.json().redirectTo), (to) => to.pathname === '/inicio');
  const { person } = (await browser.send(scene.at('/bff/v1/session'))).json() as { person: { id: string } };
  return { browser, email, subjectId: person.id };
}
/** Another browser of the same person, by password. */
async function elsewhere(email: string, browser = server.browser()): Promise<CookieClient> {
  const { answer } = await scene.password(email, browser);
  assert.ok(await scene.finish(browser, answer));
  return browser;
}
async function byTotp(email: string, secret: string, browser = server.browser()): Promise<CookieClient> {
  scene.nextStep();
  const { page } = await scene.password(email, browser);
  assert.ok(await scene.finish(browser, await scene.second(browser, page, 'totp', scene.code(secret))));
  return browser;
}
const devices = async (browser: CookieClient) =>
  ((await browser.send(scene.at('/bff/v1/identity/devices'))).json() as { devices: Known[] }).devices;
const knownBy = async (browser: CookieClient) => (await devices(browser)).find(({ current }) => current)?.knownBy;
const refusedWith = async (browser: CookieClient, path: string, body?: unknown) => {
  const answer = await scene.post(browser, path, body);
  return [answer.status, answer.status < 300 ? undefined : answer.json().code];
};
const proveEmail = (subjectId: string) =>
  server.database.admin('update identity.people set email_verified_at = now() where subject_id = $1', [subjectId]);
async function codeOfLetter(email: string): Promise<string> {
  const { text } = await server.mail.next(email, /reconhecer um aparelho/);
  return /^\d{3}-\d{3}$/m.exec(text)![0];
}

test('the browser in which the account was opened is known; another one is new, and its person hears of it', async () => {
  const { browser, email, subjectId } = await signUp();
  assert.equal(await knownBy(browser), 'sign-up');
  const other = await elsewhere(email);
  const [here, there] = await devices(other);
  assert.deepEqual([here!.current, here!.knownBy, here!.knownSince], [true, null, null]);
  assert.deepEqual([there!.current, there!.knownBy], [false, 'sign-up']);
  assert.match((await server.mail.next(email, /aparelho novo/)).text, /só saem valores pequenos/);
  const told = (await scene.events(subjectId)).filter((type) => type.startsWith('device'));
  assert.deepEqual(told, ['device-added.v1', 'device-added.v1']);
  await elsewhere(email, other);
  assert.equal((await devices(other)).length, 2, 'the same browser is the same device');
});

test('what is known is known as long as the log-in lives, also after what has expired was cleared away', async () => {
  const { browser, subjectId } = await signUp();
  const expired = server.identity.jobs!.find(({ name }) => name === 'identity.expired')!;
  await expired.run({ db: server.database.db, log: server.deps.log } as never);
  assert.equal(await knownBy(browser), 'sign-up');
  const [row] = await server.database.admin<{ expiresAt: Date }>(
    'select g.expires_at as "expiresAt" from identity.device_grants g join identity.devices using (tenant_id, device_id) where subject_id = $1',
    [subjectId],
  );
  assert.ok(row!.expiresAt.getTime() > clock.now() + 12 * 3_600_000);
});

test('a second factor makes a browser known, at the log-in and in a session', async () => {
  const { browser, email } = await signUp();
  const { secret } = await scene.addTotp(browser);
  assert.equal(await knownBy(await byTotp(email, secret)), 'log-in');
});

test('a factor that was given in a new browser makes none known for a day: whoever stole a password has not got that far', async () => {
  const { browser, email, subjectId } = await signUp();
  const thief = await elsewhere(email);
  const { secret } = await scene.addTotp(thief);
  scene.nextStep();
  const recognise = () => refusedWith(thief, '/bff/v1/identity/devices/recognise', { proof: { code: scene.code(secret) } });
  assert.deepEqual(await recognise(), [403, 'IDENTITY_FACTOR_WAITS']);
  assert.equal(await knownBy(await byTotp(email, secret)), null);
  assert.equal(await knownBy(browser), 'sign-up');
  await aDayPasses('totp_secrets', 'counts_from', subjectId);
  const later = await byTotp(email, secret, thief);
  assert.equal(await knownBy(later), 'log-in');
});

test('a code by mail makes a browser known, once, in the session that asked, and only for a proved address', async () => {
  const { email, subjectId } = await signUp();
  const other = await elsewhere(email);
  assert.deepEqual(await refusedWith(other, '/bff/v1/identity/devices/code'), [403, 'IDENTITY_EMAIL_UNPROVED']);
  await proveEmail(subjectId);
  assert.deepEqual(await refusedWith(other, '/bff/v1/identity/devices/code'), [204, undefined]);
  const code = await codeOfLetter(email);
  const confirm = (browser: CookieClient) => refusedWith(browser, '/bff/v1/identity/devices/confirm', { code });
  assert.deepEqual(await confirm(await elsewhere(email)), [422, 'IDENTITY_MAILED_CODE_REFUSED'], 'another session');
  assert.deepEqual(await confirm(other), [204, undefined]);
  assert.equal(await knownBy(other), 'mail');
  assert.deepEqual(await confirm(other), [422, 'IDENTITY_MAILED_CODE_REFUSED'], 'once');
  assert.match((await server.mail.next(email, /foi reconhecido/)).text, /limites da sua conta/);
});

test('whoever resets a password by mail has new browsers only, and the same mail makes none known that day', async () => {
  const { browser, email, subjectId } = await signUp();
  await proveEmail(subjectId);
  const page = await scene.page(browser);
  await browser.send(`${page}/reset`, { body: { login: email }, headers: OWN_PAGE });
  const code = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec((await server.mail.next(email, /senha nova/)).text)![0];
  const done = await browser.send(`${page}/reset/finish`, { body: { code, password: 'dez barcos no cais vazio' }, headers: OWN_PAGE });
  assert.equal(done.status, 204, done.text);
  const { answer } = await scene.password(email, browser, 'dez barcos no cais vazio');
  assert.ok(await scene.finish(browser, answer));
  assert.equal(await knownBy(browser), null);
  assert.deepEqual(await refusedWith(browser, '/bff/v1/identity/devices/code'), [403, 'IDENTITY_MAIL_TOO_SOON']);
  await aDayPasses('security_notes', 'noted_at', subjectId);
  assert.deepEqual(await refusedWith(browser, '/bff/v1/identity/devices/code'), [204, undefined]);
});

test('a recovery code makes all browsers new', async () => {
  const { browser, email } = await signUp();
  const { recoveryCodes } = await scene.addTotp(browser);
  const { page } = await scene.password(email, browser);
  assert.ok(await scene.finish(browser, await scene.second(browser, page, 'recovery-code', recoveryCodes[0]!)));
  assert.equal(await knownBy(browser), null);
});

test('a forgotten browser is out at once, and new when it comes again; the others stay as they were', async () => {
  const { browser, email, subjectId } = await signUp();
  const other = await elsewhere(email);
  const [mine] = (await devices(other)).filter(({ current }) => !current);
  const gone = await scene.post(other, '/bff/v1/identity/devices/forget', { id: mine!.id });
  assert.deepEqual([gone.status, gone.json()], [200, { endedLogIns: 1 }]);
  // Whoever keeps tokens in memory is told after the commit.
  const out = () => browser.send(scene.at('/bff/v1/identity/devices'));
  await until('the end of its session', out, ({ status }) => status === 401);
  assert.equal((await devices(other)).length, 1);
  assert.deepEqual(await refusedWith(other, '/bff/v1/identity/devices/forget', { id: mine!.id }), [404, 'IDENTITY_DEVICE_UNKNOWN']);
  await elsewhere(email, browser);
  assert.equal(await knownBy(browser), null);
  assert.ok((await scene.events(subjectId)).includes('device-forgotten.v1'));
  const stranger = await signUp();
  const [theirs] = await devices(other);
  assert.deepEqual(await refusedWith(stranger.browser, '/bff/v1/identity/devices/forget', { id: theirs!.id }), [
    404,
    'IDENTITY_DEVICE_UNKNOWN',
  ]);
});

test('a browser that its person used before browsers were kept is no new one', async () => {
  const { email, subjectId } = await scene.register();
  const browser = server.browser();
  const old = { id: 'antigo', people: [`${LASTRO}/${subjectId}`], untilMs: clock.now() + DAY_MS };
  const sealed = server.deps.vault.sealOwn('identity/device', JSON.stringify(old)).toString('base64url');
  browser.setCookie('localhost', 'lastro-navegador', sealed);
  await elsewhere(email, browser);
  assert.equal(await knownBy(browser), 'before');
  assert.equal(await knownBy(await elsewhere(email)), null);
});
