import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { type BooksTest, balanceOf, NOON, newShop, openBooks, sale, TODAY } from './books.fixture.ts';
import { defaultCategoryId } from './domain/chart.ts';
import { firstPlaceId } from './domain/places.ts';
import { owedAccountId } from './domain/postings.ts';

let books: BooksTest;
const clock = manualClock(NOON);
before(async () => {
  books = await openBooks(clock);
});
after(() => books?.close());

const drawerOf = (accountId: string) => firstPlaceId(accountId, 'drawer');
const categoryOf = (accountId: string, key: string) => defaultCategoryId(accountId, key);

test('a sale is accepted, posted, and stands in the drawer and under its category', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [sale('1850', { text: 'Pães', method: 'cash', counterparty: 'Ana' })],
  });
  const [result] = results;
  assert.equal(result!.outcome, 'recorded');
  assert.ok(result!.position! > 0);
  assert.equal(await balanceOf(books.ledger, ctx, drawerOf(accountId)), '1850');
  assert.equal(await balanceOf(books.ledger, ctx, categoryOf(accountId, 'sales')), '1850');
  const entry = await books.face.getEntry(ctx, { accountId, entryId: result!.id });
  assert.deepEqual(
    { state: entry.state, text: entry.text, counterparty: entry.counterparty, position: entry.position },
    { state: 'posted', text: 'Pães', counterparty: 'Ana', position: result!.position },
  );
  const { transfers } = await books.ledger.getTransfers(ctx, { ids: entry.transferIds });
  assert.deepEqual(
    transfers.map(({ amountMinor, effectiveAt }) => [amountMinor, effectiveAt]),
    [['1850', '2026-03-02T03:00:00.000Z']],
    'on the first instant of its day',
  );
});

test('the same id, and the same origin, are recorded once; other content under them is refused', async () => {
  const { ctx, accountId } = newShop();
  const id = newId();
  const origin = { module: 'cards', reference: 'lot-1' };
  const entries = [sale('100', { id }), sale('100', { id }), sale('200', { origin }), sale('200', { origin })];
  const first = await books.face.record(ctx, { accountId, entries });
  assert.deepEqual(first.results.map(({ outcome }) => outcome).toSorted(), ['duplicate', 'duplicate', 'recorded', 'recorded']);
  const again = await books.face.record(ctx, { accountId, entries });
  assert.deepEqual(
    again.results.map(({ outcome }) => outcome),
    ['duplicate', 'duplicate', 'duplicate', 'duplicate'],
  );
  assert.equal(again.results[0]!.position, first.results[0]!.position, 'a repetition says where it stands');
  const other = await books.face.record(ctx, { accountId, entries: [sale('101', { id }), sale('201', { origin })] });
  assert.deepEqual(
    other.results.map(({ code }) => code),
    ['BOOKS_ENTRY_CONFLICT', 'BOOKS_ENTRY_CONFLICT'],
  );
  assert.equal(await balanceOf(books.ledger, ctx, drawerOf(accountId)), '300');
});

test('two dates pass through what is owed; a transfer moves; an opening is no income', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [
      { kind: 'opening', place: 'drawer', amountMinor: '5000', date: TODAY },
      { kind: 'out', place: 'drawer', date: TODAY, competence: '2026-02-20', lines: [{ category: 'rent', amountMinor: '3000' }] },
      { kind: 'in', owed: 'cards', date: TODAY, lines: [{ category: 'sales', amountMinor: '10000' }] },
      { kind: 'transfer', owed: 'cards', toPlace: 'wallet', amountMinor: '9700', date: TODAY },
      { kind: 'out', owed: 'cards', date: TODAY, lines: [{ category: 'card-fees', amountMinor: '300' }] },
      { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '1500', date: TODAY },
    ],
  });
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    Array.from({ length: 6 }, () => 'recorded'),
  );
  const balance = (id: string) => balanceOf(books.ledger, ctx, id);
  assert.equal(await balance(drawerOf(accountId)), '500');
  assert.equal(await balance(firstPlaceId(accountId, 'safe')), '1500');
  assert.equal(await balance(firstPlaceId(accountId, 'wallet')), '9700');
  assert.equal(await balance(categoryOf(accountId, 'sales')), '10000');
  for (const owed of ['cards', 'payable'] as const) assert.equal(await balance(owedAccountId(accountId, owed)), '0', owed);
  const { lines } = await books.ledger.getStatement(ctx, { accountId: categoryOf(accountId, 'rent') });
  assert.equal(lines[0]!.effectiveAt, '2026-02-20T03:00:00.000Z', 'the category on its competência');
});

test('a split is one block; what nobody sorted stands in "a classificar"', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [
      sale('0', {
        lines: [
          { category: 'sales', amountMinor: '700' },
          { category: 'delivery', amountMinor: '300' },
        ],
      }),
      { kind: 'out', place: 'drawer', amountMinor: '250', date: TODAY },
    ],
  });
  const split = await books.face.getEntry(ctx, { accountId, entryId: results[0]!.id });
  const { transfers } = await books.ledger.getTransfers(ctx, { ids: split.transferIds });
  assert.equal(new Set(transfers.map(({ blockId }) => blockId)).size, 1);
  assert.equal(transfers.length, 2);
  const unsorted = await books.face.getEntry(ctx, { accountId, entryId: results[1]!.id });
  assert.deepEqual([unsorted.unsorted, unsorted.lines[0]!.categoryId], [true, categoryOf(accountId, 'to-sort-out')]);
});

test('what does not hold together is refused, each by itself, and the others are recorded', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [
      sale('100'),
      sale('100', { date: '2026-03-03' }),
      sale('100', { date: '2026-02-30' }),
      sale('100', { place: newId() }),
      sale('100', { lines: [{ category: newId(), amountMinor: '100' }] }),
      sale('100', { amountMinor: '99' }),
      { kind: 'transfer', place: 'drawer', toPlace: 'drawer', amountMinor: '1', date: TODAY },
      { kind: 'in', date: TODAY, amountMinor: '1' },
      { kind: 'in', place: 'drawer', date: TODAY, amountMinor: '-1' },
    ],
  });
  assert.deepEqual(
    results.map(({ outcome, code }) => code ?? outcome),
    [
      'recorded',
      'BOOKS_DATE_IN_FUTURE',
      'BOOKS_ENTRY_INVALID',
      'BOOKS_PLACE_UNKNOWN',
      'BOOKS_CATEGORY_UNKNOWN',
      'BOOKS_ENTRY_INVALID',
      'BOOKS_ENTRY_INVALID',
      'BOOKS_ENTRY_INVALID',
      'BOOKS_ENTRY_INVALID',
    ],
  );
  assert.equal(await balanceOf(books.ledger, ctx, drawerOf(accountId)), '100');
});

test('while the ledger is away entries are accepted; the job posts them, once', async () => {
  const { ctx, accountId } = newShop();
  let isAway = true;
  let calls = 0;
  const ledger = {
    ...books.ledger,
    submit: (async (...args) => {
      calls += 1;
      if (isAway) throw new Error('away');
      return books.ledger.submit(...args);
    }) as typeof books.ledger.submit,
  };
  const process = books.process({ ledger });
  const { results } = await process.face.record(ctx, { accountId, entries: [sale('100'), sale('200')] });
  assert.deepEqual(
    results.map(({ outcome, position }) => [outcome, position]),
    [
      ['recorded', null],
      ['recorded', null],
    ],
  );
  assert.equal((await process.face.getEntry(ctx, { accountId, entryId: results[0]!.id })).state, 'accepted');
  isAway = false;
  await process.runJob();
  assert.equal(calls, 1, 'what was accepted just now is left to whoever accepted it');
  clock.advance(5_000);
  await process.runJob();
  await process.runJob();
  assert.equal(calls, 2, 'posted once');
  assert.equal((await process.face.getEntry(ctx, { accountId, entryId: results[0]!.id })).state, 'posted');
  assert.equal(await balanceOf(books.ledger, ctx, drawerOf(accountId)), '300');
});

test('what the ledger refuses is refused with its code, and told', async () => {
  const { ctx, accountId } = newShop();
  await books.face.record(ctx, { accountId, entries: [sale('100')] });
  const account = drawerOf(accountId);
  await books.ledger.submit(ctx, { commands: [{ id: newId(), kind: 'account', accountId: account, state: 'blocked', reason: 'test' }] });
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('200')] });
  const entry = await books.face.getEntry(ctx, { accountId, entryId: results[0]!.id });
  assert.deepEqual([entry.state, entry.refusal], ['refused', 'LEDGER_ACCOUNT_BLOCKED']);
  const rows = await books.database.admin<{ n: number }>(
    `select count(*)::int as n from books.outbox where types @> '{books.entry-refused.v1}'`,
  );
  assert.equal(rows[0]!.n, 1);
  await assert.rejects(books.face.reverse(ctx, { accountId, entryId: entry.id, reason: 'engano' }), /BOOKS_ENTRY_REFUSED/);
});

test('one entry under a key is one entry, also while the first is under way; another body is a conflict', async () => {
  const { ctx, accountId } = newShop();
  const asked = { ...ctx, idempotencyKey: 'k1' };
  const entry = sale('1850');
  const answers = await Promise.all(Array.from({ length: 5 }, () => books.face.recordOne(asked, { accountId, entry })));
  assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
  assert.equal(new Set(answers.map((one) => JSON.stringify(one.entry))).size, 1, 'every answer is the first');
  await assert.rejects(books.face.recordOne(asked, { accountId, entry: sale('1851') }), /PLATFORM_IDEMPOTENCY_CONFLICT/);
  await assert.rejects(books.face.recordOne(asked, { accountId, entry: sale('1850', { date: '2026-03-09' }) }), /CONFLICT/);
  assert.equal(await balanceOf(books.ledger, ctx, drawerOf(accountId)), '1850');
});
