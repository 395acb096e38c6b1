import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { type DrawersTest, expectedCash, openDrawers, openShop, piecesOf, TODAY } from './drawers.fixture.ts';

let drawers: DrawersTest;
before(async () => {
  drawers = await openDrawers();
});
after(() => drawers?.close());

test('a day at the counter: opened with the float, sold, counted, closed, reviewed by the owner, and the ledger has it all', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  assert.deepEqual([session.status, session.businessDate, session.floatMinor], ['open', TODAY, '20000']);
  const sale = await shop.record(session, { kind: 'sale', amountMinor: '7350', paidMinor: '10000' });
  assert.deepEqual([sale.changeMinor, sale.cashMinor, sale.state], ['2650', '7350', 'recorded']);
  assert.ok(sale.position! > 0, 'and says where the ledger has it');
  const counted = await shop.count(session, 27_350);
  assert.deepEqual([counted.status, expectedCash(counted)], ['counting', '27350']);
  const closed = await shop.close(session);
  assert.deepEqual([closed.status, closed.differences], ['closed', []]);
  const reviewed = await drawers.face.reviewSession(shop.owner, { accountId: shop.accountId, sessionId: session.id, note: 'Tudo certo' });
  assert.deepEqual([reviewed.status, reviewed.reviewedBy], ['reviewed', shop.owner.actor.id]);
  await shop.ledgerSays(27_350n);
  assert.equal(await shop.balanceOf(shop.categoryOf('sales')), 7_350n);
});

test('who stands at the drawer is not told what should be there before they counted; an owner is', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  await shop.record(session, { kind: 'sale', amountMinor: '5000' });
  const asked = { accountId: shop.accountId, sessionId: session.id };
  const ofAll = async (ctx = shop.ana) => (await drawers.face.listDrawers(ctx, { accountId: shop.accountId })).drawers[0]!.session!;
  for (const seen of [session, await drawers.face.getSession(shop.ana, asked), await ofAll()]) {
    assert.equal(seen.expected, null);
    assert.doesNotMatch(JSON.stringify(seen), /25000/);
  }
  for (const role of ['viewer', 'operator'] as const)
    assert.equal((await drawers.face.getSession(shop.somebody(role), asked)).expected, null);
  for (const ctx of [shop.owner, shop.somebody('accountant')]) {
    assert.equal(expectedCash(await drawers.face.getSession(ctx, asked)), '25000');
    assert.equal(expectedCash(await ofAll(ctx)), '25000');
  }
  await shop.count(session, 25_000);
  assert.equal(expectedCash(await drawers.face.getSession(shop.ana, asked)), '25000');
});

test('of two operators who open one drawer at the same moment, one does; the database decides', async () => {
  const shop = await openShop(drawers);
  const second = drawers.process().face;
  const both = await Promise.allSettled([
    shop.open(10_000, shop.ana),
    second.openSession(shop.keyed(shop.bia), { ...shop.on, cash: piecesOf(10_000) }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const lost = both.find((one) => one.status === 'rejected')!;
  assert.match(String(lost.reason), /DRAWERS_ALREADY_OPEN/);
  await assert.rejects(
    drawers.database.admin(
      `insert into drawers.sessions (tenant_id, id, account_id, place_id, store_id, business_date, cut_off_hour, time_zone, opened_by, opened_at, float_minor, float_cash)
       select tenant_id, gen_random_uuid(), account_id, place_id, store_id, business_date, cut_off_hour, time_zone, opened_by, opened_at, float_minor, float_cash
       from drawers.sessions where tenant_id = $1`,
      [shop.tenantId],
    ),
    /one_open/,
  );
  await shop.ledgerSays(10_000n);
});

test('the same opening asked again is the same session, also when the answer was lost', async () => {
  const shop = await openShop(drawers);
  const ctx = shop.keyed(shop.ana);
  const asked = { ...shop.on, cash: piecesOf(10_000) };
  const [first, again] = [await drawers.face.openSession(ctx, asked), await drawers.face.openSession(ctx, asked)];
  assert.equal(again.id, first.id);
  await assert.rejects(drawers.face.openSession(ctx, { ...asked, cash: piecesOf(20_000) }), /PLATFORM_IDEMPOTENCY_CONFLICT/);
});

test('an opening whose source the shop does not have is refused before anything is kept, and the drawer can be opened', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const gone = { id: newId(), storeId: shop.storeId, kind: 'safe' as const, name: 'Cofre antigo' };
  await drawers.books.savePlace(shop.owner, { accountId, place: gone });
  await drawers.books.savePlace(shop.owner, { accountId, place: { ...gone, archived: true } });
  for (const source of [newId(), 'nowhere', gone.id])
    await assert.rejects(shop.open(10_000, shop.ana, { source }), /DRAWERS_PLACE_UNKNOWN/, source);
  await assert.rejects(shop.open(10_000, shop.ana, { source: shop.drawerId }), /DRAWERS_PLACE_IS_DRAWER/);
  assert.equal((await shop.open(10_000, shop.ana, { source: 'safe' })).status, 'open');
  await shop.ledgerSays(10_000n);
});

test('an opening whose entry the books refuse later is counted and closed: what they do not know of is found as a difference', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const safe = { id: newId(), storeId: shop.storeId, kind: 'safe' as const, name: 'Cofre 2' };
  await drawers.books.savePlace(shop.owner, { accountId, place: safe });
  const away = async () => Promise.reject(new Error('the books are away'));
  const till = drawers.process({ books: { ...drawers.books, record: away } });
  const opening = { ...shop.on, cash: piecesOf(10_000), source: safe.id };
  const session = await till.face.openSession(shop.keyed(shop.ana), opening);
  await drawers.books.savePlace(shop.owner, { accountId, place: { ...safe, archived: true } });
  await shop.record(session, { kind: 'sale', amountMinor: '500' });
  const counted = await shop.count(session, 10_500);
  assert.equal(expectedCash(counted), '500', 'as the ledger says');
  const closed = await shop.close(session, { reason: 'O cofre de onde veio foi arquivado' });
  assert.deepEqual(
    closed.differences.map(({ differenceMinor }) => differenceMinor),
    ['10000'],
  );
  await shop.ledgerSays(10_500n);
});

test('complaint 15: a drawer that does not match is closed; the difference is accepted, with its reason, and stands in its own account', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(20_000);
  await shop.record(session, { kind: 'sale', amountMinor: '5000' });
  await shop.count(session, 24_000);
  await assert.rejects(shop.close(session), /DRAWERS_REASON_REQUIRED/);
  const closed = await shop.close(session, { reason: 'Troco errado' });
  assert.equal(closed.status, 'closed');
  const [difference] = closed.differences;
  assert.deepEqual(
    [difference!.stage, difference!.method, difference!.differenceMinor, difference!.reason, difference!.by, difference!.approvedBy],
    ['closing', 'cash', '-1000', 'Troco errado', shop.ana.actor.id, null],
  );
  await shop.ledgerSays(24_000n);
  assert.equal(await shop.balanceOf(shop.categoryOf('cash-difference')), 1_000n, 'a shortage is a debit of its account');
  const asked = { accountId: shop.accountId, sessionId: session.id, note: 'Conversado' };
  await assert.rejects(drawers.face.reviewSession(shop.bia, asked), /ACCOUNTS_FORBIDDEN/);
  const reviewed = await drawers.face.reviewSession(shop.owner, asked);
  assert.equal(reviewed.differences[0]!.approvedBy, shop.owner.actor.id);
});

test('complaint 16: a difference stays what it was after closing, review and the next opening, and expected comes from the opening count', async () => {
  const shop = await openShop(drawers);
  const first = await shop.open(20_000);
  await shop.count(first, 20_500);
  await shop.close(first, { reason: 'Sobra sem explicação' });
  await drawers.face.reviewSession(shop.owner, { accountId: shop.accountId, sessionId: first.id, note: 'Visto' });
  const kept = await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId: first.id });
  assert.deepEqual(
    kept.differences.map(({ differenceMinor, approvedBy }) => [differenceMinor, approvedBy]),
    [['500', shop.owner.actor.id]],
  );
  assert.deepEqual(kept.counts[0]!.lines, [{ method: 'cash', expectedMinor: '20000', countedMinor: '20500', differenceMinor: '500' }]);
  for (const statement of [
    'update drawers.differences set difference_minor = 0, counted_minor = expected_minor',
    'delete from drawers.differences',
    'update drawers.counts set lines = lines',
  ])
    await assert.rejects(
      drawers.database.db.tx({ module: 'drawers', tenants: [shop.tenantId] }, (tx) => tx.execute(statement)),
      /permission denied/,
      statement,
    );
  // The last closing left 205.00; 200.00 are counted at the next opening, and it is from these that the day is expected.
  await assert.rejects(shop.open(20_000, shop.bia), /DRAWERS_REASON_REQUIRED/);
  const next = await shop.open(20_000, shop.bia, { reason: 'Faltava uma moeda' });
  assert.deepEqual(
    next.differences.map(({ stage, expectedMinor, countedMinor, differenceMinor }) => [
      stage,
      expectedMinor,
      countedMinor,
      differenceMinor,
    ]),
    [['opening', '20500', '20000', '-500']],
  );
  await shop.record(next, { kind: 'sale', amountMinor: '1000' }, shop.bia);
  assert.equal(expectedCash(await drawers.face.getSession(shop.owner, { accountId: shop.accountId, sessionId: next.id })), '21000');
  await shop.ledgerSays(21_000n);
});

test('a surplus of cash never makes up for a shortage in card, and what nobody counted is no difference', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  await shop.record(session, { kind: 'sale', method: 'credit-card', amountMinor: '4000' });
  await shop.record(session, { kind: 'sale', method: 'pix', amountMinor: '3000' });
  await shop.count(session, 11_000, [{ method: 'credit-card', amountMinor: '3000' }]);
  const closed = await shop.close(session, { reason: 'Venda no meio errado' });
  assert.deepEqual(
    closed.differences.map(({ method, differenceMinor, movementId }) => [method, differenceMinor, movementId !== null]).toSorted(),
    [
      ['cash', '1000', true],
      ['credit-card', '-1000', false],
    ],
  );
  assert.deepEqual(
    closed.counts[0]!.lines.find(({ method }) => method === 'pix'),
    { method: 'pix', expectedMinor: '3000', countedMinor: null, differenceMinor: null },
  );
  assert.equal(await shop.balanceOf(shop.categoryOf('cash-difference')), -1_000n);
});

test('a recount is a second record; the newest is what is closed with', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  await shop.count(session, 9_000);
  await shop.count(session, 10_000);
  const closed = await shop.close(session);
  assert.deepEqual(
    closed.counts.map(({ nth, lines }) => [nth, lines[0]!.differenceMinor]),
    [
      [1, '-1000'],
      [2, '0'],
    ],
  );
  assert.deepEqual(closed.differences, []);
});

test('a drawer that nobody counted is not closed, and while it is counted nothing more is sold', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  await assert.rejects(shop.close(session), /DRAWERS_NOT_COUNTED/);
  await shop.count(session, 10_000);
  drawers.clock.advance(1);
  await assert.rejects(shop.record(session, { kind: 'sale', amountMinor: '100' }), /DRAWERS_BEING_COUNTED/);
  await shop.close(session);
  await assert.rejects(shop.record(session, { kind: 'sale', amountMinor: '100' }), /DRAWERS_SESSION_CLOSED/);
  await assert.rejects(shop.count(session, 10_000), /DRAWERS_SESSION_CLOSED/);
  await assert.rejects(shop.close(session), /DRAWERS_SESSION_CLOSED/);
});

test('all but tomorrow’s float goes to the safe at the closing, and no more than there is', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000);
  await shop.record(session, { kind: 'sale', amountMinor: '30000' });
  await shop.count(session, 40_000);
  await assert.rejects(shop.close(session, { leave: { amountMinor: '40001' } }), /DRAWERS_LEAVES_TOO_MUCH/);
  await shop.close(session, { leave: { amountMinor: '15000' } });
  await shop.ledgerSays(15_000n);
  assert.equal(await shop.balanceOf(shop.placeOf('safe')), 25_000n);
  const next = await shop.open(15_000, shop.bia);
  assert.deepEqual(next.differences, [], 'what was left is what is found');
});

test('a float that is brought from the safe is a transfer, and one that is taken back there, too', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(30_000, shop.ana, { source: 'safe' });
  assert.deepEqual(session.differences, []);
  assert.equal(await shop.balanceOf(shop.placeOf('safe')), -30_000n);
  await shop.count(session, 30_000);
  await shop.close(session);
  await shop.open(10_000, shop.bia, { source: 'safe' });
  await shop.ledgerSays(10_000n);
  assert.equal(await shop.balanceOf(shop.placeOf('safe')), -10_000n);
});

test('who opened or closed a drawer does not review it, owner or not; and a session is its operator’s until it is closed', async () => {
  const shop = await openShop(drawers);
  const session = await shop.open(10_000, shop.owner);
  await assert.rejects(shop.record(session, { kind: 'sale', amountMinor: '100' }, shop.bia), /DRAWERS_ANOTHER_OPERATOR/);
  await assert.rejects(shop.count(session, 10_000, [], shop.bia), /DRAWERS_ANOTHER_OPERATOR/);
  await shop.count(session, 10_000, [], shop.owner);
  const asked = { accountId: shop.accountId, sessionId: session.id, note: 'Visto' };
  await assert.rejects(drawers.face.reviewSession(shop.somebody('owner'), asked), /DRAWERS_NOT_CLOSED/);
  await shop.close(session, {}, shop.owner);
  await assert.rejects(drawers.face.reviewSession(shop.owner, asked), /DRAWERS_OWN_SESSION/);
  const another = shop.somebody('owner');
  assert.equal((await drawers.face.reviewSession(another, asked)).reviewedBy, another.actor.id);
  assert.equal((await drawers.face.reviewSession(shop.somebody('owner'), asked)).reviewedBy, another.actor.id, 'it stays so');
});

test('an owner records for an operator; a stranger to the shop’s drawer finds no session', async () => {
  const [shop, other] = [await openShop(drawers), await openShop(drawers)];
  const session = await shop.open(10_000);
  assert.equal((await shop.record(session, { kind: 'sale', amountMinor: '100' }, shop.owner)).by, shop.owner.actor.id);
  const foreign = { ...shop.owner };
  await assert.rejects(
    drawers.face.getSession(foreign, { accountId: other.accountId, sessionId: session.id }),
    /DRAWERS_SESSION_NOT_FOUND/,
  );
  await assert.rejects(
    drawers.face.getSession(other.owner, { accountId: shop.accountId, sessionId: session.id }),
    /DRAWERS_SESSION_NOT_FOUND/,
  );
  await assert.rejects(
    drawers.face.openSession(shop.keyed(shop.ana), { accountId: shop.accountId, placeId: newId(), cash: [] }),
    /DRAWERS_UNKNOWN/,
  );
  await assert.rejects(
    drawers.face.openSession(shop.keyed(shop.ana), { accountId: shop.accountId, placeId: shop.placeOf('safe'), cash: [] }),
    /DRAWERS_UNKNOWN/,
  );
});

test('several drawers of several stores are open side by side', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const store = await drawers.books.saveStore(shop.owner, { accountId, store: { id: newId(), name: 'Filial' } });
  const place = { id: newId(), storeId: store.id, kind: 'drawer' as const, name: 'Caixa da filial' };
  await drawers.books.savePlace(shop.owner, { accountId, place });
  await shop.open(10_000);
  const second = await drawers.face.openSession(shop.keyed(shop.bia), { accountId, placeId: place.id, cash: piecesOf(5_000) });
  await shop.record(second, { kind: 'sale', amountMinor: '100' }, shop.bia);
  const { drawers: listed } = await drawers.face.listDrawers(shop.owner, { accountId });
  assert.deepEqual(Object.fromEntries(listed.map(({ storeName, session }) => [storeName, session && expectedCash(session)])), {
    Loja: '10000',
    Filial: '5100',
  });
});

test('a count that names a note twice is refused, and so is a float', async () => {
  const shop = await openShop(drawers);
  const twice = [
    { denominationMinor: 100 as const, pieces: 1 },
    { denominationMinor: 100 as const, pieces: 1 },
  ];
  await assert.rejects(drawers.face.openSession(shop.keyed(shop.ana), { ...shop.on, cash: twice }), /DRAWERS_COUNT_TWICE/);
  const session = await shop.open(100);
  await assert.rejects(
    drawers.face.countSession(shop.keyed(shop.ana), { accountId: shop.accountId, sessionId: session.id, count: { cash: twice } }),
    /DRAWERS_COUNT_TWICE/,
  );
});

test('a bar that cuts off at four: a session crosses midnight, and a sale at half past one is of last night', async () => {
  const shop = await openShop(drawers);
  const hours = { storeId: shop.storeId, cutOffHour: 4, timeZone: 'America/Sao_Paulo' };
  await assert.rejects(drawers.face.setStoreHours(shop.ana, { accountId: shop.accountId, ...hours }), /ACCOUNTS_FORBIDDEN/);
  await assert.rejects(
    drawers.face.setStoreHours(shop.owner, { accountId: shop.accountId, ...hours, timeZone: 'America/Sao_Paula' }),
    /DRAWERS_ZONE_UNKNOWN/,
  );
  await drawers.face.setStoreHours(shop.owner, { accountId: shop.accountId, ...hours });
  const start = drawers.clock.now();
  try {
    drawers.clock.set(Date.parse('2026-03-06T23:00:00Z'));
    const session = await shop.open(10_000);
    drawers.clock.set(Date.parse('2026-03-07T04:30:00Z'));
    const night = await shop.record(session, { kind: 'sale', amountMinor: '100' });
    drawers.clock.set(Date.parse('2026-03-07T07:00:00Z'));
    const morning = await shop.record(session, { kind: 'sale', amountMinor: '100' });
    assert.deepEqual([session.businessDate, night.businessDate, morning.businessDate], ['2026-03-06', '2026-03-06', '2026-03-07']);
    const { sessions } = await drawers.face.listSessions(shop.owner, {
      accountId: shop.accountId,
      from: '2026-03-06',
      to: '2026-03-06',
      limit: 10,
    });
    assert.deepEqual(
      sessions.map(({ id }) => id),
      [session.id],
    );
  } finally {
    drawers.clock.set(start);
  }
});

test('a drawer above its limit says that a sangria is due, once when the limit is passed', async () => {
  const shop = await openShop(drawers);
  const settings = { limitMinor: '15000', pixPlace: 'wallet', pixByItself: false };
  await drawers.face.setDrawer(shop.owner, { ...shop.on, settings });
  const session = await shop.open(10_000);
  const isDue = async () => (await drawers.face.listDrawers(shop.ana, { accountId: shop.accountId })).drawers[0]!.withdrawalDue;
  await shop.record(session, { kind: 'sale', amountMinor: '5000' });
  assert.equal(await isDue(), false, 'at the limit');
  await shop.record(session, { kind: 'sale', amountMinor: '5' });
  await shop.record(session, { kind: 'sale', amountMinor: '5' });
  assert.equal(await isDue(), true);
  const told = async () =>
    (
      await drawers.database.admin(`select from drawers.outbox_events where type = 'drawers.withdrawal-due.v1' and tenant_id = $1`, [
        shop.tenantId,
      ])
    ).length;
  assert.equal(await told(), 1);
  await shop.record(session, { kind: 'withdrawal', amountMinor: '10000' });
  assert.equal(await isDue(), false);
});

test('a day waits for its drawers: the books’ closing lists the one that is open, until it is closed', async () => {
  const shop = await openShop(drawers);
  const { accountId } = shop;
  const waiting = async () => {
    const { checklist } = await drawers.books.getClosing(shop.owner, { accountId, date: TODAY });
    return checklist.filter(({ kind }) => kind === 'drawers.uncounted').map(({ count, blocks }) => [count, blocks]);
  };
  const session = await shop.open(10_000);
  assert.deepEqual(await waiting(), [[1, true]]);
  await shop.count(session, 10_000);
  assert.deepEqual(await waiting(), [[1, true]], 'counted is not closed');
  await shop.close(session);
  assert.deepEqual(await waiting(), []);
});
