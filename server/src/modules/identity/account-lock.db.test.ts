import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import type { CookieClient } from '../../../test/support/cookie-client.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';
import { PASSWORD } from '../../../test/support/identity-server.ts';
import { RELEASE_AFTER_MS } from './account-lock.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const scene = createFactorScene(() => server, clock);
const logIn = (email: string) => server.logIn(server.browser(), server.publicUrl, email);
const told = async (browser: CookieClient) => (await browser.send(scene.at('/bff/v1/session'))).json();
const pay = (browser: CookieClient) => scene.post(browser, '/bff/v1/payments', { quoteId: 'quo_1', amountMinor: '1050' });
/** Tokens of sessions tell the time by the machine, so that a clock put forward by a day would end them. */
const releaseIn = (ms: number) =>
  server.database.admin('update identity.locks set release_at = $1 where release_at is not null', [new Date(clock.now() + ms)]);
const events = (subjectId: string) =>
  server.database.admin("select type, data from identity.outbox_events where key = $1 and type ~ 'lock' order by type", [subjectId]);

before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());

test('a locked account: every session ends at once, and who logs in sees that it is locked, moves nothing, and is told by mail', async () => {
  const one = await scene.register();
  const [mine, other] = [await logIn(one.email), await logIn(one.email)];
  assert.equal((await scene.post(mine, '/bff/v1/identity/lock', { sure: true })).status, 204);
  for (const browser of [mine, other]) assert.equal(await scene.isPaying(browser), false);
  assert.match((await server.mail.next(one.email, /travada/)).text, /nenhum dinheiro sai/);

  const back = await logIn(one.email);
  const { locked, authenticated } = await told(back);
  assert.deepEqual([authenticated, locked], [true, true]);
  const before = server.fakes.calls.filter(({ name }) => name === 'createPayment').length;
  assert.deepEqual([(await pay(back)).status, (await back.send(scene.at('/bff/v1/home'))).status], [403, 403]);
  assert.equal(server.fakes.calls.filter(({ name }) => name === 'createPayment').length, before);
  const { lock } = await scene.security(back);
  assert.deepEqual(lock, { since: new Date(clock.now()).toISOString(), releaseAt: null });
  const someone = await scene.register();
  assert.equal(await scene.isPaying(await logIn(someone.email)), true, 'nobody else is locked');
});

test('it opens by a proof and a day of waiting, for log-ins made after that; asked twice, the first day counts', async () => {
  const one = await scene.register();
  await scene.post(await logIn(one.email), '/bff/v1/identity/lock', { sure: true });
  const back = await logIn(one.email);
  const ask = (password: string) => scene.post(back, '/bff/v1/identity/unlock', { proof: { password } });
  assert.equal((await ask('nao e esta senha aqui')).json().code, 'IDENTITY_PROOF_REFUSED');
  assert.equal(Array.isArray((await scene.security(back)).notes), true);
  const releaseAt = new Date(clock.now() + RELEASE_AFTER_MS).toISOString();
  assert.deepEqual((await ask(PASSWORD)).json(), { releaseAt });
  clock.advance(1_000);
  assert.deepEqual((await ask(PASSWORD)).json(), { releaseAt });
  await server.mail.next(one.email, /destravar/);
  assert.equal((await pay(back)).status, 403);
  await releaseIn(1);
  assert.equal((await told(await logIn(one.email))).locked, true);
  await releaseIn(0);
  assert.equal((await pay(back)).status, 403, 'log-ins from before stay as they are');
  const open = await logIn(one.email);
  assert.equal((await told(open)).locked, undefined);
  assert.equal(await scene.isPaying(open), true);
  assert.equal((await scene.post(open, '/bff/v1/identity/unlock', { proof: { password: PASSWORD } })).json().code, 'IDENTITY_NOT_LOCKED');
  assert.deepEqual(
    (await events(one.subjectId)).map(({ type, data }) => [type, data]),
    [
      ['identity.account-locked.v1', { subjectId: one.subjectId, endedLogIns: 1 }],
      ['identity.unlock-asked.v1', { subjectId: one.subjectId, releaseAt }],
    ],
  );
});

test('locked again, a day that was asked for counts no more', async () => {
  const one = await scene.register();
  await scene.post(await logIn(one.email), '/bff/v1/identity/lock', { sure: true });
  const thief = await logIn(one.email);
  assert.equal((await scene.post(thief, '/bff/v1/identity/unlock', { proof: { password: PASSWORD } })).status, 200);
  await scene.post(await logIn(one.email), '/bff/v1/identity/lock', { sure: true });
  await releaseIn(-1);
  assert.equal((await told(await logIn(one.email))).locked, true);
});
