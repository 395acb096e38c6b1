/** Nobody gets in without proving who they are, and nobody does more than they may: for every published operation. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Person } from '../../../scripts/lib/person.ts';
import { type Answer, openLogIn, ownHeaders, startWholePlatform, TENANT_A, type WholePlatform } from '../support/whole-platform.ts';
import { ONLY } from './constants.ts';
import { footprintOf, restingFootprint } from './footprint.ts';
import { type Cast, castOf, createGoodRequests } from './good-requests.ts';
import { all as told } from './of-modules.ts';
import { type Operation, pathOf, readOperations } from './operations.ts';

/** What anybody may ask, and why. */
const OPEN = told('open');
/** Long enough for a key, and used by nobody. */
const KEY = { 'idempotency-key': 'guards-test-key-0001' };

let platform: WholePlatform;
let cast: Cast;
let operations: Operation[];
let good: ReturnType<typeof createGoodRequests>;

before(async () => {
  platform = await startWholePlatform();
  cast = await castOf(platform);
  operations = await readOperations(platform);
  good = createGoodRequests(platform, cast);
});
after(async () => {
  await platform?.close();
});

const codeOf = (answer: Answer) => (answer.body as { code?: string } | undefined)?.code;
function assertCode(answer: Answer, status: number, code: string | RegExp, what: string): void {
  assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 300)}`);
  assert.match(String(codeOf(answer)), typeof code === 'string' ? new RegExp(`^${code}$`) : code, what);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/, what);
}
const ask = (operation: Operation, headers: Record<string, string> = {}, token?: string) =>
  platform.send(operation.method, pathOf(operation), { headers, ...(token ? { token } : {}), ...(operation.body ? { body: {} } : {}) });

test('every operation says who may call it, and every one that changes something how a repetition is harmless', () => {
  for (const operation of operations) {
    const isGuarded = (operation.scopes?.length ?? 0) > 0 || operation.session;
    assert.equal(isGuarded, !(operation.name in OPEN), `${operation.name} is open without a reason here, or the reason is out of date`);
    if (operation.changesState) assert.match(String(operation.idempotency), /^(required|exempt: .{10,})/, operation.name);
  }
});

test('tokens: none, a made-up one or a changed one is 401', { timeout: 240_000 }, async () => {
  const token = cast.serviceToken;
  const [head = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged: [string, Record<string, string>][] = [
    ['no token', {}],
    ['no Bearer', { authorization: token }],
    ['Basic', { authorization: 'Basic ZGVtbzpkZW1v' }],
    ['rubbish', { authorization: 'Bearer abc' }],
    ['alg none', { authorization: `Bearer ${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.` }],
    ['another tenant', { authorization: `Bearer ${head}.${encode({ ...claims, tid: TENANT_A.replace(/1$/, '2') })}.${signature}` }],
    ['a later end', { authorization: `Bearer ${head}.${encode({ ...claims, exp: 9_999_999_999 })}.${signature}` }],
    ['no signature', { authorization: `Bearer ${head}.${payload}.` }],
    ['a session cookie', { cookie: ownHeaders(cast.person).cookie! }],
  ];
  for (const operation of operations.filter((one) => one.scopes)) {
    for (const [what, headers] of forged) {
      const answer = await ask(operation, { ...KEY, ...headers });
      assertCode(answer, 401, 'PLATFORM_UNAUTHENTICATED', `${operation.name}, ${what}`);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/, operation.name);
    }
    // The same with a real token is no longer 401: it was the token.
    assert.notEqual((await ask(operation, KEY, token)).status, 401, operation.name);
  }
});

test('a token that lacks the scope is 403 and is told which', { timeout: 240_000 }, async () => {
  const all = [...new Set(operations.flatMap((operation) => operation.scopes ?? []))];
  assert.ok(all.length >= (ONLY ? 2 : 8), all.join());
  for (const scope of all) {
    const token = await platform.serviceToken({ scopes: all.filter((one) => one !== scope) });
    for (const operation of operations.filter((one) => one.scopes?.includes(scope))) {
      const answer = await ask(operation, KEY, token);
      assertCode(answer, 403, 'PLATFORM_FORBIDDEN', operation.name);
      assert.match(answer.text, new RegExp(scope), operation.name);
    }
  }
});

test('the session: none, a made-up one or a token instead is 401', { timeout: 240_000 }, async () => {
  const own = ownHeaders(cast.person);
  const cases: [string, Record<string, string>][] = [
    ['no cookie', { ...own, cookie: '' }],
    ['a made-up cookie', { ...own, cookie: `lastro=${'A'.repeat(43)}` }],
    [
      'the hash of the cookie',
      { ...own, cookie: `lastro=${createHash('sha256').update(cast.person.cookies.get('lastro')!).digest('base64url')}` },
    ],
    ['a token instead', { authorization: `Bearer ${cast.personToken}` }],
  ];
  for (const operation of operations.filter((one) => one.session)) {
    for (const [what, headers] of cases) assertCode(await ask(operation, headers), 401, /^BFF_\w+$/, `${operation.name}, ${what}`);
  }
});

test('a cookie that turns up in another browser opens nothing there, and its owner goes on', { timeout: 240_000 }, async () => {
  const person = await platform.signUp(330_000_003);
  const own = ownHeaders(person);
  const stolen = await platform.send('GET', '/bff/v1/home', { headers: { ...own, 'user-agent': 'stolen/1' } });
  assertCode(stolen, 401, 'BFF_SESSION_MOVED', 'the thief');
  assert.equal((await platform.send('GET', '/bff/v1/home', { headers: own })).status, 200);
});

test('requests that another site makes the browser send are 403, and nothing happens', { timeout: 240_000 }, async () => {
  const other = await platform.signUp(330_000_001);
  const changing = operations.filter((one) => one.changesState && (one.session || one.path.startsWith('/entrar')));
  assert.ok(changing.length >= 6);
  const prepared = [];
  for (const operation of changing) {
    const request = operation.body
      ? await good.make(operation)
      : { target: pathOf(operation), headers: ownHeaders(cast.person), body: undefined };
    prepared.push({ operation, request });
  }
  const rest = await restingFootprint(platform.database);
  for (const { operation, request } of prepared) {
    const { 'x-csrf-token': _token, 'x-requested-with': _with, ...bare } = request.headers;
    const cases: [string, Record<string, string>][] = [
      ['no proof', bare],
      ['an empty token', { ...bare, 'x-csrf-token': '' }],
      ['another person’s token', { ...bare, 'x-csrf-token': other.csrfToken }],
      ['another site', { ...request.headers, origin: 'https://mau.example', 'sec-fetch-site': 'cross-site' }],
      ['a subdomain', { ...request.headers, 'sec-fetch-site': 'same-site' }],
      ['a page without origin', { ...request.headers, origin: 'null' }],
    ];
    for (const [what, headers] of cases) {
      const answer = await platform.send(operation.method, request.target, { headers, ...(request.body ? { body: request.body } : {}) });
      assertCode(answer, 403, 'PLATFORM_CSRF', `${operation.name}, ${what}`);
    }
  }
  assert.deepEqual(await footprintOf(platform.database), rest);
});

test('a log-in under way is for the browser that began it', { timeout: 240_000 }, async () => {
  const uid = await openLogIn(new Person(platform.baseUrl));
  const thief = new Person(platform.baseUrl);
  for (const [path, body] of [
    ['login', { login: 'a@exemplo.com.br', password: 'x' }],
    ['sign-up', { name: 'A B', cpf: '52998224725', email: 'a@exemplo.com.br', password: 'uma-senha-comprida' }],
  ] as const) {
    const answer = await platform.send('POST', `/entrar/${uid}/${path}`, { headers: ownHeaders(thief), body });
    assertCode(answer, 410, 'IDENTITY_LOGIN_ENDED', path);
  }
});

test('what changes state wants an Idempotency-Key, and refuses one that is none', { timeout: 240_000 }, async () => {
  const required = operations.filter((one) => one.idempotency === 'required');
  assert.ok(required.length >= (ONLY ? 1 : 5), String(required.length));
  const prepared = [];
  for (const operation of required) prepared.push({ operation, request: await good.make(operation) });
  const rest = await restingFootprint(platform.database);
  for (const { operation, request } of prepared) {
    const { 'idempotency-key': _key, ...bare } = request.headers;
    for (const key of [undefined, '', 'short', 'x'.repeat(129), 'with spaces in it, long enough', 'ção-longa-o-bastante']) {
      const headers = { ...bare, ...(key === undefined ? {} : { 'idempotency-key': key }) };
      const sent = { headers, body: request.body, ...(request.token ? { token: request.token } : {}) };
      const answer = await platform.send(operation.method, request.target, sent);
      assertCode(answer, 400, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED', `${operation.name}, ${key}`);
    }
  }
  assert.deepEqual(await footprintOf(platform.database), rest);
  for (const { operation, request } of prepared) {
    const { target, headers, body, token } = request;
    const answer = await platform.send(operation.method, target, { headers, body, ...(token ? { token } : {}) });
    assert.equal(answer.status, request.status, `${operation.name}: ${answer.text}`);
  }
});

test('after the log-out neither the cookie nor the tokens open anything', { timeout: 240_000 }, async () => {
  const number = 330_000_002;
  const person = await platform.signUp(number);
  const headers = ownHeaders(person);
  assert.equal((await platform.send('GET', '/bff/v1/home', { headers })).status, 200);
  assert.equal((await platform.send('POST', '/bff/v1/logout', { headers })).status, 204);
  for (const operation of operations.filter((one) => one.session))
    assertCode(await ask(operation, headers), 401, /^BFF_\w+$/, `${operation.name} after the log-out`);
});
