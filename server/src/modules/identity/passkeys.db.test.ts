import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { createAuthenticator } from '../../../test/support/authenticator.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';
import { OWN_PAGE, PASSWORD } from '../../../test/support/identity-server.ts';
import { relyingPartyOf } from './webauthn.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const scene = createFactorScene(() => server, clock);
const { register, password, finish, post, addTotp, code, nextStep, isPaying, security, page } = scene;
type Created = { challenge: string; user: { id: string }; authenticatorSelection: Record<string, unknown> };
type Asked = { challenge: string; userVerification: string; allowCredentials?: { id: string }[] };
type Over = Parameters<ReturnType<typeof createAuthenticator>['create']>[1];
const authenticator = (origin = server.publicUrl) => createAuthenticator(origin);

before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());
// The issuer's own library reads the system's clock: ours may not run far ahead of it.
beforeEach(() => clock.set(Date.now()));

async function loggedIn() {
  const person = await register();
  const own = server.browser();
  assert.ok(await finish(own, (await password(person.email, own)).answer));
  return { ...person, own };
}
async function ask(own: CookieClient, proof: unknown = { password: PASSWORD }): Promise<Created> {
  const answer = await post(own, '/bff/v1/identity/passkeys/options', { proof });
  assert.equal(answer.status, 200, answer.text);
  return answer.json().options as Created;
}
const add = (own: CookieClient, response: unknown) => post(own, '/bff/v1/identity/passkeys', { response });
/** Somebody with a passkey. */
async function withPasskey(over: Over = {}) {
  const person = await loggedIn();
  const key = authenticator();
  const added = await add(person.own, key.create(await ask(person.own), over));
  assert.equal(added.status, 200, added.text);
  return { ...person, key, recoveryCodes: added.json().recoveryCodes as string[] };
}
/** A log-in page, and what it asks of an authenticator. */
async function atPage(browser = server.browser(), at?: string) {
  const where = at ?? (await page(browser));
  const answer = await browser.send(`${where}/passkey/options`, { method: 'POST', body: {}, headers: OWN_PAGE });
  return { browser, page: where, options: answer.json().options as Asked };
}
const show = (browser: CookieClient, where: string, response: unknown) =>
  browser.send(`${where}/passkey`, { body: { response }, headers: OWN_PAGE });

test('a passkey is the whole log-in: no name, no password, no code after it, and the token says so', async () => {
  const { email, own, key, recoveryCodes } = await withPasskey();
  assert.equal(recoveryCodes.length, 10);
  await addTotp(own, { passkey: key.get((await post(own, '/bff/v1/identity/proof/options')).json().options as Asked) });
  const { browser, page: where, options } = await atPage();
  assert.deepEqual([options.userVerification, options.allowCredentials], ['required', undefined]);
  const answer = await show(browser, where, key.get(options));
  assert.ok(await finish(browser, answer));
  assert.ok(await isPaying(browser));
  const known = await security(browser);
  assert.deepEqual([known.mustAddFactor, (known.passkeys as { kind: string }[]).map(({ kind }) => kind)], [false, ['passkey']]);
  const half = await password(email);
  assert.deepEqual(half.ways, ['passkey', 'totp', 'recovery-code']);
  const second = await atPage(half.browser, half.page);
  assert.deepEqual(
    second.options.allowCredentials?.map(({ id }) => id),
    [key.id],
  );
  assert.ok(await finish(half.browser, await show(half.browser, half.page, key.get(second.options))), 'as the second step, too');
});

test('user verification is required of the request and of the answer, at both ceremonies', async () => {
  const { own } = await loggedIn();
  const asked = await ask(own);
  assert.deepEqual(asked.authenticatorSelection, { residentKey: 'required', requireResidentKey: true, userVerification: 'required' });
  const unverified = await add(own, authenticator().create(asked, { userVerified: false }));
  assert.deepEqual([unverified.status, unverified.json().code], [400, 'IDENTITY_PASSKEY_REFUSED']);
  const { key } = await withPasskey();
  const at = await atPage();
  const refused = await show(at.browser, at.page, key.get(at.options, { userVerified: false }));
  assert.deepEqual([refused.status, refused.json().code], [400, 'IDENTITY_PASSKEY_REFUSED']);
});

test('a foreign origin is one refusal like any other, and says nothing of what was expected', async () => {
  const { key } = await withPasskey();
  const told = [];
  for (const over of [
    { origin: 'https://mal.example' },
    { userHandle: Buffer.from('other').toString('base64url') },
    { userVerified: false },
  ]) {
    const at = await atPage();
    const { status, text } = await show(at.browser, at.page, key.get(at.options, over));
    const { traceId: _, ...rest } = JSON.parse(text);
    told.push({ status, ...rest });
    assert.ok(!text.includes('mal.example') && !text.includes(server.publicUrl) && !/expected|challenge|origin/i.test(text), text);
  }
  const stranger = await atPage();
  const { status, text } = await show(stranger.browser, stranger.page, authenticator().get(stranger.options));
  const { traceId: _, ...unknown } = JSON.parse(text);
  for (const one of told) assert.deepEqual(one, { status, ...unknown });
  assert.equal(status, 400);
});

test('a challenge counts once, for five minutes, in its own log-in or session, used up also by what does not hold', async () => {
  const { key, own } = await withPasskey();
  const [one, two] = [await atPage(), await atPage()];
  assert.equal((await show(two.browser, two.page, key.get(one.options))).status, 400, 'of another log-in');
  assert.equal((await show(two.browser, two.page, key.get(two.options))).status, 400, 'used up by the wrong answer');
  const good = key.get(one.options);
  assert.equal((await show(one.browser, one.page, good)).status, 200);
  const again = await atPage(one.browser);
  assert.equal((await show(one.browser, again.page, good)).status, 400, 'replayed');
  const late = await atPage();
  clock.advance(5 * 60_000);
  assert.equal((await show(late.browser, late.page, key.get(late.options))).status, 400, 'too late');
  const asked = await ask(own, { passkey: key.get((await post(own, '/bff/v1/identity/proof/options')).json().options as Asked) });
  const other = await loggedIn();
  assert.equal((await add(other.own, authenticator().create(asked))).status, 400, 'of another session');
  const fresh = authenticator().create(asked);
  assert.equal((await add(own, fresh)).status, 200);
  assert.equal((await add(own, fresh)).status, 400);
});

test('a key that does not count may stay at 0; one that counts never goes back', async () => {
  const { key } = await withPasskey({ counter: 0 });
  for (let i = 0; i < 2; i++) {
    const at = await atPage();
    assert.equal((await show(at.browser, at.page, key.get(at.options, { counter: 0 }))).status, 200);
  }
  const counting = await withPasskey({ counter: 5 });
  for (const [counter, status] of [
    [6, 200],
    [6, 400],
    [5, 400],
    [0, 400],
    [9, 200],
  ] as const) {
    const at = await atPage();
    assert.equal((await show(at.browser, at.page, counting.key.get(at.options, { counter }))).status, status, String(counter));
  }
});

test('a key its authenticator does not find by itself is a second factor and not called a passkey', async () => {
  const { email, own, key } = await withPasskey({ rk: false });
  assert.deepEqual(((await security(own)).passkeys as { kind: string }[])[0]!.kind, 'security-key');
  const at = await atPage();
  assert.equal((await show(at.browser, at.page, key.get(at.options))).status, 400);
  const half = await password(email);
  const second = await atPage(half.browser, half.page);
  assert.ok(await finish(half.browser, await show(half.browser, half.page, key.get(second.options))));
});

test('of two people each is in by their own key only, also as the second step; one key belongs to one person', async () => {
  const [maria, rui] = [await withPasskey(), await withPasskey()];
  const half = await password(maria.email);
  const second = await atPage(half.browser, half.page);
  assert.equal((await show(half.browser, half.page, rui.key.get(second.options))).status, 400);
  const asked = await ask(maria.own, {
    passkey: maria.key.get((await post(maria.own, '/bff/v1/identity/proof/options')).json().options as Asked),
  });
  assert.equal((await add(maria.own, rui.key.create(asked))).status, 400, 'it is somebody’s already');
});

test('a removed key is neither asked for nor taken; it is removed with a proof of what is there', async () => {
  const { email, own, key } = await withPasskey();
  const id = ((await security(own)).passkeys as { id: string }[])[0]!.id;
  const remove = (who: CookieClient, proof: unknown, which = id) => post(who, '/bff/v1/identity/passkeys/remove', { id: which, proof });
  assert.equal((await remove(own, { password: PASSWORD })).status, 403);
  const other = await withPasskey();
  const asOther = async () => ({
    passkey: other.key.get((await post(other.own, '/bff/v1/identity/proof/options')).json().options as Asked),
  });
  assert.deepEqual([(await remove(other.own, await asOther())).status, (await remove(own, await asOther())).status], [404, 400]);
  const { secret } = await addTotp(own, { passkey: key.get((await post(own, '/bff/v1/identity/proof/options')).json().options as Asked) });
  nextStep();
  assert.equal((await remove(own, { code: code(secret) })).status, 204);
  const half = await password(email);
  assert.deepEqual(half.ways, ['totp', 'recovery-code']);
  const at = await atPage();
  assert.equal((await show(at.browser, at.page, key.get(at.options))).status, 400);
});

test('the issuer’s host is the RP id, and only origins under it are taken', () => {
  assert.deepEqual(
    relyingPartyOf('https://banco.example', ['https://app.banco.example', 'https://outro.example', 'https://xbanco.example']),
    {
      id: 'banco.example',
      origins: ['https://banco.example', 'https://app.banco.example'],
    },
  );
});
