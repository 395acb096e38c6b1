import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  beginErrands,
  countErrands,
  createOutside,
  errandActions,
  eventually,
  openErrands,
  openErrandsDatabase,
} from '../../../test/support/errands.ts';
import type { TestDatabase } from '../../../test/support/test-database.ts';

let database: TestDatabase;
before(async () => {
  database = await openErrandsDatabase();
});
after(() => database?.close());

test('whoever lost the lease of a run hears of it in the step it is at', { timeout: 30_000 }, async (t) => {
  const outside = createOutside();
  const actions = errandActions(outside);
  const heard = Promise.withResolvers<void>();
  const waiting = {
    ...actions,
    reserve: {
      async run(...[errand, acting]: Parameters<typeof actions.reserve.run>) {
        acting.signal.addEventListener('abort', () => heard.resolve());
        await heard.promise;
        return actions.reserve.run(errand, acting);
      },
    },
  };
  await beginErrands(database.db);
  const { machine, close } = openErrands(database.db, { actions: waiting, leaseMs: 300 });
  t.after(close);
  machine.worker.start();
  const lease = () =>
    database.admin<{ owner: string | null; ms: number }>(
      `select lease_owner as owner, (extract(epoch from lease_until - now()) * 1000)::float8 as ms from errands.errands`,
    );
  await eventually('a lease', lease, ([row]) => row!.owner === machine.lease.owner);
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.ok((await lease())[0]!.ms > 0, 'it is renewed while the step takes long');
  await database.admin(`update errands.errands set lease_owner = 'another', lease_until = now() + interval '1 second'`);
  await heard.promise;
  await eventually(
    'its end, by whoever has it',
    () => countErrands(database),
    (counts) => counts.waiting === 1,
  );
  assert.equal(outside.done.size, 2, 'reserved and sent, once each');
});
