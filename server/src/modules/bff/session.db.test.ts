import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { type BffServer, ownHeaders, startBffServer } from '../../../test/support/bff-server.ts';
import { LASTRO, MARIA, OWN_PAGE } from '../../../test/support/identity-server.ts';

let server: BffServer;
let subjectId: string;
const clock = manualClock(Date.now());

before(async () => {
  server = await startBffServer({ clock });
  const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
  ({ subjectId } = await server.identity.face!.impl.registerPerson(ctx, MARIA));
});
after(() => server?.close());

const at = (path: string) => `${server.publicUrl}${path}`;
const PAYMENT = { quoteId: 'quo_1', amountMinor: '1050' };

test('the whole log-in: the browser ends with one opaque http-only cookie, and the table has only its hash', async () => {
  const browser = server.browser();
  const before = (await browser.send(at('/bff/v1/session'))).json();
  assert.deepEqual({ ...before, csrfToken: '' }, { authenticated: false, csrfToken: '', sandbox: true });
  await server.logIn(browser);
  const session = (await browser.send(at('/bff/v1/session'))).json();
  assert.equal(session.authenticated, true);
  assert.deepEqual(session.person, { id: subjectId, name: MARIA.name, firstName: 'Maria', initials: 'MS' });
  assert.ok(Date.parse(String(session.expiresAt)) <= clock.now() + 30 * 60_000);
  assert.deepEqual(session.lastSignIn, { at: null, failures: 0, blockedAt: null });
  const cookie = browser.cookie('lastro')!;
  assert.equal(cookie.length, 43);
  assert.equal(browser.cookie('lastro-login'), undefined);
  const rows = JSON.stringify(await server.database.admin('select s::text from bff.sessions s'));
  for (const secret of [cookie, Buffer.from(cookie).toString('hex'), 'eyJ', Buffer.from('eyJ').toString('hex')])
    assert.ok(!rows.includes(secret));
});

test('the home screen comes in one call, on behalf of the person', async () => {
  const browser = await server.logIn();
  const home = await browser.send(at('/bff/v1/home'));
  assert.equal(home.status, 200, home.text);
  assert.equal(home.headers['cache-control'], 'no-store');
  const { account, balance, today, days } = home.json() as Record<string, Record<string, unknown>>;
  assert.deepEqual(account, { status: 'open', branch: '0001', number: '12345-6', pixKey: 'chave' });
  assert.equal(balance!.availableMinor, '10000');
  assert.equal(today!.closingMinor, '10000');
  assert.equal(days!.length, 1);
  assert.deepEqual((home.json() as { before: unknown }).before, { inMinor: '0', outMinor: '0' });
  const { ctx } = server.fakes.calls.find((call) => call.name === 'getDays')!;
  assert.deepEqual(ctx, { tenantId: LASTRO, actor: { kind: 'person', id: subjectId } });
  server.fakes.cashflowDown = true;
  const without = (await browser.send(at('/bff/v1/home'))).json() as typeof home extends never
    ? never
    : Record<string, Record<string, unknown>>;
  server.fakes.cashflowDown = false;
  assert.equal(without.balance!.availableMinor, '10000');
  assert.deepEqual([without.today!.pending, without.today!.updatedAt], [true, null]);
});

test('a payment carries the key of its intention on; each POST needs the token of the session and our own origin', async () => {
  const browser = await server.logIn();
  const headers = await ownHeaders(browser, server.publicUrl);
  const post = (over: Record<string, string | undefined>, body: unknown = PAYMENT) => {
    const merged = Object.entries({ ...headers, ...over }).filter((one): one is [string, string] => one[1] !== undefined);
    return browser.send(at('/bff/v1/payments'), { body, headers: Object.fromEntries(merged) });
  };
  const paid = await post({});
  assert.equal(paid.status, 201, paid.text);
  const call = server.fakes.calls.findLast((one) => one.name === 'createPayment')!;
  assert.equal(call.ctx.idempotencyKey, headers['idempotency-key']);
  const { logIn, ...asked } = call.input as { logIn: { grantId: string; acr: string } };
  assert.deepEqual(asked, { accountId: subjectId, ...PAYMENT });
  assert.deepEqual([typeof logIn.grantId, logIn.acr, Object.keys(logIn).length], ['string', 'aal1', 2], 'in which log-in, and no more');
  for (const over of [
    { 'x-csrf-token': undefined },
    { 'x-csrf-token': 'A'.repeat(43) },
    { origin: 'https://mal.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const refused = await post(over);
    assert.deepEqual([refused.status, refused.json().code], [403, 'PLATFORM_CSRF'], JSON.stringify(over));
  }
  assert.equal((await post({ 'idempotency-key': undefined })).json().code, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  for (const body of [
    { ...PAYMENT, amountMinor: 1050 },
    { ...PAYMENT, amountMinor: '0' },
    { ...PAYMENT, amountMinor: '10.50' },
    { ...PAYMENT, admin: 1 },
    {},
  ]) {
    assert.equal((await post({ 'idempotency-key': randomUUID() }, body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await browser.send(at('/bff/v1/payments/pay_unknown'))).json().code, 'PAYMENTS_NOT_FOUND');
});

test('a lost answer is asked for by its key, on behalf of the person: nothing is created', async () => {
  const browser = await server.logIn();
  const key = randomUUID();
  const before = server.fakes.calls.filter((one) => one.name === 'createPayment').length;
  const answer = await browser.send(at(`/bff/v1/payments/by-key/${key}`));
  assert.deepEqual([answer.status, answer.json().code], [404, 'PAYMENTS_NOT_FOUND']);
  const call = server.fakes.calls.findLast((one) => one.name === 'getPaymentByKey')!;
  assert.deepEqual(call.input, { accountId: subjectId, idempotencyKey: key });
  assert.equal(server.fakes.calls.filter((one) => one.name === 'createPayment').length, before);
  assert.equal((await browser.send(at('/bff/v1/payments/by-key/short'))).status, 400);
});

test('every route of the BFF refuses without a session, before it looks at the body', async () => {
  const browser = server.browser();
  const routes: ['GET' | 'POST', string][] = [
    ['GET', '/bff/v1/home'],
    ['GET', '/bff/v1/statement'],
    ['GET', '/bff/v1/payments/pay_1'],
    ['GET', `/bff/v1/payments/by-key/${randomUUID()}`],
    ['GET', '/bff/v1/events'],
    ['POST', '/bff/v1/payments'],
    ['POST', '/bff/v1/pix/decode'],
    ['POST', '/bff/v1/sandbox/receive'],
    ['POST', '/bff/v1/logout'],
  ];
  for (const cookie of [undefined, 'A'.repeat(43), 'nonsense']) {
    if (cookie) browser.setCookie('localhost', 'lastro', cookie);
    for (const [method, path] of routes) {
      const answer = await browser.send(at(path), {
        method,
        ...(method === 'POST' ? { body: { nonsense: true } } : {}),
        headers: { 'idempotency-key': randomUUID() },
      });
      assert.equal(answer.status, 401, `${method} ${path}`);
      assert.match(String(answer.json().code), /^BFF_(NO_SESSION|SESSION_EXPIRED)$/);
    }
  }
});

test('a stolen cookie in another browser opens nothing and is put on record; its owner goes on', async () => {
  const browser = await server.logIn();
  for (let i = 0; i < 3; i++) {
    const thief = server.browser({ 'user-agent': 'another-browser/9' });
    thief.setCookie('localhost', 'lastro', browser.cookie('lastro')!);
    const moved = await thief.send(at('/bff/v1/home'));
    assert.deepEqual([moved.status, moved.json().code], [401, 'BFF_SESSION_MOVED']);
  }
  assert.equal((await browser.send(at('/bff/v1/home'))).status, 200);
  const noted = await server.database.admin("select data from bff.outbox_events where type = 'bff.session-refused.v1'");
  assert.deepEqual(noted, [{ data: { subjectId, reason: 'other-browser' } }]);
});

test('a session that is bound to the text of a User-Agent, and to no family of browsers, opens nothing', async () => {
  const browser = await server.logIn();
  const bound = server.deps.vault.lookupHash(LASTRO, 'bff-agent', 'test-browser/1');
  await server.database.admin('update bff.sessions set agent_hash = $1', [bound]);
  const answer = await browser.send(at('/bff/v1/home'));
  assert.deepEqual([answer.status, answer.json().code], [401, 'BFF_SESSION_MOVED']);
  await server.database.admin('delete from bff.sessions');
});

test('a browser that updates itself or asks for the site for computers keeps its session', async () => {
  const chrome = (system: string, version: number) =>
    `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
  const own = await server.logIn(server.browser({ 'user-agent': chrome('Linux; Android 10; K', 130) }));
  const later = (agent: string) => {
    const browser = server.browser({ 'user-agent': agent });
    browser.setCookie('localhost', 'lastro', own.cookie('lastro')!);
    return browser.send(at('/bff/v1/home'));
  };
  assert.equal((await later(chrome('Linux; Android 10; K', 131))).status, 200);
  assert.equal((await later(chrome('X11; Linux x86_64', 131))).status, 200);
  assert.equal((await later(chrome('Windows NT 10.0; Win64; x64', 131))).status, 401);
  assert.equal((await later('Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0')).status, 401);
});

test('two windows at the log-in page: both get in, and neither throws the other out', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const browser = server.browser();
    const pages: string[] = [];
    for (const page of ['/inicio', '/extrato']) {
      const { url } = await browser.follow(at(`/bff/login?returnTo=${page}`), (to) => to.pathname.startsWith('/entrar/'));
      pages.push(url);
    }
    clock.advance(1_000);
    const ends: string[] = [];
    const cookies: string[] = [];
    for (const at of order) {
      const posted = await browser.send(`${pages[at]}/login`, {
        body: { login: MARIA.email, password: MARIA.password },
        headers: OWN_PAGE,
      });
      assert.equal(posted.status, 200, posted.text);
      const { url } = await browser.follow(String(posted.json().redirectTo), (to) => ['/inicio', '/extrato'].includes(to.pathname));
      ends.push(new URL(url).pathname);
      cookies.push(browser.cookie('lastro')!);
    }
    assert.deepEqual(
      ends,
      order.map((at) => ['/inicio', '/extrato'][at]),
    );
    assert.equal(cookies[1], cookies[0], 'the first window is not thrown out by the second');
    assert.equal((await browser.send(at('/bff/v1/home'))).status, 200);
    assert.deepEqual(
      browser.cookies().filter(({ name }) => name.startsWith('lastro-login')),
      [],
    );
  }
});

test('a browser that opens the log-in page again and again keeps a bounded number of log-ins', async () => {
  const browser = server.browser();
  for (let i = 0; i < 9; i++) await browser.send(at('/bff/login'));
  assert.equal(browser.cookies().filter(({ name }) => name.startsWith('lastro-login-')).length, 5);
});

test("another tenant's host does not know the session", async () => {
  const browser = await server.logIn();
  const outra = server.publicUrl.replace('localhost', 'outra.localhost');
  browser.setCookie('outra.localhost', 'lastro', browser.cookie('lastro')!);
  assert.equal((await browser.send(`${outra}/bff/v1/home`)).status, 401);
  assert.equal((await browser.send(at('/bff/v1/home'))).status, 200);
  const nowhere = await browser.send(`${server.publicUrl.replace('localhost', 'nowhere.example')}/bff/v1/session`);
  assert.deepEqual([nowhere.status, nowhere.json().code], [404, 'BFF_UNKNOWN_HOST']);
});

test('a new log-in gives a new session id and ends the old one', async () => {
  const browser = await server.logIn();
  const old = browser.cookie('lastro')!;
  await server.logIn(browser);
  assert.notEqual(browser.cookie('lastro'), old);
  const stale = server.browser();
  stale.setCookie('localhost', 'lastro', old);
  assert.equal((await stale.send(at('/bff/v1/home'))).status, 401);
});

test('logging out ends the session here and at the issuer', async () => {
  const browser = await server.logIn();
  const headers = await ownHeaders(browser, server.publicUrl);
  assert.equal((await browser.send(at('/bff/v1/logout'), { method: 'POST', headers: { ...headers, 'x-csrf-token': 'x' } })).status, 403);
  assert.equal((await browser.send(at('/bff/v1/logout'), { method: 'POST', headers })).status, 204);
  assert.equal((await browser.send(at('/bff/v1/home'))).status, 401);
  const ended = await server.database.admin("select data->>'reason' as reason from bff.outbox_events where type = 'bff.session-ended.v1'");
  assert.ok(ended.some(({ reason }) => reason === 'logout'));
  const [row] = await server.database.admin<{ count: string }>(
    "select count(*) from identity.revocations where kind = 'grant' and revoked_at > now() - interval '1 hour'",
  );
  assert.ok(Number(row!.count) >= 1);
});

test('tokens are renewed by one request, however many come at once', async () => {
  const browser = await server.logIn();
  await server.database.admin('update bff.sessions set access_expires_at = $1', [new Date(clock.now() - 1)]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => browser.send(at('/bff/v1/home'))));
  assert.deepEqual(
    answers.map((answer) => answer.status),
    Array(8).fill(200),
  );
  assert.equal((await browser.send(at('/bff/v1/home'))).status, 200);
});

test('a revoked grant ends the session', async () => {
  const browser = await server.logIn();
  await server.database.admin('delete from identity.oidc_payloads');
  await server.database.admin('update bff.sessions set access_expires_at = $1', [new Date(clock.now() - 1)]);
  assert.equal((await browser.send(at('/bff/v1/home'))).json().code, 'BFF_SESSION_REVOKED');
});

test('who comes with a session that ended is told why, once; who never had one is told nothing', async () => {
  const ask = async (browser: ReturnType<typeof server.browser>) => (await browser.send(at('/bff/v1/session'))).json();
  const revoked = await server.logIn();
  await server.database.admin('delete from identity.oidc_payloads');
  await server.database.admin('update bff.sessions set access_expires_at = $1', [new Date(clock.now() - 1)]);
  assert.deepEqual([(await ask(revoked)).ended, (await ask(revoked)).ended], ['revoked', undefined]);
  const idle = await server.logIn();
  await server.database.admin("update bff.sessions set last_seen_at = last_seen_at - interval '31 minutes'");
  assert.equal((await ask(idle)).ended, 'expired');
  const owner = await server.logIn();
  const thief = server.browser({ 'user-agent': 'another-browser/9' });
  thief.setCookie('localhost', 'lastro', owner.cookie('lastro')!);
  assert.equal((await ask(thief)).ended, 'other-browser');
  assert.equal((await ask(server.browser())).ended, undefined);
});

test('a person is told of the log-in before this one, and of wrong passwords since', async () => {
  await server.logIn();
  const firstMs = clock.now();
  clock.advance(60_000);
  const stranger = server.browser();
  const { url } = await stranger.follow(at('/bff/login'), (to) => to.pathname.startsWith('/entrar/'));
  const wrong = await stranger.send(`${url}/login`, { body: { login: MARIA.email, password: 'nao sei qual e' }, headers: OWN_PAGE });
  assert.equal(wrong.status, 401);
  const session = (await (await server.logIn()).send(at('/bff/v1/session'))).json() as { lastSignIn: { at: string; failures: number } };
  assert.deepEqual(session.lastSignIn, { at: new Date(firstMs).toISOString(), failures: 1, blockedAt: null });
});

test('a callback nobody asked for, with a foreign state or twice, opens nothing', async () => {
  const browser = server.browser();
  assert.equal((await browser.send(at('/bff/callback?code=x&state=y'))).status, 400);
  const { answer } = await browser.follow(at('/bff/login'), (url) => url.pathname === '/oidc/auth');
  assert.equal(answer.status, 302);
  const foreign = await browser.send(at(`/bff/callback?code=x&state=y&iss=${encodeURIComponent(at('/oidc'))}`));
  assert.equal(foreign.status, 400);
  assert.ok(foreign.text.includes('Não foi possível entrar'));
  assert.equal(browser.cookie('lastro'), undefined);
});

test('an idle session expires, and an old one too', async () => {
  const browser = await server.logIn();
  clock.advance(29 * 60_000);
  await server.database.admin('update bff.sessions set access_expires_at = $1', [new Date(clock.now() + 3_600_000)]);
  clock.advance(61_000);
  const idle = await browser.send(at('/bff/v1/home'));
  assert.deepEqual([idle.status, idle.json().code], [401, 'BFF_SESSION_EXPIRED']);
  const [row] = await server.database.admin<{ count: string }>('select count(*) from bff.sessions where last_seen_at < $1', [
    new Date(clock.now() - 1_800_000),
  ]);
  assert.ok(row);
});
