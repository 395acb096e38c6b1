import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { cpfFrom } from '../../../../scripts/lib/person.ts';
import { type BffServer, ownHeaders, startBffServer } from '../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { LASTRO, MARIA, OWN_PAGE, PASSWORD } from '../../../test/support/identity-server.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
const NEXT = 'dez barcos parados no cais';

before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());

let people = 610_000_000;
/** A person of this test's own. */
async function register(): Promise<{ email: string; subjectId: string }> {
  people += 1;
  const email = `sessao.${people}@exemplo.com.br`;
  const { subjectId } = await server.identity.face!.impl.registerPerson(ctx, { ...MARIA, cpf: cpfFrom(people), email });
  return { email, subjectId };
}
const at = (path: string) => `${server.publicUrl}${path}`;
const logIn = (email: string, agent = FIREFOX, password = PASSWORD) =>
  server.logIn(server.browser({ 'user-agent': agent }), server.publicUrl, email, password);
const post = async (browser: CookieClient, path: string, body: unknown = {}) =>
  browser.send(at(path), { method: 'POST', body, headers: await ownHeaders(browser, server.publicUrl) });
type Listed = { id: string; current: boolean; browser: string; system: string; kind: string; address: string };
const list = async (browser: CookieClient) => (await browser.send(at('/bff/v1/sessions'))).json().sessions as Listed[];
const isIn = async (browser: CookieClient) => (await browser.send(at('/bff/v1/home'))).status === 200;
const change = (browser: CookieClient, present: string, next: string) => post(browser, '/bff/v1/identity/password', { present, next });

test('a person sees where they are in: browser, system, address; this session first, others of theirs, nobody else’s', async () => {
  const { email } = await register();
  const phone = await logIn(email, IPHONE);
  clock.advance(60_000);
  const desk = await logIn(email);
  await logIn((await register()).email);
  const seen = await list(desk);
  assert.deepEqual(
    seen.map(({ current, browser, system, kind, address }) => [current, browser, system, kind, address]),
    [
      [true, 'Firefox', 'Linux', 'computer', '127.0.0.1'],
      [false, 'Safari', 'iOS', 'phone', '127.0.0.1'],
    ],
  );
  assert.equal((await list(phone))[0]!.kind, 'phone');
  const rows = JSON.stringify(await server.database.admin('select s::text from bff.sessions s'));
  assert.ok(!rows.includes('Firefox') && !rows.includes(Buffer.from('127.0.0.1').toString('hex')), 'sealed at rest');
});

test('the session that was meant ends, and no other; another person’s does not exist', async () => {
  const { email } = await register();
  const [one, two, three] = [await logIn(email), await logIn(email, IPHONE), await logIn(email)];
  const stranger = await logIn((await register()).email);
  const meant = (await list(two)).find(({ current }) => current)!.id;
  assert.equal((await post(stranger, `/bff/v1/sessions/${meant}/end`)).status, 404);
  assert.equal(await isIn(two), true);
  assert.deepEqual((await post(one, `/bff/v1/sessions/${meant}/end`)).json(), { ended: 1 });
  assert.deepEqual([await isIn(one), await isIn(two), await isIn(three), await isIn(stranger)], [true, false, true, true]);
  const again = await post(one, `/bff/v1/sessions/${meant}/end`);
  assert.deepEqual([again.status, again.json().code], [404, 'BFF_SESSION_UNKNOWN']);
  const others = await post(one, '/bff/v1/sessions/end-others');
  assert.deepEqual([others.status, others.json()], [200, { ended: 1 }], others.text);
  assert.deepEqual([await isIn(one), await isIn(three), await isIn(stranger)], [true, false, true]);
});

test('another password: the present one is needed, other log-ins end with it at once, this one goes on', async () => {
  const { email, subjectId } = await register();
  const [own, other] = [await logIn(email), await logIn(email, IPHONE)];
  // Somebody who knows the old password is at the log-in page, through with it and not yet in.
  const late = server.browser({ 'user-agent': FIREFOX });
  const { url: page } = await late.follow(at('/bff/login?returnTo=/inicio'), (url) => url.pathname.startsWith('/entrar/'));
  const proved = await late.send(`${page}/login`, { body: { login: email, password: PASSWORD }, headers: OWN_PAGE });

  const wrong = await change(own, 'errada errada', NEXT);
  assert.deepEqual([wrong.status, wrong.json().code], [403, 'IDENTITY_PROOF_REFUSED']);
  for (const [next, code] of [
    ['senha1234567', 'IDENTITY_WEAK_PASSWORD'],
    [PASSWORD, 'IDENTITY_SAME_PASSWORD'],
    [`${email} ${email}`, 'IDENTITY_WEAK_PASSWORD'],
  ]) {
    const refused = await change(own, PASSWORD, next!);
    assert.deepEqual([refused.status, refused.json().code], [422, code], next);
  }
  assert.equal(await isIn(other), true);
  const changed = await change(own, PASSWORD, NEXT);
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(changed.json(), { endedLogIns: 1 });
  assert.equal((await list(own)).length, 1);
  assert.deepEqual([await isIn(own), await isIn(other)], [true, false]);
  const { answer, url } = await late.follow(String(proved.json().redirectTo));
  assert.notEqual(new URL(url).pathname, '/inicio', 'the old password opens nothing that was begun before');
  assert.ok(answer.status >= 400 || new URL(url).pathname.startsWith('/entrar/'));
  await assert.rejects(logIn(email), /401/);
  assert.equal(await isIn(await logIn(email, FIREFOX, NEXT)), true);

  const events = await server.database.admin(
    "select data from identity.outbox_events where subject_id = $1 and type = 'identity.secret-changed.v1'",
    [subjectId],
  );
  assert.deepEqual(events, [{ data: { subjectId, by: 'person', endedLogIns: 1 } }]);
  const security = (await own.send(at('/bff/v1/identity/security'))).json() as { notes: { kind: string }[]; passwordChangedAt: string };
  assert.deepEqual(
    security.notes.map(({ kind }) => kind).filter((kind) => kind !== 'device-new'),
    ['password-changed'],
  );
  assert.equal(security.passwordChangedAt, new Date(clock.now()).toISOString());
});

test('with a stolen session the password can be guessed no more often than without one', async () => {
  const { email } = await register();
  const thief = await logIn(email);
  for (let i = 0; i < 5; i++) assert.equal((await change(thief, `tentativa ${i} errada`, NEXT)).status, 403);
  const blocked = await change(thief, PASSWORD, NEXT);
  assert.deepEqual([blocked.status, blocked.json().code], [429, 'IDENTITY_TOO_MANY_ATTEMPTS']);
  const own = await logIn(email, IPHONE);
  assert.equal((await change(own, PASSWORD, NEXT)).status, 200, 'the owner, logged in elsewhere, is not kept out');
  assert.equal(await isIn(thief), false);
});

test('what changes a log-in wants the session’s own token and our own page', async () => {
  const { email } = await register();
  const own = await logIn(email);
  const headers = await ownHeaders(own, server.publicUrl);
  const { id } = (await list(own))[0]!;
  for (const path of ['/bff/v1/identity/password', '/bff/v1/sessions/end-others', `/bff/v1/sessions/${id}/end`]) {
    for (const over of [{ 'x-csrf-token': 'A'.repeat(43) }, { origin: 'https://mal.example' }] as Record<string, string>[]) {
      const refused = await own.send(at(path), {
        method: 'POST',
        body: { present: PASSWORD, next: NEXT },
        headers: { ...headers, ...over },
      });
      assert.deepEqual([refused.status, refused.json().code], [403, 'PLATFORM_CSRF'], path);
    }
    assert.equal((await server.browser().send(at(path), { method: 'POST', body: {} })).status, 401, path);
  }
});

test('tokens say how and when the person was proved', async () => {
  const { email } = await register();
  await logIn(email);
  const [row] = await server.database.admin<{ id_hash: Buffer; tokens_sealed: Buffer }>(
    'select id_hash, tokens_sealed from bff.sessions order by created_at desc, last_seen_at desc limit 1',
  );
  const { access } = JSON.parse(server.deps.vault.openOwn(`bff/session/${row!.id_hash.toString('hex')}`, row!.tokens_sealed));
  const claims = JSON.parse(Buffer.from(access.split('.')[1], 'base64url').toString());
  assert.equal(claims.acr, 'aal1');
  assert.deepEqual(claims.amr, ['pwd']);
  assert.ok(Math.abs(claims.auth_time - claims.iat) < 60);
});
