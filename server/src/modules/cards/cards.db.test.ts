import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { addDays, manualClock, systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { localFace } from '#platform/face/call.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { mayDo, type Role } from '../accounts/domain/roles.ts';
import { refuseAccounts } from '../accounts/errors.ts';
import { owedAccountId } from '../books/domain/postings.ts';
import { type Books, createBooks } from '../books/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { openLedger } from '../ledger/test-support/fixture.ts';
import { type Cards, cardsContract, type NewLot, type NewSale, type Terms } from './contract.ts';
import type { CardsDeps } from './deps.ts';
import { createCards } from './index.ts';

const clock = manualClock(Date.parse('2026-05-04T15:00:00Z'));
const log = createLogger({ level: 'silent' });
const roles = new Map<string, Role>();
let database: TestDatabase;
let ledger: Ledger;
let books: Books;
let cards: Cards;
/** As another process would have it; `over` stands in for what a test breaks. */
let processOf: (over?: Partial<CardsDeps>) => { face: Cards; runJob: () => Promise<void> };

before(async () => {
  database = await openTestDatabase(sourcesOf('ledger', 'books', 'cards'));
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock: systemClock });
  ledger = openLedger(db, { clock });
  const accounts: CardsDeps['accounts'] = {
    async authorize({ actor }, { accountId, action }) {
      const role = actor.kind === 'system' ? null : (roles.get(actor.id) ?? 'owner');
      if (role !== null && !mayDo(role, action)) throw refuseAccounts('ACCOUNTS_FORBIDDEN');
      return { role, partyId: accountId, kind: 'company', hasDayLimit: false };
    },
  };
  const deps = { db, bus, clock, log, vault: createVault({ db, masterKey: randomBytes(32) }), metrics: createMetrics(), accounts };
  books = createBooks({ ...deps, ledger, postedWithinMs: 60_000 }).face!.impl as Books;
  processOf = (over = {}) => {
    const instance = createCards({ ...deps, books, ...over });
    return {
      face: localFace(cardsContract, instance.face!.impl as Cards, { checked: true }),
      runJob: async () => void (await instance.jobs![0]!.run({ db, log } as never)),
    };
  };
  cards = processOf().face;
});
after(() => database?.close());

/** A shop with a contract: debit D+1 at 1.49 %, credit D+30 at 2.99 %, in parts at 3.99 %. */
async function openShop() {
  const [tenantId, accountId] = [newId(), newId()];
  const ctx: CallContext = { tenantId, actor: { kind: 'person', id: newId() } };
  const { places, categories } = await books.getShop(ctx, { accountId });
  const bank = { id: newId(), storeId: places[0]!.storeId, kind: 'bank' as const, name: 'Itaú' };
  await books.savePlace(ctx, { accountId, place: bank });
  const save = (over: Partial<Terms>) => cards.saveTerms(ctx, { accountId, terms: termsOf(over) });
  await save({ method: 'debit-card', termKind: 'business', termDays: 1, mdrRate: '0.0149' });
  await save({});
  await save({ fromInstalments: 2, toInstalments: 12, mdrRate: '0.0399' });
  const balanceOf = async (id: string) => BigInt((await ledger.getBalances(ctx, { accountIds: [id] })).balances[0]?.postedMinor ?? '0');
  const categoryOf = (key: string) => balanceOf(categories.find((one) => one.key === key)!.id);
  return {
    ...{ ctx, accountId, save, categoryOf },
    bankId: bank.id,
    bank: () => balanceOf(bank.id),
    owed: () => balanceOf(owedAccountId(accountId, 'cards')),
    sell: (sale: Partial<NewSale>) => cards.recordSale(ctx, { accountId, sale: saleOf(sale) }),
    agenda: async (from: string, to: string) => (await cards.agenda(ctx, { accountId, from, to })).units,
    settle: (lot: Partial<NewLot> & Pick<NewLot, 'receivableIds' | 'depositMinor'>) =>
      cards.settleLot(ctx, {
        accountId,
        lot: { id: newId(), acquirer: 'stone', date: '2026-03-16', place: bank.id, adjustments: [], ...lot },
      }),
  };
}
const termsOf = (over: Partial<Terms>): Terms => ({
  id: newId(),
  acquirer: 'stone',
  brand: '*',
  method: 'credit-card',
  fromInstalments: 1,
  toInstalments: 1,
  mdrRate: '0.0299',
  fixedFeeMinor: '0',
  termKind: 'calendar',
  termDays: 30,
  validFrom: '2026-01-01',
  ...over,
});
const saleOf = (over: Partial<NewSale>): NewSale => ({
  id: newId(),
  date: '2026-01-15',
  acquirer: 'stone',
  brand: 'visa',
  method: 'credit-card',
  instalments: 1,
  grossMinor: '10000',
  ...over,
});
const datesOf = (some: readonly { dueDate: string }[]) => some.map(({ dueDate }) => dueDate);

test('a sale books its gross on its day, and is one receivable an instalment', async () => {
  const shop = await openShop();
  const { receivables } = await shop.sell({ instalments: 3 });
  assert.deepEqual(
    receivables.map(({ dueDate, grossMinor, feeMinor, netMinor, status }) => [dueDate, grossMinor, feeMinor, netMinor, status]),
    [
      ['2026-02-18', '3334', '133', '3201', 'waiting'],
      ['2026-03-16', '3333', '133', '3200', 'waiting'],
      ['2026-04-15', '3333', '133', '3200', 'waiting'],
    ],
  );
  assert.deepEqual([await shop.owed(), await shop.categoryOf('sales'), await shop.categoryOf('card-fees')], [10_000n, 10_000n, 0n]);
});

test('the same sale again changes nothing; other content under its id is a conflict, also from two processes at once', async () => {
  const shop = await openShop();
  const sale = saleOf({ instalments: 2 });
  const ask = (face: Cards) => face.recordSale(shop.ctx, { accountId: shop.accountId, sale });
  const both = await Promise.all([ask(cards), ask(processOf().face), ask(cards)]);
  assert.deepEqual(both[1], both[0]);
  assert.equal(await shop.owed(), 10_000n);
  for (const over of [{ grossMinor: '10001' }, { date: '2026-01-16' }, { instalments: 3 }, { brand: 'elo' }])
    await assert.rejects(shop.sell({ ...sale, ...over }), /CARDS_SALE_CONFLICT/, JSON.stringify(over));
});

test('a sale that the books have already makes what is to come, and no second income', async () => {
  const shop = await openShop();
  await shop.sell({ isBooked: true });
  assert.equal(await shop.owed(), 0n);
  assert.equal((await shop.agenda('2026-02-01', '2026-02-28')).length, 1);
});

test('a contract is dated and its lines are fixed; what it says nothing of is refused, and so is tomorrow', async () => {
  const shop = await openShop();
  const cheaper = termsOf({ mdrRate: '0.0199', validFrom: '2026-02-01' });
  const save = (terms: Terms) => cards.saveTerms(shop.ctx, { accountId: shop.accountId, terms });
  await save(cheaper);
  await save(cheaper);
  await assert.rejects(save({ ...cheaper, mdrRate: '0.01' }), /CARDS_TERMS_FIXED/);
  await assert.rejects(save({ ...cheaper, id: newId() }), /CARDS_TERMS_FIXED/);
  const feeOf = async (date: string) => (await shop.sell({ date })).receivables[0]!.feeMinor;
  assert.deepEqual([await feeOf('2026-01-31'), await feeOf('2026-02-01')], ['299', '199']);
  await assert.rejects(shop.sell({ date: '2025-12-31' }), /CARDS_NO_TERMS/);
  await assert.rejects(shop.sell({ acquirer: 'cielo' }), /CARDS_NO_TERMS/);
  await assert.rejects(shop.sell({ date: '2026-05-05' }), /CARDS_SALE_IN_FUTURE/);
});

test('the agenda adds up by day, acquirer and arrangement, with both days in it', async () => {
  const shop = await openShop();
  await shop.sell({});
  await shop.sell({ grossMinor: '5000' });
  await shop.sell({ brand: 'elo' });
  await shop.sell({ method: 'debit-card', date: '2026-02-17' });
  const units = await shop.agenda('2026-02-18', '2026-02-18');
  assert.deepEqual(
    units.map(({ brand, method, count, grossMinor, feeMinor, netMinor }) => [brand, method, count, grossMinor, feeMinor, netMinor]),
    [
      ['elo', 'credit-card', 1, '10000', '299', '9701'],
      ['visa', 'credit-card', 2, '15000', '449', '14551'],
      ['visa', 'debit-card', 1, '10000', '149', '9851'],
    ],
  );
  assert.deepEqual(await shop.agenda('2026-02-19', '2026-03-31'), []);
});

test('paid in advance: the fee is booked on that day, simple or compound as named, and the agenda says the new day', async () => {
  for (const [kind, nets] of [
    ['simple', ['4680', '4560', '4440']],
    ['compound', ['4683', '4569', '4457']],
  ] as const) {
    const shop = await openShop();
    await shop.save({ brand: 'hiper', fromInstalments: 3, toInstalments: 3, mdrRate: '0.04' });
    const { receivables } = await shop.sell({ brand: 'hiper', instalments: 3, grossMinor: '15000', date: '2026-03-03' });
    assert.deepEqual(datesOf(receivables), ['2026-04-02', '2026-05-04', '2026-06-01']);
    const paid = [];
    for (const [at, { id, dueDate }] of receivables.entries()) {
      const on = addDays(dueDate, -30 * (at + 1));
      const answer = await cards.anticipate(shop.ctx, { accountId: shop.accountId, receivableIds: [id], kind, monthlyRate: '0.025', on });
      paid.push(answer.receivables[0]!.netMinor);
      assert.deepEqual(
        [answer.receivables[0]!.dueDate, answer.receivables[0]!.originalDate, answer.receivables[0]!.status],
        [on, dueDate, 'anticipated'],
      );
      await assert.rejects(
        cards.anticipate(shop.ctx, { accountId: shop.accountId, receivableIds: [id], kind, monthlyRate: '0.025', on }),
        /CARDS_NOT_WAITING/,
      );
    }
    assert.deepEqual(paid, nets, kind);
    const fees = nets.reduce((sum, net) => sum + 4_800n - BigInt(net), 0n);
    assert.equal(await shop.categoryOf('anticipation'), fees);
    assert.equal(await shop.owed(), 15_000n - fees);
  }
});

test('a lot: one deposit pays many receivables less rent and a chargeback, fees are an expense of its day, and the rest is in sight', async () => {
  const shop = await openShop();
  const { accountId, ctx } = shop;
  const [first, second] = [await shop.sell({}), await shop.sell({ grossMinor: '5000' })];
  const sold = [...first.receivables, ...second.receivables];
  const taken = await cards.answer(ctx, { accountId, receivableId: second.receivables[0]!.id, type: 'chargeback', date: '2026-02-18' });
  assert.deepEqual([taken.netMinor, taken.type], ['-5000', 'chargeback']);
  const suggested = await cards.suggestLot(ctx, { accountId, acquirer: 'stone', date: '2026-02-18', depositMinor: '9551' });
  assert.deepEqual(
    [suggested.receivableIds.toSorted(), suggested.remainderMinor, suggested.why],
    [[...sold.map(({ id }) => id), taken.id].toSorted(), '0', 'whole-day'],
  );
  const lot: NewLot = {
    id: newId(),
    acquirer: 'stone',
    date: '2026-02-18',
    place: shop.bankId,
    depositMinor: '3571',
    receivableIds: suggested.receivableIds,
    adjustments: [{ amountMinor: '5990', category: 'fees', text: 'Aluguel da máquina' }],
  };
  const settled = await cards.settleLot(ctx, { accountId, lot });
  assert.deepEqual([settled.receivablesMinor, settled.adjustmentsMinor, settled.remainderMinor], ['9551', '5990', '10']);
  const standing = async () => [
    await shop.bank(),
    await shop.categoryOf('card-fees'),
    await shop.categoryOf('fees'),
    await shop.categoryOf('refunds'),
    await shop.owed(),
  ];
  // 15,000 sold; 5,000 charged back, 449 of fees, 5,990 of rent, 3,571 in the bank: what came too much is owed to the acquirer.
  assert.deepEqual(await standing(), [3_571n, 449n, 5_990n, 5_000n, -10n]);
  assert.deepEqual(await cards.settleLot(ctx, { accountId, lot: { ...lot, receivableIds: lot.receivableIds.toReversed() } }), settled);
  assert.deepEqual(await standing(), [3_571n, 449n, 5_990n, 5_000n, -10n]);
  await assert.rejects(cards.settleLot(ctx, { accountId, lot: { ...lot, depositMinor: '3572' } }), /CARDS_LOT_CONFLICT/);
  await assert.rejects(shop.settle({ receivableIds: [sold[0]!.id], depositMinor: '1' }), /CARDS_NOT_WAITING/);
  assert.deepEqual(await shop.agenda('2026-01-01', '2026-12-31'), []);
});

test('two lots that claim one receivable at the same moment: one has it', async () => {
  const shop = await openShop();
  const { receivables } = await shop.sell({});
  const ids = receivables.map(({ id }) => id);
  const both = await Promise.allSettled([1, 2].map(() => shop.settle({ receivableIds: ids, depositMinor: '9701' })));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  assert.equal(await shop.bank(), 9_701n);
});

test('a chargeback is taken once and given back once, each as an entry of its own day', async () => {
  const shop = await openShop();
  const { accountId, ctx } = shop;
  const { receivables } = await shop.sell({});
  const answer = (receivableId: string, type: 'chargeback' | 'chargeback-refund') =>
    cards.answer(ctx, { accountId, receivableId, type, date: '2026-03-02' });
  const taken = await answer(receivables[0]!.id, 'chargeback');
  assert.deepEqual(await answer(receivables[0]!.id, 'chargeback'), taken);
  assert.deepEqual([await shop.owed(), await shop.categoryOf('refunds')], [0n, 10_000n]);
  await assert.rejects(answer(receivables[0]!.id, 'chargeback-refund'), /CARDS_NOT_OF_THIS_KIND/);
  assert.equal((await answer(taken.id, 'chargeback-refund')).netMinor, '10000');
  assert.deepEqual([await shop.owed(), await shop.categoryOf('refunds')], [10_000n, 0n]);
});

test('books that are away lose nothing: the job carries what was left', async () => {
  const shop = await openShop();
  const till = processOf({ books: { ...books, record: async () => Promise.reject(new Error('the books are away')) } });
  await till.face.recordSale(shop.ctx, { accountId: shop.accountId, sale: saleOf({}) });
  assert.equal(await shop.owed(), 0n);
  clock.advance(11_000);
  await processOf().runJob();
  await processOf().runJob();
  assert.equal(await shop.owed(), 10_000n);
});

test('what the books do not take yet stays on its way, and is carried once they do', async () => {
  const shop = await openShop();
  for (const code of ['BOOKS_DATE_IN_FUTURE', 'BOOKS_OVERLOADED']) {
    const notYet: Books['record'] = async (_, { entries }) => ({
      results: entries.map(({ id, date }) => ({ id: id!, outcome: 'refused', code, date, position: null })),
    });
    const till = processOf({ books: { ...books, record: notYet } });
    await till.face.recordSale(shop.ctx, { accountId: shop.accountId, sale: saleOf({}) });
  }
  assert.equal(await shop.owed(), 0n);
  clock.advance(11_000);
  await processOf().runJob();
  assert.equal(await shop.owed(), 20_000n);
});

test('a lot for a place or a category that the shop does not have is refused, and pays nothing', async () => {
  const shop = await openShop();
  const { receivables } = await shop.sell({});
  const paying = { receivableIds: receivables.map(({ id }) => id), depositMinor: '9701' };
  const taken = (category: string) => [{ amountMinor: '100', category, text: 'Aluguel da máquina' }];
  await assert.rejects(shop.settle({ ...paying, place: newId() }), /CARDS_REFUSED/);
  await assert.rejects(shop.settle({ ...paying, adjustments: taken(newId()) }), /CARDS_REFUSED/);
  assert.equal((await shop.agenda('2026-02-01', '2026-02-28')).length, 1);
  await shop.settle(paying);
  assert.equal(await shop.bank(), 9_701n);
});

test('roles: a viewer sees, an operator records, contracts are an owner’s; another shop’s receivables do not exist', async () => {
  const [shop, other] = [await openShop(), await openShop()];
  const as = (role: Role): CallContext => {
    const id = newId();
    roles.set(id, role);
    return { ...shop.ctx, actor: { kind: 'person', id } };
  };
  const { accountId } = shop;
  await cards.agenda(as('viewer'), { accountId, from: '2026-01-01', to: '2026-01-31' });
  await assert.rejects(cards.recordSale(as('viewer'), { accountId, sale: saleOf({}) }), /ACCOUNTS_FORBIDDEN/);
  const { receivables } = await cards.recordSale(as('operator'), { accountId, sale: saleOf({}) });
  await assert.rejects(cards.saveTerms(as('operator'), { accountId, terms: termsOf({}) }), /ACCOUNTS_FORBIDDEN/);
  await assert.rejects(other.settle({ receivableIds: [receivables[0]!.id], depositMinor: '1' }), /CARDS_RECEIVABLE_NOT_FOUND/);
  const asked = { accountId: other.accountId, receivableId: receivables[0]!.id, type: 'chargeback' as const, date: '2026-03-02' };
  await assert.rejects(cards.answer(shop.ctx, asked), /CARDS_RECEIVABLE_NOT_FOUND/);
});
