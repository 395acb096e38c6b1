import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  effects,
  eventually,
  openProbe,
  probeEvent,
  probeSubscription,
  publishAll,
  recordEffects,
  settled,
} from '../../../test/support/probe/probe.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../id.ts';
import { createPostgresBus } from './postgres.ts';

/** Transactions of the process under test: reads of the log, and looks at cursors. */
const seen = { log: 0, cursors: 0 };
let probe: Awaited<ReturnType<typeof openProbe>>;
before(async () => {
  probe = await openProbe((deps) => {
    const tx: Db['tx'] = (scope, work) => {
      if (scope.module === 'bus') seen.log++;
      if (scope.module === 'probe' && 'system' in scope && scope.single === true) seen.cursors++;
      return deps.db.tx(scope, work);
    };
    return createPostgresBus({ ...deps, db: { ...deps.db, tx } });
  });
});
after(() => probe.close());

test('ten groups of a process read the log together; one that wants none of what came is left alone, and passes over it', async () => {
  const process = probe.openProcess();
  const relaying = process.bus.startRelay('probe');
  const groups = Array.from({ length: 10 }, (_, nth) => `probe.together-${nth}`);
  const subscriptions = groups.map((group) => process.bus.subscribe(probeSubscription(group, async (...args) => recordEffects(...args))));
  for (const group of groups) await settled(probe.database, process.bus, group);
  const tenant = newId();
  const before = seen.log;
  for (let n = 0; n < 40; n++) {
    await publishAll(process, [probeEvent(tenant, `k${n}`, n)]);
    await sleep(15);
  }
  await eventually('all groups have all', async () => (await effects(probe.database)).length === 400);
  assert.ok(seen.log - before < 150, `${seen.log - before} reads of the log for 40 publications and ten groups`);
  await Promise.all(subscriptions.map((one) => one.stop()));

  const strange = process.bus.subscribe({ ...probeSubscription('probe.stranger'), types: ['probe.never.v1'] });
  await settled(probe.database, process.bus, 'probe.stranger');
  await sleep(1_200);
  const looks = seen.cursors;
  for (let n = 0; n < 30; n++) {
    await publishAll(process, [probeEvent(tenant, `s${n}`, n)]);
    await sleep(15);
  }
  assert.ok(seen.cursors - looks <= 3, `${seen.cursors - looks} looks of a group that wants none of it`);
  const from = performance.now();
  await settled(probe.database, process.bus, 'probe.stranger');
  assert.ok(performance.now() - from < 3_000, 'it stays close to the end');
  await Promise.all([strange.stop(), relaying.stop()]);
});

test('a group that is in our hands goes on from where we left it, without its row being read for each event', async () => {
  const process = probe.openProcess();
  const relaying = process.bus.startRelay('probe');
  const group = process.bus.subscribe(probeSubscription('probe.in-hand', async (...args) => recordEffects(...args)));
  await settled(probe.database, process.bus, 'probe.in-hand');
  const already = (await effects(probe.database)).length;
  const handled = async (): Promise<number> => (await effects(probe.database)).length - already;
  const [tenant, looks, from] = [newId(), seen.cursors, performance.now()];
  for (let n = 0; n < 30; n++) {
    await publishAll(process, [probeEvent(tenant, `h${n}`, n)]);
    await eventually('it was handled', async () => (await handled()) > n);
  }
  // Once a second it is read all the same; on a machine so slow that each event takes that long nothing is shown.
  const most = 8 + (performance.now() - from) / 400;
  assert.ok(seen.cursors - looks <= most, `${seen.cursors - looks} looks at the row for 30 events, and not ${most}`);
  await process.bus.rewind('probe.in-hand', 0n);
  await publishAll(process, [probeEvent(tenant, 'again', 31)]);
  await eventually('moved back by somebody, it begins there', async () => (await handled()) >= 61);
  await Promise.all([group.stop(), relaying.stop()]);
});
