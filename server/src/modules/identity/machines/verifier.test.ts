import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { machineKeyText } from './machine-key.ts';
import { createKeyVerifier, type KeyAnswer } from './verifier.ts';

const HERE = '203.0.113.7';
const key = () => machineKeyText('key', randomBytes(32));
const good = (more: object = {}): KeyAnswer => ({
  state: 'active',
  tenantId: newId(),
  clientId: 'banco_erp',
  keyId: newId(),
  scopes: ['payments:read'],
  networks: [],
  expiresAt: new Date(10 * 60_000).toISOString(),
  ...more,
});

/** A verifier whose clock and whose identity are ours. */
function scene(answer: (asked: { digest: string; address: string | undefined }) => KeyAnswer | Promise<KeyAnswer>) {
  const asked: string[] = [];
  const scene = {
    nowMs: 60_000,
    asked,
    metrics: createMetrics(),
    whys: async () =>
      Object.fromEntries(
        (await scene.metrics.registry.getSingleMetric('lastro_api_keys_refused_total')!.get()).values.map(({ labels, value }) => [
          labels.why,
          value,
        ]),
      ),
  };
  const verifier = createKeyVerifier({
    ask: async (input) => {
      asked.push(input.digest);
      return answer(input);
    },
    now: () => scene.nowMs,
    metrics: scene.metrics,
  });
  return { scene, verifier };
}

test('a good key is asked about once in ten seconds, by its digest, and is a service with the scopes that identity says', async () => {
  const { scene: s, verifier } = scene(() => good());
  const one = key();
  for (let n = 0; n < 3; n++) {
    const caller = await verifier.verify(one, HERE);
    assert.deepEqual(caller.actor, { kind: 'service', id: 'banco_erp' });
    assert.deepEqual([...caller.scopes], ['payments:read']);
    assert.equal(caller.subjectId, undefined);
  }
  assert.deepEqual(s.asked, [hash('sha256', one, 'hex')], 'the key itself goes nowhere');
  s.nowMs += 10_001;
  await verifier.verify(one, HERE);
  assert.equal(s.asked.length, 2);
});

test('a mistyped key, and the secret of a client, are refused without asking anybody', async () => {
  const { scene: s, verifier } = scene(() => assert.fail('nobody is asked'));
  const one = key();
  for (const wrong of [
    `${one.slice(0, -1)}${one.endsWith('a') ? 'b' : 'a'}`,
    one.slice(0, 40),
    'lastro_key_',
    'lastro_',
    machineKeyText('secret', randomBytes(32)),
  ])
    await assert.rejects(verifier.verify(wrong, HERE), { code: 'IDENTITY_KEY_INVALID' });
  assert.deepEqual(await s.whys(), { mistyped: 5 });
});

test('each way in which a key counts for nothing has its own code', async () => {
  for (const [state, code, status] of [
    ['unknown', 'IDENTITY_KEY_INVALID', 401],
    ['expired', 'IDENTITY_KEY_EXPIRED', 401],
    ['revoked', 'IDENTITY_KEY_REVOKED', 401],
    ['waiting', 'IDENTITY_KEY_WAITING', 401],
    ['client-disabled', 'IDENTITY_CLIENT_DISABLED', 401],
    ['elsewhere', 'IDENTITY_KEY_ELSEWHERE', 403],
  ] as const) {
    const { scene: s, verifier } = scene(() => ({ state }));
    await assert.rejects(verifier.verify(key(), HERE), { code, status });
    assert.deepEqual(await s.whys(), { [state]: 1 });
  }
});

test('it ends at its instant, also while it is remembered, and is good from its networks only', async () => {
  const { scene: s, verifier } = scene(() => good({ expiresAt: new Date(62_000).toISOString(), networks: ['203.0.113.0/24'] }));
  const one = key();
  await verifier.verify(one, HERE);
  for (const address of ['198.51.100.1', '2001:db8::1', undefined])
    await assert.rejects(verifier.verify(one, address), { code: 'IDENTITY_KEY_ELSEWHERE' });
  await verifier.verify(one, '::ffff:203.0.113.200');
  s.nowMs = 62_000;
  await assert.rejects(verifier.verify(one, HERE), { code: 'IDENTITY_KEY_EXPIRED' });
  assert.equal(s.asked.length, 1);
});

test('revoked counts at once: of a key, of its client, of all that was missed; and an answer that was under way is not believed', async () => {
  let answer: KeyAnswer = good({ keyId: 'k1' });
  let hold: Promise<void> | undefined;
  const { verifier } = scene(async () => {
    const given = answer;
    await hold;
    return given;
  });
  const one = key();
  const refused = { code: 'IDENTITY_KEY_REVOKED' };
  for (const match of [{ keyId: 'k1' }, { clientId: 'banco_erp' }, undefined]) {
    answer = good({ keyId: 'k1' });
    await verifier.verify(one, HERE);
    answer = { state: 'revoked' };
    verifier.forget({ keyId: 'another', clientId: 'another' });
    verifier.forget({ grantId: 'g' });
    await verifier.verify(one, HERE);
    verifier.forget(match);
    await assert.rejects(verifier.verify(one, HERE), refused);
    verifier.forget();
  }
  answer = good({ keyId: 'k1' });
  let go = (): void => undefined;
  hold = new Promise((resolve) => {
    go = resolve;
  });
  const underWay = verifier.verify(one, HERE);
  answer = { state: 'revoked' };
  verifier.forget({ keyId: 'k1' });
  go();
  await underWay;
  await assert.rejects(verifier.verify(one, HERE), refused, 'what was asked before the end is asked again');
});

test('wrong keys of one network are answered thirty times a minute; its good ones, and other networks, are not held up', async () => {
  const mine = key();
  const digest = hash('sha256', mine, 'hex');
  const { scene: s, verifier } = scene((asked) => (asked.digest === digest ? good() : { state: 'unknown' }));
  await verifier.verify(mine, HERE);
  const one = key();
  for (let n = 0; n < 100; n++) await assert.rejects(verifier.verify(one, HERE), { code: 'IDENTITY_KEY_INVALID' });
  assert.equal(s.asked.length, 2, 'one wrong key, however often it comes, is asked about once');
  for (let n = 0; n < 29; n++) await assert.rejects(verifier.verify(key(), HERE), { code: 'IDENTITY_KEY_INVALID' });
  await assert.rejects(verifier.verify(key(), HERE), (error: { code: string; status: number; data: { retryAfterSeconds: number } }) => {
    assert.deepEqual([error.code, error.status], ['IDENTITY_TOO_MANY_WRONG_KEYS', 429]);
    assert.ok(error.data.retryAfterSeconds >= 1 && error.data.retryAfterSeconds <= 60);
    return true;
  });
  assert.equal(s.asked.length, 31);
  await verifier.verify(mine, HERE);
  s.nowMs += 10_001;
  await verifier.verify(mine, HERE);
  assert.equal(s.asked.length, 32, 'it is asked about again, and not held up');
  await assert.rejects(verifier.verify(key(), '198.51.100.9'), { code: 'IDENTITY_KEY_INVALID' });
  s.nowMs += 60_001;
  await assert.rejects(verifier.verify(key(), HERE), { code: 'IDENTITY_KEY_INVALID' });
});

test('a key that was good, and is no more, is held up like any other that is wrong', async () => {
  const mine = key();
  const digest = hash('sha256', mine, 'hex');
  let isGood = true;
  const { scene: s, verifier } = scene((asked) => (isGood && asked.digest === digest ? good() : { state: 'revoked' }));
  await verifier.verify(mine, HERE);
  for (let n = 0; n < 30; n++) await assert.rejects(verifier.verify(key(), HERE), { code: 'IDENTITY_KEY_REVOKED' });
  isGood = false;
  s.nowMs += 10_001;
  await assert.rejects(verifier.verify(mine, HERE), { code: 'IDENTITY_KEY_REVOKED' });
  s.nowMs += 10_001;
  await assert.rejects(verifier.verify(mine, HERE), { code: 'IDENTITY_TOO_MANY_WRONG_KEYS' });
  assert.equal(s.asked.length, 32);
});
