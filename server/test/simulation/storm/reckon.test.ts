/** The reckoning sees what it is for: right books pass, and each thing planted in them is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paymentName, receiptName } from '../../../src/modules/payments/record.ts';
import { newId } from '../../../src/platform/id.ts';
import type { Books, Difference, Line, Movement, PaymentRow, ReceiptRow } from './books.ts';
import { reckon } from './reckon.ts';

const AT = '2026-11-30T02:30:00.000Z';
/** Before three in the morning UTC it is the day before in São Paulo. */
const DAY = '2026-11-29';
const [ANA, CLEARING] = [newId(), newId()];
const id = (letter: string, name: string) => `${letter}12345678202611300230${name.padEnd(11, '0')}`;

const payment = (name: string, status: string, more: Partial<PaymentRow> = {}): PaymentRow => {
  const base = {
    id: newId(),
    end_to_end_id: id('E', name),
    route: 'pix',
    amount: '1000',
    account_id: ANA,
    payee_account_id: null,
  } as const;
  return { ...base, reasons: [], trouble: null, money: status === 'settled' ? 'posted' : 'released', status, ...more };
};
const line = (name: string, status: Line['status'], amount = '10.00'): Line => {
  return { endToEndId: id('E', name), direction: status === 'received' || status === 'reversed' ? 'in' : 'out', amount, status, at: AT };
};
const moved = (subject: string, customer: bigint): Movement[] => [
  { subject, account_id: ANA, code: 'customer', day: DAY, change: String(customer) },
  { subject, account_id: CLEARING, code: 'pix-clearing', day: DAY, change: String(customer) },
];

const listing = (kind: string, name: string, amount = '1000'): Difference => ({ kind, end_to_end_id: id('E', name), amount_minor: amount });

/** One of each: settled, failed, disputed with the money held, stuck, credited, given back, nobody's. */
function rightBooks() {
  const [settled, failed] = [payment('settled', 'settled'), payment('failed', 'failed')];
  const disputed = payment('disputed', 'disputed', { trouble: 'AMOUNT_DIFFERS', money: 'held' });
  const stuck = payment('stuck', 'stuck', { trouble: 'TIME_IS_UP', money: 'held' });
  const receipt = (name: string, status: string, account: string | null): ReceiptRow => {
    return { id: newId(), end_to_end_id: id('E', name), status, amount: '1000', announced_minor: '1000', account_id: account, attempt: 0 };
  };
  const credited = receipt('credited', 'credited', ANA);
  const returned = receipt('returned', 'returned', null);
  const back = { subject: receiptName(returned.id), account_id: CLEARING, code: 'pix-clearing', day: DAY };
  const books: Books = {
    payments: [settled, failed, disputed, stuck],
    receipts: [credited, returned, receipt('unmatched', 'unmatched', null)],
    movements: [
      ...moved(paymentName(settled.id), -1_000n),
      ...moved(receiptName(credited.id), 1_000n),
      { ...back, change: '1000' },
      { ...back, change: '-1000' },
    ],
    holds: [paymentName(disputed.id), paymentName(stuck.id)],
    differences: [listing('disputed', 'disputed', '1001'), listing('received-not-credited', 'unmatched')],
    lines: [
      line('settled', 'settled'),
      line('failed', 'rejected'),
      line('disputed', 'settled', '10.01'),
      line('credited', 'received'),
      line('returned', 'received'),
      line('returned', 'returned'),
      line('unmatched', 'received'),
    ],
  };
  return { books, settled, failed, disputed, stuck, credited, returned };
}

type Right = ReturnType<typeof rightBooks>;
const PLANTED: [string, (right: Right) => void, RegExp][] = [
  ['an execution twice', ({ books }) => books.lines.push(line('settled', 'settled')), /was executed 2 times/],
  ['an execution with another amount', ({ books }) => (books.lines[0]!.amount = '10.01'), /executed with another amount/],
  ['settled, never executed', ({ books }) => books.lines.shift(), /is settled, and the provider did not execute it/],
  ['failed, executed', ({ books }) => books.lines.push(line('failed', 'settled')), /is failed, and the provider executed it/],
  ['a payment nobody ordered', ({ books }) => books.lines.push(line('nobodys', 'settled')), /is no payment of ours/],
  ['a payment under way', ({ settled }) => (settled.status = 'unknown'), /has not ended: unknown/],
  ['stuck for no reason', ({ stuck }) => (stuck.trouble = null), /is stuck for no reason/],
  [
    'failed, money still held',
    ({ books, failed }) => books.holds.push(paymentName(failed.id)),
    /is failed: 0 of 1000 .* something is held/,
  ],
  ['settled, posted twice', ({ books, settled }) => books.movements.push(...moved(paymentName(settled.id), -1_000n)), /2000 of 1000 left/],
  ['disputed, the hold gone', ({ books }) => books.holds.shift(), /is disputed: 0 of 1000 .* nothing is held/],
  ['credited twice', ({ books, credited }) => books.movements.push(...moved(receiptName(credited.id), 1_000n)), /the account has 2000/],
  ['credited with another amount', ({ books }) => (books.lines[3]!.amount = '9.99'), /brought 9.99, and the account has 1000/],
  ['credited and given back', ({ books }) => books.lines.push(line('credited', 'returned')), /is credited and was given back/],
  ['given back twice', ({ books }) => books.lines.push(line('returned', 'returned')), /was given back 2 times/],
  ['an arrival unheard of', ({ books }) => books.lines.push(line('unheard', 'received')), /nobody here knows of it/],
  ['an arrival under way', ({ credited }) => (credited.status = 'announced'), /announced, and the account has 1000/],
  ['an arrival not asked about yet', ({ books }) => (books.receipts[2]!.status = 'announced'), /has not ended: announced/],
  ['one centavo too much on an account', ({ books }) => (books.movements[0]!.change = '-999'), /customer account .* 1 in our books, 0/],
  ['executed, stuck, and on no list', ({ books }) => books.lines.push(line('stuck', 'settled')), /stuck, moved .* does not list it/],
  ['an arrival for nobody on no list', ({ books }) => books.differences.pop(), /unmatched, moved .* does not list it/],
  [
    'a list of what is right',
    ({ books }) => books.differences.push(listing('date-differs', 'settled')),
    /lists E\w+ as date-differs, and it is as it should be/,
  ],
  [
    'told wrongly and listed, but credited with yet another amount',
    ({ books }) => {
      books.lines[3]!.amount = '9.98';
      books.differences.push(listing('amount-differs', 'credited', '999'));
    },
    /brought 9.98, and the account has 1000/,
  ],
  [
    'booked on another business date',
    ({ books }) => (books.movements[1]!.day = '2026-11-30'),
    /clearing on 2026-11-30: -1000 in our books, 0/,
  ],
];

test('right books have no breach, and every way to end is told', () => {
  const { breaches, payments, arrivals } = reckon(rightBooks().books);
  assert.deepEqual(breaches, []);
  assert.deepEqual([...payments.values()], ['settled', 'failed', 'disputed', 'stuck']);
  assert.deepEqual([...arrivals.values()], ['credited', 'returned', 'unmatched']);
});

for (const [what, plant, named] of PLANTED) {
  test(`planted: ${what}`, () => {
    const right = rightBooks();
    plant(right);
    assert.match(reckon(right.books).breaches.join('\n'), named);
  });
}

test('a provider that thought better of it is excused where reconciliation lists it, and nobody else is', () => {
  const { books, settled, failed } = rightBooks();
  books.lines.push(line('settled', 'reversed'));
  assert.match(reckon(books).breaches.join('\n'), /did not execute it/);
  books.differences.push({ kind: 'unknown-in', end_to_end_id: settled.end_to_end_id, amount_minor: '1000' });
  assert.deepEqual(reckon(books).breaches, []);
  const lost = rightBooks();
  lost.books.lines = lost.books.lines.filter(({ status }) => status !== 'rejected');
  lost.books.lines.push(line('failed', 'settled'));
  lost.books.differences.push({ kind: 'executed-but-ended', end_to_end_id: failed.end_to_end_id, amount_minor: '1000' });
  assert.match(reckon(lost.books).breaches.join('\n'), /is failed, and the provider executed it/);
});

test('an amount that was announced and told alike is excused where the list has the statement’s, for exactly that difference', () => {
  const { books } = rightBooks();
  books.lines[3]!.amount = '9.99';
  assert.match(reckon(books).breaches.join('\n'), /brought 9.99, and the account has 1000/);
  books.differences.push(listing('amount-differs', 'credited', '999'));
  assert.deepEqual(reckon(books).breaches, []);
  books.receipts[0]!.announced_minor = null;
  assert.match(reckon(books).breaches.join('\n'), /brought 9.99/, 'one word alone is no excuse');
});
