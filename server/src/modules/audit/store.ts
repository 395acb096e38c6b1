import type { Tx } from '#platform/db/db.ts';

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

/** Appends records of one tenant in one statement; those already there stay as they are. */
export async function appendRecords(tx: Tx, tenantId: string, records: readonly NewRecord[]): Promise<void> {
  await tx.execute(
    `insert into audit.records (tenant_id, position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, subject_id, trace_id, data)
     select $1, position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, subject_id, trace_id, data::jsonb
     from unnest($2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::text[], $13::text[])
       as r (position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, subject_id, trace_id, data)
     on conflict do nothing`,
    [
      tenantId,
      records.map((record) => record.position),
      records.map((record) => record.eventId),
      records.map((record) => record.at),
      records.map((record) => record.actorKind),
      records.map((record) => record.actorId),
      records.map((record) => record.entity),
      records.map((record) => record.entityKey),
      records.map((record) => record.action),
      records.map((record) => record.eventType),
      records.map((record) => record.subjectId),
      records.map((record) => record.traceId),
      records.map((record) => JSON.stringify(record.data)),
    ],
  );
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
    `select position, event_id as "eventId", at, actor_kind as "actorKind", actor_id as "actorId", entity, entity_key as "entityKey", action,
       event_type as "eventType", subject_id as "subjectId", trace_id as "traceId", data
     from audit.records where ${conditions.join(' and ')} order by position desc limit $2`,
    params,
  );
}
