import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf, stateAfter } from './rules.ts';

const ana = { kind: 'operator', id: 'ana' } as const;
const bia = { kind: 'operator', id: 'bia' } as const;
const robot = { kind: 'service', id: 'ana' } as const;
const pending = { state: 'pending', askedBy: ana } as const;

test('whoever asked decides nothing, and may take it back; whoever did not may not', () => {
  assert.equal(refusalOf(pending, bia, 'approve', true), null);
  assert.equal(refusalOf(pending, bia, 'refuse', true), null);
  assert.equal(refusalOf(pending, ana, 'approve', true), 'own');
  assert.equal(refusalOf(pending, ana, 'refuse', true), 'own');
  assert.equal(refusalOf(pending, ana, 'withdraw', true), null);
  assert.equal(refusalOf(pending, bia, 'withdraw', true), 'own');
});

test('services ask and do not decide, whatever they are called', () => {
  assert.equal(refusalOf(pending, robot, 'approve', true), 'not-an-operator');
  assert.equal(refusalOf({ state: 'pending', askedBy: robot }, ana, 'approve', true), null, 'the same id of another kind is another');
});

test('what is over, or is not what was read, is decided by nobody', () => {
  for (const state of ['approved', 'refused', 'withdrawn', 'expired'] as const) {
    assert.equal(refusalOf({ state, askedBy: ana }, bia, 'approve', true), 'over');
    assert.equal(refusalOf({ state, askedBy: ana }, ana, 'withdraw', true), 'over');
  }
  assert.equal(refusalOf(pending, bia, 'approve', false), 'changed');
  assert.deepEqual((['approve', 'refuse', 'withdraw'] as const).map(stateAfter), ['approved', 'refused', 'withdrawn']);
});
