import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { defaultCategoryId } from '../books/domain/chart.ts';
import { owedAccountId } from '../books/domain/postings.ts';
import { flour, NOON, newShop, openTitles, type TitlesTest, TODAY } from './titles.fixture.ts';

let world: TitlesTest;
before(async () => {
  world = await openTitles();
});
after(() => world?.close());

const refused = (code: string) => (error: { code?: string }) => {
  assert.equal(error.code, code, String(error));
  return true;
};
const DAY_MS = 86_400_000;

test('a title counts on its competência: what is owed and its category move in the books, once, however often it is sent', async () => {
  const { accountId, ctx } = newShop();
  const first = ctx();
  const { titles } = await world.face.createTitles(first, { accountId, titles: flour() });
  assert.deepEqual((await world.face.createTitles(first, { accountId, titles: flour() })).titles, titles, 'the same key, the same title');
  assert.equal(titles.length, 1);
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'goods')), '48000');
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '48000');
  const { bookings, status } = await world.face.getTitle(ctx(), { accountId, titleId: titles[0]!.id });
  assert.equal(status, 'open');
  assert.deepEqual(
    bookings.map(({ purpose, action, state }) => [purpose, action, state]),
    [['accrual', 'record', 'recorded']],
  );
});

test('what counts on a day to come waits for it here, since the ledger takes no future date', async () => {
  const { accountId, ctx } = newShop();
  const { titles } = await world.face.createTitles(ctx(), {
    accountId,
    titles: flour({ competenceOn: '2026-03-10', kind: 'receivable', category: 'orders' }),
  });
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'receivable')), '0');
  world.clock.set(NOON + 8 * DAY_MS);
  try {
    await world.sendWaiting();
    assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'receivable')), '48000');
    assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'orders')), '48000');
    const [entry] = (await world.face.getTitle(ctx(), { accountId, titleId: titles[0]!.id })).bookings;
    assert.equal((await world.books.getEntry(ctx(), { accountId, entryId: entry!.entryId })).date, '2026-03-10');
  } finally {
    world.clock.set(NOON);
  }
});

test('complaint 3: the instalments of a purchase are titles of their own, equal in amount or not, and count on one day', async () => {
  const { accountId, ctx } = newShop();
  const plan = flour({ amountMinor: '100000', dueOn: '2026-12-31', instalments: { count: 3, remainder: 'first', roll: 'next' } });
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: plan });
  assert.deepEqual(
    titles.map(({ amountMinor, dueOn, plan: of, competenceOn }) => [amountMinor, dueOn, of?.nth, of?.count, competenceOn]),
    [
      ['33334', '2026-12-31', 1, 3, TODAY],
      ['33333', '2027-02-01', 2, 3, TODAY],
      ['33333', '2027-03-01', 3, 3, TODAY],
    ],
  );
  assert.equal(new Set(titles.map(({ id }) => id)).size, 3);
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'goods')), '100000');
  const listed = await world.face.listTitles(ctx(), { accountId, planId: titles[0]!.plan!.planId, limit: 50 });
  assert.deepEqual(
    listed.titles.map(({ id }) => id),
    titles.map(({ id }) => id),
  );
});

test('another amount, day or category: what was accrued is taken back and accrued anew; words alone are not', async () => {
  const { accountId, ctx } = newShop();
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: flour() });
  const { id: titleId, version } = titles[0]!;
  const renamed = await world.face.changeTitle(ctx(), { accountId, titleId, version, change: { description: 'Farinha integral' } });
  assert.equal((await world.face.getTitle(ctx(), { accountId, titleId })).bookings.length, 1);
  await assert.rejects(
    world.face.changeTitle(ctx(), { accountId, titleId, version, change: { amountMinor: '1' } }),
    refused('TITLES_CHANGED'),
  );
  await world.face.changeTitle(ctx(), {
    accountId,
    titleId,
    version: renamed.version,
    change: { amountMinor: '50000', category: 'packaging' },
  });
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'goods')), '0');
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'packaging')), '50000');
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '50000');
});

test('what is cancelled leaves nothing in the books, and stays cancelled', async () => {
  const { accountId, ctx } = newShop();
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: flour() });
  const titleId = titles[0]!.id;
  const cancelled = await world.face.cancelTitle(ctx(), { accountId, titleId });
  assert.deepEqual([cancelled.status, cancelled.openMinor], ['cancelled', '0']);
  assert.deepEqual(await world.face.cancelTitle(ctx(), { accountId, titleId }), cancelled);
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '0');
  const change = { accountId, titleId, version: cancelled.version, change: { amountMinor: '1' } };
  await assert.rejects(world.face.changeTitle(ctx(), change), refused('TITLES_NOT_OPEN'));
  // One that the books never had is dropped, and never sent.
  const later = await world.face.createTitles(ctx(), { accountId, titles: flour({ competenceOn: '2026-03-05' }) });
  await world.face.cancelTitle(ctx(), { accountId, titleId: later.titles[0]!.id });
  const { bookings } = await world.face.getTitle(ctx(), { accountId, titleId: later.titles[0]!.id });
  assert.deepEqual(
    bookings.map(({ state }) => state),
    ['dropped'],
  );
});

test('cancelled while nobody knows whether the books have it: first that is found out, then it is taken back', async () => {
  const { accountId, ctx } = newShop();
  const slow = world.process({
    async record(context, input) {
      await world.books.record(context, input);
      throw new Error('time-out');
    },
  });
  const { titles } = await slow.face.createTitles(ctx(), { accountId, titles: flour() });
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '48000');
  await slow.face.cancelTitle(ctx(), { accountId, titleId: titles[0]!.id });
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '48000', 'the reversal waits');
  world.clock.advance(60_000);
  await world.sendWaiting();
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '0');
  world.clock.set(NOON);
});

test('a closed day refuses: new titles on it, changes of what counts on it, and cancelling', async () => {
  const { accountId, ctx } = newShop();
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: flour() });
  const closed = world.process({ getShop: async (...asked) => ({ ...(await world.books.getShop(...asked)), closedUntil: TODAY }) });
  await assert.rejects(closed.face.createTitles(ctx(), { accountId, titles: flour() }), refused('TITLES_DAY_CLOSED'));
  const { id: titleId, version } = titles[0]!;
  await assert.rejects(closed.face.cancelTitle(ctx(), { accountId, titleId }), refused('TITLES_DAY_CLOSED'));
  const change = { accountId, titleId, version, change: { amountMinor: '9' } };
  await assert.rejects(closed.face.changeTitle(ctx(), change), refused('TITLES_DAY_CLOSED'));
  const due = await closed.face.changeTitle(ctx(), { ...change, change: { dueOn: '2026-04-10' } });
  assert.equal(due.dueOn, '2026-04-10', 'when it is due is in no book');
  assert.equal((await closed.face.createTitles(ctx(), { accountId, titles: flour({ late: 'first-open-day' }) })).titles.length, 1);
});

test('of a late title whose day is closed, what was accrued is taken back on the first open day, before it is accrued anew', async () => {
  const { accountId, ctx } = newShop();
  const titles = flour({ competenceOn: '2026-03-01', late: 'first-open-day' });
  const { titles: made } = await world.face.createTitles(ctx(), { accountId, titles });
  const { id: titleId, version } = made[0]!;
  await world.books.closeDay(ctx(), { accountId, until: '2026-03-01' });
  await world.face.changeTitle(ctx(), { accountId, titleId, version, change: { amountMinor: '50000' } });
  const standing = async () => [
    await world.balanceOf(ctx(), defaultCategoryId(accountId, 'goods')),
    await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')),
  ];
  assert.deepEqual(await standing(), ['50000', '50000'], 'the expense stands once');
  const { bookings } = await world.face.getTitle(ctx(), { accountId, titleId });
  assert.deepEqual(bookings.map(({ action, state }) => `${action} ${state}`).toSorted(), [
    'record recorded',
    'record recorded',
    'reverse recorded',
  ]);
  await world.face.cancelTitle(ctx(), { accountId, titleId });
  assert.deepEqual(await standing(), ['0', '0'], 'nothing of it is left');
});

test('what is accrued anew waits until the books have taken back what was', async () => {
  const { accountId, ctx } = newShop();
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: flour() });
  const { id: titleId, version } = titles[0]!;
  const slow = world.process({
    async reverse() {
      throw new Error('time-out');
    },
  });
  await slow.face.changeTitle(ctx(), { accountId, titleId, version, change: { amountMinor: '50000' } });
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '48000');
  world.clock.advance(60_000);
  await world.sendWaiting();
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), owedAccountId(accountId, 'payable')), '50000');
  world.clock.set(NOON);
});

test('lists and totals say what is open, overdue and due today, and pages go on where they ended', async () => {
  const { accountId, ctx } = newShop();
  const days = ['2026-01-15', '2026-02-27', '2026-02-28', '2026-03-01', TODAY, '2026-04-01'];
  for (const dueOn of days) await world.face.createTitles(ctx(), { accountId, titles: flour({ dueOn, amountMinor: '100' }) });
  const list = async (more: object) =>
    (await world.face.listTitles(ctx(), { accountId, limit: 50, ...more })).titles.map(({ dueOn }) => dueOn);
  assert.deepEqual(await list({}), days);
  assert.deepEqual(await list({ status: 'overdue' }), ['2026-01-15', '2026-02-27']);
  assert.deepEqual(await list({ status: 'open' }), days.slice(2), 'what fell due on the weekend may be paid today');
  assert.deepEqual(await list({ status: 'unsettled', dueFrom: '2026-03-01', dueTo: TODAY }), ['2026-03-01', TODAY]);
  const { payable, receivable } = await world.face.readTotals(ctx(), { accountId });
  assert.deepEqual(payable, { openMinor: '600', overdueMinor: '200', dueTodayMinor: '100', count: 6 });
  assert.equal(receivable.count, 0);
  const page = await world.face.listTitles(ctx(), { accountId, limit: 4 });
  const rest = await world.face.listTitles(ctx(), { accountId, limit: 4, cursor: page.nextCursor! });
  assert.deepEqual(
    [...page.titles, ...rest.titles].map(({ dueOn }) => dueOn),
    days,
  );
  assert.equal(rest.nextCursor, null);
});

test('another shop’s titles do not exist, and names are sealed', async () => {
  const { accountId, ctx } = newShop();
  const counterparty = { name: 'Moinho Central', taxId: '12.ABC.345/01DE-35' };
  const key = ctx();
  const saved = await world.face.addCounterparty(key, { accountId, counterparty });
  assert.deepEqual(await world.face.addCounterparty(key, { accountId, counterparty }), saved);
  const { id } = saved;
  const { titles } = await world.face.createTitles(ctx(), { accountId, titles: flour({ counterpartyId: id }) });
  const other = newShop();
  const elsewhere = { accountId: other.accountId, titleId: titles[0]!.id };
  await assert.rejects(world.face.getTitle(other.ctx(), elsewhere), refused('TITLES_NOT_FOUND'));
  const sibling = { ...ctx(), actor: other.ctx().actor };
  await assert.rejects(world.face.getTitle(sibling, elsewhere), refused('TITLES_NOT_FOUND'), 'nor of another account of the tenant');
  await assert.rejects(
    world.face.createTitles(sibling, { accountId: other.accountId, titles: flour({ counterpartyId: id }) }),
    refused('TITLES_COUNTERPARTY_NOT_FOUND'),
  );
  assert.deepEqual((await world.face.listCounterparties(ctx(), { accountId })).counterparties, [saved]);
  const change = { accountId: other.accountId, id, counterparty };
  await assert.rejects(world.face.changeCounterparty(sibling, change), refused('TITLES_COUNTERPARTY_NOT_FOUND'));
  const rows = await world.database.admin<{ row: string }>(
    `select row_to_json(c)::text as row from titles.counterparties c union all select row_to_json(b)::text from titles.bookings b`,
  );
  assert.ok(rows.length >= 2 && !rows.some(({ row }) => row.includes('Moinho')));
  const [booking] = (await world.face.getTitle(ctx(), { accountId, titleId: titles[0]!.id })).bookings;
  assert.equal((await world.books.getEntry(ctx(), { accountId, entryId: booking!.entryId })).counterparty, 'Moinho Central');
});

test('a person’s own titles are given out, and forgotten: words and names go, amounts and dates stay', async () => {
  const { accountId, ctx } = newShop();
  const counterparty = await world.face.addCounterparty(ctx(), { accountId, counterparty: { name: 'Moinho Central' } });
  await world.face.createTitles(ctx(), { accountId, titles: flour({ counterpartyId: counterparty.id, document: 'NF 77' }) });
  const schedule = { firstOn: '2026-04-05', unit: 'month' as const };
  const rule = { kind: 'payable' as const, description: 'Aluguel da Ana', amountMinor: '1', category: 'rent', schedule };
  await world.face.createRule(ctx(), { accountId, rule });
  const whose = { subjectId: accountId, accountIds: [accountId] };
  const collect = (cursor: string | null) => world.face.collectPersonalData(ctx(), { ...whose, retained: false, cursor });
  const first = await collect(null);
  assert.deepEqual([first.part, (first.rows as { document: string }[]).map(({ document }) => document)], ['titles', ['NF 77']]);
  assert.deepEqual((await collect(first.next)).rows, [counterparty]);
  for (let time = 0; time < 2; time++) await world.face.erasePersonalData(ctx(), whose);
  const kept = [first.rows, (await collect('counterparties/')).rows];
  assert.equal((kept[1] as { name: string }[])[0]!.name, '');
  const rows = await world.database.admin<{ row: string }>(
    `select row_to_json(t)::text as row from titles.titles t where account_id = $1 union all
     select row_to_json(r)::text from titles.rules r where account_id = $1 union all
     select row_to_json(b)::text from titles.bookings b where account_id = $1`,
    [accountId],
  );
  assert.ok(rows.length >= 3 && !rows.some(({ row }) => /Farinha|Ana|NF 77/.test(row)));
  const { titles } = await world.face.listTitles(ctx(), { accountId, limit: 10 });
  assert.deepEqual([titles[0]!.amountMinor, titles[0]!.dueOn], ['48000', '2026-03-10']);
});
