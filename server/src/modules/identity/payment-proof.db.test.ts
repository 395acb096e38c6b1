/** Proofs of one payment: asked for by whoever moves the money, given in the session that was asked, and worth nothing elsewhere. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { createAuthenticator } from '../../../test/support/authenticator.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';
import { LASTRO, PASSWORD } from '../../../test/support/identity-server.ts';

const clock = manualClock(Date.now());
const MINUTE_MS = 60_000;
let server: BffServer;
before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());
beforeEach(() => clock.set(Date.now()));
const scene = createFactorScene(() => server, clock);
const face = () => server.identity.face!.impl;
const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;

const bindingOf = (text: string) => createHash('sha256').update(text).digest('hex');
type Wanted = { browser: CookieClient; subjectId: string; acr?: 'aal1' | 'aal2' };
/** The log-in of a session, as its payments tell it. */
async function grantOf(browser: CookieClient): Promise<string> {
  server.fakes.calls.length = 0;
  const body = { quoteId: 'qte_01j9zk3m8se0qtw4fs0r1et0ba', amountMinor: '100' };
  assert.equal((await scene.post(browser, '/bff/v1/payments', body)).status, 201);
  const { input } = server.fakes.calls.find(({ name }) => name === 'createPayment')!;
  const { logIn } = input as { logIn: { grantId: string; atMs?: number } };
  assert.equal(logIn.atMs, undefined, 'that a session was opened proves nothing');
  return logIn.grantId;
}
const take = async ({ browser, subjectId, acr = 'aal1' }: Wanted, binding: string) =>
  (await face().takePaymentProof(ctx, { subjectId, grantId: await grantOf(browser), binding, acr })).proved;
const prove = async (browser: CookieClient, binding: string, proof: unknown) => {
  const answer = await scene.post(browser, '/bff/v1/identity/payment-proof', { binding, proof });
  return [answer.status, answer.status < 300 ? undefined : answer.json().code];
};
const optionsOf = async (browser: CookieClient, binding: string) => {
  const answer = await scene.post(browser, '/bff/v1/identity/payment-proof/options', { binding });
  assert.equal(answer.status, 200, answer.text);
  return answer.json().options as { challenge: string };
};
async function inside(): Promise<{ email: string; subjectId: string; browser: CookieClient }> {
  const person = await scene.register();
  const { browser, answer } = await scene.password(person.email);
  assert.ok(await scene.finish(browser, answer));
  return { ...person, browser };
}
async function withPasskey() {
  const one = await inside();
  const key = createAuthenticator(server.publicUrl);
  const asked = await scene.post(one.browser, '/bff/v1/identity/passkeys/options', { proof: { password: PASSWORD } });
  const options = asked.json().options as { challenge: string; user: { id: string } };
  assert.equal((await scene.post(one.browser, '/bff/v1/identity/passkeys', { response: key.create(options) })).status, 200);
  return { ...one, key };
}

test('by password, of whoever has no factor: for what was asked, and nothing else, for five minutes', async () => {
  const one = await inside();
  const [first, second] = [bindingOf('first'), bindingOf('second')];
  assert.deepEqual(await prove(one.browser, first, { password: PASSWORD }), [409, 'IDENTITY_PROOF_NOT_ASKED']);
  assert.equal(await take(one, first), false);
  assert.deepEqual(await prove(one.browser, first, { password: 'errada errada errada' }), [403, 'IDENTITY_PROOF_REFUSED']);
  assert.equal(await take(one, first), false);
  assert.deepEqual(await prove(one.browser, first, { password: PASSWORD }), [204, undefined]);
  assert.deepEqual([await take(one, first), await take(one, second)], [true, false]);
  assert.equal(await take({ ...one, acr: 'aal2' }, first), false, 'a password is no factor');
  assert.deepEqual(await prove(one.browser, first, { password: PASSWORD }), [204, undefined]);
  clock.advance(5 * MINUTE_MS + 1);
  assert.equal(await take(one, first), false, 'too old');
  assert.ok((await scene.events(one.subjectId)).includes('payment-proved.v1'));
});

test('another session of the same person can neither give the proof nor use it, and guesses are counted', async () => {
  const one = await inside();
  const other = server.browser();
  assert.ok(await scene.finish(other, (await scene.password(one.email, other)).answer));
  const binding = bindingOf('mine');
  assert.equal(await take(one, binding), false);
  assert.deepEqual(await prove(other, binding, { password: PASSWORD }), [409, 'IDENTITY_PROOF_NOT_ASKED']);
  assert.deepEqual(await prove(one.browser, binding, { password: PASSWORD }), [204, undefined]);
  assert.equal(await take({ ...one, browser: other }, binding), false);
  // What the other asked for is the other's now; the first has to prove it anew.
  assert.equal(await take(one, binding), false);
  for (let at = 0; at < 5; at++) await prove(one.browser, binding, { password: 'errada errada errada' });
  assert.deepEqual(await prove(one.browser, binding, { password: PASSWORD }), [429, 'IDENTITY_TOO_MANY_ATTEMPTS']);
});

test('a passkey signs the hash of the payment, once, and its signature fits no other payment', async () => {
  const { key, ...one } = await withPasskey();
  const [first, second] = [bindingOf('um'), bindingOf('dois')];
  for (const binding of [first, second]) assert.equal(await take(one, binding), false);
  const options = await optionsOf(one.browser, first);
  const challenge = Buffer.from(options.challenge, 'base64url');
  assert.equal(challenge.length, 64);
  assert.equal(challenge.subarray(32).toString('hex'), first);
  const answer = key.get(options);
  assert.deepEqual(await prove(one.browser, second, { passkey: answer }), [400, 'IDENTITY_PASSKEY_REFUSED'], 'of another payment');
  assert.deepEqual(await prove(one.browser, first, { password: PASSWORD }), [403, 'IDENTITY_PROOF_REFUSED'], 'who has a factor gives it');
  assert.deepEqual(await prove(one.browser, first, { passkey: answer }), [204, undefined]);
  assert.deepEqual([await take({ ...one, acr: 'aal2' }, first), await take(one, second)], [true, false]);
  assert.deepEqual(await prove(one.browser, first, { passkey: answer }), [400, 'IDENTITY_PASSKEY_REFUSED'], 'a second time');
  const plain = (await scene.post(one.browser, '/bff/v1/identity/proof/options')).json().options as { challenge: string };
  assert.deepEqual(await prove(one.browser, second, { passkey: key.get(plain) }), [400, 'IDENTITY_PASSKEY_REFUSED'], 'of no payment');
});

test('a code of the app counts for one payment: used, it is used', async () => {
  const one = await inside();
  const { secret } = await scene.addTotp(one.browser);
  const [first, second] = [bindingOf('a'), bindingOf('b')];
  for (const binding of [first, second]) assert.equal(await take(one, binding), false);
  scene.nextStep();
  const code = scene.code(secret);
  assert.deepEqual(await prove(one.browser, first, { code }), [204, undefined]);
  assert.deepEqual(await prove(one.browser, second, { code }), [403, 'IDENTITY_PROOF_REFUSED']);
});

test('a log-in made for it stands for the proof, of one payment; one made before stands for none', async () => {
  const { subjectId } = await scene.register();
  const [first, second] = [bindingOf('um pix'), bindingOf('outro pix')];
  const at = (grantId: string, binding: string, logIn?: { acr: string; atMs: number }) =>
    face()
      .takePaymentProof(ctx, { subjectId, grantId, binding, acr: 'aal1', ...(logIn ? { logIn } : {}) })
      .then(({ proved }) => proved);
  const inSeconds = (ms: number) => Math.floor(ms / 1_000) * 1_000;
  const before = { acr: 'aal1', atMs: inSeconds(clock.now()) - 1_000 };
  assert.equal(await at('old', first, before), false);
  assert.equal(await at('old', first, before), false, 'made before it was asked for');
  assert.equal(await at('old', second, before), false);
  clock.advance(2_000);
  const fresh = { acr: 'aal1', atMs: inSeconds(clock.now()) };
  assert.equal(await at('new', first, fresh), true);
  assert.equal(await at('new', first, fresh), true, 'the same, asked again');
  assert.equal(await at('new', second, fresh), false, 'it has served');
  assert.equal(await at('other', first), false, 'of another log-in');
  assert.equal(await at('new', second, fresh), false, 'that the first was asked for anew gives the log-in back to nobody');
});
