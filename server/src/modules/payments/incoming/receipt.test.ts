import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceiptRecord } from '../store/receipts.ts';
import { evolveReceipt, isDone, type ReceiptFact } from './receipt.ts';

const announced: ReceiptRecord = {
  id: 'r',
  tenantId: 'home',
  endToEndId: 'E',
  version: 1,
  status: 'announced',
  announcedMinor: 100n,
  amountMinor: null,
  subjectId: null,
  accountId: null,
  payerSealed: null,
  txid: null,
  receivedAtMs: null,
  attempt: 0,
};
const told = { amountMinor: 100n, payerSealed: Buffer.of(1), txid: null, receivedAtMs: 1 };
const ours: ReceiptFact = { type: 'found-ours', tenantId: 't', subjectId: 's', accountId: 'a', ...told };

test('given the provider confirms an announced Pix to one of our keys, it is to be credited, once', () => {
  const matched = evolveReceipt(announced, ours);
  assert.deepEqual([matched.status, matched.tenantId, matched.accountId], ['matched', 't', 'a']);
  const credited = evolveReceipt(matched, { type: 'credited' });
  assert.equal(credited.status, 'credited');
  assert.deepEqual(evolveReceipt(credited, { type: 'credited' }), credited);
  assert.deepEqual(evolveReceipt(credited, ours), credited);
});

test('given another amount than was announced, nothing is credited and it stays visible', () => {
  const receipt = evolveReceipt(announced, { ...ours, amountMinor: 101n });
  assert.equal(receipt.status, 'mismatched');
  assert.ok(isDone(receipt.status));
  assert.equal(evolveReceipt(receipt, { type: 'credited' }).status, 'mismatched');
});

test('given nobody here has the key, it stays as unmatched', () => {
  assert.equal(evolveReceipt(announced, { type: 'found-nobodys', ...told }).status, 'unmatched');
});

test('given no answer, it is asked again', () => {
  const again = evolveReceipt(announced, { type: 'nothing-learned' });
  assert.deepEqual([again.status, again.attempt, isDone(again.status)], ['announced', 1, false]);
});
