import type { Tx } from '#platform/db/db.ts';
import type { StatementLine } from '../contract.ts';
import type { Transfer } from '../domain/model.ts';
import { noAccount } from '../errors.ts';
import { selectAccounts } from '../store/accounts.ts';
import { TRANSFER_COLUMNS, toBalance, toTransfer } from '../store/rows.ts';
import { moment, type Place } from './cursor.ts';
import { transferAt } from './seek.ts';
import { type StatementRow, toLine } from './statement.ts';

export type SliceBounds = {
  accountId: string;
  fromSeq: number;
  toSeq: number /** Instants between which those are. */;
  afterMs: number;
  untilMs: number;
};
export type StatementSlice = { lines: { line: StatementLine; transfer: Transfer }[]; next: Place | null };

const PAGE = 1_000;

/** Some lines of an account, oldest first, with holds and releases: a statement as it is exported. @throws LEDGER_ACCOUNT_NOT_FOUND */
export async function readStatementSlice(tx: Tx, tenantId: string, bounds: SliceBounds, after: Place | null): Promise<StatementSlice> {
  const { accountId, fromSeq, toSeq, afterMs, untilMs } = bounds;
  const account = (await selectAccounts(tx, tenantId, [accountId])).get(accountId);
  if (!account) throw noAccount(accountId);
  const start = after ?? { ms: afterMs, seq: fromSeq - 1 };
  const rows = await tx.query<StatementRow>(
    `select ${TRANSFER_COLUMNS}, e.side, e.posted_change, e.pending_change, e.posted_debits, e.posted_credits, e.pending_debits,
       e.pending_credits
     from (
       select * from ledger.entries
       where tenant_id = $1 and account_id = $2 and recorded_at >= $3 and (recorded_at, seq) > ($3, $4) and recorded_at <= $5
         and seq between $6 and $7
       order by recorded_at, seq limit ${PAGE}
     ) e ${transferAt('e')}
     order by e.recorded_at, e.seq`,
    [tenantId, account.id, moment(start.ms), start.seq, moment(untilMs), fromSeq, toSeq],
  );
  const last = rows.at(-1);
  const next = rows.length === PAGE && last ? { ms: last.recorded_at.getTime(), seq: Number(last.seq) } : null;
  return { lines: rows.map((row) => ({ line: toLine(account, row, toBalance(row)), transfer: toTransfer(row) })), next };
}
