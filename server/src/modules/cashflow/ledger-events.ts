import { ACCOUNT_OPENED, type AccountOpened, ENTRY_POSTED, type EntryPosted, ledgerEvents } from '#ledger/events';
import type { LoggedEvent } from '#platform/bus/bus.ts';
import { checkOf } from '#platform/check.ts';
import { instantMs } from '#platform/dates.ts';
import { isOfBooks, shopDaysId, totalsMoved } from './domain/consolidate.ts';
import { refuseCashflow } from './errors.ts';
import type { Account } from './store.ts';
import type { PostedEntry } from './views/projection.ts';

export { ACCOUNT_OPENED, ENTRY_POSTED };

const isOpened = checkOf(ledgerEvents[ACCOUNT_OPENED]);
const isPosted = checkOf(ledgerEvents[ENTRY_POSTED]);

/** Everything but the zone, which the ledger does not know. */
export type LedgerAccount = Omit<Account, 'zone'>;

/** The account an event speaks of. Throws CASHFLOW_EVENT_UNREADABLE when the event does not keep to its schema. */
export function openedAccount(event: LoggedEvent): LedgerAccount {
  if (!isOpened.Check(event.data)) throw unreadable(event);
  const { accountId, subjectId, normalSide } = event.data as AccountOpened;
  return { accountId, subjectId, normalSide };
}

/** Both sides of a posted entry, each with what must be known of its account, and the totals of a shop that it moves. Throws CASHFLOW_EVENT_UNREADABLE as above. */
export function postedEntries(event: LoggedEvent): PostedEntry[] {
  if (!isPosted.Check(event.data)) throw unreadable(event);
  const { amountMinor, effectiveAt, debit, credit, asset, reverses, metadata } = event.data as EntryPosted;
  if (Number.isNaN(instantMs(effectiveAt))) throw unreadable(event);
  const isBooks = isOfBooks(asset);
  const movement = {
    amountMinor: BigInt(amountMinor),
    effectiveAt,
    position: event.position,
    takesBackOf: isBooks && reverses ? (metadata?.['reverses.date'] ?? null) : null,
  };
  const accounts = ([debit, credit] as const).map(
    ({ accountId, subjectId, normalSide }, index): PostedEntry => ({
      ...movement,
      account: { accountId, subjectId, normalSide },
      side: index === 0 ? 'debit' : 'credit',
      tells: isBooks ? null : 'account',
    }),
  );
  if (!isBooks) return accounts;
  const totals = totalsMoved({ debit, credit }).map(
    ({ accountId, subjectId, side }): PostedEntry => ({
      ...movement,
      account: { accountId, subjectId, normalSide: 'debit' },
      side,
      tells: accountId === shopDaysId(subjectId) ? 'shop' : null,
    }),
  );
  return [...accounts, ...totals];
}

function unreadable(event: LoggedEvent) {
  return refuseCashflow('CASHFLOW_EVENT_UNREADABLE', {
    detail: {
      pt: `O evento ${event.id} (${event.type}) foge do esquema.`,
      en: `The event ${event.id} (${event.type}) does not match its schema.`,
    },
  });
}

/** The ledger's own place of a posted entry, in the order of which a tenant's entries come. */
export const placeInLedger = (event: LoggedEvent): number => (event.data as EntryPosted).seq;
