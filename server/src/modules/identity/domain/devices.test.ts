import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factorCountsFrom, isLogInFor, knownByLogIn, type LogInSeen, refusalOfMail, WAIT_MS } from './devices.ts';

const SEEN: LogInSeen = { acr: 'aal1', amr: ['pwd'], isSignUp: false, wasBefore: false, doFactorsCount: false };
const STRONG = { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] } as const;

describe('what makes a browser known', () => {
  test('a password alone does not; opening the account there does, and so does having used it before browsers were kept', () => {
    assert.equal(knownByLogIn(SEEN), null);
    assert.equal(knownByLogIn({ ...SEEN, isSignUp: true }), 'sign-up');
    assert.equal(knownByLogIn({ ...SEEN, wasBefore: true }), 'before');
  });
  test('a factor does, once it counts; a recovery code never, whatever the browser was', () => {
    assert.equal(knownByLogIn({ ...SEEN, ...STRONG, doFactorsCount: true }), 'log-in');
    assert.equal(knownByLogIn({ ...SEEN, ...STRONG }), null);
    assert.equal(knownByLogIn({ ...SEEN, acr: 'aal0', amr: ['pwd', 'rec'], wasBefore: true, doFactorsCount: true }), null);
  });
  test('a factor given in a new browser waits a day', () => {
    const now = new Date('2026-11-30T12:00:00Z');
    assert.equal(factorCountsFrom(true, now), null);
    assert.equal(factorCountsFrom(false, now)!.getTime() - now.getTime(), WAIT_MS);
  });
  test('mail does, to a proved address, unless the mail has just opened the account', () => {
    assert.equal(refusalOfMail({ isVerified: true, wasResetToday: false }), null);
    assert.equal(refusalOfMail({ isVerified: false, wasResetToday: false }), 'unproved');
    assert.equal(refusalOfMail({ isVerified: true, wasResetToday: true }), 'too-soon');
  });
});

describe('a log-in in the place of a proof', () => {
  const ASKED = { atMs: 10_000_700, acr: 'aal2', maxAgeMs: 300_000 } as const;
  test('was made after the asking, not too long ago, and is strong enough', () => {
    assert.equal(isLogInFor({ acr: 'aal2', atMs: 10_001_000 }, ASKED, 10_060_000), true);
    assert.equal(isLogInFor({ acr: 'aal2', atMs: 10_000_000 }, ASKED, 10_060_000), false, 'perhaps before it was asked for');
    assert.equal(isLogInFor({ acr: 'aal2', atMs: 10_001_000 }, ASKED, 10_302_000), false, 'too old');
    assert.equal(isLogInFor({ acr: 'aal1', atMs: 10_001_000 }, ASKED, 10_060_000), false, 'too weak');
    assert.equal(isLogInFor({ acr: 'aal1', atMs: 10_001_000 }, { ...ASKED, acr: 'aal1' }, 10_060_000), true);
    assert.equal(isLogInFor({ acr: 'aal0', atMs: 10_001_000 }, { ...ASKED, acr: 'aal1' }, 10_060_000), false);
  });
});
