import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  effects,
  eventually,
  type MakeBus,
  openProbe,
  type ProbeData,
  probeEvent,
  probeSubscription,
  publishAll,
  recordEffects,
  settled,
} from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import type { LoggedEvent } from './bus.ts';

/** What every driver of the port must do, whatever carries the events. Outbox, cursor and effects are in Postgres for all of them. */
export function busContract(name: string, makeBus: MakeBus): void {
  describe(`bus contract: ${name}`, () => {
    let probe: Awaited<ReturnType<typeof openProbe>>;
    let process: ReturnType<typeof probe.openProcess>;
    const tenant = newId();
    const other = newId();

    before(async () => {
      probe = await openProbe(makeBus);
      process = probe.openProcess();
      process.bus.startRelay('probe');
    });
    after(() => probe.close());
    const own = async (ids: readonly string[]) => (await effects(probe.database)).filter((effect) => ids.includes(effect.eventId));

    test('delivers what was committed, and nothing of what was rolled back', async () => {
      const subscription = process.bus.subscribe(probeSubscription('probe.commits'));
      const [kept, lost] = [probeEvent(tenant, 'a', 1), probeEvent(tenant, 'a', 2)];
      await assert.rejects(
        process.db.tx({ module: 'probe', tenants: [tenant] }, async (tx) => {
          await process.bus.publish(tx, [lost]);
          throw new Error('changed its mind');
        }),
        /changed its mind/,
      );
      await publishAll(process, [kept]);
      await settled(probe.database, process.bus, 'probe.commits');
      await subscription.stop();
      const found = await own([kept.id, lost.id]);
      assert.deepEqual(
        found.map((effect) => effect.eventId),
        [kept.id],
      );
    });

    test('an event arrives as it was published, with source and position', async () => {
      const event = { ...probeEvent(tenant, 'as-is', 7), subjectId: newId(), traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const heard: LoggedEvent[] = [];
      const tail = process.bus.tail({ types: ['*'], after: await process.bus.head() }, (logged) => heard.push(logged));
      await publishAll(process, [event]);
      await eventually('the tail hears it', async () => heard.length === 1);
      await tail.stop();
      const { position, source, ...rest } = heard[0]!;
      assert.deepEqual(rest, event);
      assert.equal(source, '/lastro/probe');
      assert.equal(position, await process.bus.head());
    });

    test('keeps the order of a key under concurrent writers, and positions without gaps', async () => {
      const keys = Array.from({ length: 8 }, (_, index) => `order-${index}`);
      const ids: string[] = [];
      const subscription = process.bus.subscribe(probeSubscription('probe.order'));
      // Two writers a key. Who holds the key's lock writes the next number, as owners of state do.
      const counters = new Map<string, number>(keys.map((key) => [key, 0]));
      const write = async (key: string, turns: number): Promise<void> => {
        for (let turn = 0; turn < turns; turn++) {
          await process.db.tx({ module: 'probe', tenants: [tenant, other] }, async (tx) => {
            await tx.query('select pg_advisory_xact_lock(hashtext($1))', [key]);
            const n = counters.get(key)! + 1;
            counters.set(key, n);
            const event = probeEvent(tenant, key, n);
            ids.push(event.id);
            await process.bus.publish(tx, [event, probeEvent(other, key, n)]);
          });
        }
      };
      await Promise.all(keys.flatMap((key) => [write(key, 15), write(key, 15)]));
      await settled(probe.database, process.bus, 'probe.order');
      await subscription.stop();
      const found = await own(ids);
      assert.equal(found.length, 240);
      for (const key of keys) {
        const numbers = found.filter((effect) => effect.key === key).map((effect) => effect.n);
        assert.deepEqual(
          numbers,
          Array.from({ length: 30 }, (_, index) => index + 1),
          key,
        );
      }
      const heard: bigint[] = [];
      const head = await process.bus.head();
      const tail = process.bus.tail({ types: ['*'], after: 0n }, (event) => heard.push(event.position));
      await eventually('the whole log is heard', async () => heard.length >= Number(head));
      await tail.stop();
      assert.deepEqual(
        heard,
        Array.from({ length: Number(head) }, (_, index) => BigInt(index + 1)),
      );
    });

    test('a handler sees the run of one tenant only', async () => {
      const runs: string[][] = [];
      const visible: number[] = [];
      const subscription = process.bus.subscribe(
        probeSubscription('probe.tenants', async (tx, events) => {
          await recordEffects(tx, events);
          runs.push(events.map((event) => event.tenantId));
          const rows = await tx.query<{ tenant_id: string }>('select distinct tenant_id from probe.effects');
          visible.push(rows.length);
          assert.deepEqual(tx.scope, { module: 'probe', tenants: [events[0]!.tenantId] });
        }),
      );
      await publishAll(process, [
        probeEvent(tenant, 't', 1),
        probeEvent(tenant, 't', 2),
        probeEvent(other, 't', 3),
        probeEvent(tenant, 't', 4),
      ]);
      await settled(probe.database, process.bus, 'probe.tenants');
      await subscription.stop();
      assert.ok(runs.length >= 3);
      for (const run of runs) assert.equal(new Set(run).size, 1);
      assert.ok(visible.every((count) => count === 1));
    });

    test('two processes on one group apply every event once', async () => {
      const second = probe.openProcess();
      const group = 'probe.pair';
      const mine: string[] = [];
      const handle: Parameters<typeof probeSubscription>[1] = async (tx, events) => {
        const wanted = events.filter((event) => mine.includes(event.id));
        await recordEffects(tx, wanted);
      };
      const subscriptions = [process, second].map(({ bus }) => bus.subscribe({ ...probeSubscription(group, handle), maxBatch: 7 }));
      second.bus.startRelay('probe');
      for (let round = 0; round < 20; round++) {
        const events = Array.from({ length: 20 }, (_, n) => probeEvent(n % 3 ? tenant : other, `pair-${n % 5}`, round * 20 + n));
        mine.push(...events.map((event) => event.id));
        await publishAll(round % 2 ? process : second, events);
      }
      await settled(probe.database, process.bus, group);
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await second.bus.close();
      const found = await own(mine);
      assert.equal(found.length, mine.length);
      assert.equal(new Set(found.map((effect) => effect.eventId)).size, mine.length);
      const positions = found.map((effect) => effect.position);
      assert.deepEqual(
        positions,
        positions.toSorted((a, b) => (a < b ? -1 : 1)),
      );
    });

    test('a poison event goes to the dead letters, its key waits behind it, the others go on, redrive heals in order', async () => {
      const group = 'probe.poison';
      let poisonous = true;
      const ids: string[] = [];
      const subscription = process.bus.subscribe(
        probeSubscription(group, async (tx, events) => {
          const wanted = events.filter((event) => ids.includes(event.id));
          if (poisonous && wanted.some((event) => (event.data as ProbeData).n === 13)) throw new Error('cannot stomach 13');
          await recordEffects(tx, wanted);
        }),
      );
      const events = [12, 13, 14].flatMap((n) => [probeEvent(tenant, 'bad', n), probeEvent(tenant, 'good', n + 100)]);
      ids.push(...events.map((event) => event.id));
      await publishAll(process, events);
      await settled(probe.database, process.bus, group);
      const late = probeEvent(tenant, 'bad', 15);
      ids.push(late.id);
      await publishAll(process, [late]);
      await settled(probe.database, process.bus, group);
      const numbers = async (key: string) => (await own(ids)).filter((effect) => effect.key === key).map((effect) => effect.n);
      assert.deepEqual(await numbers('bad'), [12]);
      assert.deepEqual(await numbers('good'), [112, 113, 114]);
      const letters = async () => (await process.bus.status()).find((status) => status.group === group)!.deadLetters;
      assert.equal(await letters(), 3);

      // Still ill: everything of the key goes back to wait.
      assert.equal(await process.bus.redrive(group, 'bad'), 3);
      await eventually('the redrive fails', async () => (await process.bus.redrive(group, 'none')) === 0 && (await redriving(group)) === 0);
      assert.deepEqual(await numbers('bad'), [12]);
      poisonous = false;
      assert.equal(await process.bus.redrive(group), 3);
      await eventually('the letters are handled', async () => (await letters()) === 0);
      await subscription.stop();
      assert.deepEqual(await numbers('bad'), [12, 13, 14, 15]);
    });
    const redriving = async (group: string): Promise<number> => {
      const [row] = await probe.database.admin<{ count: string }>(
        'select count(*) from probe.inbox_dead_letters where group_name = $1 and redrive',
        [group],
      );
      return Number(row!.count);
    };

    test('rewinding replays the history into the same read model', async () => {
      const group = 'probe.replay';
      const subscription = process.bus.subscribe(probeSubscription(group));
      await settled(probe.database, process.bus, group);
      await process.bus.pause(group, true);
      await probe.database.admin('delete from probe.effects');
      const read = async () => (await effects(probe.database)).map(({ eventId, key, n }) => ({ eventId, key, n }));
      await process.bus.rewind(group, 0n);
      await process.bus.pause(group, false);
      await settled(probe.database, process.bus, group);
      const first = await read();
      assert.ok(first.length > 500);
      await process.bus.pause(group, true);
      await probe.database.admin('delete from probe.effects');
      await process.bus.rewind(group, 0n);
      await process.bus.pause(group, false);
      await settled(probe.database, process.bus, group);
      await subscription.stop();
      assert.deepEqual(await read(), first);
      await assert.rejects(process.bus.rewind(group, (await process.bus.head()) + 1n), RangeError);
      await assert.rejects(process.bus.pause('probe.unknown', true), /no consumer group/);
    });

    test('a paused group stands still, also for a process that starts later', async () => {
      const group = 'probe.paused';
      const first = process.bus.subscribe(probeSubscription(group));
      await settled(probe.database, process.bus, group);
      await process.bus.pause(group, true);
      await first.stop();
      const second = process.bus.subscribe(probeSubscription(group));
      const event = probeEvent(tenant, 'paused', 1);
      await publishAll(process, [event]);
      await eventually('it lags', async () => (await process.bus.status()).some((s) => s.group === group && s.lag === 1n && s.paused));
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal((await own([event.id])).length, 0);
      await process.bus.pause(group, false);
      await settled(probe.database, process.bus, group);
      await second.stop();
      assert.equal((await own([event.id])).length, 1);
    });

    test('broadcasts reach every process, and one too large is refused', async () => {
      const second = probe.openProcess();
      const heard: unknown[] = [];
      const stops = [process, second].map(({ bus }) => bus.onBroadcast('screens', (message) => heard.push(message)));
      await eventually('both hear', async () => {
        await process.bus.broadcast('screens', { balance: '1' });
        return heard.length >= 4;
      });
      for (const stop of stops) stop();
      assert.deepEqual(heard[0], { balance: '1' });
      await assert.rejects(process.bus.broadcast('screens', 'x'.repeat(7_000)), /at most 7000 bytes of JSON, this one on screens has 7002/);
    });
  });
}
