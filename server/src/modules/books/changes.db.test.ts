import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
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

test('an entry gets other categories, keeps its history, and is taken back whole', async () => {
  const { ctx, accountId } = newShop();
  const balance = (key: string) => balanceOf(books.ledger, ctx, defaultCategoryId(accountId, key));
  const drawer = () => balanceOf(books.ledger, ctx, firstPlaceId(accountId, 'drawer'));
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('1000', { date: '2026-03-01' })] });
  const one = { accountId, entryId: results[0]!.id };
  const lines = [
    { category: 'services', amountMinor: '600' },
    { category: 'orders', amountMinor: '400' },
  ];
  const sorted = await books.face.recategorise(ctx, { ...one, lines });
  assert.deepEqual([sorted.version, await balance('sales'), await balance('services'), await balance('orders')], [2, '0', '600', '400']);
  assert.equal((await books.face.recategorise(ctx, { ...one, lines })).version, 2, 'repeating it changes nothing');
  assert.equal(await drawer(), '1000', 'the money stays where it is');
  const less = [{ category: 'sales', amountMinor: '999' }];
  await assert.rejects(books.face.recategorise(ctx, { ...one, lines: less }), /BOOKS_ENTRY_INVALID/);

  const reversed = await books.face.reverse(ctx, { ...one, reason: 'engano' });
  assert.deepEqual([reversed.state, reversed.version], ['reversed', 3]);
  assert.equal((await books.face.reverse(ctx, { ...one, reason: 'de novo' })).version, 3);
  assert.deepEqual([await drawer(), await balance('sales'), await balance('services'), await balance('orders')], ['0', '0', '0', '0']);
  await assert.rejects(books.face.recategorise(ctx, { ...one, lines }), /BOOKS_ENTRY_REVERSED/);
  const { history } = await books.face.getEntry(ctx, one);
  assert.deepEqual(
    history.map(({ kind, state, reason }) => [kind, state, reason]),
    [
      ['recorded', 'posted', null],
      ['recategorised', 'posted', null],
      ['reversed', 'posted', 'engano'],
    ],
  );
});

test('what had two dates is taken back on both of them', async () => {
  const { ctx, accountId } = newShop();
  const lines = [
    { category: 'goods', amountMinor: '300' },
    { category: 'packaging', amountMinor: '200' },
  ];
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [{ kind: 'out', place: 'drawer', date: TODAY, competence: '2026-02-10', lines }],
  });
  await books.face.reverse(ctx, { accountId, entryId: results[0]!.id, reason: 'engano' });
  const datesOf = async (id: string) =>
    (await books.ledger.getStatement(ctx, { accountId: id })).lines.map(({ effectiveAt }) => effectiveAt.slice(0, 10));
  assert.deepEqual(await datesOf(defaultCategoryId(accountId, 'goods')), ['2026-02-10', '2026-02-10']);
  assert.deepEqual(await datesOf(firstPlaceId(accountId, 'drawer')), ['2026-03-02', '2026-03-02']);
  assert.equal(await balanceOf(books.ledger, ctx, owedAccountId(accountId, 'payable')), '0');
});

test('a change that the ledger refuses is undone: the entry stands as before', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('100')] });
  const one = { accountId, entryId: results[0]!.id };
  await books.face.recategorise(ctx, { ...one, lines: [{ category: 'services', amountMinor: '100' }] });
  const block = (id: string, state: 'blocked' | 'open') =>
    books.ledger.submit(ctx, { commands: [{ id: crypto.randomUUID(), kind: 'account', accountId: id, state, reason: 'test' }] });
  await block(defaultCategoryId(accountId, 'services'), 'blocked');
  const kept = await books.face.recategorise(ctx, { ...one, lines: [{ category: 'sales', amountMinor: '100' }] });
  assert.deepEqual(kept.lines, [{ categoryId: defaultCategoryId(accountId, 'services'), amountMinor: '100' }]);
  assert.equal((await books.face.reverse(ctx, { ...one, reason: 'engano' })).state, 'posted');
  const { history } = await books.face.getEntry(ctx, one);
  assert.deepEqual(history.map(({ kind, refusal }) => [kind, refusal]).slice(2), [
    ['recategorised', 'LEDGER_ACCOUNT_BLOCKED'],
    ['reversed', 'LEDGER_ACCOUNT_BLOCKED'],
  ]);
  await block(defaultCategoryId(accountId, 'services'), 'open');
  assert.equal((await books.face.reverse(ctx, { ...one, reason: 'engano' })).state, 'reversed', 'and can be tried again');
  assert.equal(await balanceOf(books.ledger, ctx, firstPlaceId(accountId, 'drawer')), '0');
});

test('what is taken back while a change before it waits for the ledger comes after that one', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('100')] });
  const one = { accountId, entryId: results[0]!.id };
  const submit = () => Promise.reject(new Error('the ledger does not answer'));
  const cut = books.process({ ledger: { ...books.ledger, submit } });
  await cut.face.recategorise(ctx, { ...one, lines: [{ category: 'services', amountMinor: '100' }] });
  await books.face.reverse(ctx, { ...one, reason: 'engano' });
  for (let time = 0; time < 2; time++) {
    clock.advance(5_000);
    await books.runJob();
  }
  const { state, history } = await books.face.getEntry(ctx, one);
  assert.equal(state, 'reversed');
  assert.deepEqual(
    history.map(({ kind, refusal }) => [kind, refusal]),
    [
      ['recorded', null],
      ['recategorised', null],
      ['reversed', null],
    ],
  );
  for (const id of [firstPlaceId(accountId, 'drawer'), defaultCategoryId(accountId, 'services')])
    assert.equal(await balanceOf(books.ledger, ctx, id), '0');
});
