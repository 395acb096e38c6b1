import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  effects,
  eventually,
  openProbe,
  probeEvent,
  probeSubscription,
  publishAll,
  quiet,
  settled,
} from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import type { LoggedEvent } from './bus.ts';
import { createLogPartitions } from './janitor.ts';
import { createPostgresBus } from './postgres.ts';
import { relayOnce, startRelay } from './relay.ts';

let probe: Awaited<ReturnType<typeof openProbe>>;
let process: ReturnType<typeof probe.openProcess>;
const tenant = newId();

before(async () => {
  probe = await openProbe(createPostgresBus);
  process = probe.openProcess();
});
after(() => probe.close());

test('a transaction that commits late is not skipped', async () => {
  const relay = process.bus.startRelay('probe');
  const group = 'probe.late';
  const subscription = process.bus.subscribe(probeSubscription(group));
  const [early, late] = [probeEvent(tenant, 'early-writer', 1), probeEvent(tenant, 'late-writer', 2)];
  let commitEarly = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    commitEarly = resolve;
  });
  let written = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  // Takes its number in the outbox first and commits last.
  const slow = process.db.tx({ module: 'probe', tenants: [tenant] }, async (tx) => {
    await process.bus.publish(tx, [early]);
    written();
    await held;
  });
  await isWritten;
  await publishAll(process, [late]);
  await settled(probe.database, process.bus, group);
  assert.deepEqual(
    (await effects(probe.database)).map((effect) => effect.eventId),
    [late.id],
  );
  commitEarly();
  await slow;
  await eventually('the late one arrives', async () => (await effects(probe.database)).length === 2);
  await Promise.all([subscription.stop(), relay.stop()]);
  assert.deepEqual(
    (await effects(probe.database)).map((effect) => effect.eventId),
    [late.id, early.id],
  );
});

test('a transaction open for longer than the relay remembers is found by its sweep', async () => {
  const relay = startRelay(process.db, quiet, 'probe', 60);
  const events = Array.from({ length: 12 }, (_, n) => probeEvent(tenant, `open-${n}`, n));
  const before = await process.bus.head();
  const other = probe.openProcess();
  await other.db.tx({ module: 'probe', tenants: [tenant] }, async (tx) => {
    await other.bus.publish(tx, events.slice(0, 1));
    // The relay passes its number again and again meanwhile, and raises its floor above it.
    for (const event of events.slice(1)) {
      await publishAll(process, [event]);
      relay.wake();
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  });
  await eventually('all are in the log', async () => (await process.bus.head()) === before + 12n);
  await relay.stop();
  const [last] = await probe.database.admin<{ id: string }>('select id from bus.events order by position desc limit 1');
  assert.equal(last!.id, events[0]!.id);
});

test('relays of two processes take turns: positions are gapless, and every event is there once', async () => {
  const second = probe.openProcess();
  const before = await process.bus.head();
  const ids = Array.from({ length: 600 }, (_, n) => probeEvent(tenant, `k${n % 7}`, n));
  for (let start = 0; start < ids.length; start += 100) await publishAll(process, ids.slice(start, start + 100));
  const moved = { total: 0, refused: 0 };
  const work = async (db: typeof process.db): Promise<void> => {
    for (let idle = 0; idle < 3; ) {
      const { moved: count } = await relayOnce(db, 'probe', 37);
      if (count === 0) idle++;
      else if (count < 0) moved.refused++;
      else moved.total += count;
    }
  };
  await Promise.all([work(process.db), work(second.db), work(second.db)]);
  assert.equal(moved.total, 600);
  assert.equal(await process.bus.head(), before + 600n);
  const [log] = await probe.database.admin<{ count: string; ids: string; last: string }>(
    'select count(*), count(distinct id) as ids, max(position) as last from bus.events where position > $1',
    [before],
  );
  assert.deepEqual(log, { count: '600', ids: '600', last: String(before + 600n) });
});

test('a rolled back batch gives its positions back', async () => {
  const before = await process.bus.head();
  await publishAll(process, [probeEvent(tenant, 'again', 1)]);
  await assert.rejects(
    process.db.tx({ module: 'probe', system: true }, async (tx) => {
      await tx.query(`select bus.relay('probe', 10)`);
      throw new Error('killed');
    }),
  );
  assert.equal(await process.bus.head(), before);
  assert.equal((await relayOnce(process.db, 'probe', 10)).moved, 1);
  assert.equal(await process.bus.head(), before + 1n);
});

test('months without a partition go to the default one, and move over when the janitor comes', async () => {
  const events = Array.from({ length: 5 }, (_, n) => probeEvent(tenant, 'month', n));
  const before = await process.bus.head();
  const [month] = await probe.database.admin<{ name: string }>(`select 'log_' || to_char(now() at time zone 'UTC', 'YYYY_MM') as name`);
  await probe.database.admin(`alter table bus.log detach partition bus.${month!.name}`);
  await probe.database.admin(`alter table bus.${month!.name} rename to kept_aside`);
  await publishAll(process, events);
  await relayOnce(process.db, 'probe', 100);
  const inDefault = 'select coalesce(sum(last_position - first_position + 1), 0) as events from only bus.log_default';
  assert.deepEqual(await probe.database.admin(inDefault), [{ events: '5' }]);
  assert.equal(await createLogPartitions(process.db, 4), 2);
  assert.equal(await createLogPartitions(process.db, 4), 0);
  assert.deepEqual(await probe.database.admin(inDefault), [{ events: '0' }]);
  const heard: LoggedEvent[] = [];
  const tail = process.bus.tail({ types: ['*'], after: before }, (event) => heard.push(event));
  await eventually('the log is read', async () => heard.length === 5);
  await tail.stop();
  assert.deepEqual(
    heard.map((event) => event.id),
    events.map((event) => event.id),
  );
});

test('the application cannot touch what is not its own', async () => {
  const denied = /permission denied/;
  await publishAll(process, [probeEvent(tenant, 'private', 1)]);
  const attempt = (scope: Parameters<typeof process.db.tx>[0], sql: string) => process.db.tx(scope, (tx) => tx.query(sql));
  await assert.rejects(attempt({ module: 'probe', tenants: [tenant] }, 'select * from probe.outbox'), denied);
  await assert.rejects(attempt({ module: 'probe', tenants: [tenant] }, 'select * from bus.log'), denied);
  await assert.rejects(attempt({ module: 'probe', system: true }, 'delete from bus.log'), denied);
  await assert.rejects(attempt({ module: 'probe', system: true }, 'update bus.log set body = null'), denied);
  await assert.rejects(attempt({ module: 'vault', tenants: [tenant] }, `select bus.relay('probe', 1)`), denied);
  await assert.rejects(attempt({ module: 'bus', system: true }, 'select * from probe.outbox'), denied);
  await assert.rejects(
    process.db.tx({ module: 'probe', tenants: [newId()] }, (tx) => process.bus.publish(tx, [probeEvent(tenant, 'foreign', 1)])),
    /row-level security/,
  );
});
