import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openProbe, probeEvent, probeSubscription, publishAll } from '../../../test/support/probe/probe.ts';
import { newId } from '../id.ts';
import { createPostgresBus } from './postgres.ts';
import { relayOnce } from './relay.ts';

const EVENTS = 40_000;
const perSecond = (since: number): string => `${Math.round((EVENTS / (performance.now() - since)) * 1000).toLocaleString('en')} events/s`;

/** A machine is not a specification: speed is printed for whoever looks, and only the counting is asserted. */
test('throughput of outbox, relay and consumer, one after the other', async (context) => {
  const probe = await openProbe(createPostgresBus);
  try {
    const { bus, db } = probe.openProcess();
    const [one, two] = [newId(), newId()];
    let since = performance.now();
    for (let start = 0; start < EVENTS; start += 1_000) {
      await publishAll(
        { bus, db },
        Array.from({ length: 1_000 }, (_, n) => probeEvent(n < 500 ? one : two, `k${n % 100}`, n)),
      );
    }
    context.diagnostic(`publish: ${perSecond(since)}`);
    since = performance.now();
    let moved = 0;
    for (let count = -1; count !== 0; moved += count) count = (await relayOnce(db, 'probe', 2_000)).moved;
    context.diagnostic(`relay: ${perSecond(since)}`);
    assert.equal(moved, EVENTS);

    let handled = 0;
    since = performance.now();
    await new Promise<void>((resolve) => {
      bus.subscribe(
        probeSubscription('probe.fast', async (tx, events) => {
          await tx.execute(
            `insert into probe.effects (tenant_id, event_id, position, key, n)
             select $1, * from unnest($2::uuid[], $3::bigint[], $4::text[], $5::integer[])`,
            [tenantOf(events), events.map((e) => e.id), events.map((e) => e.position), events.map((e) => e.key), events.map(() => 1)],
          );
          handled += events.length;
          if (handled === EVENTS) resolve();
        }),
      );
    });
    context.diagnostic(`consume (effect + cursor in one transaction, batches of 200): ${perSecond(since)}`);
    const [count] = await probe.database.admin<{ count: string }>('select count(*) from probe.effects');
    assert.ok(Number(count!.count) >= EVENTS - 200);
  } finally {
    await probe.close();
  }
});

const tenantOf = (events: readonly { tenantId: string }[]): string => events[0]!.tenantId;
