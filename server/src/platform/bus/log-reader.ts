import type { Actor } from '../context.ts';
import type { Tx } from '../db/db.ts';
import type { LoggedEvent } from './bus.ts';

/** Positions looked at in one read, so that a group interested in few types still moves on in bounded steps. */
const WINDOW = 20_000n;

export type LogPage = {
  events: LoggedEvent[];
  /** Everything up to here has been looked at: the wanted events are in `events`, the others may be passed over. */
  end: bigint;
  head: bigint;
  /** When the last event of the page was recorded; `since` of the next read. */
  recordedAt: string | undefined;
};

export type LogQuery = {
  after: bigint;
  /** `*` among them means all. */
  types: readonly string[];
  limit: number;
  /** No later event was recorded before this: spares the partitions of past months. */
  since?: string;
};

export type LogRow = {
  position: bigint;
  id: string;
  type: string;
  source: string;
  tenant_id: string;
  key: string;
  subject_id: string | null;
  actor_kind: Actor['kind'];
  actor_id: string;
  time: Date;
  traceparent: string | null;
  data: unknown;
};

export const LOG_COLUMNS = [
  'position',
  'id',
  'type',
  'source',
  'tenant_id',
  'key',
  'subject_id',
  'actor_kind',
  'actor_id',
  'time',
  'traceparent',
  'data',
]
  .map((column) => `l.${column}`)
  .join(', ');

/**
 * The next events of the log. Head and events come from one snapshot, and the relay commits both together: whatever lies at or
 * before `head` is visible here, now. Needs the rights of a module's system role.
 */
export async function readLog(tx: Tx, query: LogQuery): Promise<LogPage> {
  const types = query.types.includes('*') ? null : query.types;
  const rows = await tx.query<{ head: bigint; recorded_at: string | null } & (LogRow | { position: null })>(
    `select h.position as head, l.recorded_at::text, ${LOG_COLUMNS}
     from bus.head h left join lateral (
       select * from bus.log
       where position > $1 and position <= least(h.position, $1 + ${WINDOW}) and recorded_at >= $4::timestamptz
         and ($2::text[] is null or type = any ($2))
       order by position limit $3
     ) l on true
     order by l.position`,
    [query.after, types, query.limit, query.since ?? '-infinity'],
  );
  const head = rows[0]!.head;
  const found = rows.filter((row): row is typeof row & LogRow => row.position !== null);
  const last = found.at(-1);
  const windowEnd = query.after + WINDOW < head ? query.after + WINDOW : head;
  // A cursor may stand beyond the head of an emptied log; it never goes back by itself.
  const end = last && found.length === query.limit ? last.position : windowEnd > query.after ? windowEnd : query.after;
  return { events: found.map(toEvent), end, head, recordedAt: last?.recorded_at ?? query.since };
}

export function toEvent(row: LogRow): LoggedEvent {
  return {
    position: row.position,
    id: row.id,
    type: row.type,
    source: row.source,
    tenantId: row.tenant_id,
    key: row.key,
    subjectId: row.subject_id,
    actor: { kind: row.actor_kind, id: row.actor_id },
    time: row.time.toISOString(),
    traceparent: row.traceparent,
    data: row.data,
  };
}
