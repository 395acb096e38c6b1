import type { Tx } from '#platform/db/db.ts';
import { batchHash, GENESIS } from '#platform/proof/chain.ts';
import type { Drift } from '../checker.ts';
import { canonicalLine, leafHash } from '../domain/record.ts';
import { DIRECTIVE_COLUMNS, type DirectiveRow, toDirective } from '../store/directives.ts';
import { TRANSFER_COLUMNS, type TransferRow, toTransfer } from '../store/rows.ts';
import { MOVEMENT_CHECKS } from './movements.ts';

/** Records of one page; a page ends with the batch that reaches it. */
const PAGE_RECORDS = 2_000;
const PAGE_BATCHES = 200;

type BatchRow = { batch: bigint; first_seq: bigint; last_seq: bigint; recorded_at: Date; hash: Buffer };
type Kept = { id: string; line: string; kept: Buffer };

/** What a page found, up to which batch it went, and how many records it read. */
export type Page = { drift: Drift[]; batch: bigint; records: number };

/**
 * Checks the batches behind one: that they follow each other without gaps, that each record is what its leaf says and each batch what its
 * hash says, and that entries, commands and the ends of holds say what the records say. Undefined when there is none behind it.
 */
export async function checkBatches(tx: Tx, tenantId: string, after: bigint): Promise<Page | undefined> {
  const found = await tx.query<BatchRow>(
    `select batch, first_seq, last_seq, recorded_at, hash from ledger.batches
     where tenant_id = $1 and batch >= $2 order by batch limit $3`,
    [tenantId, after, PAGE_BATCHES + 1],
  );
  const [before] = found[0]?.batch === after ? found : [];
  const batches = cutToPage(before ? found.slice(1) : found);
  const [first, last] = [batches[0], batches.at(-1)];
  if (!first || !last) return undefined;
  const drift: Drift[] = [];
  const say = (check: string, where: string, detail: string): void => void drift.push({ check, tenantId, where, detail });
  if (after > 0n && !before) say('batches follow each other', `batch ${after}`, 'the batch is missing');

  const bounds = [tenantId, first.recorded_at, last.recorded_at, first.first_seq, last.last_seq];
  const records = await readRecords(tx, bounds);
  const refusals = await readRefusals(tx, tenantId, first.batch, last.batch);
  let [hash, seq, at] = [before?.hash ?? (after === 0n ? GENESIS : undefined), before?.last_seq, before?.recorded_at];
  for (const one of batches) {
    const where = `batch ${one.batch}`;
    if (one.batch !== (one === first ? after : batches[batches.indexOf(one) - 1]!.batch) + 1n)
      say('batches follow each other', where, 'the batch before it is missing');
    if (seq !== undefined && one.first_seq !== seq + 1n) say('batches follow each other', where, `begins at ${one.first_seq} after ${seq}`);
    if (at && one.recorded_at < at)
      say('batches follow each other', where, `recorded ${one.recorded_at.toISOString()}, before the batch before it`);
    const leaves = leavesOf(one, records, say);
    if (hash && leaves && !batchHash(hash, leaves, refusals.get(one.batch) ?? []).equals(one.hash))
      say(
        'batches are what their hashes say',
        where,
        `records ${one.first_seq} to ${one.last_seq}, or its refusals, are not those that were hashed`,
      );
    [hash, seq, at] = [one.hash, one.last_seq, one.recorded_at];
  }
  for (const [check, sql] of Object.entries(MOVEMENT_CHECKS)) {
    const rows = await tx.query<{ where: string; detail: string }>(`${sql} limit 100`, bounds);
    for (const { where, detail } of rows) say(check, where, detail);
  }
  return { drift, batch: last.batch, records: records.size };
}

function cutToPage(batches: readonly BatchRow[]): readonly BatchRow[] {
  const first = batches[0];
  const end = batches.findIndex((one) => one.last_seq - first!.first_seq >= PAGE_RECORDS);
  return end < 0 ? batches : batches.slice(0, end + 1);
}

async function readRecords(tx: Tx, bounds: readonly unknown[]): Promise<Map<bigint, Kept>> {
  const range = 'tenant_id = $1 and recorded_at between $2 and $3 and seq between $4 and $5';
  const transfers = await tx.query<TransferRow & { hash: Buffer }>(
    `select ${TRANSFER_COLUMNS}, t.hash from ledger.transfers t where t.${range}`,
    bounds,
  );
  const directives = await tx.query<DirectiveRow & { hash: Buffer }>(
    `select ${DIRECTIVE_COLUMNS}, d.hash from ledger.directives d where d.${range}`,
    bounds,
  );
  const records = new Map<bigint, Kept>();
  for (const row of transfers) records.set(row.seq, { id: row.id, line: canonicalLine(toTransfer(row)), kept: row.hash });
  for (const row of directives) records.set(row.seq, { id: row.id, line: canonicalLine(toDirective(row)), kept: row.hash });
  return records;
}

async function readRefusals(tx: Tx, tenantId: string, from: bigint, to: bigint): Promise<Map<bigint, [string, string][]>> {
  const rows = await tx.query<{ batch: bigint; id: string; code: string }>(
    'select batch, id, code from ledger.commands where tenant_id = $1 and batch between $2 and $3',
    [tenantId, from, to],
  );
  const refusals = new Map<bigint, [string, string][]>();
  for (const { batch, id, code } of rows) refusals.set(batch, [...(refusals.get(batch) ?? []), [id, code]]);
  return refusals;
}

/** The leaves of a batch's records as they are now; undefined when one is missing, or is not what its leaf says (then that is said). */
function leavesOf(
  { first_seq, last_seq }: BatchRow,
  records: ReadonlyMap<bigint, Kept>,
  say: (check: string, where: string, detail: string) => void,
): Buffer[] | undefined {
  const leaves: Buffer[] = [];
  let isSound = true;
  for (let seq = first_seq; seq <= last_seq; seq++) {
    const record = records.get(seq);
    if (!record) say('the sequence has no gaps', `seq ${seq}`, 'the record is missing');
    else if (!leafHash(record.line).equals(record.kept))
      say('records are what their leaves say', `seq ${seq}`, `record ${record.id} was changed`);
    else {
      leaves.push(record.kept);
      continue;
    }
    isSound = false;
  }
  return isSound ? leaves : undefined;
}
