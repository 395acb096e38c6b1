import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, mayClose, mayCount, mayRecord, mayReview, type Session, STATUSES } from './session.ts';

const open: Session = { status: 'open', openedMs: 1_000, countedMs: null, closedMs: null, openedBy: 'ana', closedBy: null };
const counting: Session = { ...open, status: 'counting', countedMs: 2_000 };
const closed: Session = { ...counting, status: 'closed', closedMs: 3_000, closedBy: 'bia' };

test('what happened before the opening is not of this session', () => {
  assert.equal(mayRecord(open, 999), 'before-opening');
  assert.equal(mayRecord(open, 1_000), null);
});

test('while the drawer is being counted only what happened before the count may still be told', () => {
  assert.equal(mayRecord(counting, 2_000), null);
  assert.equal(mayRecord(counting, 2_001), 'being-counted');
});

test('a closed session takes nothing any more', () => {
  for (const session of [closed, { ...closed, status: 'reviewed' as const }]) {
    assert.deepEqual([mayRecord(session, 1_500), mayCount(session), mayClose(session)], ['closed', 'closed', 'closed']);
  }
});

test('a session is closed after it was counted, and counted as often as one likes before', () => {
  assert.equal(mayClose(open), 'not-counted');
  assert.deepEqual([mayCount(open), mayCount(counting), mayClose(counting)], [null, null, null]);
});

test('it is reviewed once it is closed, once, by neither of those who stood there', () => {
  assert.deepEqual(
    STATUSES.map((status) => mayReview({ ...closed, status }, 'dona')),
    ['not-closed', 'not-closed', null, 'reviewed'],
  );
  assert.deepEqual([mayReview(closed, 'ana'), mayReview(closed, 'bia')], ['own-session', 'own-session']);
});

test('a moment belongs to the session that held the drawer then: its first moment with it, that of its closing not', () => {
  assert.deepEqual(
    [999, 1_000, 2_999, 3_000].map((at) => covers(closed, at)),
    [false, true, true, false],
  );
  assert.ok(covers(open, 9_999_999));
});
