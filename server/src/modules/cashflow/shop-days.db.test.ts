import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { addDays, countDays, manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { sourcesOf } from '../../../test/support/test-database.ts';
import { balanceOf, log, NOON, newShop, openBooks, sale, TODAY } from '../books/books.fixture.ts';
import type { NewEntry } from '../books/contract.ts';
import { firstPlaceId, firstStoreId } from '../books/domain/places.ts';
import { createCashflow, rebuildDailyBalances } from './index.ts';

/** Books beside a real ledger and its consolidation, which hear of each other by events alone. */
const clock = manualClock(NOON);
const FIRST = '2026-02-20';
let books: Awaited<ReturnType<typeof openBooks>>;
let cashflow: ReturnType<typeof createCashflow>;
before(async () => {
  books = await openBooks(clock, sourcesOf('ledger', 'books', 'cashflow'));
  const { database, bus, vault } = books;
  cashflow = createCashflow({ db: database.db, bus, clock, log, vault, metrics: createMetrics() });
  bus.startRelay('ledger');
  bus.subscribe(cashflow.subscriptions![0]!);
});
after(async () => {
  await books?.bus.close();
  await books?.close();
});

const daysOf = async (ctx: CallContext, accountId: string, more: object = {}) =>
  cashflow.face!.impl.getShopDays({ ...ctx, actor: { kind: 'system', id: 'test' } }, { accountId, from: FIRST, to: TODAY, ...more });
const settled = () =>
  eventually('the consolidation catches up', async () => {
    const [row] = await books.database.admin<{ waiting: boolean }>('select exists (select from ledger.outbox) as waiting');
    return !row!.waiting && (await books.bus.status()).every(({ lag, deadLetters }) => lag === 0n && deadLetters === 0);
  });
const short = ({ days }: Awaited<ReturnType<typeof daysOf>>) =>
  days.flatMap(({ date, openingMinor, inMinor, outMinor, closingMinor }) =>
    inMinor === '0' && outMinor === '0' ? [] : [[date, openingMinor, inMinor, outMinor, closingMinor]],
  );

test('a place moves its store and the shop; a transfer inside moves neither; whoever recorded may wait to see it', async () => {
  const { ctx, accountId } = newShop();
  const [filial, till] = [newId(), newId()];
  await books.face.saveStore(ctx, { accountId, store: { id: filial, name: 'Filial' } });
  await books.face.savePlace(ctx, { accountId, place: { id: till, storeId: filial, kind: 'drawer', name: 'Caixa 2' } });
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [
      { kind: 'opening', place: 'drawer', amountMinor: '5000', date: TODAY },
      sale('1000'),
      sale('400', { place: till }),
      { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '300', date: TODAY },
      { kind: 'transfer', place: 'drawer', toPlace: till, amountMinor: '200', date: TODAY },
      { kind: 'in', owed: 'cards', date: TODAY, lines: [{ category: 'sales', amountMinor: '900' }] },
      { kind: 'transfer', owed: 'cards', toPlace: 'wallet', amountMinor: '900', date: TODAY },
    ],
  });
  const after = Math.max(...results.map(({ position }) => position!));
  const shop = await daysOf(ctx, accountId, { after });
  assert.equal(shop.reached, true);
  assert.deepEqual(short(shop), [
    ['2026-03-01', '0', '5000', '0', '5000'],
    [TODAY, '5000', '2300', '0', '7300'],
  ]);
  assert.deepEqual(short(await daysOf(ctx, accountId, { storeId: filial })), [[TODAY, '0', '600', '0', '600']]);
  assert.deepEqual(short(await daysOf(ctx, accountId, { storeId: firstStoreId(accountId) })).at(-1), [
    TODAY,
    '5000',
    '1900',
    '200',
    '6700',
  ]);
  assert.deepEqual(short(await daysOf(ctx, accountId, { placeId: firstPlaceId(accountId, 'safe') })), [[TODAY, '0', '300', '0', '300']]);
  const stranger = newShop();
  await assert.rejects(daysOf(ctx, stranger.accountId, { storeId: filial }), /CASHFLOW_ACCOUNT_NOT_FOUND/);
  const late = await daysOf(ctx, accountId, { after: after + 1_000 });
  assert.deepEqual([late.reached, late.pending], [false, true], 'what is not there yet is said, and not waited for without end');
});

test('what is taken back on its own day is as if it had never been', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('1000'), sale('70', { date: FIRST, competence: TODAY })] });
  for (const { id } of results) await books.face.reverse(ctx, { accountId, entryId: id, reason: 'engano' });
  await settled();
  assert.deepEqual(short(await daysOf(ctx, accountId)), []);
});

const anEntry: fc.Arbitrary<NewEntry> = fc
  .record({
    kind: fc.constantFrom('in', 'out', 'transfer', 'opening', 'owed'),
    amount: fc.integer({ min: 1, max: 1_000_000 }),
    day: fc.nat({ max: countDays(FIRST, TODAY) - 2 }),
    late: fc.nat({ max: 3 }),
    place: fc.constantFrom('drawer', 'safe', 'wallet'),
  })
  .map(({ kind, amount, day, late, place }): NewEntry => {
    const date = addDays(FIRST, day + 1);
    const amountMinor = String(amount);
    if (kind === 'opening') return { id: newId(), kind, place, amountMinor, date };
    if (kind === 'transfer') return { id: newId(), kind, place, toPlace: place === 'safe' ? 'drawer' : 'safe', amountMinor, date };
    if (kind === 'owed') return { id: newId(), kind: 'transfer', owed: 'cards', toPlace: place, amountMinor, date };
    return { id: newId(), kind: kind === 'in' ? 'in' : 'out', place, amountMinor, date, competence: addDays(date, -late) };
  });

test('the same entries in any order, and repeated, give the same days; days chain; the last is what the ledger has; a rebuild gives the same', {
  timeout: 120_000,
}, async () => {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  const [sample] = fc.sample(fc.array(anEntry, { minLength: 60, maxLength: 80 }), { seed: seed!, numRuns: 1 });
  const entries = sample!;
  const shuffled = entries.toSorted((a, b) => (a.amountMinor! < b.amountMinor! ? -1 : 1));
  const shops = [newShop(), newShop()] as const;
  for (const [at, order] of [entries, [...shuffled, ...entries, ...shuffled]].entries()) {
    const { ctx, accountId } = shops[at]!;
    for (let from = 0; from < order.length; from += 37) {
      const some = order.slice(from, from + 37);
      const { results } = await books.face.record(ctx, { accountId, entries: some });
      assert.ok(
        results.every(({ outcome }) => outcome !== 'refused'),
        `seed ${seed}`,
      );
    }
  }
  await settled();
  const [one, two] = await Promise.all(shops.map(({ ctx, accountId }) => daysOf(ctx, accountId)));
  assert.deepEqual(one!.days, two!.days, `seed ${seed}`);
  for (const [at, day] of one!.days.entries())
    if (at > 0) assert.equal(day.openingMinor, one!.days[at - 1]!.closingMinor, `seed ${seed}, ${day.date}`);
  const { ctx, accountId } = shops[0];
  const balances = await Promise.all(['drawer', 'safe', 'wallet'].map((key) => balanceOf(books.ledger, ctx, firstPlaceId(accountId, key))));
  const total = balances.reduce((sum, balance) => sum + BigInt(balance), 0n);
  assert.equal(one!.days.at(-1)!.closingMinor, total.toString(), `seed ${seed}`);
  await rebuildDailyBalances({ db: books.database.db, clock }, { tenantId: ctx.tenantId });
  assert.deepEqual((await daysOf(ctx, accountId)).days, one!.days, `seed ${seed}`);
});
