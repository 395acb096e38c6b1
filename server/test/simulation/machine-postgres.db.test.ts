/** Postgres dies and comes back while the machine is at work: nothing is stranded, and nothing is done twice. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createDb, type Db } from '#platform/db/db.ts';
import { createLogger } from '#platform/log.ts';
import { migrate } from '#platform/migrate/migrate.ts';
import { beginErrands, createOutside, errandsModule, eventually, openErrands } from '../support/errands.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { TEST_LOGIN } from '../support/test-database.ts';

const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });
let folder: string;
let postgres: OwnPostgres;
let db: Db;

before(async () => {
  // Where Postgres' own user can pass through.
  folder = mkdtempSync(path.join('/tmp', 'lastro-machine-'));
  postgres = await startOwnPostgres(path.join(folder, 'pg'));
  const made = await errandsModule();
  await migrate({ adminUrl: postgres.adminUrl, appLogin: TEST_LOGIN, sources: [made], log });
  await made.remove();
  db = createDb({ url: postgres.appUrl, poolSize: 8, log });
});
after(async () => {
  await db?.close();
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('Postgres is killed twice while two hundred runs are being taken up again', { timeout: 120_000 }, async () => {
  const outside = createOutside();
  const slow = {
    ...outside,
    reserve: (id: string) => outside.reserve(id).then(() => new Promise<void>((resolve) => setTimeout(resolve, 20))),
  };
  await beginErrands(db, { count: 200, dueInMs: -1_000 });
  // Left by a process that is no more.
  await postgres.admin(`update errands.errands set lease_owner = 'dead', lease_until = now() + interval '300 ms'`);
  const { machine, close } = openErrands(db, { outside: slow, most: 16, leaseMs: 1_000 });
  machine.worker.start();
  for (const enough of [20, 120]) {
    await eventually(
      'some work',
      () => outside.done.size,
      (size) => size >= enough,
      60_000,
    );
    await postgres.killAndRestart();
  }
  const left = () => postgres.admin<{ count: number }>(`select count(*)::int as count from errands.errands where status <> 'waiting'`);
  await eventually('the end of all', left, ([row]) => row!.count === 0, 60_000);
  await close();
  assert.equal(outside.done.size, 400, 'each was reserved and sent, by its id');
  const moves = await postgres.admin<{ moves: number }>(
    `select count(*)::int as moves from errands.errand_steps where status_before <> status_after`,
  );
  assert.equal(moves[0]!.moves, 400, 'each move was written once');
});
