import type { Tx } from '#platform/db/db.ts';
import type { StatementLine } from '../contract.ts';
import type { Account, Balance } from '../domain/model.ts';
import { noAccount } from '../errors.ts';
import { selectAccounts } from '../store/accounts.ts';
import { type BalanceRow, TRANSFER_COLUMNS, toBalance } from '../store/rows.ts';
import { AFTER_ALL, BEFORE_ALL, type EffectivePlace, moment, type Place, readCursor, writeCursor } from './cursor.ts';
import { effectiveParams, effectivePlaces, lastPlain, readKnown } from './effective-order.ts';
import { entryAt, transferAt } from './seek.ts';
import { type StatementQuery, type StatementRow, sideOf, toLine } from './statement.ts';

export type EffectiveStatementQuery = StatementQuery & {
  /** What was recorded later is not seen; null: all that is recorded by now. With a cursor, the cursor's. */
  knownAtMs: number | null;
};

/** Rows read for one page, at most: lines that the filters leave out are read, too, since their amounts count. */
const MAX_ROUNDS = 10;

/**
 * An account's lines by the date they count from, newest first, as known at an instant; each with the balance that date gives it. `from` and
 * `to` are effective dates. The cursor carries the place up to which the ledger was known, so pages agree with each other while others
 * write. With filters a page may be shorter than asked for and still have a next one.
 */
export async function readEffectiveStatement(
  tx: Tx,
  tenantId: string,
  query: EffectiveStatementQuery,
): Promise<{ lines: StatementLine[]; next: string | null }> {
  const account = (await selectAccounts(tx, tenantId, [query.accountId])).get(query.accountId);
  if (!account) throw noAccount(query.accountId);
  const at = query.cursor === null ? undefined : readCursor(query.cursor, 5);
  const known = at ? { ms: at[3]!, seq: at[4]! } : await readKnown(tx, tenantId, query.knownAtMs);
  let after: EffectivePlace = at ? { effectiveMs: at[0]!, ms: at[1]!, seq: at[2]! } : AFTER_ALL;
  const side = query.direction === null ? null : sideOf(account, query.direction);
  const isWanted = (row: StatementRow) => (side === null || row.side === side) && (query.includePending || row.posted_change > 0n);

  const lines: StatementLine[] = [];
  let balance: Balance | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const rows = await readRows(tx, { tenantId, account, query, known, after, limit: query.limit + 1 });
    const [first] = rows;
    if (!first) return { lines, next: null };
    balance ??= await balanceAt(tx, tenantId, account.id, placeOf(first), known);
    for (const row of rows.slice(0, query.limit)) {
      if (lines.length === query.limit) return { lines, next: cursorOf(after, known) };
      if (isWanted(row)) lines.push(toLine(account, row, balance));
      balance = before(balance, row);
      after = placeOf(row);
    }
    if (rows.length <= query.limit) return { lines, next: null };
  }
  return { lines, next: cursorOf(after, known) };
}

type RowsWanted = { tenantId: string; account: Account; query: StatementQuery; known: Place; after: EffectivePlace; limit: number };

function readRows(tx: Tx, { tenantId, account, query, known, after, limit }: RowsWanted): Promise<StatementRow[]> {
  const [fromMs, toMs] = [query.fromMs ?? BEFORE_ALL.ms, query.toMs ?? AFTER_ALL.ms];
  return tx.query<StatementRow>(
    `select ${TRANSFER_COLUMNS}, e.side, e.posted_change, e.pending_change, e.posted_debits, e.posted_credits, e.pending_debits,
       e.pending_credits
     from (${effectivePlaces('entries', 'desc')}) p
     ${entryAt('p', '$12')}
     ${transferAt('p')}
     order by p.effective_at desc, p.recorded_at desc, p.seq desc`,
    effectiveParams({ tenantId, accountId: account.id, fromMs, toMs, limit, known, after }),
  );
}

/**
 * The balance after a line in the order of effective dates: what had been recorded by then, from the last entry's own balance, and what
 * was recorded later to count from before.
 */
async function balanceAt(tx: Tx, tenantId: string, accountId: string, place: EffectivePlace, known: Place): Promise<Balance> {
  const last = lastPlain(place);
  const [row] = await tx.query<Required<{ [K in keyof BalanceRow]: bigint }>>(
    `select coalesce(l.posted_debits, 0) + d.posted_debits as posted_debits, coalesce(l.posted_credits, 0) + d.posted_credits as posted_credits,
       coalesce(l.pending_debits, 0) + d.pending_debits as pending_debits,
       coalesce(l.pending_credits, 0) + d.pending_credits as pending_credits
     from (
       select coalesce(sum(posted_change) filter (where side = 'debit'), 0) as posted_debits,
         coalesce(sum(posted_change) filter (where side = 'credit'), 0) as posted_credits,
         coalesce(sum(pending_change) filter (where side = 'debit'), 0) as pending_debits,
         coalesce(sum(pending_change) filter (where side = 'credit'), 0) as pending_credits
       from ledger.entries
       where tenant_id = $1 and account_id = $2 and effective_at is not null and effective_at <= $5
         and (effective_at, recorded_at, seq) <= ($5, $6, $7) and (recorded_at, seq) > ($3, $4) and (recorded_at, seq) <= ($8, $9)
     ) d left join lateral (
       select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
       where tenant_id = $1 and account_id = $2 and recorded_at <= $3 and (recorded_at, seq) <= ($3, $4)
         and recorded_at <= $8 and (recorded_at, seq) <= ($8, $9)
       order by recorded_at desc, seq desc limit 1
     ) l on true`,
    [tenantId, accountId, moment(last.ms), last.seq, moment(place.effectiveMs), moment(place.ms), place.seq, moment(known.ms), known.seq],
  );
  return toBalance(row!);
}

/** The balance without a line. */
function before(balance: Balance, { side, posted_change: posted, pending_change: pending }: StatementRow): Balance {
  if (side === 'debit') {
    return { ...balance, postedDebits: balance.postedDebits - posted, pendingDebits: balance.pendingDebits - pending };
  }
  return { ...balance, postedCredits: balance.postedCredits - posted, pendingCredits: balance.pendingCredits - pending };
}

function placeOf(row: StatementRow): EffectivePlace {
  return { effectiveMs: row.effective_at.getTime(), ms: row.recorded_at.getTime(), seq: Number(row.seq) };
}

function cursorOf(after: EffectivePlace, known: Place): string {
  return writeCursor(after.effectiveMs, after.ms, after.seq, known.ms, known.seq);
}
