import assert from 'node:assert/strict';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  effects,
  openProbe,
  probeEvent,
  probeSource,
  probeSubscription,
  publishAll,
  recordEffects,
  settled,
} from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import { deleteEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import { newId } from '../id.ts';
import type { GroupStatus } from './bus.ts';
import { dumpDatabase } from './dump.ts';
import { createPostgresBus } from './postgres.ts';
import { relayOnce } from './relay.ts';
import { restoreDatabase } from './restore.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lastro-dump-'));
const file = path.join(folder, 'dump.gz');
const tenant = newId();
const group = 'probe.restored';
after(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the probe on a cluster made for this test, where transaction ids and OIDs begin from the beginning. */
async function inNewCluster<T>(work: () => Promise<T>): Promise<T> {
  const dataDir = path.join(folder, 'cluster');
  const cluster = await startEmbeddedPostgres({ dataDir });
  const before = process.env.TEST_DATABASE_ADMIN_URL;
  process.env.TEST_DATABASE_ADMIN_URL = cluster.adminUrl;
  try {
    return await work();
  } finally {
    process.env.TEST_DATABASE_ADMIN_URL = before;
    await deleteEmbeddedPostgres(dataDir);
  }
}

test('restored into a new cluster, no event is lost or doubled: outbox, log, cursor and dead letters go on', async () => {
  const old = await openProbe(createPostgresBus);
  const events = Array.from({ length: 50 }, (_, n) => probeEvent(tenant, `k${n % 5}`, n));
  try {
    const { bus, db } = old.openProcess();
    // Transaction ids far beyond those of the new cluster, as in any installation that has lived.
    await old.database.admin('do $$ begin for i in 1 .. 3000 loop perform txid_current(); commit; end loop; end $$');
    // 20 events applied but for one poisoned key, 20 more in the log, 10 still in the outbox.
    await publishAll({ bus, db }, events.slice(0, 20));
    await relayOnce(db, 'probe', 100);
    const poisoned = probeSubscription(group, async (tx, run) => {
      if (run.some((event) => event.key === 'k3' && (event.data as { n: number }).n === 8)) throw new Error('ill');
      await recordEffects(tx, run);
    });
    const subscription = bus.subscribe(poisoned);
    await settled(old.database, bus, group);
    await subscription.stop();
    assert.equal((await effects(old.database)).length, 17);
    await publishAll({ bus, db }, events.slice(20, 40));
    await relayOnce(db, 'probe', 100);
    await publishAll({ bus, db }, events.slice(40));
    const summary = await dumpDatabase(old.database.adminUrl, createWriteStream(file));
    const [log] = await old.database.admin<{ rows: string; events: string }>(
      'select count(*) as rows, sum(last_position - first_position + 1) as events from bus.log',
    );
    assert.equal(log!.events, '40');
    assert.ok(summary.rows >= Number(log!.rows) + 1 + 17 + 3 + 2, JSON.stringify(summary));
  } finally {
    await old.close();
  }

  await inNewCluster(async () => {
    const fresh = await openProbe(createPostgresBus);
    try {
      await restoreDatabase(fresh.database.adminUrl, createReadStream(file));
      const { bus, db } = fresh.openProcess();
      assert.equal(await bus.head(), 40n);
      const [{ waitingSinceMs, ...status }] = (await bus.status()) as [GroupStatus];
      assert.deepEqual(status, { group, position: 20n, head: 40n, lag: 20n, deadLetters: 3, retrying: 1, halted: null, paused: false });
      const [next] = await fresh.database.admin<{ at: Date }>('select recorded_at as at from bus.events where position = 21');
      assert.equal(waitingSinceMs, next!.at.getTime(), 'the first event not passed tells since when the group is behind');
      const newer = Array.from({ length: 10 }, (_, n) => probeEvent(tenant, `k${n % 5}`, 50 + n));
      await publishAll({ bus, db }, newer);
      bus.startRelay('probe');
      bus.subscribe(probeSubscription(group));
      await bus.redrive(group);
      await settled(fresh.database, bus, group);
      // What arrives while the letters are being delivered waits behind them as further letters.
      for (const end = Date.now() + 20_000; (await bus.status())[0]?.deadLetters !== 0; ) {
        assert.ok(Date.now() < end, 'the dead letters were not delivered again');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(await bus.head(), 60n);
      const found = await effects(fresh.database);
      for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
        const wanted = [...events, ...newer].filter((event) => event.key === key).map((event) => event.id);
        assert.deepEqual(
          found.filter((effect) => effect.key === key).map((effect) => effect.eventId),
          wanted,
          key,
        );
      }
      const positions = await fresh.database.admin<{ position: string }>('select position from bus.events order by position');
      assert.deepEqual(
        positions.map((row) => Number(row.position)),
        Array.from({ length: 60 }, (_, index) => index + 1),
      );
    } finally {
      await fresh.close();
    }
  });
});

test('a dump is refused by a database in use, by other migrations, and when it is cut off; nothing is left half done', async () => {
  const target = await openTestDatabase([...sourcesOf(), probeSource]);
  try {
    const bytes = await readFile(file);
    const cut = path.join(folder, 'cut.gz');
    await writeFile(cut, bytes.subarray(0, bytes.length - 200));
    await assert.rejects(restoreDatabase(target.adminUrl, createReadStream(cut)), /unexpected end of file|cut off/);
    await writeFile(cut, 'not a dump at all');
    await assert.rejects(restoreDatabase(target.adminUrl, createReadStream(cut)));
    await assert.rejects(restoreDatabase(target.adminUrl, createReadStream(path.join(folder, 'missing.gz'))), /ENOENT/);
    assert.deepEqual(await target.admin('select position from bus.head'), [{ position: '0' }]);
    await restoreDatabase(target.adminUrl, createReadStream(file));
    assert.deepEqual(await target.admin('select position from bus.head'), [{ position: '40' }]);
    await assert.rejects(restoreDatabase(target.adminUrl, createReadStream(file)), /seen events already/);
  } finally {
    await target.close();
  }
  const other = await openTestDatabase(sourcesOf());
  try {
    await assert.rejects(restoreDatabase(other.adminUrl, createReadStream(file)), /different migrations/);
  } finally {
    await other.close();
  }
});
