import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  effects,
  eventually,
  openProbe,
  type ProbeData,
  probeEvent,
  probeSubscription,
  publishAll,
  recordEffects,
} from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import type { Subscription } from './bus.ts';
import { laneOf } from './lanes.ts';
import { createPostgresBus } from './postgres.ts';

let probe: Awaited<ReturnType<typeof openProbe>>;
let here: ReturnType<typeof probe.openProcess>;
before(async () => {
  probe = await openProbe((deps) => createPostgresBus({ ...deps, retryDelaysMs: [], takeOverMs: 800 }));
  here = probe.openProcess();
  here.bus.startRelay('probe');
});
after(() => probe?.close());

const tenant = newId();
const KEYS = Array.from({ length: 24 }, (_, nth) => `key-${nth}`);
let numbers = 0;
beforeEach(async () => {
  numbers = 0;
  await probe.database.admin('truncate probe.effects');
});
const publish = (count: number) =>
  publishAll(
    here,
    Array.from({ length: count }, () => probeEvent(tenant, KEYS[numbers % KEYS.length]!, numbers++)),
  );
const inLanes = (group: string, lanes: number, more: Partial<Subscription> = {}): Subscription => ({
  ...probeSubscription(group),
  from: 'now',
  lanes,
  ...more,
});
/** A group that begins now must be there before the first event. */
const begun = (group: string, lanes: number) =>
  eventually('the lanes are there', async () => (await here.bus.status()).filter((one) => one.group.startsWith(group)).length === lanes);
const namesOf = async (group: string) => (await here.bus.status()).flatMap((one) => (one.group.startsWith(group) ? [one.group] : []));
async function assertWhole(): Promise<void> {
  await eventually(`${numbers} effects`, async () => (await effects(probe.database)).length >= numbers);
  await sleep(200);
  const all = await effects(probe.database);
  assert.deepEqual(
    all.map(({ n }) => n).sort((a, b) => a - b),
    Array.from({ length: numbers }, (_, n) => n),
  );
  for (const [key, ofKey] of Map.groupBy(all, (one) => one.key)) {
    const order = ofKey.map(({ n }) => n);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      key,
    );
  }
}

test('lanes share the keys: each event once, each key in order, and a slow key delays only its own lane', async () => {
  const slow = KEYS[0]!;
  const group = 'probe.lanes';
  const release = Promise.withResolvers<void>();
  const subscription = here.bus.subscribe(
    inLanes(group, 4, {
      async handle(tx, events) {
        if (events.some(({ key }) => key === slow)) await release.promise;
        await recordEffects(tx, events);
      },
    }),
  );
  await begun(group, 4);
  await publish(240);
  const isHeld = (key: string) => laneOf({ tenantId: tenant, key }, 4) === laneOf({ tenantId: tenant, key: slow }, 4);
  const free = KEYS.filter((key) => !isHeld(key));
  assert.ok(free.length > 10 && free.length < KEYS.length);
  await eventually('the other lanes are done', async () => (await effects(probe.database)).length === free.length * 10);
  assert.ok((await effects(probe.database)).every(({ key }) => !isHeld(key)));
  release.resolve();
  await assertWhole();
  await subscription.stop();
});

test('the number of lanes is changed while events flow and keys wait: nothing is skipped, done twice, or out of order', async () => {
  const group = 'probe.resized';
  let ill = true;
  const handle: Subscription['handle'] = async (tx, events) => {
    if (ill && events.some(({ data }) => (data as ProbeData).n === 5)) throw new Error('cannot stomach it');
    await recordEffects(tx, events);
  };
  const stages: [lanes: number, version: number][] = [
    [1, 1],
    [3, 1],
    [4, 1],
    [2, 2],
    [1, 3],
  ];
  let last: { stop(): Promise<void> } | undefined;
  for (const [lanes, version] of stages) {
    const next = here.bus.subscribe(inLanes(group, lanes, { handle, version, maxBatch: 7 }));
    if (!last) await begun(group, 1);
    await publish(60);
    await sleep(40);
    await publish(60);
    await eventually(`${lanes} lanes`, async () => (await namesOf(group)).length === lanes);
    await last?.stop();
    last = next;
  }
  assert.deepEqual(await namesOf(group), [group]);
  await eventually(
    'all but the ill key',
    async () => (await effects(probe.database)).filter(({ key }) => key !== 'key-5').length === (numbers / 24) * 23,
  );
  ill = false;
  assert.ok((await here.bus.redrive(group)) > 0);
  await assertWhole();
  await last!.stop();
});

test('a subscription of fewer lanes leaves the group to one of more while that lives, and takes it when it is gone', async () => {
  const group = 'probe.both';
  const other = probe.openProcess();
  const more = other.bus.subscribe(inLanes(group, 4));
  await begun(group, 4);
  const fewer = here.bus.subscribe(inLanes(group, 2));
  for (let round = 0; round < 12; round++) {
    await publish(24);
    await sleep(150);
  }
  assert.equal((await namesOf(group)).length, 4);
  await more.stop();
  await publish(48);
  await assertWhole();
  assert.equal((await namesOf(group)).length, 2);
  await here.bus.pause(group, true);
  assert.ok((await here.bus.status()).filter((one) => one.group.startsWith(group)).every(({ paused }) => paused));
  await fewer.stop();
});
