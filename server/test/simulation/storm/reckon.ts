/** The reckoning: whether what everything came to is right, by the provider's own statement. Pure. */
import { paymentName, receiptName } from '../../../src/modules/payments/record.ts';
import { ANNOUNCED_TRIES, type Books, type Difference, dayOf, type Line, minorOf, type PaymentRow, type ReceiptRow } from './books.ts';

export type Reckoning = {
  /** What must not be; empty when all is well. */
  breaches: string[];
  /** How each payment and each arrival ended, by end-to-end id. */
  payments: Map<string, string>;
  arrivals: Map<string, string>;
};

const LISTED_PAYMENT: ReadonlySet<string> = new Set(['stuck', 'disputed', 'in-review']);
/** States of an arrival that people find in a list, each its own reason. */
const LISTED_ARRIVAL: ReadonlySet<string> = new Set(['unmatched', 'mismatched', 'return-refused', 'stuck', 'disputed']);

/** Of these nothing is in our books. */
const UNBOOKED_ARRIVAL: ReadonlySet<string> = new Set(['announced', 'unmatched', 'mismatched']);

const isListed = ({ status, attempt }: ReceiptRow): boolean =>
  LISTED_ARRIVAL.has(status) || (status === 'announced' && attempt >= ANNOUNCED_TRIES);

export function reckon(books: Books): Reckoning {
  const breaches: string[] = [];
  const linesOf = Map.groupBy(books.lines, (line) => line.endToEndId);
  const differences = Map.groupBy(books.differences, (one) => one.end_to_end_id);
  const posted = postedBySubject(books);
  const holds = new Set(books.holds);
  const payments = new Map<string, string>();
  const arrivals = new Map<string, string>();
  /** What neither we nor the provider's statement are asked about any more: people are. */
  const listed = new Set<string>();
  /** Centavos that an arrival was told to bring beyond what it brought, by each word of the provider but its statement. */
  const excesses = new Map<string, bigint>();

  for (const row of books.payments) {
    const { id, end_to_end_id, status } = row;
    payments.set(end_to_end_id, status);
    const lines = linesOf.get(end_to_end_id) ?? [];
    // Of payments reconciliation excuses one thing only: that the provider thought better of it and told nobody.
    const isExcused = changedItsMind(lines) && differences.has(end_to_end_id);
    breaches.push(...judgePayment(row, lines, isExcused), ...judgeMoney(row, posted, holds));
    if (LISTED_PAYMENT.has(status) || isExcused) listed.add(paymentName(id)).add(end_to_end_id);
  }
  const receipts = new Map(books.receipts.map((row) => [row.end_to_end_id, row]));
  for (const [id, row] of receipts) {
    arrivals.set(id, row.status);
    const excess = excessOf(row, linesOf.get(id) ?? [], differences.get(id) ?? []);
    if (excess !== 0n) excesses.set(`in ${id}`, excess);
    breaches.push(...judgeArrival(row, linesOf.get(id) ?? [], posted, excess));
    if (isListed(row)) listed.add(receiptName(row.id)).add(`in ${id}`);
  }
  for (const { endToEndId, status } of books.lines) {
    if (status === 'received' && !receipts.has(endToEndId)) breaches.push(`${endToEndId} arrived and nobody here knows of it`);
  }
  const names = new Set(books.payments.map(({ end_to_end_id }) => end_to_end_id));
  for (const { endToEndId, status } of books.lines) {
    if (status === 'settled' && !names.has(endToEndId)) breaches.push(`${endToEndId} was executed and is no payment of ours`);
  }
  breaches.push(...compareAccounts(books, listed, excesses), ...compareClearing(books, listed, excesses));
  breaches.push(...judgeList(books, { listed, excesses, linesOf }));
  return { breaches, payments, arrivals };
}

const changedItsMind = (lines: readonly Line[]): boolean =>
  lines.some(({ status }) => status === 'reversed') ||
  (lines.some(({ status }) => status === 'rejected') && lines.some(({ status }) => status === 'settled'));

/**
 * Announced with an amount, told with the same amount when asked, and on the statement with another: nobody could know before the credit.
 * That is excused where reconciliation lists it, with the amount of the statement, and for exactly that difference.
 */
function excessOf(row: ReceiptRow, lines: readonly Line[], differences: readonly Difference[]): bigint {
  const received = lines.filter(({ status }) => status === 'received');
  if (row.status !== 'credited' || row.amount === null || row.announced_minor !== row.amount || received.length !== 1) return 0n;
  const brought = minorOf(received[0]!.amount);
  const isTold = differences.some(({ kind, amount_minor }) => kind === 'amount-differs' && BigInt(amount_minor) === brought);
  return isTold ? BigInt(row.amount) - brought : 0n;
}

/** How often the provider executed it in the end, and whether that is what we say. */
function judgePayment(
  { end_to_end_id: id, status, route, amount, reasons, trouble }: PaymentRow,
  lines: readonly Line[],
  isExcused: boolean,
): string[] {
  const count = (wanted: Line['status']) => lines.filter((line) => line.status === wanted).length;
  const executed = count('settled') - count('reversed');
  const breaches: string[] = [];
  if (executed !== 0 && executed !== 1) breaches.push(`${id} was executed ${executed} times`);
  const wrongAmount = lines.filter((line) => line.status === 'settled' && minorOf(line.amount) !== BigInt(amount));
  if (wrongAmount.length > 0 && !LISTED_PAYMENT.has(status)) breaches.push(`${id} was executed with another amount`);
  if (route === 'on-us') return status === 'settled' || status === 'declined' ? breaches : [...breaches, `${id} (on us) is ${status}`];
  switch (status) {
    case 'settled':
      if (executed !== 1 && !isExcused) breaches.push(`${id} is settled, and the provider did not execute it (${summary(lines)})`);
      break;
    case 'failed':
    case 'declined':
      if (executed !== 0 && !isExcused) breaches.push(`${id} is ${status}, and the provider executed it (${summary(lines)})`);
      break;
    case 'stuck':
    case 'disputed':
      if (!trouble && reasons.length === 0) breaches.push(`${id} is ${status} for no reason`);
      break;
    case 'in-review':
      if (executed !== 0) breaches.push(`${id} was executed while people look at it`);
      break;
    default:
      breaches.push(`${id} has not ended: ${status}`);
  }
  return breaches;
}

const summary = (lines: readonly Line[]): string => lines.map(({ direction, status }) => `${direction} ${status}`).join(', ') || 'nothing';

type Posted = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** What moved for good, by payment or arrival, and account. */
function postedBySubject({ movements }: Books): Posted {
  const posted = new Map<string, Map<string, bigint>>();
  for (const { subject, account_id, change } of movements) {
    const accounts = posted.get(subject) ?? new Map<string, bigint>();
    accounts.set(account_id, (accounts.get(account_id) ?? 0n) + BigInt(change));
    posted.set(subject, accounts);
  }
  return posted;
}

/** The payer's money is where the state says: gone once, back, or held. */
function judgeMoney(row: PaymentRow, posted: Posted, holds: ReadonlySet<string>): string[] {
  const name = paymentName(row.id);
  const gone = -(posted.get(name)?.get(row.account_id) ?? 0n);
  const isHeld = holds.has(name);
  const amount = BigInt(row.amount);
  const says = (wanted: bigint, held: boolean) =>
    gone === wanted && isHeld === held
      ? []
      : [`${row.end_to_end_id} is ${row.status}: ${gone} of ${amount} left the account, ${isHeld ? 'and something' : 'nothing'} is held`];
  if (row.status === 'settled') return says(amount, false);
  if (row.status === 'failed' || row.status === 'declined' || row.status === 'in-review') return says(0n, false);
  if (row.status !== 'stuck' && row.status !== 'disputed') return [];
  if (row.money === 'posted') return says(amount, false);
  return says(0n, row.money === 'held');
}

/** Credited once, to the account that the row names, and with the amount that arrived (or was told, and is listed); or back, or listed. */
function judgeArrival(row: ReceiptRow, lines: readonly Line[], posted: Posted, excess: bigint): string[] {
  const { end_to_end_id: id, status, account_id } = row;
  const received = lines.filter((line) => line.status === 'received');
  const returned = lines.filter((line) => line.status === 'returned');
  const credited = (account_id && posted.get(receiptName(row.id))?.get(account_id)) || 0n;
  const breaches: string[] = [];
  if (status === 'credited') {
    if (received.length !== 1) breaches.push(`${id} is credited and arrived ${received.length} times`);
    if (received.length === 1 && credited !== minorOf(received[0]!.amount) + excess)
      breaches.push(`${id} brought ${received[0]!.amount}, and the account has ${credited}`);
    if (returned.length > 0) breaches.push(`${id} is credited and was given back`);
  } else if (credited !== 0n) breaches.push(`${id} is ${status}, and the account has ${credited}`);
  else if (status === 'returned') {
    if (returned.length !== 1) breaches.push(`${id} is returned, and was given back ${returned.length} times`);
  } else if (!isListed(row)) breaches.push(`arrival ${id} has not ended: ${status}`);
  return breaches;
}

type Seen = { listed: ReadonlySet<string>; excesses: ReadonlyMap<string, bigint>; linesOf: ReadonlyMap<string, readonly Line[]> };

/** Reconciliation lists whatever the provider moved and our books have not, and nothing that is as it should be. */
function judgeList({ payments, receipts, differences }: Books, { listed, excesses, linesOf }: Seen): string[] {
  const names = new Set(differences.map((one) => one.end_to_end_id));
  const isMoved = (id: string, statuses: readonly Line['status'][]) => linesOf.get(id)?.some(({ status }) => statuses.includes(status));
  const missing = [
    ...payments.filter(
      ({ end_to_end_id: id, status }) => (status === 'stuck' || status === 'disputed') && isMoved(id, ['settled', 'reversed']),
    ),
    ...receipts.filter(({ end_to_end_id: id, status }) => UNBOOKED_ARRIVAL.has(status) && isMoved(id, ['received'])),
  ].filter(({ end_to_end_id: id }) => !names.has(id));
  const groundless = differences.filter(({ end_to_end_id: id }) => !listed.has(id) && !listed.has(`in ${id}`) && !excesses.has(`in ${id}`));
  return [
    ...missing.map(({ end_to_end_id: id, status }) => `${id} is ${status}, moved at the provider, and reconciliation does not list it`),
    ...groundless.map(({ kind, end_to_end_id: id }) => `reconciliation lists ${id} as ${kind}, and it is as it should be`),
  ];
}

/** Totals by what they are of, each with its parts by what moved them. */
class Totals {
  readonly parts = new Map<string, Map<string, bigint>>();
  add(name: string | null, subject: string, change: bigint): void {
    if (name === null) return;
    const own = this.parts.get(name) ?? new Map<string, bigint>();
    own.set(subject, (own.get(subject) ?? 0n) + change);
    this.parts.set(name, own);
  }
}

/** How a booking's subject is called at the provider. */
const namesAtProvider = ({ payments, receipts }: Books): ReadonlyMap<string, string> =>
  new Map([
    ...payments.map((row) => [paymentName(row.id), row.end_to_end_id] as const),
    ...receipts.map((row) => [receiptName(row.id), `in ${row.end_to_end_id}`] as const),
  ]);

/** Each customer's account moved by what the provider's statement says, and by payments between us; what is listed is left out on both sides. */
function compareAccounts(books: Books, listed: ReadonlySet<string>, excesses: ReadonlyMap<string, bigint>): string[] {
  const [wanted, found] = [new Totals(), new Totals()];
  const payments = new Map(books.payments.map((row) => [row.end_to_end_id, row]));
  const receipts = new Map(books.receipts.map((row) => [row.end_to_end_id, row]));
  for (const { endToEndId, status, amount } of books.lines) {
    const payer = listed.has(endToEndId) ? null : (payments.get(endToEndId)?.account_id ?? null);
    if (status === 'settled') wanted.add(payer, endToEndId, -minorOf(amount));
    if (status === 'reversed') wanted.add(payer, endToEndId, minorOf(amount));
    const receipt = receipts.get(endToEndId);
    if (status === 'received' && receipt?.status === 'credited' && !listed.has(`in ${endToEndId}`))
      wanted.add(receipt.account_id, `in ${endToEndId}`, minorOf(amount) + (excesses.get(`in ${endToEndId}`) ?? 0n));
  }
  for (const { end_to_end_id: id, route, status, amount, account_id, payee_account_id } of books.payments) {
    if (route !== 'on-us' || status !== 'settled') continue;
    wanted.add(account_id, id, -BigInt(amount));
    wanted.add(payee_account_id, id, BigInt(amount));
  }
  const names = namesAtProvider(books);
  for (const { account_id, code, change, subject } of books.movements) {
    if (code === 'customer' && !listed.has(subject)) found.add(account_id, names.get(subject) ?? subject, BigInt(change));
  }
  return differencesOf('customer account', wanted, found);
}

/** Clearing holds what the provider holds for us, business date by business date. */
function compareClearing(books: Books, listed: ReadonlySet<string>, excesses: ReadonlyMap<string, bigint>): string[] {
  const [wanted, found] = [new Totals(), new Totals()];
  for (const { endToEndId, status, amount, at, direction } of books.lines) {
    if (status === 'accepted' || status === 'rejected') continue;
    const isArrival = status === 'received' || status === 'returned';
    const name = isArrival ? `in ${endToEndId}` : endToEndId;
    const excess = status === 'received' ? (excesses.get(name) ?? 0n) : 0n;
    if (!listed.has(name)) wanted.add(dayOf(at), name, direction === 'in' ? minorOf(amount) + excess : -minorOf(amount));
  }
  const names = namesAtProvider(books);
  for (const { code, day, change, subject } of books.movements) {
    if (code === 'pix-clearing' && !listed.has(subject)) found.add(day, names.get(subject) ?? subject, BigInt(change));
  }
  return differencesOf('clearing on', wanted, found);
}

/** What differs, with what makes the difference. */
function differencesOf(what: string, { parts: wanted }: Totals, { parts: found }: Totals): string[] {
  const breaches: string[] = [];
  const total = (parts: ReadonlyMap<string, bigint>): bigint => [...parts.values()].reduce((sum, change) => sum + change, 0n);
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    const [theirs, ours] = [wanted.get(name) ?? new Map<string, bigint>(), found.get(name) ?? new Map<string, bigint>()];
    if (total(theirs) === total(ours)) continue;
    const causes = [...new Set([...theirs.keys(), ...ours.keys()])]
      .filter((subject) => (theirs.get(subject) ?? 0n) !== (ours.get(subject) ?? 0n))
      .map((subject) => `${subject}: ${ours.get(subject) ?? 0n} against ${theirs.get(subject) ?? 0n}`);
    breaches.push(`${what} ${name}: ${total(ours)} in our books, ${total(theirs)} by the provider's statement (${causes.join('; ')})`);
  }
  return breaches;
}
