import { instantMs } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { appendBatch, type ChainedRecord, lockHead } from './chain.ts';

export type NewRecord = {
  position: bigint;
  eventId: string;
  at: string;
  actorKind: string;
  actorId: string;
  entity: string;
  entityKey: string;
  action: string;
  eventType: string;
  subjectId: string | null;
  traceId: string | null;
  data: unknown;
};

/**
 * Appends records of one tenant to its chain, in the order they are handed in; those already there stay as they are. Their time is now, or
 * that of the record before if clocks disagree. Never later than the database's clock: a process whose clock is ahead would keep all that
 * follows from having a time of its own.
 */
export async function appendRecords(tx: Tx, tenantId: string, records: readonly NewRecord[], nowMs: number): Promise<void> {
  // One behind the other in one packet: what is there is looked for under the head's lock. A tenant's first records had no head to lock.
  const [head, unlessFirst] = await Promise.all([lockHead(tx, tenantId), notThereYet(tx, tenantId, records)]);
  const wanted = head.seq > 0n ? unlessFirst : await notThereYet(tx, tenantId, records);
  if (wanted.length === 0) return;
  const recordedAt = new Date(Math.max(Math.min(nowMs, head.nowMs), head.recordedAt)).toISOString();
  const chained = wanted.map((record, index): ChainedRecord => {
    // What is hashed is what is kept: instants to the millisecond, data as JSON gives it back.
    const at = new Date(instantMs(record.at)).toISOString();
    return { ...record, at, data: JSON.parse(JSON.stringify(record.data ?? null)), seq: Number(head.seq) + 1 + index, recordedAt };
  });
  const leaves = await appendBatch(tx, tenantId, head, chained);
  tx.send(
    `insert into audit.records (tenant_id, recorded_at, seq, hash, position, event_id, at, actor_kind, actor_id, entity, entity_key, action,
       event_type, subject_id, trace_id, data)
     select $1, $2, seq, hash, position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, subject_id, trace_id,
       data::jsonb
     from unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[],
       $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
       as r (seq, hash, position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, subject_id, trace_id, data)`,
    [
      tenantId,
      recordedAt,
      chained.map((record) => record.seq),
      leaves,
      chained.map((record) => record.position),
      chained.map((record) => record.eventId),
      chained.map((record) => record.at),
      chained.map((record) => record.actorKind),
      chained.map((record) => record.actorId),
      chained.map((record) => record.entity),
      chained.map((record) => record.entityKey),
      chained.map((record) => record.action),
      chained.map((record) => record.eventType),
      chained.map((record) => record.subjectId),
      chained.map((record) => record.traceId),
      chained.map((record) => JSON.stringify(record.data)),
    ],
  );
}

/** Under the head's lock nobody else can add them meanwhile. */
async function notThereYet(tx: Tx, tenantId: string, records: readonly NewRecord[]): Promise<NewRecord[]> {
  const rows = await tx.query<{ event_id: string; position: bigint }>(
    `select event_id, position from audit.records where tenant_id = $1 and event_id = any($2::uuid[])
     union all select event_id, position from audit.records where tenant_id = $1 and position = any($3::bigint[])`,
    [tenantId, records.map((record) => record.eventId), records.map((record) => record.position)],
  );
  const events = new Set(rows.map((row) => row.event_id));
  const positions = new Set(rows.map((row) => row.position));
  return records.filter(({ eventId, position }) => {
    const isNew = !events.has(eventId) && !positions.has(position);
    events.add(eventId);
    positions.add(position);
    return isNew;
  });
}

export type RecordFilter = {
  /** Only records before this position. */
  before?: bigint;
  entity?: string;
  entityKey?: string;
  actorId?: string;
  from?: string;
  to?: string;
  limit: number;
};

export type StoredRecord = Omit<NewRecord, 'at'> & { at: Date };

const COLUMNS = `position, event_id as "eventId", at, actor_kind as "actorKind", actor_id as "actorId", entity, entity_key as "entityKey", action,
       event_type as "eventType", subject_id as "subjectId", trace_id as "traceId", data`;

export type Batch = { batch: bigint; firstSeq: bigint; lastSeq: bigint; recordedAt: Date; hash: Buffer };

/** Batches of the chain from one on, in order. */
export function readBatches(tx: Tx, tenantId: string, from: bigint, to: bigint, limit: number): Promise<Batch[]> {
  return tx.query<Batch>(
    `select batch, first_seq as "firstSeq", last_seq as "lastSeq", recorded_at as "recordedAt", hash from audit.batches
     where tenant_id = $1 and batch between $2 and $3 order by batch limit $4`,
    [tenantId, from, to, limit],
  );
}

/** Records in order of appending. */
export async function readChained(tx: Tx, tenantId: string, fromSeq: bigint, toSeq: bigint): Promise<ChainedRecord[]> {
  const rows = await tx.query<StoredRecord & { seq: bigint; recordedAt: Date }>(
    `select seq, recorded_at as "recordedAt", ${COLUMNS} from audit.records where tenant_id = $1 and seq between $2 and $3 order by seq`,
    [tenantId, fromSeq, toSeq],
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), recordedAt: row.recordedAt.toISOString(), at: row.at.toISOString() }));
}

/** Records of one tenant, newest first. A position once read is never filled in later, so following a cursor misses nothing. */
export async function readRecords(tx: Tx, tenantId: string, filter: RecordFilter): Promise<StoredRecord[]> {
  const params: unknown[] = [tenantId, filter.limit];
  const conditions = ['tenant_id = $1'];
  const where = (value: unknown, condition: (placeholder: string) => string): void => {
    if (value === undefined) return;
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  where(filter.before, (value) => `position < ${value}`);
  where(filter.entity, (value) => `entity = ${value}`);
  where(filter.entityKey, (value) => `entity_key = ${value}`);
  where(filter.actorId, (value) => `actor_id = ${value}`);
  where(filter.from, (value) => `at >= ${value}`);
  where(filter.to, (value) => `at < ${value}`);
  return tx.query<StoredRecord>(
    `select ${COLUMNS} from audit.records where ${conditions.join(' and ')} order by position desc limit $2`,
    params,
  );
}

/** Records about these subjects after a position, in its order. */
export async function readRecordsOf(
  tx: Tx,
  tenantId: string,
  subjectIds: readonly string[],
  after: bigint,
  limit: number,
): Promise<StoredRecord[]> {
  return tx.query<StoredRecord>(
    `select ${COLUMNS} from audit.records where tenant_id = $1 and subject_id = any($2::text[]) and position > $3 order by position limit $4`,
    [tenantId, subjectIds, after, limit],
  );
}
