import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayAnticipate, mayFollow, netOf, type Receivable, takenOf } from './receivable.ts';

const sold: Receivable = { type: 'credit', status: 'waiting', grossMinor: 5_000n, feeMinor: 200n, anticipationFeeMinor: 120n };
const chargeback: Receivable = { ...sold, type: 'chargeback', grossMinor: takenOf(sold), feeMinor: 0n, anticipationFeeMinor: 0n };

test('the net is what comes once both fees are taken; a chargeback takes the gross, and its refund brings it again', () => {
  assert.equal(netOf(sold), 4_680n);
  assert.equal(netOf(chargeback), -5_000n);
  assert.equal(takenOf(chargeback), 5_000n);
});

test('only what was sold and still waits is anticipated; only a sale is charged back, only a chargeback given back', () => {
  assert.deepEqual([mayAnticipate(sold), mayAnticipate({ ...sold, status: 'paid' }), mayAnticipate(chargeback)], [true, false, false]);
  assert.deepEqual([mayFollow('chargeback', sold), mayFollow('refund', sold), mayFollow('chargeback', chargeback)], [true, true, false]);
  assert.deepEqual([mayFollow('chargeback-refund', chargeback), mayFollow('chargeback-refund', sold)], [true, false]);
  assert.equal(mayFollow('credit', sold), false);
});
