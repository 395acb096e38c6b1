import { derivedId } from '#platform/id.ts';

/**
 * What a shop's books add up to: the days of each store, and of the whole shop, under ids derived from theirs. Only the ledger's events are read: the code of
 * an account says what it is (`books:place:<store>:<kind>`), and its subject is the shop's account.
 */
export const storeDaysId = (storeId: string): string => derivedId('cashflow.store', storeId);
export const shopDaysId = (accountId: string): string => derivedId('cashflow.shop', accountId);

/** The asset in which books are kept. */
const BOOKS = 'BRLG';
const PLACE = /^books:place:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):[a-z]+$/;

type Party = { code: string; subjectId: string | null };
/** A movement of a total: `debit` comes in, `credit` goes out, as for the places it is made of. */
export type TotalMovement = { accountId: string; subjectId: string; side: 'debit' | 'credit' };

export const isOfBooks = (asset: string): boolean => asset === BOOKS;

/** The totals that a transfer between two accounts moves. Between places of one shop the shop has what it had; so has a store, between places of its own. */
export function totalsMoved({ debit, credit }: { debit: Party; credit: Party }): TotalMovement[] {
  const [to, from] = [placeOf(debit), placeOf(credit)];
  const moved: TotalMovement[] = [];
  if (to && to.storeId !== from?.storeId) moved.push({ accountId: storeDaysId(to.storeId), subjectId: to.shop, side: 'debit' });
  if (from && from.storeId !== to?.storeId) moved.push({ accountId: storeDaysId(from.storeId), subjectId: from.shop, side: 'credit' });
  if (to && to.shop !== from?.shop) moved.push({ accountId: shopDaysId(to.shop), subjectId: to.shop, side: 'debit' });
  if (from && from.shop !== to?.shop) moved.push({ accountId: shopDaysId(from.shop), subjectId: from.shop, side: 'credit' });
  return moved;
}

function placeOf({ code, subjectId }: Party): { storeId: string; shop: string } | undefined {
  const storeId = PLACE.exec(code)?.[1];
  return storeId !== undefined && subjectId !== null ? { storeId, shop: subjectId } : undefined;
}
