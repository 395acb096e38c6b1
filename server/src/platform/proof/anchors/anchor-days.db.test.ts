import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { newId } from '../../id.ts';
import type { ProvenChain } from '../leaves.ts';
import type { Anchor } from './anchor.ts';
import { anchorDays } from './anchor-days.ts';

const chain = { name: 'ledger' } as ProvenChain;
let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const closeDays = (tenantId: string, count: number) =>
  database.admin(
    `insert into ledger.day_roots (tenant_id, day, first_seq, last_seq, root, batch, batch_hash, closed_at)
     select $1, date '2026-01-01' + n, n * 10 + 1, n * 10 + 10, '\\x00', n, '\\x00', now() from generate_series(0, $2 - 1) n`,
    [tenantId, count],
  );
const anchored = async (tenantId: string) => {
  const [row] = await database.admin<{ count: number }>('select count(*)::int as count from ledger.anchors where tenant_id = $1', [
    tenantId,
  ]);
  return row!.count;
};

test('a tenant whose day cannot be anchored, however many it has, keeps no other waiting', async () => {
  const [ill, fine] = [newId(), newId()];
  await closeDays(ill, 150);
  await closeDays(fine, 3);
  let isIll = true;
  const anchor: Anchor = {
    driver: 'folder',
    async anchor(day) {
      if (isIll && day.tenantId === ill) throw new Error('cannot be stamped');
      return { evidence: Buffer.from('x'), at: new Date().toISOString() };
    },
  };
  await assert.rejects(anchorDays(database.db, chain, anchor), /cannot be stamped/);
  assert.deepEqual([await anchored(ill), await anchored(fine)], [0, 3]);
  isIll = false;
  for (let round = 0; round < 2; round++) await anchorDays(database.db, chain, anchor);
  assert.equal(await anchored(ill), 150);
});

test('an authority that is away is not asked for every tenant', async () => {
  for (let nth = 0; nth < 8; nth++) await closeDays(newId(), 1);
  let asked = 0;
  const anchor: Anchor = {
    driver: 'folder',
    anchor() {
      asked++;
      return Promise.reject(new Error('away'));
    },
  };
  await assert.rejects(anchorDays(database.db, chain, anchor), /away/);
  assert.equal(asked, 3);
});
