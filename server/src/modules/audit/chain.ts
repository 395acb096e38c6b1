import type { Tx } from '#platform/db/db.ts';
import { canonicalJson } from '#platform/proof/canonical-json.ts';
import { batchHash, GENESIS } from '#platform/proof/chain.ts';
import type { ProvenChain } from '#platform/proof/leaves.ts';
import { leafHashOf } from '#platform/proof/merkle.ts';
import type { NewRecord } from './store.ts';

/** A record with its place in the chain. `recordedAt` and `at` are ISO 8601 in UTC with milliseconds. */
export type ChainedRecord = NewRecord & { seq: number; recordedAt: string };

/** `nowMs`: the database's clock. */
export type Head = { batch: bigint; seq: bigint; recordedAt: number; hash: Buffer; nowMs: number };

/** What a record says, in the one form that is hashed and exported. */
export function recordLine(record: ChainedRecord): string {
  const { seq, recordedAt, position, eventId, at, actorKind, actorId, entity, entityKey, action, eventType, subjectId, traceId, data } =
    record;
  const what = { entity, entityKey, action, eventType, eventId, subjectId, traceId, data };
  return canonicalJson({ seq, recordedAt, position: position.toString(), at, actorKind, actorId, ...what });
}

/** Reads where the tenant's chain ends and keeps others from appending until this transaction ends. */
export async function lockHead(tx: Tx, tenantId: string): Promise<Head> {
  const select = 'select batch, seq, recorded_at, hash, clock_timestamp() as now from audit.heads where tenant_id = $1 for update';
  type Row = { batch: bigint; seq: bigint; recorded_at: Date; hash: Buffer; now: Date };
  let rows = await tx.query<Row>(select, [tenantId]);
  if (rows.length === 0) {
    await tx.execute(
      `insert into audit.heads (tenant_id, batch, seq, recorded_at, hash) values ($1, 0, 0, 'epoch', $2) on conflict do nothing`,
      [tenantId, GENESIS],
    );
    rows = await tx.query(select, [tenantId]);
  }
  const { recorded_at: recordedAt, now, ...head } = rows[0]!;
  return { ...head, recordedAt: recordedAt.getTime(), nowMs: now.getTime() };
}

/** Moves the head over records appended together; answers their leaves. */
export async function appendBatch(tx: Tx, tenantId: string, head: Head, records: readonly ChainedRecord[]): Promise<Buffer[]> {
  const leaves = records.map((record) => leafHashOf(recordLine(record)));
  const lastSeq = head.seq + BigInt(records.length);
  const row = [tenantId, head.batch + 1n, lastSeq, records[0]!.recordedAt, batchHash(head.hash, leaves)];
  tx.send('update audit.heads set batch = $2, seq = $3, recorded_at = $4, hash = $5 where tenant_id = $1', row);
  tx.send('insert into audit.batches (tenant_id, batch, last_seq, recorded_at, hash, first_seq) values ($1, $2, $3, $4, $5, $6)', [
    ...row,
    head.seq + 1n,
  ]);
  return leaves;
}

/** The trail's records in order of appending. */
export const auditChain: ProvenChain = {
  name: 'audit',
  async leavesAfter(tx, tenantId, { at, seq }, limit) {
    // The start of a day is asked for without a seq: the first record then is looked for in its batch.
    const [from] =
      seq > 0
        ? [{ first_seq: BigInt(seq) + 1n }]
        : await tx.query<{ first_seq: bigint }>(
            `select first_seq from audit.batches where tenant_id = $1 and recorded_at >= $2 order by batch limit 1`,
            [tenantId, at],
          );
    if (!from) return [];
    const rows = await tx.query<{ seq: bigint; recorded_at: Date; hash: Buffer }>(
      'select seq, recorded_at, hash from audit.records where tenant_id = $1 and seq >= $2 order by seq limit $3',
      [tenantId, from.first_seq, limit],
    );
    return rows.map((row) => ({ seq: Number(row.seq), at: row.recorded_at, hash: row.hash }));
  },
};
