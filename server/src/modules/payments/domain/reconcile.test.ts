import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Movement } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { addNets, compare } from './reconcile.ts';

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

const back = (endToEndId: string, returnId = `D${endToEndId}`): Movement => ({ ...line(endToEndId, 'out', 'returned'), returnId });
const returned = (endToEndId: string, status: ReceiptRecord['status'] = 'returned'): ReceiptRecord => ({
  ...receipt(endToEndId, status),
  returnId: `D${endToEndId}`,
});

test('what went back, and what is set aside to go back, is no difference; nor is a return of another day', () => {
  const theirs = [line('A', 'in', 'received'), back('A'), line('B', 'in', 'received'), line('C', 'in', 'received'), back('D')];
  const receipts = [returned('A'), returned('B', 'return-unknown'), returned('C'), returned('D')];
  assert.deepEqual(compare(theirs, { payments: [], receipts, returned: new Set(['A', 'D']) }), []);
});

test('each kind of difference of a return is named', () => {
  const theirs = [line('due', 'in', 'received'), line('stuck', 'in', 'received'), ...['both', 'late', 'alien'].map((id) => back(id))];
  const twice = [back('twice'), back('twice', 'another')];
  const ours = [returned('due', 'returning'), returned('stuck', 'return-refused'), returned('late', 'sent-back'), returned('kept')];
  const both = [line('both', 'in', 'received')];
  const books = { payments: [], receipts: [...ours, receipt('both', 'credited'), returned('twice')], returned: new Set(['kept', 'twice']) };
  const found = compare([...theirs, ...twice, ...both], books).map(({ kind, endToEndId }) => `${endToEndId}: ${kind}`);
  assert.deepEqual(found, [
    'due: received-not-credited',
    'stuck: received-not-credited',
    'both: returned-but-credited',
    'late: returned-not-booked',
    'alien: unknown-return',
    'twice: amount-differs',
    'kept: booked-not-returned',
  ]);
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

test('twice the same line, times that lie apart, a settlement taken back, and a payment that waits for people', () => {
  const at = Date.parse('2026-11-21T12:00:00Z');
  const theirs = [
    line('twice', 'out', 'settled'),
    line('twice', 'out', 'settled'),
    line('late', 'out', 'settled'),
    line('near', 'out', 'settled'),
    line('old', 'in', 'received'),
    line('revoked', 'out', 'settled'),
    { ...line('revoked', 'in', 'reversed') },
    line('known', 'out', 'settled'),
    { ...line('known', 'in', 'reversed') },
    line('doubted', 'out', 'settled'),
  ];
  const dated = (endToEndId: string, apartMs: number) => ({ ...payment(endToEndId, 'settled'), settledAtMs: at + apartMs });
  const payments = [
    payment('twice', 'settled'),
    dated('late', 11 * 60_000),
    dated('near', 9 * 60_000),
    payment('revoked', 'settled'),
    payment('known', 'failed'),
    payment('doubted', 'disputed'),
  ];
  const receipts = [{ ...receipt('old', 'credited'), receivedAtMs: at - 3_600_000 }];
  const found = compare(theirs, { payments, receipts }).map(({ kind, endToEndId }) => `${endToEndId}: ${kind}`);
  assert.deepEqual(found, [
    'twice: duplicate',
    'late: date-differs',
    'old: date-differs',
    'revoked: settlement-revoked',
    'doubted: disputed',
  ]);
});

test('a difference says all that is known of it: both sides, the amount, when, and which return', () => {
  const at = Date.parse('2026-11-21T12:00:00Z');
  const theirs = [
    line('other', 'in', 'received', '2.00'),
    { ...back('less'), amount: '0.50' },
    { ...line('undated', 'out', 'settled'), at: 'ontem' },
    line('unreadable', 'out', 'settled', '1,00'),
    line('twice', 'in', 'received'),
    line('twice', 'in', 'received'),
    line('nobodys', 'out', 'settled'),
    line('nobodys', 'out', 'settled'),
    line('undone', 'in', 'reversed'),
    line('void', 'out', 'settled'),
    back('twice'),
    back('twice'),
  ];
  const receipts = [
    receipt('other', 'credited'),
    returned('less'),
    returned('twice'),
    { ...receipt('made-up', 'credited'), receivedAtMs: at },
  ];
  const books = { payments: [payment('void', 'declined')], receipts };
  const told = (kind: string, endToEndId: string, ours: string | null, theirs: string | null, more: object = {}) => ({
    kind,
    endToEndId,
    ours,
    theirs,
    amountMinor: '100',
    atMs: at,
    ...more,
  });
  const { atMs: _none, ...undated } = told('unknown-out', 'undated', null, 'settled');
  assert.deepEqual(compare(theirs, books), [
    told('amount-differs', 'other', 'credited', 'received', { amountMinor: '200' }),
    told('amount-differs', 'less', 'returned', 'returned', { amountMinor: '50', returnId: 'Dless' }),
    undated,
    told('unknown-out', 'unreadable', null, 'settled', { amountMinor: '-1' }),
    told('duplicate', 'twice', 'returned', 'received'),
    told('unknown-out', 'nobodys', null, 'settled'),
    told('duplicate', 'nobodys', null, 'settled'),
    told('settlement-revoked', 'undone', null, 'reversed'),
    told('executed-but-ended', 'void', 'declined', 'settled'),
    told('duplicate', 'twice', 'returned', 'returned', { returnId: 'Dtwice' }),
    told('credited-not-received', 'made-up', 'credited', null),
  ]);
});

test('an arrival counts as booked while it is set aside or on its way back; a payment on us is nothing to the provider', () => {
  for (const status of ['credited', 'set-aside', 'return-unknown', 'sent-back', 'returned'] as const)
    assert.deepEqual(compare([line('A', 'in', 'received')], { payments: [], receipts: [receipt('A', status)] }), [], status);
  assert.deepEqual(compare([], { payments: [{ ...payment('A', 'settled'), route: 'on-us' }], receipts: [] }), []);
  const edge = [{ ...receipt('A', 'credited'), receivedAtMs: Date.parse('2026-11-21T12:10:00Z') }];
  assert.deepEqual(compare([line('A', 'in', 'received')], { payments: [], receipts: edge }), [], 'ten minutes are not apart yet');
});

test('the net of a business date is that of São Paulo, of what happened, and of each line once', () => {
  const nets = new Map<string, bigint>();
  const line = (more: object) =>
    ({ endToEndId: 'E1', direction: 'in', amount: '1.00', status: 'received', at: '2026-11-30T02:59:59.999Z', ...more }) as Movement;
  addNets(nets, [
    line({}),
    line({}),
    line({ endToEndId: 'E2', at: '2026-11-30T03:00:00.000Z', amount: '0.30' }),
    line({ endToEndId: 'E3', direction: 'out', status: 'settled', amount: '0.10', at: '2026-11-30T12:00:00Z' }),
    line({ endToEndId: 'E1', direction: 'out', status: 'returned', returnId: 'D1', amount: '0.05', at: '2026-11-30T12:00:00Z' }),
    line({ endToEndId: 'E1', direction: 'out', status: 'returned', returnId: 'D2', amount: '0.05', at: '2026-11-30T12:00:00Z' }),
    line({ endToEndId: 'E4', direction: 'out', status: 'rejected', amount: '9.00' }),
    line({ endToEndId: 'E3', status: 'reversed', amount: '0.10', at: '2026-12-01T12:00:00Z' }),
  ]);
  assert.deepEqual(
    [...nets],
    [
      ['2026-11-29', 100n],
      ['2026-11-30', 10n],
      ['2026-12-01', 10n],
    ],
  );
});
