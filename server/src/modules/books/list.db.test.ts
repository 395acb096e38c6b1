import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { type BooksTest, newShop, openBooks, sale, TODAY } from './books.fixture.ts';
import type { NewEntry } from './contract.ts';
import { defaultCategoryId } from './domain/chart.ts';
import { firstPlaceId } from './domain/places.ts';

let books: BooksTest;
before(async () => {
  books = await openBooks();
});
after(() => books?.close());

const out = (amountMinor: string, extra: Partial<NewEntry> = {}): NewEntry => ({
  kind: 'out',
  place: 'drawer',
  date: TODAY,
  amountMinor,
  ...extra,
});

test('a filter finds entries and adds up what it finds, by payment and by competência', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  const bank = newId();
  await face.savePlace(ctx, { accountId, place: { id: bank, kind: 'bank', name: 'Itaú' } });
  await face.record(ctx, {
    accountId,
    entries: [
      { kind: 'opening', place: 'drawer', amountMinor: '9999', date: TODAY },
      sale('1000', { text: 'Pão francês', method: 'cash', tags: ['balcão'] }),
      sale('2000', { text: 'Bolo', method: 'pix', place: bank, counterparty: 'Ana Maria' }),
      { kind: 'in', owed: 'cards', date: TODAY, lines: [{ category: 'sales', amountMinor: '5000' }] },
      { kind: 'transfer', owed: 'cards', toPlace: bank, amountMinor: '4000', date: TODAY },
      { kind: 'transfer', place: 'drawer', toPlace: bank, amountMinor: '700', date: TODAY },
      out('300', { competence: '2026-02-15', lines: [{ category: 'rent', amountMinor: '300' }] }),
      out('450', { text: 'Gás' }),
    ],
  });
  const list = (filter: Omit<Parameters<typeof face.listEntries>[1], 'accountId'>) => face.listEntries(ctx, { accountId, ...filter });
  const sums = async (filter: Parameters<typeof list>[0]) => {
    const { inMinor, outMinor, count } = (await list(filter)).sums!;
    return [count, inMinor, outMinor];
  };
  assert.deepEqual(await sums({}), [8, '7000', '750'], 'what came in and went out, transfers between places in neither');
  assert.deepEqual(await sums({ by: 'competence', from: TODAY }), [7, '8000', '450'], 'what was earned and spent');
  assert.deepEqual(await sums({ placeId: bank }), [3, '6700', '0']);
  assert.deepEqual(await sums({ placeId: firstPlaceId(accountId, 'drawer') }), [5, '1000', '1450']);
  assert.deepEqual(await sums({ categoryId: defaultCategoryId(accountId, 'sales') }), [3, '8000', '0']);
  assert.deepEqual(await sums({ unsorted: true }), [1, '0', '450']);
  assert.deepEqual(await sums({ method: 'pix' }), [1, '2000', '0']);
  assert.deepEqual(await sums({ tag: 'balcão' }), [1, '1000', '0']);
  assert.deepEqual(await sums({ search: 'pao FRANCES' }), [1, '1000', '0']);
  assert.deepEqual(await sums({ search: 'ana maria' }), [1, '2000', '0'], 'a counterparty, by the whole name');
  assert.deepEqual(await sums({ search: '4,50' }), [1, '0', '450'], 'an amount');
  assert.deepEqual(await sums({ to: '2026-03-01' }), [0, '0', '0']);
  assert.deepEqual(await sums({ state: 'posted', kind: 'transfer' }), [2, '4000', '0']);
});

test('pages neither skip nor repeat while others record', async () => {
  const { ctx, accountId } = newShop();
  const dates = ['2026-02-26', '2026-02-27', '2026-02-28'];
  const entries = Array.from({ length: 25 }, (_, nth) => sale(String(nth + 1), { date: dates[nth % 3]! }));
  const { results } = await books.face.record(ctx, { accountId, entries });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await books.face.listEntries(ctx, { accountId, limit: 4, ...(cursor ? { cursor } : {}) });
    assert.equal(page.sums === null, cursor !== undefined, 'the totals come with the first page');
    seen.push(...page.entries.map(({ id }) => id));
    await books.face.record(ctx, { accountId, entries: [sale('999')] });
    cursor = page.next ?? undefined;
  } while (cursor);
  assert.deepEqual(seen.toSorted(), results.map(({ id }) => id).toSorted());
  await assert.rejects(books.face.listEntries(ctx, { accountId, cursor: 'nada' }), /BOOKS_CURSOR_INVALID/);
  await assert.rejects(books.face.listEntries(ctx, { accountId, from: '2026-03-02', to: '2026-03-01' }), /BOOKS_RANGE_INVALID/);
});

test('words change by version, and the list finds the new ones', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, { accountId, entries: [sale('10', { text: 'pao', counterparty: 'Ana' })] });
  const one = { accountId, entryId: results[0]!.id };
  const edited = await books.face.edit(ctx, { ...one, version: 1, text: 'Broa', counterparty: null, tags: ['café'] });
  assert.deepEqual([edited.text, edited.counterparty, edited.tags, edited.version, edited.state], ['Broa', null, ['café'], 2, 'posted']);
  await assert.rejects(books.face.edit(ctx, { ...one, version: 1, text: 'x' }), /BOOKS_ENTRY_CHANGED/);
  assert.equal((await books.face.listEntries(ctx, { accountId, search: 'cafe' })).entries.length, 1);
  assert.equal((await books.face.listEntries(ctx, { accountId, search: 'pao' })).entries.length, 0);
});

test('many are sorted at once, each with its own outcome', async () => {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [out('100'), out('200'), { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '5', date: TODAY }],
  });
  const ids = results.map(({ id }) => id);
  const sort = () => books.face.sortEntries(ctx, { accountId, entryIds: [...ids, newId()], category: 'goods' });
  for (let times = 0; times < 2; times++) {
    const { sorted, refused } = await sort();
    assert.deepEqual([sorted, ...refused.map(({ code }) => code)], [2, 'BOOKS_ENTRY_INVALID', 'BOOKS_ENTRY_NOT_FOUND']);
  }
  const { sums } = await books.face.listEntries(ctx, { accountId, categoryId: defaultCategoryId(accountId, 'goods') });
  assert.deepEqual(sums, { count: 2, inMinor: '0', outMinor: '300' });
});

test('what a correction teaches sorts what comes like it, and only that', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  const { results } = await face.record(ctx, {
    accountId,
    entries: [out('100', { text: 'Conta', counterparty: 'Enel SP' }), out('50', { text: 'Gás do João' })],
  });
  const teach = (nth: number, category: string, amountMinor: string) =>
    face.recategorise(ctx, { accountId, entryId: results[nth]!.id, lines: [{ category, amountMinor }], teach: true });
  await teach(0, 'utilities', '100');
  await teach(1, 'goods', '50');
  await face.saveRule(ctx, { accountId, ruleId: newId(), rule: { kind: 'in', contains: 'Gás', category: 'other-revenue' } });
  const { results: next } = await face.record(ctx, {
    accountId,
    entries: [
      out('110', { text: 'outra coisa', counterparty: 'ENEL  sp' }),
      out('55', { text: 'pix gas do joao 12/03' }),
      out('60', { text: 'gás' }),
      out('70', { counterparty: 'Enel SP', lines: [{ category: 'rent', amountMinor: '70' }] }),
    ],
  });
  const categories = await Promise.all(
    next.map(async ({ id }) => (await face.getEntry(ctx, { accountId, entryId: id })).lines[0]!.categoryId),
  );
  const expected = ['utilities', 'goods', 'to-sort-out', 'rent'].map((key) => defaultCategoryId(accountId, key));
  assert.deepEqual(categories, expected);
  const { rules } = await face.listRules(ctx, { accountId });
  assert.deepEqual(rules.map(({ contains, counterparty }) => `${contains} ${counterparty}`).toSorted(), [
    'gas do joao null',
    'gas null',
    'null Enel SP',
  ]);
  await face.removeRule(ctx, { accountId, ruleId: rules[0]!.id });
  assert.equal((await face.listRules(ctx, { accountId })).rules.length, 2);
});
