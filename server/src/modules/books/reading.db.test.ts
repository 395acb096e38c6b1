import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { type BooksTest, NOON, newShop, openBooks, sale, TODAY } from './books.fixture.ts';
import { firstPlaceId } from './domain/places.ts';

let books: BooksTest;
const clock = manualClock(NOON);
before(async () => {
  books = await openBooks(clock);
});
after(() => books?.close());

/** A shop with some history: two days, both directions, one to sort, one reversed. */
async function shopWithEntries() {
  const { ctx, accountId } = newShop();
  const { results } = await books.face.record(ctx, {
    accountId,
    entries: [
      sale('1000', { method: 'cash', text: 'Pão de açúcar', counterparty: 'Ana Lima' }),
      sale('2500', { method: 'pix', place: 'wallet' }),
      sale('700', { method: 'cash' }),
      { kind: 'out', place: 'drawer', amountMinor: '300', date: TODAY, text: 'Gelo 50%' },
      sale('9000', { date: '2026-02-23', method: 'cash' }),
      { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '400', date: TODAY },
    ],
  });
  await books.face.reverse(ctx, { accountId, entryId: results[2]!.id, reason: 'engano' });
  return { ctx, accountId, ids: results.map(({ id }) => id) };
}

test('pages follow each other without a gap or a repetition, newest day first, and the sums are of all that is found', async () => {
  const { ctx, accountId, ids } = await shopWithEntries();
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 6; page++) {
    const answer = await books.face.listEntries(ctx, { accountId, limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(...answer.entries.map(({ id }) => id));
    assert.equal(answer.sums === null, page > 0);
    if (page === 0) assert.deepEqual(answer.sums, { count: 6, inMinor: '12500', outMinor: '300' }, 'what was reversed moved nothing');
    if (answer.next === null) break;
    cursor = answer.next;
  }
  assert.deepEqual(seen.toSorted(), ids.toSorted());
  assert.equal(seen.at(-1), ids[4], 'the oldest day is last');
  await assert.rejects(books.face.listEntries(ctx, { accountId, cursor: 'e30' }), { code: 'BOOKS_CURSOR_INVALID' });
});

test('entries are found by words without accents, by a whole name, by place, category, day and what is to be sorted', async () => {
  const { ctx, accountId, ids } = await shopWithEntries();
  const found = async (query: object) =>
    (await books.face.listEntries(ctx, { accountId, ...query })).entries.map(({ id }) => ids.indexOf(id)).toSorted();
  assert.deepEqual(await found({ search: 'acucar' }), [0]);
  assert.deepEqual(await found({ search: 'ANA LIMA' }), [0]);
  assert.deepEqual(await found({ search: '50%' }), [3], 'a sign of patterns is a letter');
  assert.deepEqual(await found({ search: '%' }), [3]);
  assert.deepEqual(await found({ placeId: firstPlaceId(accountId, 'safe') }), [5]);
  assert.deepEqual(await found({ unsorted: true }), [3]);
  assert.deepEqual(await found({ to: '2026-02-28' }), [4]);
  assert.deepEqual(await found({ kind: 'out', from: TODAY }), [3]);
});

test('the day says what there is, what was sold by which method, and what waits; a transfer is neither', async () => {
  const { ctx, accountId } = await shopWithEntries();
  const today = await books.face.getToday(ctx, { accountId });
  assert.equal(today.date, TODAY);
  assert.equal(today.totalMinor, '12200');
  assert.deepEqual(
    today.byMethod.map(({ method, amountMinor, count }) => [method, amountMinor, count]),
    [
      ['pix', '2500', 1],
      ['cash', '1000', 1],
    ],
  );
  assert.deepEqual([today.soldMinor, today.soldCount, today.soldBeforeMinor, today.outMinor], ['3500', 2, '9000', '300']);
  assert.deepEqual(today.waiting, { unsorted: 1, accepted: 0, refused: 0 });
  const empty = newShop();
  const first = await books.face.getToday(empty.ctx, { accountId: empty.accountId });
  assert.deepEqual([first.totalMinor, first.soldBeforeMinor, first.recent.length], ['0', null, 0]);
});

test('many are sorted at once, each with its outcome: what is not there or was reversed does not hold up the rest', async () => {
  const { ctx, accountId, ids } = await shopWithEntries();
  const stranger = newId();
  const done = await books.face.sortEntries(ctx, { accountId, entryIds: [ids[0]!, ids[2]!, stranger, ids[1]!], category: 'orders' });
  assert.equal(done.sorted, 2);
  assert.deepEqual(
    done.refused.map(({ entryId, code }) => [entryId, code]),
    [
      [ids[2], 'BOOKS_ENTRY_REVERSED'],
      [stranger, 'BOOKS_ENTRY_NOT_FOUND'],
    ],
  );
});
