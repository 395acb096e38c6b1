import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { createLogger } from '../log.ts';
import { lockContract } from './contract-test.ts';
import { createLocks } from './create-locks.ts';
import { postgresDriver } from './postgres.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf());
});
after(() => database.close());

lockContract('Postgres', async () => ({
  openProcess: () => postgresDriver(database.openAnother({ poolSize: 4 })),
  close: async () => undefined,
}));

test('the lock of a process that is killed is taken over when its lease has run out', async () => {
  const locks = createLocks(postgresDriver(database.db), createLogger({ level: 'silent' }));
  const leaseMs = 3_000;
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'test-support/hold-until-killed.ts'), database.appUrl, 'probe:killed', String(leaseMs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
  assert.equal(await locks.tryAcquire('probe:killed', leaseMs), undefined, 'it renews while it lives');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const taken = await locks.withLock('probe:killed', { leaseMs, waitMs: 20_000 }, async ({ token }) => token);
  assert.ok(taken!.done > BigInt(String(told)));
});
