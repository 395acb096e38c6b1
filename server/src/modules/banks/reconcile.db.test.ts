/** Bank beside books: suggestions, matches with adjustments, transfers between own accounts, and what is agreed for good. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { type BanksTest, bring, heldOf, newShop, openBanks, paid, type Shop, take } from './banks.fixture.ts';
import { ofx, row } from './test-support/files.ts';

let banks: BanksTest;
before(async () => {
  banks = await openBanks();
});
after(() => banks?.close());

const table = (...lines: string[]): string => `Data;Histórico;Valor\n${lines.join('\n')}\n`;
const dayOf = (shop: Shop, day: string, placeId = shop.placeId) => banks.face.getDay(shop.ctx, { accountId: shop.accountId, placeId, day });
/** Records entries of somebody else in the shop's bank, and waits until they are seen here. */
async function record(shop: Shop, ...entries: ReturnType<typeof paid>[]): Promise<string[]> {
  const { results } = await banks.books.record(shop.ctx, { accountId: shop.accountId, entries });
  await banks.heard();
  return results.map(({ id }) => id);
}

describe('a day', () => {
  test('shows both sides, what they differ by, and suggests an entry of the same amount with the reason', async () => {
    const shop = await newShop(banks);
    const [rent] = await record(shop, paid('120000', '2026-03-12', shop.placeId, { text: 'Aluguel' }));
    await take(banks, shop, table('13/03/2026;TED ALUGUEL;-1.200,00', '13/03/2026;PIX;50,00'));
    await banks.heard();
    const day = await dayOf(shop, '2026-03-13');
    assert.deepEqual(day.bank.movements.map(({ amountMinor, state }) => [amountMinor, state]).sort(), [
      ['-120000', 'open'],
      ['5000', 'recorded'],
    ]);
    const open = day.bank.movements.find(({ state }) => state === 'open')!;
    assert.deepEqual(day.suggestions, [{ movementIds: [open.id], entryIds: [rent], why: 'near-day', daysApart: 1, restMinor: '0' }]);
    assert.deepEqual(
      day.books.entries.map(({ entryId, text }) => [entryId, text]),
      [[rent, 'Aluguel']],
    );
    assert.deepEqual(
      [day.bank.totals, day.books.totals],
      [
        { inMinor: '5000', outMinor: '120000' },
        { inMinor: '5000', outMinor: '0' },
      ],
    );
    assert.equal(day.differenceMinor, '-120000');
  });

  test('suggests the entries of a day that add up to one movement: a lot of card sales', async () => {
    const shop = await newShop(banks);
    await record(shop, ...['3000', '4000', '2500'].map((amount) => ({ ...paid(amount, '2026-03-12', shop.placeId), kind: 'in' as const })));
    await take(banks, shop, table('13/03/2026;CIELO VENDAS;95,00'));
    // Nothing looks like it by itself, so it was recorded; taken back in the books it waits for a person.
    const [movement] = await banks.database.admin<{ id: string }>('select id from banks.movements where account_id = $1', [shop.accountId]);
    await banks.books.reverse(shop.ctx, { accountId: shop.accountId, entryId: movement!.id, reason: 'É o lote dos cartões' });
    await banks.heard();
    const day = await dayOf(shop, '2026-03-13');
    assert.deepEqual(
      day.bank.movements.map(({ state }) => state),
      ['open'],
    );
    assert.deepEqual([day.suggestions[0]?.why, day.suggestions[0]?.entryIds.length], ['sum-of-several', 3]);
  });
});

describe('what is taken back on a closed day', () => {
  const closeAndReverse = async (shop: Shop, entryId: string) => {
    const { accountId } = shop;
    await banks.books.closeDay(shop.ctx, { accountId, until: '2026-03-31' });
    await banks.books.reverse(shop.ctx, { accountId, entryId, reason: 'engano', late: 'first-open-day' });
    await banks.heard();
  };

  test('stands on its day, its mirror on the first open one; both count, neither is to be matched, and its movement is open', async () => {
    const shop = await newShop(banks);
    await take(banks, shop, table('13/03/2026;CIELO;95,00'));
    await banks.heard();
    const [movement] = (await dayOf(shop, '2026-03-13')).bank.movements;
    await closeAndReverse(shop, movement!.id);
    const day = await dayOf(shop, '2026-03-13');
    assert.deepEqual(
      day.bank.movements.map(({ state }) => state),
      ['open'],
    );
    assert.deepEqual([day.books.totals.inMinor, day.differenceMinor], ['9500', '0']);
    const mirrored = await dayOf(shop, '2026-04-01');
    assert.deepEqual([mirrored.books.entries, mirrored.books.totals.outMinor], [[], '9500']);
  });

  test('of somebody else is no suggestion any more, and neither is its mirror', async () => {
    const shop = await newShop(banks);
    const [rent] = await record(shop, paid('120000', '2026-03-30', shop.placeId));
    await take(banks, shop, table('31/03/2026;TED ALUGUEL;-1.200,00', '01/04/2026;DEVOLVIDO;1.200,00'));
    await closeAndReverse(shop, rent!);
    for (const day of ['2026-03-30', '2026-03-31', '2026-04-01']) {
      const { suggestions, books } = await dayOf(shop, day);
      assert.deepEqual([suggestions, books.entries], [[], []], day);
    }
    assert.equal((await dayOf(shop, '2026-03-30')).books.totals.outMinor, '120000');
  });

  test('of somebody else, matched with the bank, stays so, and its mirror waits for what the bank says of it', async () => {
    const shop = await newShop(banks);
    const [rent] = await record(shop, paid('120000', '2026-03-13', shop.placeId));
    await take(banks, shop, table('13/03/2026;TED ALUGUEL;-1.200,00'));
    const { bank } = await dayOf(shop, '2026-03-13');
    const match = { movementIds: [bank.movements[0]!.id], entryIds: [rent!] };
    await banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match });
    await closeAndReverse(shop, rent!);
    assert.equal((await dayOf(shop, '2026-03-13')).bank.movements[0]!.state, 'matched');
    const { books } = await dayOf(shop, '2026-04-01');
    assert.deepEqual(
      books.entries.map(({ amountMinor, matchId }) => [amountMinor, matchId]),
      [['120000', null]],
    );
  });
});

describe('a match', () => {
  /** A lot of two sales of which the acquirer kept something. */
  async function lot() {
    const shop = await newShop(banks);
    const entryIds = await record(
      shop,
      ...['6000', '4000'].map((amount) => ({ ...paid(amount, '2026-03-12', shop.placeId), kind: 'in' as const })),
    );
    await record(shop, { ...paid('9700', '2026-03-13', shop.placeId), kind: 'in' });
    await take(banks, shop, table('13/03/2026;CIELO;97,00'));
    const { bank } = await dayOf(shop, '2026-03-13');
    return { shop, entryIds, movementIds: bank.movements.map(({ id }) => id) };
  }

  test('of many to one says what is left, and holds with an adjustment, which is an entry of its own', async () => {
    const { shop, entryIds, movementIds } = await lot();
    const ask = (adjustments: { category: string; amountMinor: string }[], matchId = newId()) =>
      banks.face.match(shop.ctx, { accountId: shop.accountId, matchId, match: { movementIds, entryIds, adjustments } });
    await assert.rejects(
      ask([]),
      (error: { code: string; detail?: unknown }) =>
        error.code === 'BANKS_MATCH_REST' && JSON.stringify(error.detail ?? error).includes('-300'),
    );
    const matchId = newId();
    const done = await ask([{ category: 'card-fees', amountMinor: '-300' }], matchId);
    assert.deepEqual([done.bankMinor, done.booksMinor, done.adjustedMinor], ['9700', '10000', '-300']);
    assert.deepEqual(await ask([{ category: 'card-fees', amountMinor: '-300' }], matchId), done, 'repeating changes nothing');
    for (const other of [
      [{ category: 'bank-fees', amountMinor: '-300' }],
      ['-200', '-100'].map((amountMinor) => ({ category: 'card-fees', amountMinor })),
    ])
      await assert.rejects(ask(other, matchId), /BANKS_MATCH_OTHER/);
    await banks.heard();
    const { bank, books } = await dayOf(shop, '2026-03-13');
    assert.deepEqual(
      bank.movements.map((one) => [one.state, one.matchId]),
      [['matched', matchId]],
    );
    assert.deepEqual(books.totals, { inMinor: '9700', outMinor: '300' }, 'the fee is booked once');
    await assert.rejects(ask([{ category: 'card-fees', amountMinor: '-300' }]), /BANKS_MOVEMENT_STATE/, 'nothing is matched twice');
  });

  test('is taken back with its adjustments', async () => {
    const { shop, entryIds, movementIds } = await lot();
    const matchId = newId();
    const match = { movementIds, entryIds, adjustments: [{ category: 'card-fees', amountMinor: '-300' }] };
    await banks.face.match(shop.ctx, { accountId: shop.accountId, matchId, match });
    await banks.face.unmatch(shop.ctx, { accountId: shop.accountId, matchId });
    await banks.heard();
    const { bank, books } = await dayOf(shop, '2026-03-13');
    assert.deepEqual([bank.movements[0]!.state, bank.movements[0]!.matchId, books.totals.outMinor], ['open', null, '0']);
    await assert.rejects(
      banks.face.match(shop.ctx, { accountId: shop.accountId, matchId, match }),
      /BANKS_MOVEMENT_STATE/,
      'an id is used once',
    );
    assert.ok((await banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match })).id);
  });

  test('whose adjustment the books refuse does not stand', async () => {
    const { shop, entryIds, movementIds } = await lot();
    const match = { movementIds, entryIds, adjustments: [{ category: 'no-such', amountMinor: '-300' }] };
    await assert.rejects(banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match }), /BANKS_BOOKS_REFUSED/);
    assert.equal((await dayOf(shop, '2026-03-13')).bank.movements[0]!.state, 'open');
  });

  test('is of the shop’s own movements', async () => {
    const { shop, entryIds, movementIds } = await lot();
    const other = await newShop(banks);
    await assert.rejects(
      banks.face.match(other.ctx, { accountId: other.accountId, matchId: newId(), match: { movementIds, entryIds } }),
      /BANKS_MOVEMENT_NOT_FOUND/,
    );
    await assert.rejects(banks.face.unmatch(shop.ctx, { accountId: shop.accountId, matchId: newId() }), /BANKS_MATCH_NOT_FOUND/);
  });
});

describe('a movement that waits for a person', () => {
  test('gets an entry of its own, or is none of the books’ concern', async () => {
    const shop = await newShop(banks);
    await record(shop, paid('500', '2026-03-13', shop.placeId), paid('600', '2026-03-13', shop.placeId));
    await take(banks, shop, table('13/03/2026;a;-5,00', '13/03/2026;b;-6,00'));
    const { bank } = await dayOf(shop, '2026-03-13');
    const [a, b] = ['-500', '-600'].map((amount) => bank.movements.find(({ amountMinor }) => amountMinor === amount)!.id);
    const decide = (movementId: string, as: 'recorded' | 'passed') =>
      banks.face.decide(shop.ctx, { accountId: shop.accountId, movementId, as });
    assert.equal((await decide(a!, 'recorded')).state, 'recorded');
    assert.equal((await decide(a!, 'recorded')).state, 'recorded', 'repeating changes nothing');
    assert.equal((await decide(b!, 'passed')).state, 'passed');
    await assert.rejects(decide(a!, 'passed'), /BANKS_MOVEMENT_STATE/);
    assert.equal((await banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId: a! })).amountMinor, '500');
  });
});

describe('a movement that is being recorded', () => {
  async function open() {
    const shop = await newShop(banks);
    const entryIds = await record(shop, paid('500', '2026-03-13', shop.placeId));
    const file = await take(banks, shop, table('13/03/2026;a;-5,00'));
    const movementId = (await dayOf(shop, '2026-03-13')).bank.movements[0]!.id;
    const asked = { accountId: shop.accountId, movementId, as: 'recorded' } as const;
    return { shop, entryIds, file, movementId, asked };
  }
  /** As another process would have it, with something that happens before the books answer. */
  const during = (meanwhile: () => Promise<unknown>) =>
    banks.process({
      books: {
        ...banks.books,
        async record(ctx, input) {
          await meanwhile();
          return banks.books.record(ctx, input);
        },
      },
    }).face;

  test('is matched with nothing meanwhile', async () => {
    const { shop, entryIds, movementId, asked } = await open();
    const match = { movementIds: [movementId], entryIds };
    const face = during(() =>
      assert.rejects(banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match }), /BANKS_MOVEMENT_STATE/),
    );
    assert.equal((await face.decide(shop.ctx, asked)).state, 'recorded');
  });

  test('and is taken back meanwhile leaves no entry', async () => {
    const { shop, file, movementId, asked } = await open();
    const { accountId } = shop;
    const face = during(async () => {
      await banks.face.undo(shop.ctx, { accountId, fileId: file.id });
      await banks.work();
    });
    await assert.rejects(face.decide(shop.ctx, asked), /BANKS_MOVEMENT_STATE/);
    assert.equal((await banks.books.getEntry(shop.ctx, { accountId, entryId: movementId })).state, 'reversed');
  });

  test('waits where the books do not answer, and is asked for again', async () => {
    const { shop, movementId, asked } = await open();
    const face = during(() => Promise.reject(new Error('time-out')));
    await assert.rejects(face.decide(shop.ctx, asked), /time-out/);
    assert.equal((await dayOf(shop, '2026-03-13')).bank.movements[0]!.state, 'waiting');
    assert.equal((await banks.face.decide(shop.ctx, asked)).state, 'recorded');
    assert.equal((await banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId: movementId })).amountMinor, '500');
  });
});

describe('transfers between the shop’s own accounts', () => {
  async function twoBanks(outDay: string, inDay: string) {
    const shop = await newShop(banks);
    const other = await shop.addBank('Outro banco');
    await take(banks, shop, table(`${outDay};TED;-300,00`, `${outDay};Café;-5,00`));
    await take(banks, shop, table(`${inDay};TED RECEBIDA;300,00`), other);
    const { pairs } = await dayOf(shop, outDay.split('/').reverse().join('-'));
    return { shop, other, pairs };
  }

  test('are suggested as pairs, and become one transfer, neither income nor expense', async () => {
    const { shop, other, pairs } = await twoBanks('13/03/2026', '14/03/2026');
    assert.equal(pairs.length, 1);
    const { outId, inId } = pairs[0]!;
    const answer = () => banks.face.answerPair(shop.ctx, { accountId: shop.accountId, outId, inId, isTransfer: true });
    await answer();
    await answer();
    for (const entryId of [outId, inId])
      assert.equal((await banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId })).state, 'reversed');
    const transfers = await banks.database.admin<{ place_id: string; to_place_id: string; amount: string }>(
      `select place_id, to_place_id, amount_minor::text as amount from books.entries where account_id = $1 and kind = 'transfer'`,
      [shop.accountId],
    );
    assert.deepEqual(transfers, [{ place_id: shop.placeId, to_place_id: other, amount: '30000' }]);
    assert.deepEqual((await dayOf(shop, '2026-03-13')).pairs, []);
  });

  test('whose transfer the books refuse is none: both movements are what they were, and it can be answered again', async () => {
    const { shop, other, pairs } = await twoBanks('13/03/2026', '14/03/2026');
    const { accountId } = shop;
    const { outId, inId } = pairs[0]!;
    const answer = () => banks.face.answerPair(shop.ctx, { accountId, outId, inId, isTransfer: true });
    const place = { id: other, kind: 'bank' as const, name: 'Outro banco' };
    await banks.books.savePlace(shop.ctx, { accountId, place: { ...place, archived: true } });
    await assert.rejects(answer(), /BANKS_BOOKS_REFUSED/);
    const states = async () =>
      (await Promise.all([shop.placeId, other].map((id) => heldOf(banks, shop, id)))).flat().map(({ state }) => state);
    assert.deepEqual(await states(), ['recorded', 'recorded', 'recorded']);
    assert.equal((await dayOf(shop, '2026-03-13')).pairs.length, 1, 'and is asked again');
    await banks.books.savePlace(shop.ctx, { accountId, place });
    await answer();
    assert.deepEqual((await states()).toSorted(), ['matched', 'matched', 'recorded']);
  });

  test('of a closed day stand on the first open one', async () => {
    const { shop, pairs } = await twoBanks('13/03/2026', '14/03/2026');
    const { accountId } = shop;
    const { outId, inId } = pairs[0]!;
    await banks.books.closeDay(shop.ctx, { accountId, until: '2026-03-31', despite: true });
    await banks.face.answerPair(shop.ctx, { accountId, outId, inId, isTransfer: true });
    const transfers = await banks.database.admin<{ date: string }>(
      `select date::text from books.entries where account_id = $1 and kind = 'transfer'`,
      [accountId],
    );
    assert.deepEqual(transfers, [{ date: '2026-04-01' }]);
  });

  test('the money in comes at most a day before, and never two outflows make one', async () => {
    assert.equal((await twoBanks('13/03/2026', '12/03/2026')).pairs.length, 1);
    const backwards = await twoBanks('13/03/2026', '11/03/2026');
    assert.equal(backwards.pairs.length, 0);
    const ids = await banks.database.admin<{ id: string; amount: string }>(
      'select id, amount_minor::text as amount from banks.movements where account_id = $1',
      [backwards.shop.accountId],
    );
    const of = (amount: string) => ids.find((one) => one.amount === amount)!.id;
    const { ctx, accountId } = backwards.shop;
    const ask = (outId: string, inId: string) => banks.face.answerPair(ctx, { accountId, outId, inId, isTransfer: true });
    await assert.rejects(ask(of('-30000'), of('30000')), /BANKS_NO_PAIR/);
    await assert.rejects(ask(of('-30000'), of('-500')), /BANKS_NO_PAIR/);
    await assert.rejects(ask(of('30000'), of('-30000')), /BANKS_NO_PAIR/);
  });

  test('one that was refused is not asked again', async () => {
    const { shop, pairs } = await twoBanks('13/03/2026', '13/03/2026');
    const { outId, inId } = pairs[0]!;
    await banks.face.answerPair(shop.ctx, { accountId: shop.accountId, outId, inId, isTransfer: false });
    assert.deepEqual((await dayOf(shop, '2026-03-13')).pairs, []);
    assert.ok(
      (await heldOf(banks, shop, shop.placeId)).every(({ state }) => state === 'recorded'),
      'and both stay what they are',
    );
  });
});

describe('what is locked', () => {
  test('takes no import, no match and no undoing; open movements keep it from being locked', async () => {
    const shop = await newShop(banks);
    await record(shop, paid('500', '2026-03-13', shop.placeId));
    const file = await take(banks, shop, table('13/03/2026;a;-5,00', '14/03/2026;b;-6,00'));
    const lock = (until: string | null, despite = false) =>
      banks.face.lock(shop.ctx, { accountId: shop.accountId, placeId: shop.placeId, until, despite });
    await assert.rejects(lock('2026-03-31'), /BANKS_OPEN_MOVEMENTS/);
    assert.deepEqual(await lock('2026-03-13', true), { lockedUntil: '2026-03-13' });
    const late = await take(banks, shop, table('13/03/2026;c;-7,00', '14/03/2026;d;-8,00'));
    assert.deepEqual([late.fresh, late.locked], [1, 1]);
    assert.ok((await heldOf(banks, shop, shop.placeId)).every(({ text }) => text !== 'c'));
    const { bank, books } = await dayOf(shop, '2026-03-13');
    const match = { movementIds: [bank.movements[0]!.id], entryIds: [books.entries[0]!.entryId] };
    await assert.rejects(banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match }), /BANKS_RECONCILED/);
    await assert.rejects(banks.face.undo(shop.ctx, { accountId: shop.accountId, fileId: file.id }), /BANKS_RECONCILED/);
    await lock(null);
    assert.ok((await banks.face.match(shop.ctx, { accountId: shop.accountId, matchId: newId(), match })).id);
    await assert.rejects(
      banks.face.undo(shop.ctx, { accountId: shop.accountId, fileId: file.id }),
      /BANKS_RECONCILED/,
      'a match is agreed, too',
    );
  });

  test('a reconciled movement stays on its day when the bank moves it', async () => {
    const shop = await newShop(banks);
    await take(banks, shop, ofx(row('20260331', '-1.50', 'A', 'Tarifa')));
    await banks.face.lock(shop.ctx, { accountId: shop.accountId, placeId: shop.placeId, until: '2026-03-31' });
    const { file } = await bring(banks, shop, ofx(row('20260330', '-1.50', 'A', 'Tarifa de março')));
    assert.deepEqual([file.fresh, file.known, file.locked], [0, 1, 0]);
    assert.deepEqual(
      (await heldOf(banks, shop, shop.placeId)).map(({ date }) => date),
      ['2026-03-31'],
    );
  });
});
