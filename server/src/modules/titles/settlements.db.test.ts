import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { defaultCategoryId } from '../books/domain/chart.ts';
import { firstPlaceId } from '../books/domain/places.ts';
import { owedAccountId } from '../books/domain/postings.ts';
import type { NewTitles } from './contract.ts';
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
const LATE: NewTitles['terms'] = { finePercent: '2', interest: { percent: '1', per: 'month' }, discount: null };

async function shopWith(titles: NewTitles, face = world.face) {
  const { accountId, ctx } = newShop();
  const made = await face.createTitles(ctx(), { accountId, titles });
  const one = { accountId, titleId: made.titles[0]!.id };
  const balances = async (): Promise<Record<string, string>> => {
    const ids = {
      drawer: firstPlaceId(accountId, 'drawer'),
      payable: owedAccountId(accountId, 'payable'),
      receivable: owedAccountId(accountId, 'receivable'),
      interestPaid: defaultCategoryId(accountId, 'interest-paid'),
      interestReceived: defaultCategoryId(accountId, 'interest-received'),
      discountsGot: defaultCategoryId(accountId, 'discounts-received'),
      discountsGiven: defaultCategoryId(accountId, 'discounts'),
    };
    const found: [string, string][] = [];
    for (const [name, id] of Object.entries(ids)) found.push([name, await world.balanceOf(ctx(), id)]);
    return Object.fromEntries(found.filter(([, amount]) => amount !== '0'));
  };
  return { accountId, ctx, one, balances };
}
const statusesOf = async (ctx: CallContext, one: { accountId: string; titleId: string }) => {
  const { status, openMinor, settlements } = await world.face.getTitle(ctx, one);
  return [status, openMinor, settlements.map((settlement) => settlement.status)];
};

test('paid late: one movement of what was paid, fine and interest on lines of their own, nothing left owed', async () => {
  // Due on Friday the 13th of February; 17 days later. 2 % and 17/30 of 1 % of R$ 1.000,00.
  const { ctx, one, balances } = await shopWith(flour({ amountMinor: '100000', dueOn: '2026-02-13', terms: LATE! }));
  const quote = await world.face.quoteSettlement(ctx(), { ...one, paidOn: TODAY });
  assert.deepEqual(quote, {
    principalMinor: '100000',
    fineMinor: '2000',
    interestMinor: '567',
    discountMinor: '0',
    cashMinor: '102567',
    daysLate: 17,
  });
  const key = ctx();
  const made = await world.face.settle(key, { ...one, settlement: { paidOn: TODAY, method: 'cash' } });
  assert.deepEqual([made.cashMinor, made.openMinor], ['102567', '0']);
  assert.deepEqual(
    await world.face.settle(key, { ...one, settlement: { paidOn: TODAY, method: 'cash' } }),
    made,
    'repeated, it is the same',
  );
  assert.deepEqual(await balances(), { drawer: '-102567', interestPaid: '2567' });
  assert.deepEqual(await statusesOf(ctx(), one), ['settled', '0', ['recorded']]);
  await assert.rejects(world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } }), refused('TITLES_NOT_OPEN'));
});

test('received early and in parts: a discount makes what moves less, and the rest stays open', async () => {
  const terms = { finePercent: null, interest: null, discount: { percent: '2.5', untilOn: TODAY } };
  const { ctx, one, balances } = await shopWith(flour({ kind: 'receivable', category: 'orders', amountMinor: '100000', terms }));
  const part = await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY, principalMinor: '40000' } });
  assert.deepEqual([part.discountMinor, part.cashMinor, part.openMinor], ['1000', '39000', '60000']);
  assert.deepEqual(await statusesOf(ctx(), one), ['partly', '60000', ['recorded']]);
  assert.deepEqual(await balances(), { drawer: '39000', receivable: '60000', discountsGiven: '1000' });
  await assert.rejects(
    world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY, principalMinor: '60001' } }),
    refused('TITLES_OVER_OPEN'),
  );
  // What was paid in fact counts, and not what the terms say.
  await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY, discountMinor: '0', interestMinor: '5' } });
  assert.deepEqual(await balances(), { drawer: '99005', interestReceived: '5', discountsGiven: '1000' });
});

test('two at the same moment do not pay more than what is open', async () => {
  const { ctx, one, balances } = await shopWith(flour());
  const settlement = { paidOn: TODAY, principalMinor: '30000' };
  const answers = await Promise.allSettled([ctx(), ctx(), ctx()].map((key) => world.face.settle(key, { ...one, settlement })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected']);
  assert.deepEqual(await balances(), { drawer: '-30000', payable: '18000' });
});

test('a time-out of the books is unknown: it is asked again, and was paid once', async () => {
  for (const reached of [true, false]) {
    const { ctx, one, balances } = await shopWith(flour());
    const deaf = world.process({
      async record(context, input) {
        if (reached) await world.books.record(context, input);
        throw new Error('time-out');
      },
    });
    const made = await deaf.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
    assert.equal(made.openMinor, '0', 'what is under way is not open to be paid again');
    assert.deepEqual(await statusesOf(ctx(), one), ['settled', '0', ['recording']]);
    world.clock.advance(60_000);
    await Promise.all([world.sendWaiting(), world.process().sendWaiting()]);
    assert.deepEqual(await statusesOf(ctx(), one), ['settled', '0', ['recorded']]);
    assert.deepEqual(await balances(), { drawer: '-48000' });
    world.clock.set(NOON);
  }
});

test('the books have it under the counterparty’s old name: asked again under the new one, it is known to be there', async () => {
  const { ctx, one } = await shopWith(flour());
  const deaf = world.process({
    async record(context, input) {
      await world.books.record(context, { ...input, entries: input.entries.map((entry) => ({ ...entry, counterparty: 'Nome antigo' })) });
      throw new Error('time-out');
    },
  });
  await deaf.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  world.clock.advance(60_000);
  await world.sendWaiting();
  assert.deepEqual(await statusesOf(ctx(), one), ['settled', '0', ['recorded']]);
  world.clock.set(NOON);
});

test('the books refuse a day that was closed in between: nothing was paid, and what came with it is not sent', async () => {
  const { ctx, one, balances } = await shopWith(flour({ amountMinor: '100000', dueOn: '2026-02-13', terms: LATE! }));
  const sent: string[] = [];
  const closing = world.process({
    async record(_context, { entries }) {
      sent.push(...entries.map(({ kind }) => kind));
      return {
        results: entries.map(({ id, date }) => ({ id: id!, date, outcome: 'refused' as const, code: 'BOOKS_DAY_CLOSED', position: null })),
      };
    },
  });
  await closing.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  assert.deepEqual(sent, ['transfer']);
  assert.deepEqual(await statusesOf(ctx(), one), ['overdue', '100000', ['refused']]);
  assert.equal((await world.face.getTitle(ctx(), one)).settlements[0]!.refusal, 'BOOKS_DAY_CLOSED');
  await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  assert.deepEqual(await balances(), { drawer: '-102567', interestPaid: '2567' });
});

test('undone by reversal: all that it moved is back, and the title is open again; twice is once', async () => {
  const { ctx, one, balances } = await shopWith(flour({ amountMinor: '100000', dueOn: '2026-02-13', terms: LATE! }));
  const { settlementId } = await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  const title = await world.face.undoSettlement(ctx(), { ...one, settlementId });
  assert.deepEqual([title.status, title.openMinor], ['overdue', '100000']);
  await world.face.undoSettlement(ctx(), { ...one, settlementId });
  assert.deepEqual(await balances(), { payable: '100000' });
  assert.deepEqual(await statusesOf(ctx(), one), ['overdue', '100000', ['undone']]);
  await assert.rejects(world.face.undoSettlement(ctx(), { ...one, settlementId: one.titleId }), refused('TITLES_SETTLEMENT_NOT_FOUND'));
});

test('undone while nobody knows whether it was paid: found out first, then taken back', async () => {
  const { ctx, one, balances } = await shopWith(flour({ amountMinor: '100000', dueOn: '2026-02-13', terms: LATE! }));
  const deaf = world.process({ record: () => Promise.reject(new Error('time-out')) });
  const { settlementId } = await deaf.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  await deaf.face.undoSettlement(ctx(), { ...one, settlementId });
  assert.deepEqual(await statusesOf(ctx(), one), ['settled', '0', ['undoing']]);
  world.clock.advance(60_000);
  for (let step = 0; step < 4; step++) await world.sendWaiting();
  assert.deepEqual(await statusesOf(ctx(), one), ['overdue', '100000', ['undone']]);
  assert.deepEqual(await balances(), { payable: '100000' });
  world.clock.set(NOON);
});

test('a closed day keeps its settlements; undoing refused by the books leaves it paid, and may be tried again', async () => {
  const { ctx, one, balances } = await shopWith(flour());
  const { settlementId } = await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY } });
  const closed = world.process({ getShop: async (...asked) => ({ ...(await world.books.getShop(...asked)), closedUntil: TODAY }) });
  await assert.rejects(closed.face.undoSettlement(ctx(), { ...one, settlementId }), refused('TITLES_DAY_CLOSED'));
  const { refuseBooks } = await import('../books/errors.ts');
  const closing = world.process({ reverse: () => Promise.reject(refuseBooks('BOOKS_DAY_CLOSED')) });
  const still = await closing.face.undoSettlement(ctx(), { ...one, settlementId });
  assert.equal(still.status, 'settled');
  assert.equal((await world.face.getTitle(ctx(), one)).settlements[0]!.refusal, 'BOOKS_DAY_CLOSED');
  assert.deepEqual(await balances(), { drawer: '-48000' });
  assert.equal((await world.face.undoSettlement(ctx(), { ...one, settlementId })).status, 'open');
  assert.deepEqual(await balances(), { payable: '48000' });
});

test('nothing is paid tomorrow, from nowhere, or for nothing', async () => {
  const { ctx, one } = await shopWith(flour({ place: null }));
  const settle = (settlement: object) => world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY, ...settlement } });
  await assert.rejects(settle({ place: 'drawer', paidOn: '2026-03-03' }), refused('TITLES_INVALID'));
  await assert.rejects(settle({ place: 'drawer', paidOn: '2026-02-30' }), refused('TITLES_INVALID'));
  await assert.rejects(settle({}), refused('TITLES_INVALID'));
  await assert.rejects(settle({ place: 'cofrinho' }), refused('TITLES_INVALID'));
  await assert.rejects(settle({ place: 'drawer', discountMinor: '48000' }), refused('TITLES_INVALID'));
  await assert.rejects(world.face.cancelTitle(ctx(), { ...one, titleId: one.accountId }), refused('TITLES_NOT_FOUND'));
  await settle({ place: 'drawer', principalMinor: '1' });
  await assert.rejects(world.face.cancelTitle(ctx(), one), refused('TITLES_HAS_SETTLEMENTS'));
});

test('what others are told of a settlement adds up to what moved', async () => {
  const { ctx, one, accountId } = await shopWith(flour({ amountMinor: '100000', dueOn: '2026-02-13', terms: LATE! }));
  await world.face.settle(ctx(), { ...one, settlement: { paidOn: TODAY, discountMinor: '100' } });
  const rows = await world.database.admin<{ data: { lines: { categoryId: string; amountMinor: string }[]; cashMinor: string } }>(
    `select data from titles.outbox_events where type = 'titles.settlement-booked.v1' and tenant_id = $1`,
    [ctx().tenantId],
  );
  assert.equal(rows.length, 1);
  const { lines, cashMinor } = rows[0]!.data;
  assert.deepEqual(lines, [
    { categoryId: defaultCategoryId(accountId, 'goods'), amountMinor: '99900' },
    { categoryId: defaultCategoryId(accountId, 'interest-paid'), amountMinor: '2567' },
  ]);
  assert.equal(lines.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n).toString(), cashMinor);
});
