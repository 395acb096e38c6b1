import { entryOf, handedOver, placeFor, type Typed } from './choices';

const typed: Typed = {
  kind: 'sale',
  way: 'cash',
  amountMinor: '1850',
  category: '',
  place: '',
  date: '2026-11-30',
  text: ' ',
  counterparty: '',
};
const place = (id: string, kind: 'drawer' | 'bank', archived = false) => ({ id, kind, archived, storeId: 's', name: id, key: null });

describe('what is recorded of what was typed', () => {
  it('a cash sale lies in the drawer, sorted as a sale, with no empty words', () => {
    expect(entryOf(typed, null)).toEqual({
      kind: 'in',
      lines: [{ category: 'sales', amountMinor: '1850' }],
      place: 'drawer',
      date: '2026-11-30',
      method: 'cash',
    });
  });
  it('a card is owed, and lies nowhere yet', () => {
    const entry = entryOf({ ...typed, way: 'credit-card' }, null);
    expect(entry.owed).toBe('cards');
    expect(entry.place).toBeUndefined();
  });
  it('an expense without a category is left to be sorted', () => {
    const entry = entryOf({ ...typed, kind: 'expense', way: 'bank' }, null);
    expect(entry).toMatchObject({ kind: 'out', amountMinor: '1850', place: 'wallet', method: 'transfer' });
    expect(entry.lines).toBeUndefined();
  });
  it('money goes where such money is, and never to what is archived', () => {
    const shop = { places: [place('old', 'drawer', true), place('till', 'drawer'), place('itau', 'bank')] };
    expect(placeFor('cash', shop)).toBe('till');
    expect(placeFor('pix', shop)).toBe('itau');
  });
});

describe('what a customer hands over', () => {
  it('is round, above the amount, each sum once', () => {
    expect(handedOver(1850n)).toEqual([2000n, 5000n, 10000n, 20000n]);
    expect(handedOver(2000n)).toEqual([5000n, 10000n, 20000n]);
    expect(handedOver(12345n)).toEqual([12500n, 13000n, 14000n, 15000n]);
  });
});
