import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '#platform/id.ts';
import type { Books } from '../books/index.ts';
import type { NewMovement } from './contract.ts';
import { entryId } from './domain/entries.ts';
import { type DrawersTest, expectedCash, openDrawers, openShop, TODAY } from './drawers.fixture.ts';

let drawers: DrawersTest;
before(async () => {
  drawers = await openDrawers();
});
after(() => drawers?.close());

test('each movement stands in the books as what it is: income, deduction, expense, transfer, or owed by an acquirer', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const told: NewMovement[] = [
    { kind: 'sale', amountMinor: '7350', paidMinor: '10000' },
    { kind: 'sale', method: 'credit-card', amountMinor: '4000', card: { brand: 'visa', instalments: 2 } },
    { kind: 'sale', method: 'pix', amountMinor: '300' },
    { kind: 'supply', amountMinor: '5000' },
    { kind: 'withdrawal', amountMinor: '10000' },
    { kind: 'refund', amountMinor: '1000' },
    { kind: 'expense', amountMinor: '1250', category: 'cleaning', note: 'Gelo e sacos' },
    { kind: 'pix-change', amountMinor: '5000', handedOutMinor: '6000' },
    { kind: 'pix-withdrawal', amountMinor: '2000' },
  ];
  for (const movement of told) assert.equal((await shop.record(session, movement)).state, 'recorded', movement.kind);
  const asked = { accountId: shop.accountId, sessionId: session.id };
  const seen = await drawers.face.getSession(shop.owner, asked);
  assert.deepEqual(Object.fromEntries(seen.expected!.map(({ method, expectedMinor }) => [method, expectedMinor])), {
    cash: '12100',
    pix: '13300',
    'credit-card': '4000',
  });
  await shop.ledgerSays(12_100n);
  const balances = await Promise.all([
    ...['sales', 'refunds', 'cleaning'].map((key) => shop.balanceOf(shop.categoryOf(key))),
    ...['safe', 'wallet'].map((key) => shop.balanceOf(shop.placeOf(key))),
  ]);
  assert.deepEqual(balances, [16_650n, 1_000n, 1_250n, 5_000n, 13_300n]);
  const { movements } = await drawers.face.listMovements(shop.ana, asked);
  assert.deepEqual(
    movements
      .filter(({ kind }) => kind !== 'float')
      .map(({ kind }) => kind)
      .toSorted(),
    told.map(({ kind }) => kind).toSorted(),
  );
});

test('where the books hear of a Pix by themselves, the till only counts it', async () => {
  const shop = await openShop(drawers);
  await drawers.face.setDrawer(shop.owner, { ...shop.on, settings: { limitMinor: null, pixPlace: 'wallet', pixByItself: true } });
  const session = await shop.open(20_000);
  await shop.record(session, { kind: 'sale', method: 'pix', amountMinor: '300' });
  await shop.record(session, { kind: 'pix-change', amountMinor: '5000', handedOutMinor: '6000' });
  assert.equal(await shop.balanceOf(shop.placeOf('wallet')), 0n);
  assert.equal(
    await shop.balanceOf(shop.categoryOf('sales')),
    -6_000n,
    'the Pix of 110.00 comes as income, of which 60.00 were handed out',
  );
  const seen = await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId: session.id });
  assert.deepEqual(seen.expected!.find(({ method }) => method === 'pix')?.expectedMinor, '11300');
});

test('what does not hold together is refused before anything is kept', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  for (const movement of [
    { kind: 'sale', amountMinor: '100', paidMinor: '99' },
    { kind: 'sale', method: 'pix', amountMinor: '100', paidMinor: '100' },
    { kind: 'pix-change', amountMinor: '100' },
    { kind: 'withdrawal', method: 'pix', amountMinor: '100' },
  ] as const)
    await assert.rejects(shop.record(session, movement), /DRAWERS_MOVEMENT_INVALID/, movement.kind);
  const { movements } = await drawers.face.listMovements(shop.ana, { accountId: shop.accountId, sessionId: session.id });
  assert.deepEqual(
    movements.map(({ kind }) => kind),
    ['float'],
  );
});

test('what the books refuse did not happen at the drawer, and the same request says so again', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const ctx = shop.keyed(shop.ana);
  const asked = {
    accountId: shop.accountId,
    sessionId: session.id,
    movement: { kind: 'expense' as const, amountMinor: '100', category: newId() },
  };
  await assert.rejects(drawers.face.recordMovement(ctx, asked), /DRAWERS_REFUSED.*BOOKS_CATEGORY_UNKNOWN/);
  await assert.rejects(drawers.face.recordMovement(ctx, asked), /DRAWERS_REFUSED/);
  const listed = await drawers.face.listMovements(shop.ana, { accountId: shop.accountId, sessionId: session.id });
  assert.deepEqual(
    listed.movements.filter(({ kind }) => kind === 'expense').map(({ state, refusal }) => [state, refusal]),
    [['refused', 'BOOKS_CATEGORY_UNKNOWN']],
  );
  assert.equal(expectedCash(await shop.count(session, 20_000)), '20000');
  await shop.ledgerSays(20_000n);
});

test('cash does not go from a drawer straight into another: neither by a movement, a deposit, a closing nor an opening', async () => {
  const shop = await openShop(drawers);
  const { accountId, drawerId } = shop;
  const other = { id: newId(), storeId: shop.storeId, kind: 'drawer' as const, name: 'Caixa 2' };
  await drawers.books.savePlace(shop.owner, { accountId, place: other });
  const session = await shop.open(20_000);
  for (const place of [other.id, drawerId, 'drawer'])
    for (const kind of ['withdrawal', 'supply', 'pix-withdrawal'] as const)
      await assert.rejects(shop.record(session, { kind, amountMinor: '100', place }), /DRAWERS_PLACE_IS_DRAWER/, `${kind} ${place}`);
  await assert.rejects(
    drawers.face.sendDeposit(shop.keyed(shop.ana), { accountId, amountMinor: '100', from: 'drawer' }),
    /DRAWERS_PLACE_IS_DRAWER/,
  );
  const settings = { limitMinor: null, pixPlace: other.id, pixByItself: false };
  await assert.rejects(drawers.face.setDrawer(shop.owner, { ...shop.on, settings }), /DRAWERS_PLACE_IS_DRAWER/);
  await shop.count(session, 20_000);
  const leave = { amountMinor: '100', toPlace: other.id };
  await assert.rejects(shop.close(session, { leave }), /DRAWERS_PLACE_IS_DRAWER/);
  assert.equal((await shop.close(session)).status, 'closed');
  await assert.rejects(shop.open(30_000, shop.ana, { source: other.id }), /DRAWERS_PLACE_IS_DRAWER/);
  assert.equal(await shop.balanceOf(other.id), 0n);
});

test('of a movement of two entries of which the books refuse one, the other is taken back', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const movement = { kind: 'pix-change', amountMinor: '5000', handedOutMinor: '1000', category: newId() } as const;
  await assert.rejects(shop.record(session, movement), /DRAWERS_REFUSED/);
  await shop.ledgerSays(20_000n);
  assert.equal(await shop.balanceOf(shop.placeOf('wallet')), 0n);
});

test('a movement is taken back once, by its opposite, and its entries are reversed', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const asked = { accountId: shop.accountId, sessionId: session.id };
  const sale = await shop.record(session, { kind: 'pix-change', amountMinor: '5000', handedOutMinor: '6000' });
  const voidIt = () => drawers.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: sale.id, reason: 'Digitado errado' });
  const back = await voidIt();
  assert.deepEqual([back.kind, back.voids, back.cashMinor, back.state], ['void', sale.id, '6000', 'recorded']);
  await assert.rejects(voidIt(), /DRAWERS_ALREADY_VOIDED/);
  await assert.rejects(
    drawers.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: back.id, reason: 'De novo' }),
    /DRAWERS_ALREADY_VOIDED/,
  );
  await assert.rejects(
    drawers.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: newId(), reason: 'Nenhum' }),
    /DRAWERS_MOVEMENT_NOT_FOUND/,
  );
  const seen = await drawers.face.getSession(shop.owner, asked);
  assert.deepEqual(seen.expected, [{ method: 'cash', expectedMinor: '20000' }]);
  await shop.ledgerSays(20_000n);
  for (const part of [0, 1])
    assert.equal(
      (await drawers.books.getEntry(shop.owner, { accountId: shop.accountId, entryId: entryId(sale.id, part) })).state,
      'reversed',
    );
  const { movements } = await drawers.face.listMovements(shop.ana, asked);
  assert.equal(movements.find(({ id }) => id === sale.id)?.voidedBy, back.id);
});

test('the same movement asked twice happens once, also from two processes at once', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const ctx = shop.keyed(shop.ana);
  const asked = { accountId: shop.accountId, sessionId: session.id, movement: { kind: 'sale' as const, amountMinor: '100' } };
  const second = drawers.process().face;
  const both = await Promise.all([
    drawers.face.recordMovement(ctx, asked),
    second.recordMovement(ctx, asked),
    drawers.face.recordMovement(ctx, asked),
  ]);
  assert.equal(new Set(both.map(({ id }) => id)).size, 1);
  await shop.ledgerSays(20_100n);
});

test('books that are away stop no till: what happened is durable, and carried once they are back', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const away = async () => Promise.reject(new Error('the books are away'));
  const till = drawers.process({ books: { ...drawers.books, record: away, reverse: away } });
  const asked = { accountId: shop.accountId, sessionId: session.id };
  const record = (amountMinor: string) =>
    till.face.recordMovement(shop.keyed(shop.ana), { ...asked, movement: { kind: 'sale', amountMinor } });
  const sale = await record('100');
  assert.deepEqual([sale.state, sale.position], ['pending', null]);
  const wrong = await record('900');
  await till.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: wrong.id, reason: 'Digitado errado' });
  assert.equal(await shop.balanceOf(shop.drawerId), 20_000n);
  assert.equal(expectedCash(await till.face.getSession(shop.owner, asked)), '20100', 'what is expected does not wait for the books');
  drawers.clock.advance(11_000);
  await till.runJob();
  await drawers.runJob();
  await shop.ledgerSays(20_100n);
  const { movements } = await drawers.face.listMovements(shop.ana, asked);
  assert.deepEqual([...new Set(movements.map(({ state }) => state))], ['recorded']);
  await drawers.runJob();
  await shop.ledgerSays(20_100n);
});

test('what the books do not take yet stays on its way, and is carried once they do', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  const notYet: Books['record'] = async (_, { entries }) => ({
    results: entries.map(({ id }) => ({ id: id!, outcome: 'refused', code: 'BOOKS_DATE_IN_FUTURE', date: TODAY, position: null })),
  });
  const till = drawers.process({ books: { ...drawers.books, record: notYet } });
  const asked = { accountId: shop.accountId, sessionId: session.id, movement: { kind: 'sale' as const, amountMinor: '100' } };
  assert.equal((await till.face.recordMovement(shop.keyed(shop.ana), asked)).state, 'pending');
  drawers.clock.advance(11_000);
  await drawers.runJob();
  await shop.ledgerSays(20_100n);
});

test('from the safe to the bank: in transit until the bank has it', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const bank = { id: newId(), storeId: shop.storeId, kind: 'bank' as const, name: 'Itaú' };
  await drawers.books.savePlace(shop.owner, { accountId, place: bank });
  const ctx = shop.keyed(shop.ana);
  const sent = await drawers.face.sendDeposit(ctx, { accountId, amountMinor: '5000' });
  assert.equal((await drawers.face.sendDeposit(ctx, { accountId, amountMinor: '5000' })).id, sent.id);
  const transit = (await drawers.books.getShop(shop.owner, { accountId })).places.find(({ kind }) => kind === 'transit')!;
  const standing = () => Promise.all([shop.placeOf('safe'), transit.id, bank.id].map(shop.balanceOf));
  assert.deepEqual(await standing(), [-5_000n, 5_000n, 0n]);
  const credit = { accountId, depositId: sent.id, toPlaceId: bank.id, date: '2026-03-02' };
  assert.equal((await drawers.face.creditDeposit(shop.ana, credit)).state, 'credited');
  await drawers.face.creditDeposit(shop.ana, credit);
  assert.deepEqual(await standing(), [-5_000n, 0n, 5_000n]);
  await assert.rejects(drawers.face.creditDeposit(shop.ana, { ...credit, date: '2026-03-01' }), /DRAWERS_DEPOSIT_CREDITED/);
  await assert.rejects(drawers.face.sendDeposit(shop.keyed(shop.ana), { accountId, amountMinor: '1', from: newId() }), /DRAWERS_REFUSED/);
  const other = await drawers.face.sendDeposit(shop.keyed(shop.ana), { accountId, amountMinor: '700' });
  await assert.rejects(drawers.face.creditDeposit(shop.ana, { ...credit, depositId: other.id, toPlaceId: newId() }), /DRAWERS_REFUSED/);
  const { deposits } = await drawers.face.listDeposits(shop.ana, { accountId });
  assert.deepEqual(deposits.map(({ amountMinor, state }) => [amountMinor, state]).toSorted(), [
    ['1', 'refused'],
    ['5000', 'credited'],
    ['700', 'in-transit'],
  ]);
});

test('a credit that the books refused is asked for again with another account, and is there', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const { id: depositId } = await drawers.face.sendDeposit(shop.keyed(shop.ana), { accountId, amountMinor: '700' });
  const credit = (toPlaceId: string) => drawers.face.creditDeposit(shop.ana, { accountId, depositId, toPlaceId, date: '2026-03-02' });
  await assert.rejects(credit(newId()), /DRAWERS_REFUSED/);
  await assert.rejects(credit(newId()), /DRAWERS_REFUSED/);
  const wallet = shop.placeOf('wallet');
  assert.equal((await credit(wallet)).state, 'credited');
  assert.equal(await shop.balanceOf(wallet), 700n);
});

const amount = fc.integer({ min: 1, max: 99_999 }).map((value) => String(value * 5));
const movement: fc.Arbitrary<NewMovement> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('sale' as const, 'refund' as const),
    method: fc.constantFrom('cash' as const, 'pix' as const, 'credit-card' as const),
    amountMinor: amount,
  }),
  fc.record({
    kind: fc.constantFrom('supply' as const, 'withdrawal' as const, 'expense' as const, 'pix-withdrawal' as const),
    amountMinor: amount,
  }),
  fc.record({ kind: fc.constant('pix-change' as const), amountMinor: amount, handedOutMinor: amount }),
);

test('whatever happens in whatever order, some of it taken back: expected is float and movements, and it is what the ledger says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2_000 }).map((value) => value * 5),
      fc.array(fc.tuple(movement, fc.boolean()), { minLength: 1, maxLength: 8 }),
      async (floatMinor, told) => {
        const shop = await openShop(drawers);
        const session = await shop.open(floatMinor);
        const asked = { accountId: shop.accountId, sessionId: session.id };
        let cash = BigInt(floatMinor);
        for (const [one, isTakenBack] of told) {
          const { id, cashMinor } = await shop.record(session, one);
          if (isTakenBack) await drawers.face.voidMovement(shop.keyed(shop.ana), { ...asked, movementId: id, reason: 'Digitado errado' });
          else cash += BigInt(cashMinor);
        }
        assert.equal(expectedCash(await drawers.face.getSession(shop.owner, asked)), String(cash));
        await shop.ledgerSays(cash);
      },
    ),
    { numRuns: 8 },
  );
});
