import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { type BooksTest, balanceOf, NOON, newShop, openBooks, sale } from './books.fixture.ts';
import { firstPlaceId } from './domain/places.ts';

let books: BooksTest;
const clock = manualClock(NOON);
before(async () => {
  books = await openBooks(clock);
});
after(() => books?.close());

/** Where a process may die between accepting an entry and writing down that the ledger has it. */
for (const point of ['books.record:committed', 'books.posting:submitted'])
  test(`a process that dies at ${point} loses nothing and doubles nothing`, async () => {
    const { ctx, accountId } = newShop();
    const id = newId();
    const dying = books.process({
      postedWithinMs: 0,
      crashPoint: (name) => {
        if (name === point) throw new Error('dead');
      },
    });
    const lines = [
      { category: 'sales', amountMinor: '700' },
      { category: 'delivery', amountMinor: '300' },
    ];
    const entries = [sale('1', { id, lines }), sale('250')];
    await dying.face.record(ctx, { accountId, entries }).catch(() => undefined);
    const { face, runJob } = books.process();
    // Whoever did not hear of it asks again, and the job finds what was left.
    assert.equal((await face.record(ctx, { accountId, entries: [entries[0]!] })).results[0]!.outcome, 'duplicate');
    clock.advance(10_000);
    await runJob();
    const { entries: all } = await face.listEntries(ctx, { accountId });
    assert.deepEqual(all.map(({ state, amountMinor }) => [state, amountMinor]).toSorted(), [
      ['posted', '1000'],
      ['posted', '250'],
    ]);
    await runJob();
    assert.equal(await balanceOf(books.ledger, ctx, firstPlaceId(accountId, 'drawer')), '1250');
  });
