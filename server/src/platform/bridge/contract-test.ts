import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerFaults } from '../../../test/support/fake-broker.ts';
import { effects, eventually, openProbe, probeEvent, publishAll, quiet, recordEffects } from '../../../test/support/probe/probe.ts';
import { createPostgresBus } from '../bus/postgres.ts';
import { newId } from '../id.ts';
import { createLocks } from '../lock/create-locks.ts';
import { postgresDriver as locksInPostgres } from '../lock/postgres.ts';
import type { BrokerDriver, Inward, Outward } from './bridge.ts';
import { createBridge } from './create-bridge.ts';

export type BrokerUnderTest = {
  /** A connection of one more process. */
  connect(): BrokerDriver;
  /** Switches for bad days, where the broker has them. */
  faults?: BrokerFaults;
  close(): Promise<void>;
};

const LEASE_MS = 1_000;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** What a bridge over every broker keeps: all that was published, each once, each key in its order. */
export function bridgeContract(name: string, open: () => Promise<BrokerUnderTest>): void {
  describe(`the bridge over ${name}`, () => {
    let probe: Awaited<ReturnType<typeof openProbe>>;
    let publisher: ReturnType<typeof probe.openProcess>;
    let broker: BrokerUnderTest;
    let topic = '';
    let numbers = 0;
    const tenants = [newId(), newId()];
    before(async () => {
      probe = await openProbe(createPostgresBus, { bridged: true });
      publisher = probe.openProcess();
      publisher.bus.startRelay('probe');
      broker = await open();
    });
    after(async () => {
      await broker?.close();
      await probe?.close();
    });
    beforeEach(async () => {
      topic = `probe-${newId()}`;
      numbers = 0;
      await probe.database.admin('truncate probe.effects');
    });

    const opened: ReturnType<typeof createBridge>[] = [];
    afterEach(async () => {
      if (broker.faults) Object.assign(broker.faults, { isAway: false, loseSendAcks: 0, loseConsumerAcks: 0, reorder: false });
      await Promise.all(opened.splice(0).map((bridge) => bridge.close()));
    });
    const openBridge = () => {
      const { db } = probe.openProcess();
      const bridge = createBridge({
        db,
        log: quiet,
        driver: broker.connect(),
        locks: createLocks(locksInPostgres(db), quiet),
        leaseMs: LEASE_MS,
      });
      opened.push(bridge);
      return bridge;
    };
    const outward = (): Outward => ({ name: topic, topic, types: ['probe.happened.v1'], from: 'now' });
    const inward = (handle: Inward['handle'] = recordEffects): Inward => ({ group: `of ${topic}`, topic, module: 'probe', handle });
    const publish = (count: number) =>
      publishAll(
        publisher,
        Array.from({ length: count }, () => {
          const n = numbers++;
          return probeEvent(tenants[n % 2]!, KEYS[n % KEYS.length]!, n);
        }),
      );
    /** The way begins where the log ends: it must have begun before the first event. */
    const begun = (bridge: ReturnType<typeof openBridge>) =>
      eventually('the way begins', async () => (await bridge.carriedUpTo(topic)) !== null);
    const arrived = () => eventually(`${numbers} effects`, async () => (await effects(probe.database)).length >= numbers, 40_000);
    /** Each exactly once, and of each key in the order of the log. */
    const assertWhole = async () => {
      await sleep(150);
      const all = await effects(probe.database);
      assert.deepEqual(
        all.map(({ n }) => n).sort((a, b) => a - b),
        Array.from({ length: numbers }, (_, n) => n),
      );
      for (const [key, ofKey] of Map.groupBy(all, ({ tenantId, key }) => `${tenantId}/${key}`)) {
        const positions = ofKey.map(({ position }) => position);
        assert.deepEqual(
          positions,
          positions.toSorted((a, b) => (a < b ? -1 : 1)),
          key,
        );
      }
    };

    test('what is published arrives at every group, each event once and each key in order', async () => {
      const bridge = openBridge();
      const others: number[] = [];
      bridge.carryOut(outward());
      await begun(bridge);
      bridge.bringIn(inward());
      bridge.bringIn({
        ...inward(),
        group: 'others',
        handle: async (_tx, events) => void others.push(...events.map(({ data }) => (data as { n: number }).n)),
      });
      for (let round = 0; round < 10; round++) await publish(21);
      await arrived();
      await assertWhole();
      assert.deepEqual(
        others.toSorted((a, b) => a - b),
        Array.from({ length: numbers }, (_, n) => n),
      );
    });

    test('two processes carry out by turns; when the one that carries goes, the other goes on where it was', async () => {
      const [first, second, reader] = [openBridge(), openBridge(), openBridge()];
      first.carryOut(outward());
      await begun(first);
      second.carryOut(outward());
      reader.bringIn(inward());
      await publish(30);
      await arrived();
      await first.close();
      await publish(30);
      await arrived();
      await assertWhole();
    });

    test('an effect that fails comes again, and is there once', async () => {
      const bridge = openBridge();
      let failures = 0;
      bridge.carryOut(outward());
      await begun(bridge);
      bridge.bringIn(
        inward(async (tx, events) => {
          await recordEffects(tx, events);
          if (failures++ % 3 === 0) throw new Error('after its effect');
        }),
      );
      await publish(60);
      await arrived();
      await assertWhole();
      assert.ok(failures > 3);
    });

    test('members come and go while events flow', async () => {
      const sender = openBridge();
      sender.carryOut(outward());
      await begun(sender);
      const slow = inward(async (tx, events) => {
        await sleep(5);
        await recordEffects(tx, events);
      });
      const members = [openBridge()];
      members[0]!.bringIn(slow);
      for (let round = 0; round < 12; round++) {
        await publish(14);
        if (round % 3 === 0) {
          const joined = openBridge();
          joined.bringIn(slow);
          members.push(joined);
        }
        if (round % 4 === 3) await members.shift()!.close();
        await sleep(20);
      }
      await arrived();
      await assertWhole();
    });

    test('lost acknowledgements on both sides, keys that change places and a broker that is away change nothing', async (context) => {
      const { faults } = broker;
      if (!faults) return context.skip('this broker has no switches');
      const [sender, one, two] = [openBridge(), openBridge(), openBridge()];
      sender.carryOut(outward());
      await begun(sender);
      for (const member of [one, two]) member.bringIn(inward());
      faults.reorder = true;
      for (let round = 0; round < 15; round++) {
        await publish(21);
        faults.loseSendAcks = 1;
        faults.loseConsumerAcks = 2;
        faults.isAway = round % 5 === 4;
        await sleep(30);
      }
      const before = numbers;
      await sleep(200);
      assert.equal(numbers, before, 'publishing did not wait for the broker');
      faults.isAway = false;
      await arrived();
      await assertWhole();
    });

    test('a message that is none of ours stops nothing but its partition, and is not taken for an event', async (context) => {
      const bridge = openBridge();
      const driver = broker.connect();
      let handled = 0;
      bridge.bringIn(
        inward(async (_tx, events) => {
          handled += events.length;
        }),
      );
      for (const body of ['', '{}', '{"specversion":"1.0","id":"x"}']) await driver.send(topic, [{ id: '1', key: 'k', body }]);
      await sleep(150);
      assert.equal(handled, 0);
      context.diagnostic('the partition waits for people');
      await driver.close();
    });
  });
}
