import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ENTRY_REFUSED } from '#books/events';
import { newId } from '#platform/id.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { entryId } from './domain/entries.ts';
import { type DrawersTest, expectedCash, openDrawers, openShop, type ShopTest, TODAY } from './drawers.fixture.ts';

let drawers: DrawersTest;
before(async () => {
  drawers = await openDrawers();
  drawers.hear();
});
after(() => drawers?.close());

const expected = async (shop: ShopTest, sessionId: string) =>
  expectedCash(await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId }));
const becomes = (shop: ShopTest, sessionId: string, amountMinor: string) =>
  eventually(`${amountMinor} are expected`, async () => (await expected(shop, sessionId)) === amountMinor);
/** Somebody else writes on the drawer's account. */
async function record(shop: ShopTest, kind: 'in' | 'out', amountMinor: string): Promise<string> {
  const lines = [{ category: kind === 'in' ? 'sales' : 'goods', amountMinor }];
  const entries = [{ id: newId(), kind, place: 'drawer', date: TODAY, lines }];
  const { results } = await drawers.books.record(shop.owner, { accountId: shop.accountId, entries });
  assert.equal(results[0]!.outcome, 'recorded');
  return results[0]!.id;
}
const balance = async (shop: ShopTest) => {
  const [row] = await drawers.database.admin<{ balance_minor: string }>('select balance_minor from drawers.drawers where place_id = $1', [
    shop.drawerId,
  ]);
  return row?.balance_minor;
};

test('a sale by "Lançar" and a bill paid from the drawer are expected there, too; taken back, no more', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  drawers.clock.advance(1_000);
  const sale = await record(shop, 'in', '500');
  await record(shop, 'out', '200');
  await becomes(shop, session.id, '10300');
  await shop.ledgerSays(10_300n);
  drawers.clock.advance(1_000);
  await drawers.books.reverse(shop.owner, { accountId: shop.accountId, entryId: sale, reason: 'Digitado duas vezes' });
  await becomes(shop, session.id, '9800');
  await shop.ledgerSays(9_800n);
});

test('an entry of ours that somebody takes back in the books is missing at the drawer, and one that we took back is not missing twice', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  drawers.clock.advance(1_000);
  const [kept, voided] = [
    await shop.record(session, { kind: 'sale', amountMinor: '500' }),
    await shop.record(session, { kind: 'sale', amountMinor: '70' }),
  ];
  const asked = { accountId: shop.accountId, sessionId: session.id };
  await drawers.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: voided.id, reason: 'Digitado errado' });
  const [entry] = await drawers.database.admin<{ id: string }>('select id from drawers.postings where about = $1', [kept.id]);
  drawers.clock.advance(1_000);
  await drawers.books.reverse(shop.owner, { accountId: shop.accountId, entryId: entry!.id, reason: 'Não foi' });
  await becomes(shop, session.id, '10000');
  await shop.ledgerSays(10_000n);
});

test('an entry of a closed day that is taken back is missing once: neither its mirror nor what we had taken back counts again', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const session = await shop.open(10_000);
  drawers.clock.advance(1_000);
  const [told, voided] = [await record(shop, 'in', '500'), await shop.record(session, { kind: 'sale', amountMinor: '70' })];
  await becomes(shop, session.id, '10570');
  await drawers.books.closeDay(shop.owner, { accountId, until: TODAY, despite: true });
  await drawers.books.reverse(shop.owner, { accountId, entryId: told, reason: 'Não foi', late: 'first-open-day' });
  await drawers.face.voidMovement(shop.keyed(shop.ana), {
    accountId,
    sessionId: session.id,
    movementId: voided.id,
    reason: 'Digitado errado',
  });
  // Told after them: when it is known, they are.
  await drawers.books.record(shop.owner, {
    accountId,
    entries: [
      {
        id: newId(),
        kind: 'in',
        place: 'drawer',
        date: TODAY,
        lines: [{ category: 'sales', amountMinor: '3' }],
        late: 'first-open-day',
      },
    ],
  });
  await eventually('all that was told is known', async () => {
    const rows = await drawers.database.admin('select from drawers.movements where place_id = $1 and amount_minor = 3', [shop.drawerId]);
    return rows.length === 1;
  });
  await becomes(shop, session.id, '10003');
});

test('a withdrawal to the safe that somebody takes back in the books lies in the drawer again', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  drawers.clock.advance(1_000);
  const { id } = await shop.record(session, { kind: 'withdrawal', amountMinor: '4000' });
  const asked = { accountId: shop.accountId, entryId: entryId(id, 0), reason: 'Não foi' };
  await drawers.books.reverse(shop.owner, asked);
  await becomes(shop, session.id, '10000');
  await shop.ledgerSays(10_000n);
});

test('a reversal that the ledger refuses is given back, also where it is ours; refused categories change nothing', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const session = await shop.open(10_000);
  drawers.clock.advance(1_000);
  const [told, voided] = [await record(shop, 'in', '500'), await shop.record(session, { kind: 'sale', amountMinor: '70' })];
  await drawers.books.reverse(shop.owner, { accountId, entryId: told, reason: 'Não foi' });
  await drawers.face.voidMovement(shop.keyed(shop.ana), {
    accountId,
    sessionId: session.id,
    movementId: voided.id,
    reason: 'Digitado errado',
  });
  await eventually('both are known to be taken back', async () => {
    const rows = await drawers.database.admin('select from drawers.foreign_entries where place_id = $1 and cash_minor < 0', [
      shop.drawerId,
    ]);
    return rows.length === 2;
  });
  await becomes(shop, session.id, '10000');
  const time = new Date(drawers.clock.now()).toISOString();
  const refusedOf = (entryId: string, version: number) => ({
    ...{ id: newId(), type: ENTRY_REFUSED, tenantId: shop.tenantId, key: entryId, subjectId: accountId, time },
    actor: { kind: 'system' as const, id: 'books' },
    data: { entryId, accountId, version, code: 'LEDGER_REFUSED' },
  });
  await drawers.database.db.tx({ module: 'books', tenants: [shop.tenantId] }, (tx) =>
    drawers.bus.publish(tx, [refusedOf(told, 3), refusedOf(told, 2), refusedOf(entryId(voided.id, 0), 2)]),
  );
  await becomes(shop, session.id, '10570');
});

test('what was in the drawer before its first opening is no float again', async () => {
  const shop = await openShop(drawers);
  await record(shop, 'in', '500');
  await eventually('drawers know of it', async () => {
    const rows = await drawers.database.admin('select from drawers.elsewhere where place_id = $1 and balance_minor = 500', [shop.drawerId]);
    return rows.length === 1;
  });
  drawers.clock.advance(1_000);
  const session = await shop.open(10_000);
  assert.deepEqual(session.differences, []);
  await shop.ledgerSays(10_000n);
});

test('what happened before the opening and is known only after it changes nothing that is expected: the books come back to the count', async () => {
  const shop = await openShop(drawers);
  const first = await shop.open(10_000);
  await shop.count(first, 10_000);
  await shop.close(first);
  const opened = drawers.clock.now();
  drawers.clock.advance(60_000);
  const session = await shop.open(10_000, shop.bia);
  drawers.clock.set(opened + 1_000);
  await record(shop, 'in', '500');
  drawers.clock.advance(120_000);
  await eventually('it is known', async () => {
    const rows = await drawers.database.admin(`select from drawers.movements where place_id = $1 and phase = 'outside'`, [shop.drawerId]);
    return rows.length === 2;
  });
  assert.equal(await expected(shop, session.id), '10000');
  drawers.clock.advance(60_000);
  await drawers.runJob();
  await shop.ledgerSays(10_000n);
});

test('with no session open the next opening finds it', async () => {
  const shop = await openShop(drawers);
  const first = await shop.open(10_000);
  await shop.count(first, 10_000);
  await shop.close(first);
  drawers.clock.advance(60_000);
  await record(shop, 'in', '500');
  await eventually('it is known', async () => (await balance(shop)) === '10500');
  drawers.clock.advance(60_000);
  const next = await shop.open(10_500, shop.bia);
  assert.deepEqual(next.differences, []);
});

test('something that comes after the count makes it stale: it is counted again', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  await shop.count(session, 10_000);
  drawers.clock.advance(1_000);
  await record(shop, 'in', '500');
  await becomes(shop, session.id, '10500');
  await assert.rejects(shop.close(session), /DRAWERS_COUNT_STALE/);
  await shop.count(session, 10_500);
  assert.deepEqual((await shop.close(session)).differences, []);
});
