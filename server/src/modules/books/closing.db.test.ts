import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BooksTest, balanceOf, newShop, openBooks, sale, TODAY } from './books.fixture.ts';
import { firstPlaceId } from './domain/places.ts';

let books: BooksTest;
before(async () => {
  books = await openBooks();
});
after(() => books?.close());

const YESTERDAY = '2026-03-01';
const TOMORROW = '2026-03-03';

test('a closed day refuses what is new, changed or taken back, and opens again with the reason on record', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  const { results } = await face.record(ctx, { accountId, entries: [sale('100', { date: YESTERDAY })] });
  const one = { accountId, entryId: results[0]!.id };
  assert.deepEqual(await face.closeDay(ctx, { accountId, until: YESTERDAY }), { closedUntil: YESTERDAY });
  assert.deepEqual(await face.closeDay(ctx, { accountId, until: '2026-02-20' }), { closedUntil: YESTERDAY }, 'nothing opens by closing');

  const codes = async (entry: Parameters<typeof sale>[1]) => {
    const { results } = await face.record(ctx, { accountId, entries: [sale('50', entry)] });
    return results[0]!.code;
  };
  assert.equal(await codes({ date: YESTERDAY }), 'BOOKS_DAY_CLOSED');
  assert.equal(await codes({ date: TODAY, competence: '2026-02-10' }), 'BOOKS_DAY_CLOSED', 'its competência is closed');
  assert.equal(await codes({ date: TODAY }), undefined);
  const lines = [{ category: 'services', amountMinor: '100' }];
  await assert.rejects(face.recategorise(ctx, { ...one, lines }), /BOOKS_DAY_CLOSED/);
  await assert.rejects(face.edit(ctx, { ...one, version: 1, text: 'outro' }), /BOOKS_DAY_CLOSED/);
  await assert.rejects(face.reverse(ctx, { ...one, reason: 'engano' }), /BOOKS_DAY_CLOSED/);
  const repeated = await face.record(ctx, { accountId, entries: [sale('100', { id: one.entryId, date: YESTERDAY })] });
  assert.equal(repeated.results[0]!.outcome, 'duplicate', 'what stands there may be repeated');

  await assert.rejects(face.closeDay(ctx, { accountId, until: TOMORROW }), /BOOKS_DATE_IN_FUTURE/);
  assert.deepEqual(await face.reopenDay(ctx, { accountId, from: YESTERDAY, reason: 'Faltou uma nota' }), { closedUntil: '2026-02-28' });
  assert.equal(await codes({ date: YESTERDAY }), undefined);
  const { history } = await face.getClosing(ctx, { accountId, date: TODAY });
  assert.deepEqual(
    history.map(({ kind, until, reason }) => [kind, until, reason]),
    [
      ['reopened', '2026-02-28', 'Faltou uma nota'],
      ['closed', YESTERDAY, null],
    ],
  );
});

test('what comes late stands on the first open day and says which day it was meant for; where today is closed, it waits for tomorrow', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  await face.closeDay(ctx, { accountId, until: YESTERDAY });
  const late = sale('100', { date: '2026-02-27', competence: '2026-02-20', late: 'first-open-day' });
  const first = await face.record(ctx, { accountId, entries: [late] });
  assert.equal(first.results[0]!.date, TODAY);
  const entry = await face.getEntry(ctx, { accountId, entryId: first.results[0]!.id });
  assert.deepEqual([entry.competence, entry.originalDate, entry.originalCompetence], [TODAY, '2026-02-27', '2026-02-20']);
  await face.closeDay(ctx, { accountId, until: TODAY });
  const { results } = await face.record(ctx, { accountId, entries: [sale('70', { late: 'first-open-day' })] });
  assert.deepEqual([results[0]!.date, results[0]!.position], [TOMORROW, null]);
  assert.equal(await balanceOf(books.ledger, ctx, firstPlaceId(accountId, 'drawer')), '100');
});

test('what is taken back after its day was closed is mirrored on an open day, and the closed day stays as it was', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  const drawer = () => balanceOf(books.ledger, ctx, firstPlaceId(accountId, 'drawer'));
  const { results } = await face.record(ctx, {
    accountId,
    entries: [sale('100', { date: YESTERDAY }), { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '40', date: YESTERDAY }],
  });
  await face.closeDay(ctx, { accountId, until: YESTERDAY });
  const before = await face.listEntries(ctx, { accountId, from: YESTERDAY, to: YESTERDAY });
  for (const { id } of results) {
    const reversed = await face.reverse(ctx, { accountId, entryId: id, reason: 'engano', late: 'first-open-day' });
    assert.deepEqual([reversed.state, reversed.reversedBy === null], ['reversed', false]);
  }
  assert.equal(await drawer(), '0');
  const afterwards = await face.listEntries(ctx, { accountId, from: YESTERDAY, to: YESTERDAY });
  assert.deepEqual(afterwards.sums, before.sums);
  const today = await face.listEntries(ctx, { accountId, from: TODAY, to: TODAY });
  assert.deepEqual(today.sums, { count: 2, inMinor: '0', outMinor: '100' });
  assert.deepEqual(
    today.entries.map(({ originalDate, origin }) => [originalDate, origin!.module]),
    [
      [YESTERDAY, 'books'],
      [YESTERDAY, 'books'],
    ],
  );
});

test('what other rooms say waits stands in the checklist, and blocks where they say so, unless somebody says that they know', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  await face.record(ctx, { accountId, entries: [{ kind: 'out', place: 'drawer', amountMinor: '30', date: TODAY }] });
  const item = { module: 'drawers', reference: 'd1', date: TODAY, kind: 'drawers.uncounted', blocks: true };
  for (let times = 0; times < 2; times++) await face.markOpenItem(ctx, { accountId, item });
  const { checklist, figures } = await face.getClosing(ctx, { accountId, date: TODAY });
  assert.deepEqual(checklist, [
    { kind: 'books.unsorted', count: 1, blocks: false },
    { kind: 'drawers.uncounted', count: 1, blocks: true },
  ]);
  assert.deepEqual(figures, { count: 1, inMinor: '0', outMinor: '30' });
  await assert.rejects(face.closeDay(ctx, { accountId, until: TODAY }), /BOOKS_OPEN_ITEMS/);
  await face.closeDay(ctx, { accountId, until: YESTERDAY });
  await face.closeDay(ctx, { accountId, until: TODAY, despite: true });
  assert.equal((await face.getClosing(ctx, { accountId, date: TODAY })).history[0]!.leftOpen, 2);
  await face.reopenDay(ctx, { accountId, from: TODAY, reason: 'contar' });
  await face.clearOpenItem(ctx, { accountId, module: 'drawers', reference: 'd1' });
  await face.closeDay(ctx, { accountId, until: TODAY });
});

test('entries that are recorded while the day is closed are in it, or refused: none comes after', async () => {
  const { ctx, accountId } = newShop();
  const { face } = books;
  await face.getShop(ctx, { accountId });
  const recording = Array.from({ length: 12 }, () => face.record(ctx, { accountId, entries: [sale('10')] }));
  const figuresOf = async () => (await face.getClosing(ctx, { accountId, date: TODAY })).figures;
  const closed = face.closeDay(ctx, { accountId, until: TODAY }).then(figuresOf);
  const later = Array.from({ length: 12 }, () => face.record(ctx, { accountId, entries: [sale('10')] }));
  const outcomes = (await Promise.all([...recording, ...later])).map(({ results }) => results[0]!);
  const atClosing = await closed;
  for (const { code } of outcomes) assert.ok(code === undefined || code === 'BOOKS_DAY_CLOSED', code);
  const recorded = outcomes.filter(({ outcome }) => outcome === 'recorded').length;
  assert.equal(atClosing.inMinor, String(10 * recorded), 'all that was ever recorded had been when it was closed');
  assert.deepEqual(await figuresOf(), atClosing);
});
