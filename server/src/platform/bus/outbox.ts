import { plainArray, textArray } from '../db/arrays.ts';
import type { Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import type { NewEvent } from './bus.ts';

const TYPE = /^[a-z][a-z0-9.-]{2,120}\.v[1-9]\d{0,3}$/;
const MAX_EVENTS = 50_000;
const MAX_KEY_LENGTH = 200;
/** Characters of JSON. An event names a fact; documents belong elsewhere. */
const MAX_DATA_LENGTH = 64_000;

/**
 * Writes events into the outbox of the transaction's module: one statement, however many there are. Nothing is sent here; the relay
 * moves them when, and only when, the transaction has committed. Throws when an event is malformed or too large.
 */
export async function publish(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  assert(events.length <= MAX_EVENTS, `at most ${MAX_EVENTS} events in one call of publish`);
  const traceparent = currentTraceparent() ?? null;
  const data = events.map((event) => {
    assert(TYPE.test(event.type), `an event type is a name with version, not ${event.type}`);
    assert(event.key.length > 0 && event.key.length <= MAX_KEY_LENGTH, `the key of ${event.type} has 1 to ${MAX_KEY_LENGTH} characters`);
    const json = JSON.stringify(event.data) ?? 'null';
    assert(json.length <= MAX_DATA_LENGTH, `the data of ${event.type} has at most ${MAX_DATA_LENGTH} characters`);
    return json;
  });
  await tx.execute(
    `insert into ${tx.scope.module}.outbox (id, type, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent, data)
     select id, type, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent, data::jsonb
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[])
       as event (id, type, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent, data)`,
    [
      plainArray(events.map((event) => event.id)),
      plainArray(events.map((event) => event.type)),
      plainArray(events.map((event) => event.tenantId)),
      textArray(events.map((event) => event.key)),
      textArray(events.map((event) => event.subjectId ?? null)),
      plainArray(events.map((event) => event.actor.kind)),
      textArray(events.map((event) => event.actor.id)),
      textArray(events.map((event) => event.time)),
      textArray(events.map((event) => event.traceparent ?? traceparent)),
      textArray(data),
    ],
  );
}
