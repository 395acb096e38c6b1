import { addDays } from '#platform/clock.ts';
import { derivedId } from '#platform/id.ts';
import type { CategoryGroup } from './chart.ts';
import { sideOf } from './chart.ts';
import type { Draft, EntryLine, Owed } from './entry.ts';
import type { PlaceKind } from './places.ts';

/** The asset of books that are kept for management: the ledger lets nothing pass between it and money that is owed to customers. */
export const ASSET = 'BRLG';

/** A transfer that an entry is made of. */
export type Posting = { debit: string; credit: string; amountMinor: bigint; date: string };
/** A command of the ledger, as a change keeps it until it is posted. */
export type Command =
  | { kind: 'transfer'; id: string; debit: string; credit: string; amountMinor: string; date: string }
  | { kind: 'reverse'; id: string; transferId: string; date: string };
/** An account of the books, as the ledger is to know it. */
export type BooksAccount = { id: string; code: string; normalSide: 'debit' | 'credit' };

export const owedAccountId = (accountId: string, owed: Owed): string => derivedId('books.owed', accountId, owed);
export const openingAccountId = (accountId: string): string => derivedId('books.opening', accountId);
/** The name of the nth transfer of an entry's nth version. */
export const transferId = (entryId: string, version: number, nth: number): string =>
  derivedId('books.transfer', entryId, String(version), String(nth));

export const placeAccount = (place: { id: string; storeId: string; kind: PlaceKind }): BooksAccount => ({
  id: place.id,
  code: `books:place:${place.storeId}:${place.kind}`,
  normalSide: 'debit',
});
export const categoryAccount = (category: { id: string; group: CategoryGroup }): BooksAccount => ({
  id: category.id,
  code: `books:cat:${category.group}`,
  normalSide: sideOf(category.group),
});
/** Those that every shop has, whatever places and categories it keeps. */
export const commonAccounts = (accountId: string): BooksAccount[] => [
  { id: owedAccountId(accountId, 'cards'), code: 'books:owed:cards', normalSide: 'debit' },
  { id: owedAccountId(accountId, 'receivable'), code: 'books:owed:receivable', normalSide: 'debit' },
  { id: owedAccountId(accountId, 'payable'), code: 'books:owed:payable', normalSide: 'credit' },
  { id: openingAccountId(accountId), code: 'books:opening', normalSide: 'credit' },
];

type Booked = Pick<Draft, 'kind' | 'amountMinor' | 'lines' | 'placeId' | 'owed' | 'toPlaceId' | 'toOwed' | 'date' | 'competence'>;

/**
 * The transfers of an entry. What is paid on another day than the one it is for passes through what is owed in between: one transfer a line on the
 * competência, one for all on the day of payment. What a place had before its books began is posted on the day before, so that it is no income of a day.
 */
export function postingsOf(accountId: string, entry: Booked): Posting[] {
  const { kind, amountMinor, lines, placeId, owed, date, competence } = entry;
  const side = (place: string | null, between: Owed | null): string => place ?? owedAccountId(accountId, between!);
  if (kind === 'opening') return [openingOf(accountId, placeId!, amountMinor, addDays(date, -1))];
  if (kind === 'transfer') return [{ debit: side(entry.toPlaceId, entry.toOwed), credit: side(placeId, owed), amountMinor, date }];
  const isTwice = placeId !== null && owed !== null;
  const counter = isTwice ? owedAccountId(accountId, owed) : side(placeId, owed);
  const moved = (from: { account: string; other: string; amountMinor: bigint; date: string }): Posting => {
    const [debit, credit] = kind === 'in' ? [from.account, from.other] : [from.other, from.account];
    return { debit, credit, amountMinor: from.amountMinor, date: from.date };
  };
  const booked = lines.map((line) =>
    moved({ account: counter, other: line.categoryId, amountMinor: line.amountMinor, date: isTwice ? competence : date }),
  );
  return isTwice ? [...booked, moved({ account: placeId, other: counter, amountMinor, date })] : booked;
}

function openingOf(accountId: string, placeId: string, amountMinor: bigint, date: string): Posting {
  const opening = openingAccountId(accountId);
  return amountMinor > 0n
    ? { debit: placeId, credit: opening, amountMinor, date }
    : { debit: opening, credit: placeId, amountMinor: -amountMinor, date };
}

/** What takes an entry from some categories to others, of the same sum: as few transfers as its lines need. */
export function sortedAnew(kind: 'in' | 'out', before: readonly EntryLine[], after: readonly EntryLine[], date: string): Posting[] {
  const change = new Map<string, bigint>();
  for (const { categoryId, amountMinor } of before) change.set(categoryId, (change.get(categoryId) ?? 0n) - amountMinor);
  for (const { categoryId, amountMinor } of after) change.set(categoryId, (change.get(categoryId) ?? 0n) + amountMinor);
  const sorted = [...change].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
  const less = sorted.filter(([, amount]) => amount < 0n).map(([id, amount]) => ({ id, left: -amount }));
  const postings: Posting[] = [];
  for (const [id, amount] of sorted.filter(([, of]) => of > 0n)) {
    for (let left = amount; left > 0n; ) {
      const from = less.find((one) => one.left > 0n)!;
      const amountMinor = left < from.left ? left : from.left;
      left -= amountMinor;
      from.left -= amountMinor;
      // What came in stands on the credit side of its categories.
      const [debit, credit] = kind === 'in' ? [from.id, id] : [id, from.id];
      postings.push({ debit, credit, amountMinor, date });
    }
  }
  return postings;
}
