import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SpanKind, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  effects,
  eventually,
  openProbe,
  type ProbeData,
  probeEvent,
  probeSubscription,
  publishAll,
  recordEffects,
  settled,
} from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import { startTracing, withSpan } from '../telemetry/tracing.ts';
import { createPostgresBus } from './postgres.ts';

let probe: Awaited<ReturnType<typeof openProbe>>;
let here: ReturnType<typeof probe.openProcess>;
const tenant = newId();
const spans = new InMemorySpanExporter();
const tracing = await startTracing({ serviceName: 'bus-test', processors: [new SimpleSpanProcessor(spans)] });

before(async () => {
  probe = await openProbe(createPostgresBus);
  here = probe.openProcess();
  here.bus.startRelay('probe');
});
after(async () => {
  await probe.close();
  await tracing.stop();
});
const own = async (ids: readonly string[]) => (await effects(probe.database)).filter((effect) => ids.includes(effect.eventId));

test('processes killed at any moment apply every event once, in order', async () => {
  const group = 'probe.killed';
  const script = path.join(import.meta.dirname, '../../../test/support/probe/consumer-process.ts');
  const start = (): ChildProcess => spawn(process.execPath, [script, probe.database.appUrl, group], { stdio: 'inherit' });
  const events = Array.from({ length: 3_000 }, (_, n) => probeEvent(tenant, `k${n % 10}`, n));
  let child = start();
  await eventually('the first process creates its group', async () => (await here.bus.status()).some((status) => status.group === group));
  for (let round = 0; round < 6; round++) {
    await publishAll(here, events.slice(round * 500, round * 500 + 500));
    await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 120));
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = start();
  }
  try {
    await settled(probe.database, here.bus, group);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const found = await own(events.map((event) => event.id));
  assert.deepEqual(
    found.map((effect) => effect.n),
    events.map((event) => event.data.n),
  );
});

test('a connection that breaks between effect and commit is waited out: no effect twice, no dead letter', async () => {
  const group = 'probe.broken';
  const broken = new Set<number>();
  const events = [1, 2, 3].map((n) => probeEvent(tenant, 'wire', n));
  const ids = events.map((event) => event.id);
  const subscription = here.bus.subscribe(
    probeSubscription(group, async (tx, run) => {
      const wanted = run.filter((event) => ids.includes(event.id));
      await recordEffects(tx, wanted);
      const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      if (wanted.length === 0 || broken.size >= 2) return;
      broken.add(own!.pid);
      await probe.database.admin('select pg_terminate_backend($1, 1000)', [own!.pid]);
    }),
  );
  await publishAll(here, events);
  await settled(probe.database, here.bus, group);
  await subscription.stop();
  assert.equal(broken.size, 2);
  assert.deepEqual(
    (await own(ids)).map((effect) => effect.n),
    [1, 2, 3],
  );
  const status = (await here.bus.status()).find((found) => found.group === group);
  assert.equal(status!.deadLetters, 0);
});

test('a passing failure costs a retry, not a dead letter', async () => {
  const group = 'probe.flaky';
  let failures = 0;
  const event = probeEvent(tenant, 'flaky', 1);
  const subscription = here.bus.subscribe(
    probeSubscription(group, async (tx, run) => {
      const wanted = run.filter((candidate) => candidate.id === event.id);
      await recordEffects(tx, wanted);
      if (wanted.length > 0 && ++failures <= 1) throw new Error('not yet');
    }),
  );
  await publishAll(here, [event]);
  await settled(probe.database, here.bus, group);
  await subscription.stop();
  assert.equal(failures, 2);
  assert.equal((await own([event.id])).length, 1);
});

test('a failed statement that a handler swallows does not pass for success', async () => {
  const group = 'probe.swallowed';
  const event = probeEvent(tenant, 'swallowed', 1);
  const subscription = here.bus.subscribe(
    probeSubscription(group, async (tx, run) => {
      if (run.every((candidate) => candidate.id !== event.id)) return;
      await tx.query('select 1 / 0').catch(() => undefined);
    }),
  );
  await publishAll(here, [event]);
  await settled(probe.database, here.bus, group);
  await subscription.stop();
  const [letter] = await probe.database.admin<{ reason: string; attempts: number }>(
    'select reason, attempts from probe.inbox_dead_letters where group_name = $1',
    [group],
  );
  assert.deepEqual(letter, { reason: 'retrying', attempts: 2 });
});

test('unwanted events are passed over, and the cursor moves on', async () => {
  const group = 'probe.picky';
  const heard: number[] = [];
  const subscription = here.bus.subscribe({
    group,
    module: 'probe',
    types: ['probe.rare.v1'],
    from: 'beginning',
    handle: async (_tx, run) => {
      heard.push(...run.map((event) => (event.data as ProbeData).n));
    },
  });
  const rare = { ...probeEvent(tenant, 'rare', 42), type: 'probe.rare.v1' };
  await publishAll(here, [probeEvent(tenant, 'common', 1), rare, probeEvent(tenant, 'common', 2)]);
  await settled(probe.database, here.bus, group);
  await subscription.stop();
  assert.deepEqual(heard, [42]);
});

test('handling one trace is a part of it; handling several links to them', async () => {
  const group = 'probe.traced';
  const subscription = here.bus.subscribe(probeSubscription(group));
  await settled(probe.database, here.bus, group);
  await here.bus.pause(group, true);
  const clicks: { traceId: string; spanId: string }[] = [];
  const click = (events: ReturnType<typeof probeEvent>[]) =>
    withSpan('click', {}, async (span) => {
      clicks.push(span.spanContext());
      await publishAll(here, events);
    });
  const handled = () => spans.getFinishedSpans().filter((span) => span.name === `handle ${group}`);

  spans.reset();
  await click([probeEvent(tenant, 'one', 1), probeEvent(tenant, 'two', 2)]);
  await eventually('relayed', async () => (await here.bus.status()).some((status) => status.group === group && status.lag === 2n));
  await here.bus.pause(group, false);
  await settled(probe.database, here.bus, group);
  assert.deepEqual(
    handled().map((span) => span.parentSpanContext?.spanId),
    [clicks[0]!.spanId],
  );
  assert.equal(handled()[0]!.spanContext().traceId, clicks[0]!.traceId);
  assert.equal(handled()[0]!.kind, SpanKind.INTERNAL);

  spans.reset();
  await here.bus.pause(group, true);
  await click([probeEvent(tenant, 'one', 3)]);
  await click([probeEvent(tenant, 'two', 4)]);
  await eventually('relayed', async () => (await here.bus.status()).some((status) => status.group === group && status.lag === 2n));
  await here.bus.pause(group, false);
  await settled(probe.database, here.bus, group);
  await subscription.stop();
  const [batch] = handled();
  assert.equal(batch!.parentSpanContext, undefined);
  assert.deepEqual(
    batch!.links.map((link) => link.context.spanId),
    clicks.slice(1).map((context) => context.spanId),
  );
  assert.equal(trace.getActiveSpan(), undefined);
});
