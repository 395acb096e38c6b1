import type { Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { isUuid } from '../id.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import type { NewEvent } from './bus.ts';

const TYPE = /^[a-z][a-z0-9.-]{2,120}\.v[1-9]\d{0,3}$/;
const MAX_EVENTS = 50_000;
const MAX_KEY_LENGTH = 200;
/** Characters of JSON. An event names a fact; documents belong elsewhere. */
const MAX_DATA_LENGTH = 64_000;
/** One row of the outbox: so many events, or so many characters and the event that passed them. */
const ROW_EVENTS = 500;
const ROW_LENGTH = 512_000;
/** Escapes by which NUL, or half of a surrogate pair, would come in: text that Postgres keeps in no JSON. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

type Row = { tenantId: string; types: Set<string>; lines: string[]; length: number };

/**
 * Writes events into the outbox of the transaction's module: one statement, and a row for hundreds of them. Nothing is sent here; the
 * relay moves them when, and only when, the transaction has committed. Throws when an event is malformed or too large: what the relay
 * could not take apart later would stop the module's events, so all of it is checked now.
 */
export async function publish(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  assert(events.length <= MAX_EVENTS, `at most ${MAX_EVENTS} events in one call of publish`);
  const traceparent = currentTraceparent() ?? null;
  const rows: Row[] = [];
  const times = new Map<string, string>();
  let row: Row | undefined;
  for (const event of events) {
    const line = lineOf(event, traceparent, times);
    if (!row || row.tenantId !== event.tenantId || row.lines.length >= ROW_EVENTS || row.length >= ROW_LENGTH) {
      row = { tenantId: event.tenantId, types: new Set(), lines: [], length: 0 };
      rows.push(row);
    }
    row.types.add(event.type);
    row.lines.push(line);
    row.length += line.length;
  }
  const params: unknown[] = [];
  // As they are: in an array, texts of this size would be escaped here and unescaped there.
  const values = rows.map(
    ({ tenantId, types, lines }) =>
      `(${[tenantId, lines.length, [...types], `[${lines.join(',')}]`].map((value) => `$${params.push(value)}`)})`,
  );
  tx.send(`insert into ${tx.scope.module}.outbox (tenant_id, events, types, body) values ${values.join(', ')}`, params);
}

/** An event as a JSON array: an `EventLine` of log-reader.ts, as which the log keeps it. */
function lineOf(event: NewEvent, traceparent: string | null, times: Map<string, string>): string {
  const { id, type, key, actor, data } = event;
  assert(TYPE.test(type), `an event type is a name with version, not ${type}`);
  assert(isUuid(id), `the id of ${type} is a UUID`);
  assert(key.length > 0 && key.length <= MAX_KEY_LENGTH, `the key of ${type} has 1 to ${MAX_KEY_LENGTH} characters`);
  const time = times.get(event.time) ?? instantOf(event);
  times.set(event.time, time);
  const trace = event.traceparent ?? traceparent;
  const line = JSON.stringify([id, type, key, event.subjectId ?? null, actor.kind, actor.id, time, trace, data ?? null]);
  if (line.length > MAX_DATA_LENGTH) {
    assert(JSON.stringify(data).length <= MAX_DATA_LENGTH, `the data of ${type} has at most ${MAX_DATA_LENGTH} characters`);
  }
  if (SUSPICIOUS.test(line)) assert(isStorable(JSON.parse(line)), `${type} has text that is none: U+0000 or half a surrogate pair`);
  return line;
}

/** In UTC, to the millisecond, and a day that there is. */
function instantOf({ time, type }: NewEvent): string {
  const ms = INSTANT.test(time) ? Date.parse(time) : Number.NaN;
  assert(!Number.isNaN(ms), `the time of ${type} is an ISO instant, not ${time}`);
  return new Date(ms).toISOString();
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([name, inner]) => isStorable(name) && isStorable(inner));
}
