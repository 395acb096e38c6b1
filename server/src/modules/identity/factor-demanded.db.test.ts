import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const { register, password, second, finish, post, addTotp, code, nextStep, isPaying, security, at } = createFactorScene(
  () => server,
  clock,
);

before(async () => {
  server = await startBffServer({ clock, factorDemanded: true });
});
after(() => server?.close());

test('where a factor is demanded a password alone may only give one, and the last one stays', async () => {
  const { email } = await register();
  const own = server.browser();
  assert.ok(await finish(own, (await password(email, own)).answer));
  assert.equal(await isPaying(own), false);
  assert.equal((await own.send(at('/bff/v1/session'))).json().mustAddFactor, true, 'the page is told');
  assert.equal((await security(own)).mustAddFactor, true);
  const { secret } = await addTotp(own);

  nextStep();
  const half = await password(email);
  assert.ok(await finish(half.browser, await second(half.browser, half.page, 'totp', code(secret))));
  assert.equal(await isPaying(half.browser), true);
  assert.equal((await half.browser.send(at('/bff/v1/session'))).json().mustAddFactor, undefined);
  nextStep();
  const refused = await post(half.browser, '/bff/v1/identity/totp/remove', { proof: { code: code(secret) } });
  assert.deepEqual([refused.status, refused.json().code], [409, 'IDENTITY_LAST_FACTOR']);
  assert.deepEqual((await password(email)).ways, ['totp', 'recovery-code']);
});
