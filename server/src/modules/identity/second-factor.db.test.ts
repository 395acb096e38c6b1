import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { until } from '../../../../scripts/lib/person.ts';
import { type BffServer, startBffServer } from '../../../test/support/bff-server.ts';
import { createFactorScene } from '../../../test/support/factor-scene.ts';
import { PASSWORD } from '../../../test/support/identity-server.ts';

let server: BffServer;
const clock = manualClock(Date.now());
const scene = createFactorScene(() => server, clock);
const { register, password, second, finish, post, addTotp, code, nextStep, isPaying, security, events } = scene;

before(async () => {
  server = await startBffServer({ clock });
});
after(() => server?.close());
// The issuer's own library reads the system's clock: ours may not run far ahead of it.
beforeEach(() => clock.set(Date.now()));

/** Somebody with codes by time, and the browser that gave them. */
async function withTotp() {
  const person = await register();
  const own = server.browser();
  const first = await password(person.email, own);
  assert.ok(await finish(own, first.answer));
  return { ...person, own, ...(await addTotp(own)) };
}

test('codes are given in a session, with a fresh proof and a first code; the secret is sealed, the recovery codes are hashes', async () => {
  const { email, subjectId } = await register();
  const own = server.browser();
  await finish(own, (await password(email, own)).answer);
  for (const proof of [{}, { password: 'errada errada' }, { code: '000000' }]) {
    const refused = await post(own, '/bff/v1/identity/totp', { proof });
    assert.deepEqual([refused.status, refused.json().code], [403, 'IDENTITY_PROOF_REFUSED'], JSON.stringify(proof));
  }
  const begun = await post(own, '/bff/v1/identity/totp', { proof: { password: PASSWORD } });
  const { secret, uri } = begun.json() as { secret: string; uri: string };
  assert.match(secret, /^[A-Z2-7]{32}$/, 'twenty bytes');
  assert.match(uri, /^otpauth:\/\/totp\/Lastro:fator/);
  assert.ok((await password(email)).redirectTo, 'a secret that nobody confirmed is asked of nobody');
  const wrong = await post(own, '/bff/v1/identity/totp/confirm', { code: '000000' });
  assert.deepEqual([wrong.status, wrong.json().code], [403, 'IDENTITY_PROOF_REFUSED']);
  const confirmed = await post(own, '/bff/v1/identity/totp/confirm', { code: code(secret) });
  const codes = confirmed.json().recoveryCodes as string[];
  assert.equal(new Set(codes).size, 10);
  for (const one of codes) assert.match(one, /^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
  const rows = JSON.stringify(
    await server.database.admin('select t::text, r::text from identity.totp_secrets t, identity.recovery_codes r where t.subject_id = $1', [
      subjectId,
    ]),
  );
  for (const text of [secret, codes[0]!, codes[0]!.replace('-', '')])
    assert.ok(!rows.includes(text) && !rows.includes(Buffer.from(text).toString('hex')));
  assert.ok((await events(subjectId)).includes('factor-added.v1'));
  assert.deepEqual(
    ((await security(own)).notes as { kind: string }[]).map(({ kind }) => kind).filter((kind) => kind !== 'device-new'),
    ['recovery-codes-made', 'totp-added'],
  );
});

test('the log-in asks for the code: the password alone opens nothing, a code opens once, also 80 seconds later', async () => {
  const { email, subjectId, secret } = await withTotp();
  const half = await password(email);
  assert.deepEqual([half.redirectTo, half.ways], [undefined, ['totp', 'recovery-code']]);
  const state = await half.browser.send(`${half.page}/state`, { method: 'POST', body: {}, headers: { 'x-requested-with': 'lastro' } });
  assert.deepEqual(state.json(), { ways: half.ways }, 'a page that was opened again goes on where it was');
  const used = await second(half.browser, half.page, 'totp', code(secret));
  assert.deepEqual([used.status, used.json().code], [401, 'IDENTITY_CODE_REFUSED'], 'the code that confirmed the secret has been used');

  nextStep();
  const good = code(secret);
  assert.ok(await finish(half.browser, await second(half.browser, half.page, 'totp', good)));
  assert.ok(await isPaying(half.browser));
  const again = await password(email);
  assert.equal((await second(again.browser, again.page, 'totp', good)).status, 401, 'at once');
  clock.advance(29_000);
  assert.equal((await second(again.browser, again.page, 'totp', good)).status, 401, 'in the window still');
  clock.advance(51_000);
  assert.equal((await second(again.browser, again.page, 'totp', good)).status, 401, '80 seconds later');
  assert.ok(await finish(again.browser, await second(again.browser, again.page, 'totp', code(secret))));
  assert.deepEqual((await events(subjectId)).slice(-3), ['signed-in.v1', 'signed-in.v2', 'device-added.v1']);
});

test('the step before and the one after count, those beyond do not; none before the last one used', async () => {
  const { email, secret } = await withTotp();
  clock.advance(300_000);
  for (const [inS, status] of [
    [-60, 401],
    [60, 401],
    [-30, 200],
    [30, 200],
    [0, 401],
  ] as const) {
    const { browser, page } = await password(email);
    assert.equal((await second(browser, page, 'totp', code(secret, inS))).status, status, String(inS));
  }
});

test('of ten requests with one code one gets in', async () => {
  const { email, secret } = await withTotp();
  nextStep();
  const own = server.browser();
  const halves = [];
  for (let i = 0; i < 5; i++) halves.push(await password(email, i === 0 ? own : server.browser()));
  const answers = await Promise.all(halves.map(({ browser, page }) => second(browser, page, 'totp', code(secret))));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401, 401, 401]);
});

test('guesses count for the person, and right passwords in between do not make them free', async () => {
  const { email, own, secret } = await withTotp();
  for (let i = 0; i < 5; i++) {
    const { browser, page } = await password(email);
    assert.equal((await second(browser, page, 'totp', '000000')).status, 401, String(i));
  }
  const { browser, page } = await password(email);
  const blocked = await second(browser, page, 'totp', code(secret, 30));
  assert.deepEqual([blocked.status, blocked.json().code], [429, 'IDENTITY_TOO_MANY_ATTEMPTS']);
  const recovery = await second(browser, page, 'recovery-code', '00000-00000');
  assert.equal(recovery.status, 429, 'whatever the way');
  const home = await password(email, own);
  assert.ok(await finish(own, await second(own, home.page, 'totp', code(secret, 30))), 'the person’s own browser gets in');
});

test('the second step belongs to the log-in and the browser of the first, lasts five minutes, and ends once', async () => {
  const { email, secret } = await withTotp();
  nextStep();
  const half = await password(email);
  const thief = server.browser();
  assert.equal((await second(thief, half.page, 'totp', code(secret))).status, 410, 'no cookie of this log-in');
  const other = await scene.page(thief);
  assert.equal((await second(thief, other, 'totp', code(secret))).json().code, 'IDENTITY_LOGIN_ENDED', 'no password in this log-in');
  clock.advance(5 * 60_000);
  assert.equal((await second(half.browser, half.page, 'totp', code(secret))).status, 410, 'too late');
  const fresh = await password(email, half.browser);
  assert.equal((await second(fresh.browser, fresh.page, 'totp', code(secret))).status, 200);
  nextStep();
  assert.equal((await second(fresh.browser, fresh.page, 'totp', code(secret))).status, 410, 'it is over');
});

test('a recovery code opens once and no further than a new factor; every other session ends', async () => {
  const { email, subjectId, own, recoveryCodes } = await withTotp();
  const half = await password(email);
  const [first] = recoveryCodes;
  const in1 = await second(half.browser, half.page, 'recovery-code', first!.toUpperCase().replace('-', ' '));
  assert.ok(await finish(half.browser, in1));
  assert.ok(
    (await until(
      'the end of the session from before',
      () => isPaying(own),
      (still) => !still,
      5_000,
    )) === false,
  );
  assert.equal(await isPaying(half.browser), false, 'no money until a factor is given');
  assert.equal((await post(half.browser, '/bff/v1/pix/decode', { code: 'x' })).json().code, 'PLATFORM_FORBIDDEN');
  assert.equal((await half.browser.send(scene.at('/bff/v1/events'))).status, 403, 'nor what is told live');
  assert.deepEqual([(await security(half.browser)).mustAddFactor, (await security(half.browser)).recoveryCodesLeft], [true, 9]);
  const again = await password(email);
  assert.equal((await second(again.browser, again.page, 'recovery-code', first!)).status, 401);
  assert.equal((await events(subjectId)).filter((type) => type === 'recovery-used.v1').length, 1);
  const removed = await post(half.browser, '/bff/v1/identity/totp/remove', { proof: { password: PASSWORD } });
  assert.deepEqual([removed.status, removed.json().code], [409, 'IDENTITY_LAST_FACTOR'], 'it gives a factor and takes none');

  const changed = await post(half.browser, '/bff/v1/identity/password', { present: PASSWORD, next: 'outra senha bem comprida' });
  assert.equal(changed.status, 403, 'nor does it change the password');

  const { secret, recoveryCodes: fresh } = await addTotp(half.browser);
  assert.equal(fresh.length, 10);
  assert.equal(await isPaying(half.browser), false, 'the log-in itself stays what it was');
  nextStep();
  const back = await password(email);
  assert.ok(await finish(back.browser, await second(back.browser, back.page, 'totp', code(secret))));
  assert.ok(await isPaying(back.browser));
  const old = await password(email);
  assert.equal((await second(old.browser, old.page, 'recovery-code', recoveryCodes[1]!)).status, 401, 'codes from before');
});

test('a factor is removed with a code of it, not with the password or a stolen session; then nobody asks for it', async () => {
  const { email, own, secret, recoveryCodes } = await withTotp();
  for (const proof of [{}, { password: PASSWORD }, { code: recoveryCodes[0] }, { code: code(secret) }]) {
    const refused = await post(own, '/bff/v1/identity/totp/remove', { proof });
    assert.equal(refused.status, 403, JSON.stringify(proof));
  }
  nextStep();
  const replaced = await post(own, '/bff/v1/identity/recovery-codes', { proof: { code: code(secret) } });
  assert.equal((replaced.json().recoveryCodes as string[]).length, 10);
  nextStep();
  assert.equal((await post(own, '/bff/v1/identity/totp/remove', { proof: { code: code(secret) } })).status, 204);
  assert.ok((await password(email)).redirectTo);
  const none = await post(own, '/bff/v1/identity/totp/remove', { proof: { password: PASSWORD } });
  assert.deepEqual([none.status, none.json().code], [404, 'IDENTITY_FACTOR_UNKNOWN']);
});
