import { businessDate } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { applyMovements, type Day, type Movement } from '../domain/daily-balance.ts';
import type { LedgerAccount } from '../ledger-events.ts';
import { type Account, insertAccounts, readAccounts, readDaysSince, type StoredDay, upsertDays } from '../store.ts';

/** One side of a posted entry. */
export type PostedEntry = {
  account: LedgerAccount;
  side: 'debit' | 'credit';
  amountMinor: bigint;
  /** Instant at which the money counts as moved; may lie in the past. */
  effectiveAt: string;
  /** Place of its event in the log. */
  position: bigint;
  /** The business date of what it takes back: on that same date it is less of what came in or went out, and not more of the opposite. */
  takesBackOf: string | null;
  /** Whose open screens hear of it: those of the account, or of the shop whose total it is. */
  tells: 'account' | 'shop' | null;
};

/** The last day of an account after a batch was projected: what a live screen shows. */
export type LastDay = { account: Account; day: Day; tells: PostedEntry['tells'] };

export type ProjectionSettings = {
  /** Zone of accounts that are new; a known one keeps its own. */
  zone: string;
  /** ISO instant written beside the figures. */
  updatedAt: string;
  /** Told of the days that changed, in the same transaction. */
  onChanged?: (tx: Tx, tenantId: string, days: readonly StoredDay[]) => Promise<void>;
};

/**
 * Projects entries of one tenant into the days of their accounts: one read and one write, however many entries and accounts.
 * Addition commutes, so entries may come in any order; that each comes once is the inbox's promise, kept in the same transaction.
 */
export async function projectEntries(
  tx: Tx,
  tenantId: string,
  entries: readonly PostedEntry[],
  settings: ProjectionSettings,
): Promise<LastDay[]> {
  if (entries.length === 0) return [];
  const accounts = await knowAccounts(tx, tenantId, entries, settings.zone);
  const groups = groupByAccount(entries, accounts);
  const wanted = [...groups].map(([accountId, group]) => ({ accountId, since: group.since }));
  const known = Map.groupBy(await readDaysSince(tx, tenantId, wanted), (day: StoredDay) => day.accountId);
  const changed: StoredDay[] = [];
  const last: LastDay[] = [];
  for (const [accountId, group] of groups) {
    const days = applyMovements(known.get(accountId) ?? [], group.movements);
    for (const day of days) changed.push({ ...day, accountId });
    last.push({ account: accounts.get(accountId)!, day: days.at(-1)!, tells: group.tells });
  }
  await upsertDays(tx, tenantId, changed, settings.updatedAt);
  await settings.onChanged?.(tx, tenantId, changed);
  return last;
}

/** The entries' accounts, those included whose opening has not come through: an entry says enough of its accounts. */
async function knowAccounts(
  tx: Tx,
  tenantId: string,
  entries: readonly PostedEntry[],
  zone: string,
): Promise<ReadonlyMap<string, Account>> {
  const named = new Map(entries.map((entry) => [entry.account.accountId, { ...entry.account, zone }]));
  const known = await readAccounts(tx, tenantId, [...named.keys()]);
  const missing = [...named.values()].filter((account) => !known.has(account.accountId));
  if (missing.length > 0) await insertAccounts(tx, tenantId, missing);
  return new Map([...missing.map((account) => [account.accountId, account] as const), ...known]);
}

type Group = { movements: Movement[]; since: string; tells: PostedEntry['tells'] };

function groupByAccount(entries: readonly PostedEntry[], accounts: ReadonlyMap<string, Account>): Map<string, Group> {
  const groups = new Map<string, Group>();
  const dateOf = rememberingDates();
  for (const { account, side, amountMinor, effectiveAt, position, takesBackOf, tells } of entries) {
    const { accountId, normalSide } = account;
    const date = dateOf(effectiveAt, accounts.get(accountId)!.zone);
    const isBack = takesBackOf === date;
    const isIn = (side === normalSide) !== isBack;
    const counted = isBack ? -amountMinor : amountMinor;
    const movement = { date, inMinor: isIn ? counted : 0n, outMinor: isIn ? 0n : counted, position };
    const group = groups.get(accountId);
    if (!group) {
      groups.set(accountId, { movements: [movement], since: date, tells });
      continue;
    }
    group.movements.push(movement);
    if (date < group.since) group.since = date;
  }
  return groups;
}

/** Entries of a batch mostly fall into the same second, and zone arithmetic is slow: a second belongs to one date in every zone. */
function rememberingDates(): (instant: string, zone: string) => string {
  const known = new Map<string, string>();
  return (instant, zone) => {
    const id = `${zone} ${Math.floor(instantMs(instant) / 1000)}`;
    const date = known.get(id) ?? businessDate(instant, zone);
    known.set(id, date);
    return date;
  };
}
