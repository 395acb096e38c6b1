import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { effects, eventually, openProbe, probeEvent, probeSubscription, publishAll, settled } from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import type { Subscription } from './bus.ts';
import { createPostgresBus } from './postgres.ts';

const TAKE_OVER_MS = 1_500;
const [OLD, NEW] = ['probe.happened.v1', 'probe.added.v1'];
const tenant = newId();
let probe: Awaited<ReturnType<typeof openProbe>>;
let [first, second]: ReturnType<typeof probe.openProcess>[] = [];

before(async () => {
  probe = await openProbe((deps) => createPostgresBus({ ...deps, takeOverMs: TAKE_OVER_MS }));
  first = probe.openProcess();
  second = probe.openProcess();
  first.bus.startRelay('probe');
});
after(() => probe.close());

const version = (group: string, types: string[], more: Partial<Subscription> = {}): Subscription => ({
  ...probeSubscription(group),
  types,
  maxBatch: 3,
  ...more,
});
const event = (type: string, n: number) => ({ ...probeEvent(tenant, `k${n % 3}`, n), type });
const own = async (ids: readonly string[]) =>
  (await effects(probe.database)).filter(({ eventId }) => ids.includes(eventId)).map(({ n }) => n);

test('while two versions of a group live side by side, the type that the newer one adds is not skipped', async () => {
  const group = 'probe.rolling';
  const older = first!.bus.subscribe(version(group, [OLD!]));
  await publishAll(first!, [event(OLD!, 0)]);
  await settled(probe.database, first!.bus, group);
  const newer = second!.bus.subscribe(version(group, [OLD!, NEW!]));
  const events = Array.from({ length: 40 }, (_, n) => event(n % 2 ? NEW! : OLD!, n));
  for (const one of events) {
    await publishAll(first!, [one]);
    await sleep(15);
  }
  await settled(probe.database, second!.bus, group);
  const seen = await own(events.map(({ id }) => id));
  await Promise.all([older.stop(), newer.stop()]);
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    events.map((_, n) => n),
  );
  const perKey = [0, 1, 2].map((key) => seen.filter((n) => n % 3 === key));
  for (const numbers of perKey)
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      'in order within a key',
    );
});

test('after a version was taken back the older one goes on, and what it does not know waits for the newer', async () => {
  const group = 'probe.taken-back';
  const newer = second!.bus.subscribe(version(group, [OLD!, NEW!]));
  const before = [event(OLD!, 1), event(NEW!, 2)];
  await publishAll(first!, before);
  await settled(probe.database, first!.bus, group);
  await newer.stop();

  const older = first!.bus.subscribe(version(group, [OLD!]));
  const during = [event(OLD!, 3), event(NEW!, 4), event(OLD!, 5)];
  await publishAll(first!, during);
  const ids = [...before, ...during].map(({ id }) => id);
  await eventually('the older one takes the group over', async () => (await own(ids)).length === 4);
  assert.deepEqual(await own(ids), [1, 2, 3, 5]);

  const again = second!.bus.subscribe(version(group, [OLD!, NEW!]));
  await eventually('the newer one does what was left', async () => (await own(ids)).length === 5);
  assert.deepEqual(await own(ids), [1, 2, 3, 5, 4]);
  await Promise.all([older.stop(), again.stop()]);
});

test('an older version leaves the group alone for as long as the newer one lives, idle or not', async () => {
  const group = 'probe.alive';
  const newer = second!.bus.subscribe(version(group, [OLD!, NEW!], { version: 2 }));
  await settled(probe.database, second!.bus, group);
  const older = first!.bus.subscribe(
    version(group, [OLD!], { handle: async () => assert.fail('the older one is not to handle anything') }),
  );
  // A challenge is answered at the next look of an idle group, which a notification brings about here.
  for (let turn = 0; turn < 12; turn++) {
    await sleep(TAKE_OVER_MS / 4);
    await probe.database.admin(`select pg_notify('lastro_log', '')`);
  }
  const late = event(NEW!, 9);
  await publishAll(first!, [late]);
  await settled(probe.database, second!.bus, group);
  await Promise.all([older.stop(), newer.stop()]);
  assert.deepEqual(await own([late.id]), [9]);
  assert.equal((await first!.bus.status()).find((one) => one.group === group)?.deadLetters, 0);
});

test('a group that begins now hears nothing of the history', async () => {
  const group = 'probe.now';
  const subscription = first!.bus.subscribe(version(group, [OLD!], { from: 'now' }));
  await eventually('it is there', async () => (await first!.bus.status()).some((one) => one.group === group));
  const mine = event(OLD!, 77);
  await publishAll(first!, [mine]);
  await settled(probe.database, first!.bus, group);
  await subscription.stop();
  const [row] = await probe.database.admin<{ position: string }>('select position from probe.inbox_cursors where group_name = $1', [group]);
  assert.ok(BigInt(row!.position) > 1n);
  assert.deepEqual(await own([mine.id]), [77]);
});
