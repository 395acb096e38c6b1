import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { StatementLine } from '../contract.ts';
import { available, held, posted } from '../domain/balance.ts';
import type { Account, Balance, Side } from '../domain/model.ts';
import { noAccount } from '../errors.ts';
import { selectAccounts } from '../store/accounts.ts';
import { type BalanceRow, TRANSFER_COLUMNS, type TransferRow, toBalance, toTransfer } from '../store/rows.ts';
import { AFTER_ALL, BEFORE_ALL, moment, type Place, readCursor, writeCursor } from './cursor.ts';
import { transferAt } from './seek.ts';

export type StatementQuery = {
  accountId: string;
  cursor: string | null;
  limit: number;
  /** Epoch milliseconds of recording; from inclusive, to exclusive. */
  fromMs: number | null;
  toMs: number | null;
  direction: 'in' | 'out' | null;
  /** With holds and releases, which move nothing yet. */
  includePending: boolean;
};

export type StatementRow = TransferRow & BalanceRow & { side: Side; posted_change: bigint; pending_change: bigint };

const NORMAL_SIDE = '(select normal_side from ledger.accounts where tenant_id = $1 and id = $2)';
/** Tried first: most pages are of late, and every month looked into costs reads of its own, also where the page has no line of it. */
const NEAR_MS = 35 * 86_400_000;

/**
 * An account's lines, newest first, each with the balance after it. The cursor names the last line seen; what is older than it never
 * changes (a tenant's batches commit one after the other, in the order of recording), so pages neither skip nor repeat.
 */
export async function readStatement(
  tx: Tx,
  tenantId: string,
  query: StatementQuery,
  nowMs: number,
): Promise<{ lines: StatementLine[]; next: string | null }> {
  const [ms, seq] = query.cursor === null ? [AFTER_ALL.ms, AFTER_ALL.seq] : readCursor(query.cursor, 2);
  const before = { ms: ms!, seq: seq! };
  const fromMs = query.fromMs ?? BEFORE_ALL.ms;
  const nearMs = Math.max(fromMs, Math.min(nowMs, before.ms, query.toMs ?? AFTER_ALL.ms) - NEAR_MS);
  const wanted = query.limit + 1;
  const [accounts, near] = await Promise.all([
    selectAccounts(tx, tenantId, [query.accountId]),
    readRows(tx, tenantId, { ...query, fromMs: nearMs }, before, wanted),
  ]);
  const account = accounts.get(query.accountId);
  if (!account) throw noAccount(query.accountId);
  const isWhole = near.length === wanted || nearMs === fromMs;
  const far = isWhole ? [] : await readRows(tx, tenantId, { ...query, toMs: nearMs }, before, wanted - near.length);
  const rows = [...near, ...far];
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? writeCursor(last.recorded_at.getTime(), last.seq) : null;
  return { lines: page.map((row) => toLine(account, row, toBalance(row))), next };
}

/** Lines recorded in [fromMs, toMs), before a place, newest first. */
function readRows(tx: Tx, tenantId: string, query: StatementQuery, before: Place, limit: number): Promise<StatementRow[]> {
  const { accountId, direction, includePending } = query;
  const bounds = [moment(query.fromMs ?? BEFORE_ALL.ms), moment(query.toMs ?? AFTER_ALL.ms)];
  return tx.query<StatementRow>(
    `select ${TRANSFER_COLUMNS}, e.side, e.posted_change, e.pending_change, e.posted_debits, e.posted_credits, e.pending_debits,
       e.pending_credits
     from (
       select * from ledger.entries
       where tenant_id = $1 and account_id = $2
         and recorded_at <= $3 and (recorded_at, seq) < ($3, $4)
         and recorded_at >= $5 and recorded_at < $6
         and ($7::text is null or (side = ${NORMAL_SIDE}) = ($7 = 'in')) and ($8 or posted_change > 0)
       order by recorded_at desc, seq desc limit $9
     ) e ${transferAt('e', '$5')}
     order by e.recorded_at desc, e.seq desc`,
    [tenantId, accountId, moment(before.ms), before.seq, ...bounds, direction, includePending, limit],
  );
}

/** `balance` is what the account has after the line, in the order in which lines are shown. */
export function toLine(account: Account, row: StatementRow, balance: Balance): StatementLine {
  const transfer = toTransfer(row);
  const magnitude = row.posted_change > 0n ? row.posted_change : row.pending_change < 0n ? -row.pending_change : row.pending_change;
  return {
    transferId: transfer.id,
    seq: transfer.seq,
    kind: transfer.kind,
    side: row.side,
    direction: row.side === account.normalSide ? 'in' : 'out',
    amountMinor: magnitude.toString(),
    postedMinor: posted(account, balance).toString(),
    heldMinor: held(account, balance).toString(),
    availableMinor: available(account, balance).toString(),
    counterpartyAccountId: row.side === 'debit' ? transfer.creditAccountId : transfer.debitAccountId,
    holdId: transfer.holdId,
    reason: transfer.reason,
    effectiveAt: instant(transfer.effectiveAt),
    recordedAt: instant(transfer.recordedAt),
    metadata: transfer.metadata,
  };
}

export function sideOf(account: Account, direction: 'in' | 'out'): Side {
  if (direction === 'in') return account.normalSide;
  return account.normalSide === 'debit' ? 'credit' : 'debit';
}
