import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { type DrawersTest, openDrawers, openShop } from './drawers.fixture.ts';

let drawers: DrawersTest;
before(async () => {
  drawers = await openDrawers();
});
after(() => drawers?.close());

test('a person gets the movements of their own drawers, and what was written in words is forgotten while the figures stay', async () => {
  const [shop, other] = [await openShop(drawers), await openShop(drawers)];
  const session = await shop.open(10_000);
  await shop.record(session, { kind: 'expense', amountMinor: '500', note: 'Gelo da Maria' });
  const late = { id: newId(), at: new Date(drawers.clock.now() - 3_600_000).toISOString(), amountMinor: '100', note: 'Bolo da Maria' };
  await drawers.face.recordOffline(shop.ana, { ...shop.on, sales: [late] });
  const own = { subjectId: newId(), accountIds: [shop.accountId] };
  const collect = async (accountIds: string[]) =>
    (await drawers.face.collectPersonalData(shop.owner, { ...own, accountIds, retained: false, cursor: null })).rows as {
      kind: string;
      note: string | null;
    }[];
  assert.deepEqual((await collect(own.accountIds)).map(({ kind, note }) => [kind, note]).toSorted(), [
    ['expense', 'Gelo da Maria'],
    ['float', null],
  ]);
  assert.deepEqual(await collect([other.accountId]), []);
  for (const _again of [1, 2]) await drawers.face.erasePersonalData(shop.owner, own);
  const kept = await drawers.database.admin<{ text: string }>(
    `select m::text as text from drawers.movements m where account_id = $1
     union all select s::text from drawers.late_sales s where account_id = $1 union all select p::text from drawers.postings p where account_id = $1`,
    [shop.accountId],
  );
  assert.ok(kept.length >= 5);
  assert.doesNotMatch(JSON.stringify(kept), /Maria/);
  await shop.ledgerSays(9_500n);
});
