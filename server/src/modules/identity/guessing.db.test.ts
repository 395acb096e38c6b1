import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { cpfFrom } from '../../../../scripts/lib/person.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { type IdentityServer, LASTRO, MARIA, OWN_PAGE, PASSWORD, startIdentityServer } from '../../../test/support/identity-server.ts';
import { SIGN_UP_POLICY } from './domain/throttle.ts';
import { createPeople } from './people.ts';
import { createSignUp } from './sign-up.ts';

let server: IdentityServer;
const clock = manualClock(Date.now());
const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
const people = () => server.identity.face!.impl;

before(async () => {
  server = await startIdentityServer({ clock });
});
after(() => server?.close());

/** A log-in page of this browser, at an address of its own when one is given. */
async function logInPage(browser: CookieClient, screen = 'sign-in'): Promise<string> {
  const query = new URLSearchParams({
    client_id: 'bff-lastro',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${server.publicUrl}/bff/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    prompt: 'login',
    state: 'abc',
    screen,
  });
  const { url } = await browser.follow(`${server.publicUrl}/oidc/auth?${query}`, (to) => to.pathname.startsWith('/entrar/'));
  return url.replace(/\?.*/, '');
}
async function tryLogIn(browser: CookieClient, login: string, password: string) {
  const page = await logInPage(browser);
  return browser.send(`${page}/login`, { body: { login, password }, headers: OWN_PAGE });
}
type Sent = { type: string; subject: string | null; data: Record<string, unknown> };
const eventsAbout = (subjectId: string | null) =>
  server.database.admin<Sent>(
    'select type, subject_id as subject, data from identity.outbox_events where subject_id is not distinct from $1 order by seq, place',
    [subjectId],
  );

test('guesses count for the person, by CPF and by e-mail together, and another person is not concerned', async () => {
  await people().registerPerson(ctx, MARIA);
  await people().registerPerson(ctx, { ...MARIA, cpf: '111.444.777-35', email: 'outra@exemplo.com.br' });
  const stranger = server.browser();
  for (const login of [MARIA.cpf, MARIA.email, MARIA.cpf, MARIA.email, MARIA.cpf])
    assert.equal((await tryLogIn(stranger, login, 'errada errada')).status, 401);
  for (const login of [MARIA.cpf, MARIA.email]) {
    const blocked = await tryLogIn(stranger, login, PASSWORD);
    assert.deepEqual([blocked.status, blocked.json().code], [429, 'IDENTITY_TOO_MANY_ATTEMPTS'], login);
  }
  assert.equal((await tryLogIn(stranger, 'outra@exemplo.com.br', PASSWORD)).status, 200);
});

test('strangers cannot keep a person out of a browser the person has used before, and the person hears of them', async () => {
  const { subjectId } = await people().registerPerson(ctx, { ...MARIA, cpf: '168.995.350-09', email: 'dona@exemplo.com.br' });
  const own = server.browser();
  assert.equal((await tryLogIn(own, 'dona@exemplo.com.br', PASSWORD)).status, 200);
  clock.advance(60_000);
  const stranger = server.browser();
  for (let i = 0; i < 5; i++) await tryLogIn(stranger, 'dona@exemplo.com.br', `tentativa ${i}`);
  assert.equal((await tryLogIn(stranger, 'dona@exemplo.com.br', PASSWORD)).status, 429);
  assert.equal((await tryLogIn(own, '168.995.350-09', PASSWORD)).status, 200, 'the own browser gets in meanwhile');
  assert.equal((await tryLogIn(stranger, 'dona@exemplo.com.br', PASSWORD)).status, 429, 'which opens nothing for the stranger');

  const last = await people().getLastSignIn(ctx, { subjectId });
  assert.equal(last.failures, 5);
  assert.ok(last.at !== null && last.blockedAt !== null && last.at < last.blockedAt);
  const events = await eventsAbout(subjectId);
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      'identity.person-registered.v1',
      'identity.signed-in.v1',
      'identity.signed-in.v2',
      'identity.device-added.v1',
      ...Array(5).fill('identity.sign-in-failed.v1'),
      'identity.sign-in-blocked.v1',
      'identity.signed-in.v1',
      'identity.signed-in.v2',
    ],
  );
  assert.deepEqual(events.at(-2)!.data, { subjectId, method: 'password', knownBrowser: true });
  assert.deepEqual(events.at(-1)!.data, { subjectId, methods: ['pwd'], assurance: 'aal1', knownBrowser: true });
  assert.equal(events.at(-3)!.data.counted, 'person');
  assert.equal((await tryLogIn(own, '168.995.350-09', PASSWORD)).status, 200);
  assert.equal((await people().getLastSignIn(ctx, { subjectId })).failures, 0, 'told once');
});

test('a known browser has five tries of its own, and is known for its own people only', async () => {
  await people().registerPerson(ctx, { ...MARIA, cpf: '390.533.447-05', email: 'um@exemplo.com.br' });
  await people().registerPerson(ctx, { ...MARIA, cpf: '987.654.321-00', email: 'dois@exemplo.com.br' });
  const own = server.browser();
  assert.equal((await tryLogIn(own, 'um@exemplo.com.br', PASSWORD)).status, 200);
  for (let i = 0; i < 5; i++) assert.equal((await tryLogIn(own, 'um@exemplo.com.br', `tentativa ${i}`)).status, 401);
  assert.equal((await tryLogIn(own, 'um@exemplo.com.br', PASSWORD)).status, 429);
  // The person is not blocked elsewhere by that, and another person's counter is the usual one here.
  assert.equal((await tryLogIn(server.browser(), 'um@exemplo.com.br', PASSWORD)).status, 200);
  for (let i = 0; i < 5; i++) await tryLogIn(own, 'dois@exemplo.com.br', `tentativa ${i}`);
  assert.equal((await tryLogIn(server.browser(), 'dois@exemplo.com.br', PASSWORD)).status, 429);
});

test('a made-up, foreign or old cookie of a known browser is none', async () => {
  const { subjectId } = await people().registerPerson(ctx, { ...MARIA, cpf: cpfFrom(500000006), email: 'tres@exemplo.com.br' });
  const forged = [
    Buffer.from(JSON.stringify({ id: 'x', people: [`${LASTRO}/${subjectId}`], untilMs: clock.now() + 1e9 })).toString('base64url'),
    server.deps.vault
      .sealOwn('another purpose', JSON.stringify({ id: 'x', people: [`${LASTRO}/${subjectId}`], untilMs: clock.now() + 1e9 }))
      .toString('base64url'),
    server.deps.vault
      .sealOwn('identity/device', JSON.stringify({ id: 'x', people: [`${LASTRO}/${subjectId}`], untilMs: clock.now() - 1 }))
      .toString('base64url'),
    'A'.repeat(5_000),
  ];
  for (let i = 0; i < 5; i++) await tryLogIn(server.browser(), 'tres@exemplo.com.br', `tentativa ${i}`);
  for (const cookie of forged) {
    const browser = server.browser();
    browser.setCookie('localhost', 'lastro-navegador', cookie);
    assert.equal((await tryLogIn(browser, 'tres@exemplo.com.br', PASSWORD)).status, 429);
  }
});

test('who is nobody is counted and noted like somebody, without a name', async () => {
  const before = (await eventsAbout(null)).length;
  for (let i = 0; i < 5; i++) assert.equal((await tryLogIn(server.browser(), 'ninguem@exemplo.com.br', 'x')).status, 401);
  assert.equal((await tryLogIn(server.browser(), 'ninguem@exemplo.com.br', 'x')).status, 429);
  const noted = (await eventsAbout(null)).slice(before);
  assert.deepEqual(
    noted.map(({ type }) => type),
    [...Array(5).fill('identity.sign-in-failed.v1'), 'identity.sign-in-blocked.v1'],
  );
  assert.ok(!JSON.stringify(noted).includes('ninguem'));
});

const NEW = { name: 'Zélia Prado', cpf: cpfFrom(500000002), email: 'zelia@exemplo.com.br', password: 'bicicleta-azul-na-chuva' };
async function signUp(browser: CookieClient, page: string, body: unknown, key: string = randomUUID()) {
  return browser.send(`${page}/sign-up`, { body, headers: { ...OWN_PAGE, 'idempotency-key': key } });
}

test('a sign-up does not say whether it was the CPF or the e-mail that has an account', async () => {
  const first = server.browser();
  assert.equal((await signUp(first, await logInPage(first, 'sign-up'), NEW)).status, 201);
  const answers = [];
  for (const taken of [{ ...NEW, email: 'livre@exemplo.com.br' }, { ...NEW, cpf: cpfFrom(500000003) }, NEW]) {
    const stranger = server.browser();
    const { status, text } = await signUp(stranger, await logInPage(stranger, 'sign-up'), taken);
    const { traceId: _, ...told } = JSON.parse(text);
    answers.push({ status, ...told });
  }
  assert.deepEqual(answers[0]!.code, 'IDENTITY_ACCOUNT_EXISTS');
  assert.deepEqual([answers[1], answers[2]], [answers[0], answers[0]]);
});

test('the key of a sign-up belongs to its log-in: elsewhere it opens no account, and a repetition logs nobody in', async () => {
  const own = server.browser();
  const page = await logInPage(own, 'sign-up');
  const person = { ...NEW, cpf: cpfFrom(500000003), email: 'ida@exemplo.com.br' };
  const key = randomUUID();
  const first = await signUp(own, page, person, key);
  assert.equal(first.status, 201, first.text);
  const again = await signUp(own, page, person, key);
  assert.deepEqual([again.status, again.json()], [201, first.json()]);

  const thief = server.browser();
  const elsewhere = await signUp(thief, await logInPage(thief, 'sign-up'), person, key);
  assert.deepEqual([elsewhere.status, elsewhere.json().code], [409, 'IDENTITY_ACCOUNT_EXISTS']);
  // The process died between making the person and finishing the log-in: the repetition answers, and the issuer asks for the password.
  const lost = server.browser();
  const lostPage = await logInPage(lost, 'sign-up');
  const lostKey = randomUUID();
  const lostPerson = { ...NEW, cpf: cpfFrom(500000004), email: 'nova@exemplo.com.br' };
  const letters = { post: { sendTaken: async () => undefined }, emailProof: { begin: async () => undefined } };
  const signUps = createSignUp({ ...server.deps, people: createPeople(server.deps), ...letters });
  const died = {
    tenantId: LASTRO,
    clientId: 'bff-lastro',
    uid: lostPage.split('/').at(-1)!,
    address: '203.0.113.7',
    language: 'pt',
  } as const;
  assert.equal((await signUps.signUp({ ...died, idempotencyKey: lostKey, person: lostPerson })).isNew, true);
  const replay = await signUp(lost, lostPage, lostPerson, lostKey);
  assert.equal(replay.status, 201, replay.text);
  const { url } = await lost.follow(
    String(replay.json().redirectTo),
    (to) => to.pathname !== '/oidc/auth' && !to.pathname.startsWith('/oidc/auth/'),
  );
  assert.match(new URL(url).pathname, /^\/entrar\//, 'not logged in');
  const other = await signUp(lost, url.replace(/\?.*/, ''), { ...lostPerson, password: 'guessing-a-password' }, lostKey);
  assert.equal(other.status, 409);
});

test('sign-ups that come to nothing are counted by address, those that make a person are not', async () => {
  clock.advance(2 * SIGN_UP_POLICY.windowMs);
  const browser = server.browser();
  const page = await logInPage(browser, 'sign-up');
  for (let i = 0; i < SIGN_UP_POLICY.free; i++) assert.equal((await signUp(browser, page, NEW)).status, 409, String(i));
  const throttled = await signUp(browser, page, NEW);
  assert.deepEqual([throttled.status, throttled.json().code], [429, 'IDENTITY_TOO_MANY_ATTEMPTS']);
  clock.advance(2 * SIGN_UP_POLICY.windowMs);
  const count = async () => (await server.database.admin("select failures from identity.login_attempts where kind = 'sign-up'"))[0];
  const other = server.browser();
  const made = await signUp(other, await logInPage(other, 'sign-up'), {
    ...NEW,
    cpf: cpfFrom(500000005),
    email: 'outra.nova@exemplo.com.br',
  });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(await count(), { failures: 0 });
});
