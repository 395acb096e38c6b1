import type { Db, Tx } from '#platform/db/db.ts';
import { readAnchors, readDaysBetween } from '#platform/proof/day-store.ts';
import { dayOf } from '#platform/proof/leaves.ts';
import { anchorLine, batchLine, dayLine, endLine, headerLine } from '#platform/proof/lines.ts';
import { evidenceText } from '#platform/proof/schemas.ts';
import { recordLine } from './chain.ts';
import { type Batch, readBatches, readChained } from './store.ts';

/** Batches read at once; a batch has at most a few hundred records. */
const PAGE = 20;

/**
 * The whole trail of a tenant as lines that can be verified by themselves (docs/proof.md), as it is when the export begins. Read in short
 * transactions: what was appended does not change between them.
 */
export async function* exportTrail(db: Db, tenantId: string): AsyncGenerator<string> {
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.tx({ module: 'audit', tenants: [tenantId] }, work);
  const [head] = await inTx((tx) =>
    tx.query<{ batch: bigint; seq: bigint; hash: Buffer }>('select batch, seq, hash from audit.heads where tenant_id = $1', [tenantId]),
  );
  const { batch: lastBatch = 0n, seq: toSeq = 0n, hash = Buffer.alloc(32) } = head ?? {};
  yield headerLine({ export: 'lastro-audit', tenantId, fromSeq: 1, toSeq: Number(toSeq) });
  let records = 0;
  let batches = 0;
  for (let next = 1n; next <= lastBatch; ) {
    const { lines, read } = await inTx((tx) => readPage(tx, tenantId, next, lastBatch));
    if (read.length === 0) break;
    for (const { batch, firstSeq, lastSeq } of read) {
      batches++;
      records += Number(lastSeq - firstSeq) + 1;
      next = batch + 1n;
    }
    yield* lines;
  }
  yield endLine({ records, batches, lastSeq: Number(toSeq), lastBatch: Number(lastBatch), hash: hash.toString('hex') });
}

async function readPage(tx: Tx, tenantId: string, from: bigint, to: bigint): Promise<{ lines: string[]; read: Batch[] }> {
  const read = await readBatches(tx, tenantId, from, to, PAGE);
  const [first, last] = [read[0], read.at(-1)];
  if (!first || !last) return { lines: [], read };
  const records = await readChained(tx, tenantId, first.firstSeq, last.lastSeq);
  const kept = await tx.query<{ seq: bigint; hash: Buffer }>(
    'select seq, hash from audit.records where tenant_id = $1 and seq between $2 and $3 order by seq',
    [tenantId, first.firstSeq, last.lastSeq],
  );
  const days = await readDaysBetween(tx, 'audit', tenantId, Number(first.firstSeq), Number(last.lastSeq));
  const anchors = await readAnchors(
    tx,
    'audit',
    tenantId,
    days.map(({ day }) => day),
  );
  const lines: string[] = [];
  for (const { batch, firstSeq, lastSeq, recordedAt, hash } of read) {
    const isMine = (seq: number | bigint): boolean => seq >= firstSeq && seq <= lastSeq;
    lines.push(...records.filter(({ seq }) => isMine(seq)).map(recordLine));
    const leaves = kept.filter(({ seq }) => isMine(seq)).map((leaf) => leaf.hash.toString('hex'));
    const place = { batch: Number(batch), firstSeq: Number(firstSeq), lastSeq: Number(lastSeq), recordedAt: recordedAt.toISOString() };
    lines.push(batchLine({ ...place, hash: hash.toString('hex'), ...(leaves.length > 0 ? { leaves } : {}) }));
    const day = days.find((one) => one.batch === place.batch && one.day === dayOf(recordedAt));
    if (!day) continue;
    lines.push(dayLine(day));
    for (const { driver, anchoredAt, evidence, day: anchored } of anchors)
      if (anchored === day.day) lines.push(anchorLine({ day: anchored, driver, anchoredAt, evidence: evidenceText(driver, evidence) }));
  }
  return { lines, read };
}
