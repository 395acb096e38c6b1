import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Factors, mayRemove, NO_FACTORS, readOneTimeCode, readRecoveryCode, recoveryCodeOf, waysOf } from './factors.ts';
import { ANEW, advance, type LogIn, type Proved } from './log-in.ts';

const subjectId = 'maria';
const OPTIONAL = { demanded: false };
const DEMANDED = { demanded: true };
const factors = fc.record({ totp: fc.boolean(), passkeys: fc.nat(3), recoveryCodes: fc.nat(10) });

test('a recovery code is never asked first, and only of those who have something to recover', () => {
  fc.assert(
    fc.property(factors, (some: Factors) => {
      const ways = waysOf(some);
      assert.notEqual(ways[0], 'recovery-code');
      assert.equal(ways.length === 0, !some.totp && some.passkeys === 0);
    }),
  );
  assert.deepEqual(waysOf({ totp: true, passkeys: 1, recoveryCodes: 3 }), ['passkey', 'totp', 'recovery-code']);
  assert.deepEqual(waysOf({ totp: false, passkeys: 0, recoveryCodes: 10 }), []);
});

test('no log-in of somebody with a factor is through by password alone, whatever is shown in whatever order', () => {
  const proved = fc.oneof(
    fc.record({ by: fc.constant('password' as const), subjectId: fc.constantFrom('maria', 'rui'), factors, policy: fc.constant(OPTIONAL) }),
    fc.record({ by: fc.constantFrom('totp' as const, 'recovery-code' as const), subjectId: fc.constantFrom('maria', 'rui') }),
  );
  fc.assert(
    fc.property(fc.array(proved, { maxLength: 6 }), (all: Proved[]) => {
      let state: LogIn = ANEW;
      let password: Extract<Proved, { by: 'password' }> | undefined;
      for (const one of all) {
        const next = advance(state, one);
        if (!next) continue;
        if (one.by === 'password') password = one;
        state = next;
        if (state.step !== 'done') continue;
        assert.equal(state.subjectId, password!.subjectId);
        if (waysOf(password!.factors).length > 0) assert.notEqual(one.by, 'password');
        if (one.by !== 'password') assert.ok(waysOf(password!.factors).includes(one.by));
      }
    }),
  );
});

test('a passkey is two factors: first or second, nothing is asked after it, and it is its own person’s', () => {
  assert.deepEqual(advance(ANEW, { by: 'passkey', subjectId }), { step: 'done', subjectId, acr: 'aal2', amr: ['pop', 'user', 'mfa'] });
  const waiting = advance(ANEW, { by: 'password', subjectId, factors: { ...NO_FACTORS, passkeys: 1, totp: true }, policy: OPTIONAL })!;
  assert.equal(waiting.step, 'second-factor');
  assert.equal(advance(waiting, { by: 'passkey', subjectId })!.step, 'done');
  assert.equal(advance(waiting, { by: 'passkey', subjectId: 'rui' }), null, 'another person’s passkey');
  assert.equal(advance(waiting, { by: 'password', subjectId, factors: NO_FACTORS, policy: OPTIONAL }), null, 'the same factor twice');
});

test('a recovery code proves too little for anything but a new factor; so does a password where a factor is demanded', () => {
  const some = { totp: true, passkeys: 0, recoveryCodes: 1 };
  const waiting = advance(ANEW, { by: 'password', subjectId, factors: some, policy: OPTIONAL })!;
  assert.deepEqual(advance(waiting, { by: 'recovery-code', subjectId }), { step: 'done', subjectId, acr: 'aal0', amr: ['pwd', 'rec'] });
  assert.deepEqual(advance(waiting, { by: 'totp', subjectId }), { step: 'done', subjectId, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
  const byPassword = (policy: { demanded: boolean }) => advance(ANEW, { by: 'password', subjectId, factors: NO_FACTORS, policy });
  assert.deepEqual(
    [byPassword(OPTIONAL), byPassword(DEMANDED)].map((state) => state?.step === 'done' && state.acr),
    ['aal1', 'aal0'],
  );
  assert.equal(advance(ANEW, { by: 'recovery-code', subjectId }), null);
  const removed = advance(ANEW, { by: 'password', subjectId, factors: { ...some, totp: false, passkeys: 1 }, policy: OPTIONAL })!;
  assert.equal(advance(removed, { by: 'totp', subjectId }), null, 'a factor that was removed is neither asked nor taken');
});

test('the last factor stays where one is demanded', () => {
  assert.equal(mayRemove({ totp: true, passkeys: 0, recoveryCodes: 9 }, DEMANDED), false);
  assert.equal(mayRemove({ totp: true, passkeys: 1, recoveryCodes: 0 }, DEMANDED), true);
  assert.equal(mayRemove({ totp: true, passkeys: 0, recoveryCodes: 0 }, OPTIONAL), true);
});

test('codes are read as people type them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
      const shown = recoveryCodeOf(bytes);
      assert.equal(readRecoveryCode(shown), shown.replace('-', ''));
      assert.equal(
        readRecoveryCode(` ${shown.toUpperCase().replaceAll('0', 'O').replaceAll('1', 'I').replace('-', ' ')}`),
        shown.replace('-', ''),
      );
    }),
  );
  for (const none of ['', 'abc', 'uuuuu-uuuuu', '123456']) assert.equal(readRecoveryCode(none), null);
  assert.equal(readOneTimeCode('123 456'), '123456');
  for (const none of ['12345', '1234567', '12345a', '１２３４５６']) assert.equal(readOneTimeCode(none), null);
});
