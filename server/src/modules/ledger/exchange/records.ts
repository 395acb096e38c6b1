import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { LedgerRecord, Transfer } from '../domain/model.ts';
import { DIRECTIVE_COLUMNS, type DirectiveRow, toDirective } from '../store/directives.ts';
import { TRANSFER_COLUMNS, type TransferRow, toTransfer } from '../store/rows.ts';
import type { ExportRange } from './export-range.ts';

/** Rows read at once: what an export holds in memory, whatever the size of the ledger. */
export const PAGE = 1_000;

/** A record with the hash kept beside it, in hex. */
export type StoredRecord = { record: LedgerRecord; seq: number; leaf: string };

/** Short transactions, one a page: what was recorded does not change between them. */
export type Read = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

const placed = (table: string, columns: string, alias: string) => `select ${columns}, ${alias}.hash from ledger.${table} ${alias}
  where ${alias}.tenant_id = $1 and ${alias}.recorded_at >= $2 and (${alias}.recorded_at, ${alias}.seq) > ($2, $3)
    and ${alias}.recorded_at <= $4 and ${alias}.seq <= $5
  order by ${alias}.recorded_at, ${alias}.seq limit $6`;
const TRANSFER_PAGE = placed('transfers', TRANSFER_COLUMNS, 't');
const DIRECTIVE_PAGE = placed('directives', DIRECTIVE_COLUMNS, 'd');

/** The records of a range in the order of the ledger, whichever table each is in. */
export function recordsOf(read: Read, tenantId: string, range: ExportRange): AsyncGenerator<StoredRecord> {
  return paged(read, tenantId, range, readRecords);
}

export async function* transfersOf(read: Read, tenantId: string, range: ExportRange): AsyncGenerator<Transfer> {
  const pages = paged(read, tenantId, range, async (tx, params) =>
    (await tx.query<TransferRow & { hash: Buffer }>(TRANSFER_PAGE, params)).map(toStored),
  );
  for await (const { record } of pages) yield record as Transfer;
}

async function* paged(
  read: Read,
  tenantId: string,
  range: ExportRange,
  readPage: (tx: Tx, params: unknown[]) => Promise<StoredRecord[]>,
): AsyncGenerator<StoredRecord> {
  let after = { ms: range.afterMs, seq: range.fromSeq - 1 };
  for (;;) {
    const params = [tenantId, instant(after.ms), after.seq, instant(range.untilMs), range.toSeq, PAGE];
    const page = await read((tx) => readPage(tx, params));
    yield* page;
    const last = page.at(-1);
    if (!last || last.seq >= range.toSeq) return;
    after = { ms: last.record.recordedAt, seq: last.seq };
  }
}

async function readRecords(tx: Tx, params: unknown[]): Promise<StoredRecord[]> {
  const transfers = await tx.query<TransferRow & { hash: Buffer }>(TRANSFER_PAGE, params);
  const directives = await tx.query<DirectiveRow & { hash: Buffer }>(DIRECTIVE_PAGE, params);
  const merged = [
    ...transfers.map(toStored),
    ...directives.map((row) => ({ record: toDirective(row), seq: Number(row.seq), leaf: row.hash.toString('hex') })),
  ];
  // Each query was cut at a page: beyond the first page of both, some of the other table could be missing.
  return merged.sort((a, b) => a.seq - b.seq).slice(0, PAGE);
}

function toStored(row: TransferRow & { hash: Buffer }): StoredRecord {
  return { record: toTransfer(row), seq: Number(row.seq), leaf: row.hash.toString('hex') };
}
