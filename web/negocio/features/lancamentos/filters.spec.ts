import { byDay, isFiltered, periodOf, queryOf, shownOf } from './filters';

const NOON = Date.parse('2026-11-30T15:00:00Z');

describe('what the address of the entries asks for', () => {
  it('is the last thirty days when it says nothing', () => {
    expect(queryOf({}, NOON)).toEqual({ from: '2026-11-01' });
    expect(isFiltered({})).toBe(false);
  });
  it('counts today as one of the days, in Brasília', () => {
    expect(queryOf({ periodo: 'hoje' }, Date.parse('2026-12-01T02:00:00Z')).from).toBe('2026-11-30');
    expect(queryOf({ periodo: '7' }, NOON).from).toBe('2026-11-24');
    expect(queryOf({ periodo: 'tudo' }, NOON)).toEqual({});
  });
  it('takes dates before a period, and only what is a date', () => {
    expect(periodOf({ periodo: '7', de: '2026-01-01' })).toBe('datas');
    expect(queryOf({ de: 'x', ate: '2026-01-31' }, NOON)).toEqual({ to: '2026-01-31' });
  });
  it('asks for one kind, and for all when several are chosen', () => {
    expect(queryOf({ mostrar: 'entradas' }, NOON).kind).toBe('in');
    expect(queryOf({ mostrar: 'entradas,saidas' }, NOON).kind).toBeUndefined();
    expect(queryOf({ mostrar: 'sem-categoria,nada' }, NOON).unsorted).toBe('true');
    expect(shownOf({ mostrar: 'nada,saidas' })).toEqual(['saidas']);
  });
});

it('entries of a day are one group, in their order', () => {
  expect(byDay([{ date: 'b' }, { date: 'b' }, { date: 'a' }]).map(({ date, entries }) => [date, entries.length])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});
