import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openProbe, probeEvent, publishAll } from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import type { NewEvent } from './bus.ts';
import { createPostgresBus } from './postgres.ts';
import { relayOnce } from './relay.ts';

let probe: Awaited<ReturnType<typeof openProbe>>;
let process: ReturnType<typeof probe.openProcess>;
const tenant = newId();

before(async () => {
  probe = await openProbe(createPostgresBus);
  process = probe.openProcess();
});
after(() => probe.close());

const inLog = (ids: readonly string[]) =>
  probe.database.admin<Record<string, unknown>>(
    `select id, type, source, tenant_id, key, subject_id, actor_kind, actor_id, to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time,
       traceparent, data from bus.events where id = any($1) order by position`,
    [ids],
  );

test('an event comes out of the log as it was published, whatever its texts', async () => {
  const odd = ['"', '\\', '\\u0000', '\\\\', "'", '{},[]', '\n\t\u0001', 'ção €', '😀', ' ', 'null'];
  const events: NewEvent[] = odd.map((text) => ({
    ...probeEvent(tenant, `k${text}`, 1),
    subjectId: newId(),
    actor: { kind: 'service', id: text },
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: { [text]: [text, null, 1.5, { deep: text }] },
  }));
  events.push({ ...probeEvent(tenant, 'bare', 1), subjectId: null, data: null });
  await publishAll(process, events);
  assert.equal((await relayOnce(process.db, 'probe', 1_000)).moved, events.length);
  const expected = events.map((event) => ({
    id: event.id,
    type: event.type,
    source: '/lastro/probe',
    tenant_id: tenant,
    key: event.key,
    subject_id: event.subjectId,
    actor_kind: event.actor.kind,
    actor_id: event.actor.id,
    time: event.time,
    traceparent: event.traceparent ?? null,
    data: event.data,
  }));
  assert.deepEqual(await inLog(events.map((event) => event.id)), expected);
});

test('thousands at once, of two tenants in turns, keep their order over many rows of the outbox', async () => {
  const other = newId();
  const events = Array.from({ length: 2_600 }, (_, n) => probeEvent(n < 1_100 || n > 1_900 ? tenant : other, `k${n % 3}`, n));
  await publishAll(process, events);
  const [rows] = await probe.database.admin<{ rows: number; events: number }>(
    'select count(*)::int as rows, sum(events)::int as events from probe.outbox',
  );
  assert.ok(rows!.rows >= 6 && rows!.rows < 20 && rows!.events === 2_600, JSON.stringify(rows));
  const moves: number[] = [];
  for (let moved = -1; moved !== 0; moves.push(moved)) ({ moved } = await relayOnce(process.db, 'probe', 700));
  assert.equal(
    moves.reduce((sum, one) => sum + one, 0),
    2_600,
  );
  assert.ok(
    moves.every((one) => one <= 700 + 500),
    `a row more than asked for at the most: ${moves}`,
  );
  const ids = events.map((event) => event.id);
  assert.deepEqual(
    (await inLog(ids)).map((row) => row.id),
    ids,
  );
});

test('what the relay could not take apart is refused before it is written', async () => {
  const good = probeEvent(tenant, 'good', 1);
  const bad: [RegExp, Partial<NewEvent>][] = [
    [/U\+0000/, { data: { text: 'a\0b' } }],
    [/U\+0000/, { data: { 'a\0b': 1 } }],
    [/surrogate/, { data: ['\ud83d'] }],
    [/surrogate/, { key: '\udc00' }],
    [/UUID/, { id: 'x' }],
    [/name with version/, { type: 'Probe' }],
    [/ISO instant/, { time: 'yesterday' }],
    [/ISO instant/, { time: '2026-13-01T00:00:00Z' }],
    [/1 to 200/, { key: '' }],
    [/at most 64000/, { data: 'x'.repeat(64_001) }],
  ];
  for (const [reason, change] of bad) {
    await assert.rejects(publishAll(process, [good, { ...good, id: newId(), ...change }]), reason, JSON.stringify(change));
  }
  assert.equal((await relayOnce(process.db, 'probe', 10)).moved, 0);
});
