import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { type Dice, diceTest } from '../../../test/support/dice.ts';
import type { Entry, NewEntry } from '../books/contract.ts';
import { DEFAULT_CHART, defaultCategoryId } from '../books/domain/chart.ts';
import { firstPlaceId } from '../books/domain/places.ts';
import type { CardsPort } from './deps.ts';
import { newShop, openReports, type ReportsTest, TODAY } from './reports.fixture.ts';

let world: ReportsTest;
let ofCards: Awaited<ReturnType<CardsPort['listExpected']>> = { items: [] };
before(async () => {
  world = await openReports({ listExpected: async () => ofCards });
});
after(() => world?.close());

const PLACES = ['drawer', 'safe', 'wallet'] as const;
const FROM = '2025-12';
const TO = '2026-03';
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + BigInt(amount), 0n);
const monthOf = (date: string): string => date.slice(0, 7);

type Shop = { accountId: string; ctx: () => CallContext };
/** Some days of a shop, dated over the end of a year; a few are sorted anew, a few taken back. */
async function liveSome({ accountId, ctx }: Shop, dice: Dice): Promise<void> {
  const day = (): string => `${dice.pick(['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-28', '2026-03-01', TODAY])}`;
  const entries: NewEntry[] = Array.from({ length: 40 }, () => {
    const kind = dice.pick(['in', 'in', 'in', 'out', 'out', 'transfer', 'opening'] as const);
    const place = dice.pick(PLACES);
    const amountMinor = String(dice.whole(1, 1_000_000));
    if (kind === 'opening') return { kind, place, date: day(), amountMinor };
    if (kind === 'transfer') {
      const toPlace = dice.pick(PLACES.filter((one) => one !== place));
      return dice.pick<NewEntry>([
        { kind, place, toPlace, date: day(), amountMinor },
        { kind, owed: 'cards', toPlace: place, date: day(), amountMinor },
      ]);
    }
    const lines = Array.from({ length: dice.whole(1, 3) }, () => ({
      category: dice.pick(DEFAULT_CHART).key,
      amountMinor: String(dice.whole(1, 99_999)),
    }));
    const dates = dice.pick([{ date: day() }, { date: day(), competence: day() }]);
    return dice.roll() < 0.2 ? { kind, owed: 'cards', lines, date: day() } : { kind, place, lines, ...dates };
  });
  const { results } = await world.books.record(ctx(), { accountId, entries });
  assert.ok(results.every(({ outcome }) => outcome === 'recorded'));
  for (const [index, { id: entryId }] of results.entries()) {
    const entry = entries[index]!;
    const luck = dice.roll();
    if (luck < 0.2) await world.books.reverse(ctx(), { accountId, entryId, reason: 'engano' });
    else if (luck < 0.4 && entry.lines) {
      const total = sum(entry.lines.map(({ amountMinor }) => amountMinor)).toString();
      await world.books.recategorise(ctx(), {
        accountId,
        entryId,
        lines: [{ category: dice.pick(DEFAULT_CHART).key, amountMinor: total }],
      });
    }
  }
  for (const kind of ['payable', 'receivable'] as const) {
    const category = dice.pick(DEFAULT_CHART).key;
    const terms = { finePercent: '2', interest: { percent: '1', per: 'month' as const }, discount: null };
    const asked = { kind, description: 'Conta', category, amountMinor: '90001', dueOn: '2026-01-15', competenceOn: day(), terms };
    const { titles } = await world.titles.createTitles(ctx(), { accountId, titles: asked });
    const one = { accountId, titleId: titles[0]!.id };
    for (const principalMinor of ['30000', '20000']) {
      const settlement = { paidOn: dice.pick(['2026-02-28', TODAY]), place: dice.pick(PLACES), principalMinor, discountMinor: '7' };
      const { settlementId } = await world.titles.settle(ctx(), { ...one, settlement });
      if (dice.roll() < 0.3) await world.titles.undoSettlement(ctx(), { ...one, settlementId });
    }
  }
}

/** Every entry of a shop as the books show it, one by one: what a person would add up. */
async function entriesOf({ accountId, ctx }: Shop): Promise<Entry[]> {
  const rows = await world.database.admin<{ id: string }>('select id from books.entries where account_id = $1', [accountId]);
  return Promise.all(rows.map(({ id: entryId }) => world.books.getEntry(ctx(), { accountId, entryId })));
}

type Sums = Map<string, bigint>;
const add = (sums: Sums, id: string, amount: bigint): Sums => sums.set(id, (sums.get(id) ?? 0n) + amount);
const signed = ({ kind }: Pick<Entry, 'kind'>, amountMinor: string): bigint => (kind === 'in' ? BigInt(amountMinor) : -BigInt(amountMinor));
const nonZero = (sums: Sums) => Object.fromEntries([...sums].filter(([, amount]) => amount !== 0n).sort());

diceTest(
  'complaint 6: DRE and cash flow are the list of entries, category by category and month by month',
  { timeout: 120_000 },
  async (dice) => {
    const { accountId, ctx } = newShop();
    await liveSome({ accountId, ctx }, dice);
    await world.settled();
    const standing = (await entriesOf({ accountId, ctx })).filter(({ state }) => state === 'posted');
    const dre: Sums = new Map();
    const cash: Sums = new Map();
    const openings: Sums = new Map();
    for (const entry of standing) {
      for (const { categoryId, amountMinor } of entry.lines) {
        add(dre, `${categoryId} ${monthOf(entry.competence)}`, signed(entry, amountMinor));
        if (entry.placeId !== null) add(cash, `${categoryId} ${monthOf(entry.date)}`, signed(entry, amountMinor));
      }
      if (entry.kind === 'opening') add(openings, '', BigInt(entry.amountMinor));
      if (entry.kind === 'transfer' && entry.owed !== null && entry.origin === null)
        add(cash, `owed:${entry.owed} ${monthOf(entry.date)}`, BigInt(entry.amountMinor));
      // The books saw it only go to what is owed; what it was for, its settlement says.
      if (entry.origin?.module === 'titles' && entry.kind === 'transfer') {
        const [row] = await world.database.admin<{ title_id: string; settlement_id: string }>(
          'select title_id, settlement_id from titles.bookings where id = $1',
          [entry.id],
        );
        const title = await world.titles.getTitle(ctx(), { accountId, titleId: row!.title_id });
        const paid = title.settlements.find(({ id }) => id === row!.settlement_id)!;
        const sign = title.kind === 'payable' ? -1n : 1n;
        const charged = sum([paid.fineMinor, paid.interestMinor]);
        add(cash, `${title.categoryId} ${monthOf(paid.paidOn)}`, sign * (BigInt(paid.principalMinor) - BigInt(paid.discountMinor)));
        const charges = defaultCategoryId(accountId, title.kind === 'payable' ? 'interest-paid' : 'interest-received');
        add(cash, `${charges} ${monthOf(paid.paidOn)}`, sign * charged);
      }
    }

    const shownDre = await world.reports.getDre(ctx(), { accountId, from: FROM, to: TO });
    assert.equal(shownDre.pending, false);
    const ofDre: Sums = new Map();
    for (const { categories } of shownDre.lines)
      for (const { categoryId, amounts } of categories)
        for (const [index, amount] of amounts.entries()) add(ofDre, `${categoryId} ${shownDre.columns[index]!.month}`, BigInt(amount));
    assert.deepEqual(nonZero(ofDre), nonZero(dre));

    const flow = await world.reports.getCashFlow(ctx(), { accountId, from: FROM, to: TO });
    const ofFlow: Sums = new Map();
    for (const { about, amounts } of [...flow.in.rows, ...flow.out.rows])
      for (const [index, amount] of amounts.entries()) add(ofFlow, `${about} ${flow.columns[index]!.month}`, BigInt(amount));
    assert.deepEqual(nonZero(ofFlow), nonZero(cash));

    // Each row opens what it is made of.
    for (const { about, totalMinor } of [...flow.in.rows, ...flow.out.rows]) {
      const range = { from: flow.columns[0]!.from, to: flow.columns.at(-1)!.to };
      const { entries, nextCursor } = await world.reports.listPaid(ctx(), { accountId, about, ...range });
      assert.deepEqual([sum(entries.map(({ amountMinor }) => amountMinor)).toString(), nextCursor], [totalMinor, null], about);
    }

    // Openings stand on the day before their own: the month of some is the one before.
    assert.equal(sum(flow.openingMinor.slice(0, 1)) + sum(flow.other.amounts), openings.get('') ?? 0n);
    for (const [index] of flow.columns.entries()) {
      const moved = BigInt(flow.in.amounts[index]!) + BigInt(flow.out.amounts[index]!) + BigInt(flow.other.amounts[index]!);
      assert.equal(BigInt(flow.openingMinor[index]!) + moved, BigInt(flow.closingMinor[index]!));
      if (index > 0) assert.equal(flow.openingMinor[index], flow.closingMinor[index - 1]);
    }
    const { balances } = await world.ledger.getBalances(ctx(), { accountIds: PLACES.map((key) => firstPlaceId(accountId, key)) });
    assert.equal(BigInt(flow.closingMinor.at(-1)!), sum(balances.map(({ postedMinor }) => postedMinor)), 'what the places have');

    const month = await world.reports.getMonth(ctx(), { accountId, month: '2026-02' });
    const at = flow.columns.findIndex((column) => column.month === '2026-02');
    assert.equal(BigInt(month.inMinor) - BigInt(month.outMinor), BigInt(flow.in.amounts[at]!) + BigInt(flow.out.amounts[at]!));
    assert.deepEqual([month.openingMinor, month.closingMinor], [flow.openingMinor[at], flow.closingMinor[at]]);
    assert.equal(sum(month.days.map(({ inMinor }) => inMinor)), BigInt(month.inMinor));
  },
);

test('compared with as many months before, or with the year before; and every number says what it is made of', async () => {
  const { accountId, ctx } = newShop();
  const sale = (date: string, amountMinor: string): NewEntry => ({
    kind: 'in',
    place: 'drawer',
    date,
    lines: [{ category: 'sales', amountMinor }],
  });
  const entries = [sale('2026-02-10', '300'), sale('2026-01-10', '200'), sale('2025-02-10', '100')];
  await world.books.record(ctx(), { accountId, entries });
  await world.settled();
  const ask = async (compare: 'previous' | 'year-before') => {
    const asked = { accountId, from: '2026-02', to: '2026-02', compare };
    const [dre, flow] = [await world.reports.getDre(ctx(), asked), await world.reports.getCashFlow(ctx(), asked)];
    const result = dre.lines.at(-1)!;
    return [result.key, result.totalMinor, result.comparedMinor, flow.in.totalMinor, flow.in.comparedMinor, dre.comparedColumns[0]!.month];
  };
  assert.deepEqual(await ask('previous'), ['result', '300', '200', '300', '200', '2026-01']);
  assert.deepEqual(await ask('year-before'), ['result', '300', '100', '300', '100', '2025-02']);
  const dre = await world.reports.getDre(ctx(), { accountId, from: '2026-02', to: '2026-02' });
  const sales = defaultCategoryId(accountId, 'sales');
  assert.deepEqual(dre.lines[0]!.categories[0]!.filter, { basis: 'competence', categoryIds: [sales], owed: null });
  assert.equal(dre.lines[0]!.categories[0]!.name, 'Vendas');
  assert.equal(dre.lines[0]!.comparedMinor, null);
  const month = await world.reports.getMonth(ctx(), { accountId, month: '2026-02' });
  assert.deepEqual([month.before, month.openingMinor, month.days.length], [{ month: '2026-01', inMinor: '200', outMinor: '0' }, '300', 1]);
});

test('a range that is none is refused', async () => {
  const { accountId, ctx } = newShop();
  for (const [from, to] of [
    ['2026-03', '2026-02'],
    ['2020-01', '2025-01'],
    ['1900-01', '1900-02'],
  ] as const)
    await assert.rejects(world.reports.getDre(ctx(), { accountId, from, to }), /REPORTS_RANGE_INVALID/);
});

test('a forecast is what places have, what is open, what repeats and what cards will pay; late ones are said apart and stand today', async () => {
  const { accountId, ctx } = newShop();
  await world.books.record(ctx(), { accountId, entries: [{ kind: 'opening', place: 'drawer', date: TODAY, amountMinor: '100000' }] });
  const bill = { kind: 'payable' as const, description: 'Farinha', category: 'goods', competenceOn: TODAY };
  await world.titles.createTitles(ctx(), { accountId, titles: { ...bill, amountMinor: '20000', dueOn: '2026-02-20' } });
  const { titles } = await world.titles.createTitles(ctx(), { accountId, titles: { ...bill, amountMinor: '255000', dueOn: '2026-03-12' } });
  const rent = { kind: 'payable' as const, description: 'Aluguel', category: 'rent', amountMinor: '50000', leadDays: 0 };
  await world.titles.createRule(ctx(), { accountId, rule: { ...rent, schedule: { firstOn: '2026-03-31', unit: 'month' } } });
  ofCards = { items: [{ ref: 'lot', label: 'Visa crédito', amountMinor: '50000', dueOn: '2026-03-10' }] };
  await world.settled();
  const now = await world.reports.getForecast(ctx(), { accountId, supposed: { days: 30 } });
  assert.deepEqual(
    now.items.map(({ kind, direction, amountMinor, on, overdue }) => [kind, direction, amountMinor, on, overdue]),
    [
      ['title', 'out', '20000', TODAY, true],
      ['card', 'in', '50000', '2026-03-10', false],
      ['title', 'out', '255000', '2026-03-12', false],
      ['recurrence', 'out', '50000', '2026-03-31', false],
    ],
  );
  assert.deepEqual([now.openingMinor, now.overdue, now.without], ['100000', { inMinor: '0', outMinor: '20000', count: 1 }, []]);
  assert.deepEqual(now.tight, {
    date: '2026-03-12',
    closingMinor: '-125000',
    words: { pt: 'Caixa apertado em 12 mar: −R$\u00a01.250,00', en: 'Cash tight on 12 Mar: −R$\u00a01,250.00' },
  });
  assert.equal(now.days.at(-1)!.closingMinor, '-175000');
  const supposed = {
    days: 60 as const,
    extra: [{ direction: 'in' as const, amountMinor: '300000', dueOn: '2026-03-05' }],
    delays: [{ ref: titles[0]!.id, days: 30 }],
  };
  const better = await world.reports.getForecast(ctx(), { accountId, supposed });
  assert.equal(better.tight, null);
  assert.equal(better.days.length, 60);
  assert.equal(better.items.find(({ ref }) => ref === titles[0]!.id)!.on, '2026-04-11');
  const impossible = { days: 30 as const, extra: [{ direction: 'in' as const, amountMinor: '1', dueOn: '2026-02-30' }] };
  await assert.rejects(world.reports.getForecast(ctx(), { accountId, supposed: impossible }), /REPORTS_RANGE_INVALID/);
  ofCards = { items: [] };
});

test('a room that is away makes the forecast less, and it says so', async () => {
  const { createForecasting } = await import('./forecasting.ts');
  const { createLogger } = await import('#platform/log.ts');
  const { accountId, ctx } = newShop();
  const away = { listExpected: () => Promise.reject(new Error('connect ECONNREFUSED')) };
  const { books, cashflow } = world;
  const { getForecast } = createForecasting({ books, cashflow, titles: away, cards: undefined, log: createLogger({ level: 'silent' }) });
  const found = await getForecast(ctx(), { accountId, supposed: { days: 30 } });
  assert.deepEqual(found.without.sort(), ['cards', 'titles']);
  assert.equal(found.days.length, 30);
});
