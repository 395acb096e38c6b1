import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Movement } from './provider/messages.ts';
import { compare } from './reconcile.ts';
import type { PaymentRecord } from './record.ts';
import type { ReceiptRecord } from './store/receipts.ts';

const payment = (endToEndId: string, status: PaymentRecord['status'], amountMinor = 100n): PaymentRecord =>
  ({ endToEndId, status, amountMinor, route: 'pix' }) as PaymentRecord;
const receipt = (endToEndId: string, status: ReceiptRecord['status'], amountMinor: bigint | null = 100n): ReceiptRecord =>
  ({ endToEndId, status, amountMinor }) as ReceiptRecord;
const line = (endToEndId: string, direction: 'in' | 'out', status: string, amount = '1.00'): Movement => ({
  endToEndId,
  direction,
  status,
  amount,
  at: '2026-11-21T12:00:00Z',
});

test('books that agree differ in nothing', () => {
  const theirs = [line('A', 'out', 'settled'), line('B', 'out', 'rejected'), line('C', 'in', 'received'), line('D', 'out', 'accepted')];
  const payments = [payment('A', 'settled'), payment('B', 'failed'), payment('D', 'sent')];
  assert.deepEqual(compare(theirs, { payments, receipts: [receipt('C', 'credited')] }), []);
});

test('the same id may be a payment here and a receipt here: between two tenants both happen', () => {
  const theirs = [line('A', 'out', 'settled'), line('A', 'in', 'received')];
  assert.deepEqual(compare(theirs, { payments: [payment('A', 'settled')], receipts: [receipt('A', 'credited')] }), []);
});

test('each kind of difference is named', () => {
  const theirs = [
    line('late', 'out', 'settled'),
    line('lost', 'out', 'settled'),
    line('alien', 'out', 'settled'),
    line('other', 'out', 'settled', '2.00'),
    line('nobodys', 'in', 'received'),
    line('unheard', 'in', 'received'),
  ];
  const payments = [payment('late', 'unknown'), payment('lost', 'failed'), payment('other', 'settled'), payment('made-up', 'settled')];
  const receipts = [receipt('nobodys', 'unmatched'), receipt('invented', 'credited')];
  const found = compare(theirs, { payments, receipts }).map(({ kind, endToEndId }) => `${endToEndId}: ${kind}`);
  assert.deepEqual(found, [
    'late: executed-not-settled',
    'lost: executed-but-ended',
    'alien: unknown-out',
    'other: amount-differs',
    'nobodys: received-not-credited',
    'unheard: unknown-in',
    'made-up: settled-not-executed',
    'invented: credited-not-received',
  ]);
});
