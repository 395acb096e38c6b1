import type { Actor } from '../context.ts';
import type { Tx } from '../db/db.ts';
import type { LoggedEvent } from './bus.ts';

/** Positions looked at in one read, so that a group interested in few types still moves on in bounded steps. */
const WINDOW = 20_000n;
/** No row of the log has more events (`ROW_EVENTS` of outbox.ts, with room to spare): what begins in a window ends this far behind it. */
const LONGEST_ROW = 10_000n;

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
  /** Events wanted; the publication in which it is reached is read to its end. */
  limit: number;
  /** No later event was recorded before this: spares the partitions of past months. */
  since?: string;
};

/** An event as its publication keeps it (see outbox.ts). */
export type EventLine = [
  id: string,
  type: string,
  key: string,
  subjectId: string | null,
  actorKind: Actor['kind'],
  actorId: string,
  time: string,
  traceparent: string | null,
  data: unknown,
];

type Publication = { first: bigint; last: bigint; recordedAt: string; source: string; tenantId: string; body: string };

/**
 * The next events of the log. Head and events come from one snapshot, and the relay commits both together: whatever lies at or
 * before `head` is visible here, now. Needs the rights of a module's system role.
 */
export async function readLog(tx: Tx, query: LogQuery): Promise<LogPage> {
  const wanted = query.types.includes('*') ? null : new Set(query.types);
  const rows = await tx.query<{ head: bigint } & (Publication | { last: null })>(
    `select h.position as head, l.first_position as first, l.last_position as last, l.recorded_at::text as "recordedAt", l.source,
       l.tenant_id as "tenantId", l.body
     from bus.head h left join lateral (
       select * from (
         select *, sum(last_position - first_position + 1) over (order by last_position) - (last_position - first_position + 1) as before
         from (
           select * from bus.log
           where last_position > $1 and last_position <= least(h.position, $1 + ${WINDOW + LONGEST_ROW}) and first_position <= $1 + ${WINDOW}
             and recorded_at >= $4::timestamptz and ($2::text[] is null or types && $2)
           order by last_position limit $3
         ) next
       ) counted where before < $3
     ) l on true
     order by l.last_position`,
    [query.after, wanted && [...wanted, '*'], query.limit, query.since ?? '-infinity'],
  );
  const head = rows[0]!.head;
  const found = rows.filter((row): row is typeof row & Publication => row.last !== null);
  const last = found.at(-1);
  const count = found.reduce((sum, row) => sum + Number(row.last - row.first) + 1, 0);
  // Unless the limit cut it short, the window was looked at to its end, and the row that begins in it to its own.
  const windowEnd = query.after + WINDOW < head ? query.after + WINDOW : head;
  const reached = count >= query.limit ? 0n : windowEnd;
  // A cursor may stand beyond the head of an emptied log; it never goes back by itself.
  const end = [query.after, reached, last?.last ?? 0n].reduce((a, b) => (a > b ? a : b));
  const events = found.flatMap((row) => eventsOf(row, query.after)).filter((event) => !wanted || wanted.has(event.type));
  return { events, end, head, recordedAt: last?.recordedAt ?? query.since };
}

/** Those of a publication's events that lie behind a position. */
function eventsOf({ first, source, tenantId, body }: Publication, after: bigint): LoggedEvent[] {
  const lines = JSON.parse(body) as EventLine[];
  const seen = after >= first ? Number(after - first) + 1 : 0;
  return lines.slice(seen).map((line, index) => toEvent(line, { position: first + BigInt(seen + index), source, tenantId }));
}

export function toEvent(line: EventLine, at: Pick<LoggedEvent, 'position' | 'source' | 'tenantId'>): LoggedEvent {
  const [id, type, key, subjectId, kind, actorId, time, traceparent, data] = line;
  const { position, source, tenantId } = at;
  return { position, id, type, source, tenantId, key, subjectId, actor: { kind, id: actorId }, time, traceparent, data };
}

/** SQL that joins the event at a position as `e` (source, tenant_id, line): one seek, and its publication taken apart. */
export function joinEventAt(position: string): string {
  return `cross join lateral (
       select source, tenant_id, body::jsonb -> (${position} - first_position)::int as line
       from bus.log where last_position >= ${position} order by last_position limit 1
     ) e`;
}
