import { instant } from '#platform/db/arrays.ts';
import type { Db } from '#platform/db/db.ts';
import type { Transfer } from '../domain/model.ts';
import { readStatementSlice, type StatementSlice } from '../views/statement-slice.ts';
import { csvLine } from './csv.ts';
import { rangeOf } from './export-range.ts';
import { type Read, transfersOf } from './records.ts';

export type CsvOptions = { fromSeq: number; toSeq: number | null };

const COMMON = ['seq', 'id', 'kind'] as const;
const REST = [
  'effectiveAt',
  'recordedAt',
  'expiresAt',
  'holdId',
  'reason',
  'reverses',
  'blockId',
  'purpose',
  'reference',
  'metadata',
] as const;

export const TRANSFER_HEADER = csvLine([
  ...COMMON,
  'debitAccountId',
  'creditAccountId',
  'amountMinor',
  'requestedMinor',
  'heldMinor',
  ...REST,
]);

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));
const restOf = (t: Transfer) => [
  instant(t.effectiveAt),
  instant(t.recordedAt),
  instantOrNull(t.expiresAt),
  t.holdId,
  t.reason,
  t.reverses,
  t.blockId,
  t.purpose,
  t.reference,
  t.metadata && JSON.stringify(t.metadata),
];

/** Transfers in the order of the ledger, for spreadsheets; the last line, behind a #, says where it ended. */
export async function* exportTransfersCsv(db: Db, tenantId: string, { fromSeq, toSeq }: CsvOptions): AsyncGenerator<string> {
  const read: Read = (work) => db.tx({ module: 'ledger', tenants: [tenantId] }, work);
  const range = await read((tx) => rangeOf(tx, tenantId, fromSeq, toSeq));
  yield TRANSFER_HEADER;
  let lines = 0;
  for await (const t of transfersOf(read, tenantId, range)) {
    // The range is of whole batches; a table has the rows that were asked for.
    if (t.seq < fromSeq || (toSeq !== null && t.seq > toSeq)) continue;
    const amounts = [t.amount.toString(), t.requested?.toString(), t.held?.toString()];
    yield csvLine([t.seq, t.id, t.kind, t.debitAccountId, t.creditAccountId, ...amounts, ...restOf(t)]);
    lines++;
  }
  yield endOf(lines, Math.min(range.toSeq, toSeq ?? range.toSeq));
}

export const STATEMENT_HEADER = csvLine([
  'seq',
  'id',
  'kind',
  'direction',
  'amountMinor',
  'postedMinor',
  'heldMinor',
  'availableMinor',
  'counterpartyAccountId',
  ...REST,
]);

/** An account's lines, oldest first, with the balance after each. @throws LEDGER_ACCOUNT_NOT_FOUND before the first line. */
export async function* exportStatementCsv(
  db: Db,
  tenantId: string,
  accountId: string,
  { fromSeq, toSeq }: CsvOptions,
): AsyncGenerator<string> {
  const read: Read = (work) => db.tx({ module: 'ledger', tenants: [tenantId] }, work);
  const range = await read((tx) => rangeOf(tx, tenantId, fromSeq, toSeq));
  const bounds = { accountId, fromSeq, toSeq: Math.min(range.toSeq, toSeq ?? range.toSeq), afterMs: range.afterMs, untilMs: range.untilMs };
  let slice: StatementSlice = await read((tx) => readStatementSlice(tx, tenantId, bounds, null));
  yield STATEMENT_HEADER;
  let lines = 0;
  for (;;) {
    for (const { line, transfer } of slice.lines) {
      const { amountMinor, postedMinor, heldMinor, availableMinor, counterpartyAccountId, direction } = line;
      const amounts = [amountMinor, postedMinor, heldMinor, availableMinor, counterpartyAccountId];
      yield csvLine([transfer.seq, transfer.id, transfer.kind, direction, ...amounts, ...restOf(transfer)]);
      lines++;
    }
    const { next } = slice;
    if (!next) break;
    slice = await read((tx) => readStatementSlice(tx, tenantId, bounds, next));
  }
  yield endOf(lines, bounds.toSeq);
}

const endOf = (lines: number, lastSeq: number): string => `# end lines=${lines} lastSeq=${lastSeq}`;
