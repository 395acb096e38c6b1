import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { StatementLine } from '../contract.ts';
import { available, held, posted } from '../domain/balance.ts';
import type { Account, Side } from '../domain/model.ts';
import { refuseLedger } from '../errors.ts';
import { selectAccounts } from '../store/accounts.ts';
import { type BalanceRow, TRANSFER_COLUMNS, type TransferRow, toBalance, toTransfer } from '../store/rows.ts';

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

type Row = TransferRow & BalanceRow & { side: Side; posted_change: bigint; pending_change: bigint };

/**
 * An account's lines, newest first, each with the balance after it. The cursor names the last line seen; what is older than it never
 * changes (a tenant's batches commit one after the other, in the order of recording), so pages neither skip nor repeat.
 */
export async function readStatement(
  tx: Tx,
  tenantId: string,
  query: StatementQuery,
): Promise<{ lines: StatementLine[]; next: string | null }> {
  const account = (await selectAccounts(tx, tenantId, [query.accountId])).get(query.accountId);
  if (!account) throw refuseLedger('LEDGER_ACCOUNT_NOT_FOUND', { detail: `Não há conta ${query.accountId}.` });
  const after = query.cursor === null ? null : readCursor(query.cursor);
  const side = query.direction === null ? null : sideOf(account, query.direction);
  const rows = await tx.query<Row>(
    `select ${TRANSFER_COLUMNS}, e.side, e.posted_change, e.pending_change, e.posted_debits, e.posted_credits, e.pending_debits,
       e.pending_credits
     from ledger.entries e
     join ledger.transfers t on t.tenant_id = $1 and t.recorded_at = e.recorded_at and t.seq = e.seq
     where e.tenant_id = $1 and e.account_id = $2
       and e.recorded_at <= $3 and (e.recorded_at, e.seq) < ($3, $4)
       and e.recorded_at >= $5 and e.recorded_at < $6
       and ($7::text is null or e.side = $7) and ($8 or e.posted_change > 0)
     order by e.recorded_at desc, e.seq desc limit $9`,
    [
      tenantId,
      account.id,
      after ? instant(after.ms) : 'infinity',
      after?.seq ?? Number.MAX_SAFE_INTEGER,
      query.fromMs === null ? '-infinity' : instant(query.fromMs),
      query.toMs === null ? 'infinity' : instant(query.toMs),
      side,
      query.includePending,
      query.limit + 1,
    ],
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? writeCursor(last.recorded_at.getTime(), last.seq) : null;
  return { lines: page.map((row) => toLine(account, row)), next };
}

function toLine(account: Account, row: Row): StatementLine {
  const transfer = toTransfer(row);
  const balance = toBalance(row);
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

function sideOf(account: Account, direction: 'in' | 'out'): Side {
  if (direction === 'in') return account.normalSide;
  return account.normalSide === 'debit' ? 'credit' : 'debit';
}

function writeCursor(ms: number, seq: bigint): string {
  return Buffer.from(`${ms}.${seq}`).toString('base64url');
}

function readCursor(cursor: string): { ms: number; seq: number } {
  const match = /^(\d{1,15})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) throw refuseLedger('LEDGER_CURSOR_INVALID');
  return { ms: Number(match[1]), seq: Number(match[2]) };
}
