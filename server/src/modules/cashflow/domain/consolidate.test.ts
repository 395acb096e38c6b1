import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shopDaysId, storeDaysId, totalsMoved } from './consolidate.ts';

const [shop, other] = ['0192f000-0000-7000-8000-00000000000a', '0192f000-0000-7000-8000-00000000000b'];
const [centro, bairro] = ['0192f000-0000-7000-8000-0000000000c1', '0192f000-0000-7000-8000-0000000000c2'];
const place = (storeId: string, kind = 'drawer', subjectId = shop) => ({ code: `books:place:${storeId}:${kind}`, subjectId });
const sales = { code: 'books:cat:revenue', subjectId: shop };
const name = (id: string) =>
  ({ [shopDaysId(shop)]: 'shop', [shopDaysId(other)]: 'other', [storeDaysId(centro)]: 'centro', [storeDaysId(bairro)]: 'bairro' })[id];
const moved = (debit: typeof sales, credit: typeof sales) =>
  totalsMoved({ debit, credit }).map(({ accountId, side }) => `${name(accountId)} ${side}`);

test('what comes into a place comes into its store and the shop, and what goes out goes out of both', () => {
  assert.deepEqual(moved(place(centro), sales), ['centro debit', 'shop debit']);
  assert.deepEqual(moved(sales, place(bairro)), ['bairro credit', 'shop credit']);
});

test('between places of one store nothing is moved; between stores the shop has what it had', () => {
  assert.deepEqual(moved(place(centro), place(centro, 'safe')), []);
  assert.deepEqual(moved(place(centro), place(bairro)), ['centro debit', 'bairro credit']);
});

test('what is no place moves no total, nor does a code that only looks like one', () => {
  assert.deepEqual(moved(sales, { code: 'books:owed:cards', subjectId: shop }), []);
  assert.deepEqual(moved({ code: 'books:place:centro:drawer', subjectId: shop }, sales), []);
  assert.deepEqual(totalsMoved({ debit: { code: `books:place:${centro}:drawer`, subjectId: null }, credit: sales }), []);
});
