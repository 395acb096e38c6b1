import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import {
  type IdentityServer,
  LASTRO,
  MARIA,
  OUTRA,
  OWN_PAGE,
  PASSWORD,
  startIdentityServer,
} from '../../../test/support/identity-server.ts';

let server: IdentityServer;
const clock = manualClock(Date.now());
const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;

before(async () => {
  server = await startIdentityServer({ clock });
  await server.identity.face!.impl.registerPerson(ctx, MARIA);
});
after(() => server?.close());

/** A browser in front of the log-in page. */
async function atLogInPage(screen = 'sign-in') {
  const browser = server.browser();
  const query = new URLSearchParams({
    client_id: 'bff-lastro',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${server.publicUrl}/bff/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'abc',
    screen,
  });
  const { url } = await browser.follow(`${server.publicUrl}/oidc/auth?${query}`, (to) => to.pathname.startsWith('/entrar/'));
  return { browser, page: url };
}
const post = (browser: ReturnType<IdentityServer['browser']>, page: string, body: unknown, headers: Record<string, string> = OWN_PAGE) =>
  browser.send(`${page}/login`, { body, headers });

test('the page knows which of its two faces is wanted', async () => {
  assert.equal(new URL((await atLogInPage('sign-up')).page).search, '?screen=sign-up');
  assert.equal(new URL((await atLogInPage()).page).search, '');
});

test('a wrong password and an unknown login get the same answer', async () => {
  const { browser, page } = await atLogInPage();
  const wrong = await post(browser, page, { login: MARIA.email, password: 'errada errada' });
  const unknown = await post(browser, page, { login: 'ninguem@exemplo.com.br', password: 'errada errada' });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.json().code, 'IDENTITY_BAD_CREDENTIALS');
  const { traceId: _a, ...one } = wrong.json();
  const { traceId: _b, ...two } = unknown.json();
  assert.deepEqual(one, two);
  const good = await post(browser, page, { login: MARIA.cpf, password: PASSWORD });
  assert.equal(good.status, 200, good.text);
});

test('without the header, from a foreign origin or without the cookie nothing happens', async () => {
  const { browser, page } = await atLogInPage();
  const body = { login: MARIA.email, password: PASSWORD };
  for (const headers of [{}, { ...OWN_PAGE, origin: 'https://mal.example' }, { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' }] as Record<
    string,
    string
  >[]) {
    const answer = await post(browser, page, body, headers);
    assert.equal(answer.status, 403);
    assert.equal(answer.json().code, 'PLATFORM_CSRF');
  }
  const stranger = await post(server.browser(), page, body);
  assert.equal(stranger.status, 410);
  assert.equal(stranger.json().code, 'IDENTITY_LOGIN_ENDED');
  const other = await atLogInPage();
  assert.equal((await post(browser, other.page, body)).status, 410);
});

test('wrong types and extra fields are refused', async () => {
  const { browser, page } = await atLogInPage();
  for (const body of [
    { login: 1, password: 'x' },
    { login: 'a' },
    { login: 'a', password: 'b', admin: true },
    { login: 'a'.repeat(255), password: 'b' },
  ]) {
    assert.equal((await post(browser, page, body)).status, 400);
  }
});

test('guessing is slowed down, for this login only, and forgiven after a success', async () => {
  const { browser, page } = await atLogInPage();
  await server.identity.face!.impl.registerPerson(ctx, { ...MARIA, cpf: '111.444.777-35', email: 'alvo@exemplo.com.br' });
  for (let i = 0; i < 5; i++)
    assert.equal((await post(browser, page, { login: 'alvo@exemplo.com.br', password: `tentativa ${i}` })).status, 401);
  const blocked = await post(browser, page, { login: 'alvo@exemplo.com.br', password: PASSWORD });
  assert.equal(blocked.status, 429);
  assert.equal(blocked.json().code, 'IDENTITY_TOO_MANY_ATTEMPTS');
  assert.equal(blocked.headers['retry-after'], '30');
  assert.equal((await post(browser, page, { login: MARIA.email, password: 'errada errada' })).status, 401);
  clock.advance(30_000);
  assert.equal((await post(browser, page, { login: 'alvo@exemplo.com.br', password: PASSWORD })).status, 200);
  const rows = await server.database.admin<{ count: string }>(
    "select count(*) from identity.login_attempts where kind = 'login' and failures >= 5",
  );
  assert.deepEqual(rows, [{ count: '0' }]);
});

test('a person signs up and is logged in; repeating it is harmless', async () => {
  const { browser, page } = await atLogInPage('sign-up');
  const target = page.replace('?screen=sign-up', '/sign-up');
  const body = { name: 'José da Silva', cpf: '168.995.350-09', email: 'jose@exemplo.com.br', password: PASSWORD };
  const key = randomUUID();
  const send = (over = {}, idempotencyKey = key) =>
    browser.send(target, { body: { ...body, ...over }, headers: { ...OWN_PAGE, 'idempotency-key': idempotencyKey } });
  assert.equal((await browser.send(target, { body, headers: OWN_PAGE })).json().code, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  const one = await send();
  assert.equal(one.status, 201, one.text);
  assert.deepEqual((await send()).json(), one.json());
  assert.equal((await send({ name: 'Outro Nome' })).json().code, 'PLATFORM_IDEMPOTENCY_CONFLICT');
  assert.equal((await send({ cpf: '168.995.350-00' }, randomUUID())).json().code, 'IDENTITY_INVALID_CPF');
  for (const cpf of ['11.222.333/0001-81', '11222333000181', '12.abc.345/01de-35', '\u202a11222333000181\u202c'])
    assert.equal((await send({ cpf }, randomUUID())).json().code, 'IDENTITY_COMPANY_LATER', cpf);
  assert.equal(
    (await send({ cpf: '390.533.447-05', email: 'novo@exemplo.com.br', password: '123456789012' }, randomUUID())).json().code,
    'IDENTITY_WEAK_PASSWORD',
  );
  const { url } = await browser.follow(String(one.json().redirectTo), (to) => to.pathname === '/bff/callback');
  assert.ok(new URL(url).searchParams.get('code'));
});

test('many sign-ups with one CPF at once make one person, and destroy the keys of the others', async () => {
  const people = server.identity.face!.impl;
  const same = (i: number) => ({ name: 'Corrida Boa', cpf: '390.533.447-05', email: `corrida${i}@exemplo.com.br`, password: PASSWORD });
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => people.registerPerson(ctx, same(i))));
  assert.equal(outcomes.filter((one) => one.status === 'fulfilled').length, 1);
  const [keys] = await server.database.admin('select count(*) from vault.subject_keys where wrapped_key is not null');
  const [rows] = await server.database.admin('select count(*) from identity.people');
  assert.deepEqual(keys, rows);
});

test('the same CPF may exist in two tenants; nobody reads across', async () => {
  const people = server.identity.face!.impl;
  const { subjectId } = await people.registerPerson({ ...ctx, tenantId: OUTRA }, MARIA);
  assert.equal((await people.getPerson({ ...ctx, tenantId: OUTRA }, { subjectId })).name, MARIA.name);
  await assert.rejects(people.getPerson(ctx, { subjectId }), /IDENTITY_PERSON_NOT_FOUND/);
});

test('erasure leaves an erased person without names', async () => {
  const people = server.identity.face!.impl;
  const { subjectId } = await people.registerPerson(ctx, { ...MARIA, cpf: '987.654.321-00', email: 'some@exemplo.com.br' });
  await server.deps.vault.destroy(LASTRO, subjectId);
  assert.deepEqual(
    { ...(await people.getPerson(ctx, { subjectId })), createdAt: '' },
    { subjectId, name: '', firstName: '', cpf: '', email: '', createdAt: '', erased: true },
  );
});

test('nothing readable is stored: no name, CPF, e-mail, password or token', async () => {
  const tables = await server.database.admin<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('identity', 'bus', 'vault')",
  );
  let text = '';
  for (const { name } of tables) text += JSON.stringify(await server.database.admin(`select t::text from ${name} t`));
  assert.ok(text.includes('identity.person-registered.v1'), 'the scan sees something');
  const hex = (value: string) => Buffer.from(value).toString('hex');
  for (const secret of ['Maria Clara', '52998224725', '529.982.247-25', 'maria@exemplo.com.br', PASSWORD, 'José', 'jose@exemplo']) {
    assert.ok(!text.includes(secret) && !text.includes(hex(secret)), secret);
  }
});
