import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import type { OfflineSale } from './contract.ts';
import { type DrawersTest, expectedCash, openDrawers, openShop, type ShopTest } from './drawers.fixture.ts';

let drawers: DrawersTest;
before(async () => {
  drawers = await openDrawers();
});
after(() => drawers?.close());

const MINUTE_MS = 60_000;
const at = (ms: number) => new Date(ms).toISOString();
const saleAt = (ms: number, amountMinor = '100', more: Partial<OfflineSale> = {}): OfflineSale => ({
  id: newId(),
  at: at(ms),
  amountMinor,
  ...more,
});
const tell = (shop: ShopTest, sales: OfflineSale[]) => drawers.face.recordOffline(shop.ana, { ...shop.on, sales });
const outcomes = (told: Awaited<ReturnType<typeof tell>>) => told.results.map(({ outcome }) => outcome);

test('sales told later are recorded once each, in any order, at the time and in the session they happened in', async () => {
  const shop = await openShop(drawers);
  const first = await shop.open(10_000);
  const opened = drawers.clock.now();
  const early = [
    saleAt(opened + 1_000, '100'),
    saleAt(opened + 2_000, '200', { method: 'pix' }),
    saleAt(opened + 3_000, '300', { paidMinor: '500' }),
  ];
  drawers.clock.advance(MINUTE_MS);
  const told = await tell(shop, [early[2]!, early[0]!]);
  assert.deepEqual(
    [outcomes(told), told.results.map(({ sessionId }) => sessionId)],
    [
      ['recorded', 'recorded'],
      [first.id, first.id],
    ],
  );
  assert.deepEqual(outcomes(await tell(shop, early.toReversed())), ['duplicate', 'recorded', 'duplicate']);
  assert.deepEqual(outcomes(await tell(shop, [early[0]!, { ...early[1]!, amountMinor: '201' }])), ['duplicate', 'conflict']);
  const { movements } = await drawers.face.listMovements(shop.ana, { accountId: shop.accountId, sessionId: first.id });
  assert.deepEqual(
    movements.filter(({ kind }) => kind === 'sale').map((one) => [one.id, one.at]),
    early.map((one) => [one.id, one.at]),
  );
  await shop.ledgerSays(10_400n);
});

test('the same sales told from two places at once are recorded once', async () => {
  const shop = await openShop(drawers);
  await shop.open(10_000);
  const sales = Array.from({ length: 20 }, (_, n) => saleAt(drawers.clock.now() + n, '100'));
  drawers.clock.advance(MINUTE_MS);
  const other = drawers.process().face;
  const both = await Promise.all([tell(shop, sales), other.recordOffline(shop.bia, { ...shop.on, sales: sales.toReversed() })]);
  const recorded = both.flatMap(outcomes).filter((one) => one === 'recorded');
  assert.equal(recorded.length, 20);
  await shop.ledgerSays(12_000n);
});

test('a sale told while the drawer is counted lay in it then: it is expected, and the closing compares with it', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  const late = saleAt(drawers.clock.now() + 1_000, '500');
  const counted = await shop.count(session, 10_500);
  assert.equal(counted.counts[0]!.lines[0]!.differenceMinor, '500');
  assert.deepEqual(outcomes(await tell(shop, [late])), ['recorded']);
  const closed = await shop.close(session);
  assert.deepEqual(closed.differences, []);
  assert.equal(closed.counts[0]!.lines[0]!.differenceMinor, '500', 'the count stays what it was');
  await shop.ledgerSays(10_500n);
});

test('what comes after the closing, before any opening, or from a clock that is ahead waits for the owner', async () => {
  const shop = await openShop(drawers);
  const before = drawers.clock.now();
  drawers.clock.advance(MINUTE_MS);
  const session = await shop.open(10_000);
  const during = drawers.clock.now() + 1_000;
  await shop.count(session, 10_500);
  await shop.close(session, { reason: 'Sobra' });
  const sales = [saleAt(before), saleAt(during, '500'), saleAt(drawers.clock.now() + 3_600_000)];
  assert.deepEqual(outcomes(await tell(shop, sales)), ['waiting', 'waiting', 'waiting']);
  assert.deepEqual(outcomes(await tell(shop, sales)), ['duplicate', 'duplicate', 'duplicate']);
  const { sales: listed } = await drawers.face.listLateSales(shop.ana, { accountId: shop.accountId });
  assert.deepEqual(
    listed.map(({ id, why, sessionId }) => [id, why, sessionId]),
    [
      [sales[0]!.id, 'no-session', null],
      [sales[1]!.id, 'closed', session.id],
      [sales[2]!.id, 'future', null],
    ],
  );
  assert.equal((await drawers.face.listDrawers(shop.ana, { accountId: shop.accountId })).waiting, 3);
  await shop.ledgerSays(10_500n);
  assert.equal(await shop.balanceOf(shop.categoryOf('sales')), 0n);
});

test('the owner decides once: it was there, it is put in now, or it is no sale', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  const during = drawers.clock.now() + 1_000;
  await shop.count(session, 10_500);
  await shop.close(session, { reason: 'Sobra' });
  const [there, put, none, card] = [
    saleAt(during, '500'),
    saleAt(during, '70'),
    saleAt(during, '9'),
    saleAt(during, '60', { method: 'credit-card' }),
  ];
  await tell(shop, [there, put, none, card]);
  const decide = (saleId: string, decision: 'was-there' | 'put-in' | 'discard', ctx = shop.owner) =>
    drawers.face.decideLateSale(ctx, { accountId: shop.accountId, saleId, decision, reason: 'Conferido com a fita' });
  await assert.rejects(decide(there.id, 'was-there', shop.ana), /ACCOUNTS_FORBIDDEN/);
  await assert.rejects(decide(put.id, 'put-in'), /DRAWERS_NO_SESSION/);
  const difference = shop.categoryOf('cash-difference');
  assert.equal(await shop.balanceOf(difference), -500n);
  assert.equal((await decide(there.id, 'was-there')).state, 'recorded');
  await shop.ledgerSays(10_500n);
  assert.equal(await shop.balanceOf(difference), 0n, 'the sale explains the surplus');
  assert.equal(await shop.balanceOf(shop.categoryOf('sales')), 500n);
  await decide(there.id, 'was-there');
  await assert.rejects(decide(there.id, 'discard'), /DRAWERS_ALREADY_DECIDED/);
  assert.equal((await decide(none.id, 'discard')).state, 'discarded');
  await decide(card.id, 'was-there');
  const next = await shop.open(10_500, shop.bia);
  await decide(put.id, 'put-in');
  const seen = await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId: next.id });
  assert.equal(expectedCash(seen), '10570');
  await shop.ledgerSays(10_570n);
  assert.equal(await shop.balanceOf(shop.categoryOf('sales')), 630n);
  const closed = await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId: session.id });
  assert.deepEqual(
    closed.differences.map(({ differenceMinor }) => differenceMinor),
    ['500'],
    'what was found then stays on record',
  );
});

test('one that cannot be is named, and keeps none of the others', async () => {
  const shop = await openShop(drawers);
  await shop.open(10_000);
  const now = drawers.clock.now();
  const told = await tell(shop, [saleAt(now, '100', { paidMinor: '99' }), { ...saleAt(now), at: '2026-02-30T10:00:00Z' }, saleAt(now)]);
  assert.deepEqual(
    told.results.map(({ outcome, code }) => [outcome, code]),
    [
      ['invalid', 'DRAWERS_MOVEMENT_INVALID'],
      ['invalid', 'PLATFORM_BAD_REQUEST'],
      ['recorded', null],
    ],
  );
});
