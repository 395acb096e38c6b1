import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countDays, listDates } from './clock.ts';
import { parseDate, parseInstant, readDate, readEdge, readInstant } from './dates.ts';

const NO_DATES = [
  ...[
    '2026-02-29',
    '2026-02-30',
    '2026-02-31',
    '2026-04-31',
    '2026-06-31',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
  ],
  ...['0000-01-01', '0001-01-01', '0026-11-29', '1899-12-31', '2200-01-01', '9999-12-31', '0000-00-00', '+010000-01-01', '-000001-01-01'],
  ...['', '2026-1-1', '20260101', '2026-01-01 ', ' 2026-01-01', '2026-01-01T00:00:00Z', '2026-01-0\u0661', '２０２６-01-01'],
];
const NO_TIMES = [
  '24:00:00Z',
  '23:60:00Z',
  '23:59:60Z',
  '12:00Z',
  '12:00:00',
  '12:00:00.Z',
  '12:00:00.1234567Z',
  '12:00:00+15:00',
  '12:00:00+0300',
  '12:00:00 03:00',
  '12:00:00z',
];

describe('dates are those of the calendar, in the years 1900 to 2199', () => {
  test('there are these', () => {
    for (const date of ['1900-01-01', '2000-02-29', '2024-02-29', '2026-12-31', '2096-02-29', '2199-12-31'])
      assert.equal(parseDate(date), date);
  });
  test('and none of those, as a date or as the date of an instant', () => {
    for (const text of NO_DATES) {
      assert.equal(parseDate(text), undefined, text);
      assert.equal(parseInstant(`${text}T12:00:00Z`), undefined, text);
      assert.throws(() => readDate(text, '/x'), { code: 'PLATFORM_BAD_REQUEST' }, text);
    }
    for (const value of [undefined, null, 5, {}, ['2026-01-01']]) assert.equal(parseDate(value), undefined);
  });
});

describe('instants', () => {
  test('say their zone: Z or an offset; digits past the millisecond are cut off', () => {
    const noon = Date.UTC(2026, 2, 10, 12);
    for (const text of [
      '2026-03-10T12:00:00Z',
      '2026-03-10T09:00:00-03:00',
      '2026-03-10T17:30:00+05:30',
      '2026-03-10T12:00:00.000000+00:00',
    ])
      assert.equal(parseInstant(text), noon, text);
    assert.equal(parseInstant('2026-03-10T12:00:00.1Z'), noon + 100);
    assert.equal(parseInstant('2026-03-10T12:00:00.001999Z'), noon + 1);
    assert.equal(parseInstant('2026-01-01T00:30:00+03:00'), Date.UTC(2025, 11, 31, 21, 30));
  });
  test('what is no time of day, or has no zone, is none', () => {
    for (const time of NO_TIMES) {
      assert.equal(parseInstant(`2026-03-10T${time}`), undefined, time);
      assert.throws(() => readInstant(`2026-03-10T${time}`, '/at'), { code: 'PLATFORM_BAD_REQUEST' }, time);
    }
  });
  test('their years count in UTC', () => {
    assert.equal(parseInstant('1900-01-01T00:00:00Z'), Date.UTC(1900, 0, 1));
    assert.equal(parseInstant('1900-01-01T00:00:00+03:00'), undefined);
    assert.equal(parseInstant('2199-12-31T23:59:59.999Z'), Date.UTC(2200, 0, 1) - 1);
    assert.equal(parseInstant('2199-12-31T23:00:00-03:00'), undefined);
  });
});

test('a date as the end of a period is in it, an instant is not; no edge is past what the next door reads', () => {
  assert.deepEqual(
    [readEdge('2026-03-10', 'from'), readEdge('2026-03-10', 'to')],
    ['2026-03-10T03:00:00.000Z', '2026-03-11T03:00:00.000Z'],
  );
  for (const edge of ['from', 'to'] as const) assert.equal(readEdge('2026-03-10T09:00:00-03:00', edge), '2026-03-10T12:00:00.000Z');
  assert.notEqual(parseInstant(readEdge('2199-12-31', 'to')), undefined);
  assert.notEqual(parseInstant(readEdge('1900-01-01', 'from')), undefined);
  for (const text of ['2026-02-30', '9999-12-31', '2026-02-30T00:00:00Z', 'x'])
    assert.throws(() => readEdge(text, 'to'), { code: 'PLATFORM_BAD_REQUEST' });
});

test('a range of dates is walked by count: it ends at any edge of the calendar, and is as long as it may be', () => {
  assert.deepEqual(listDates('9999-12-31', '9999-12-31', 400), ['9999-12-31']);
  assert.deepEqual(listDates('9999-12-30', '9999-12-31', 400), ['9999-12-30', '9999-12-31']);
  assert.deepEqual(listDates('2024-02-28', '2024-03-01', 400), ['2024-02-28', '2024-02-29', '2024-03-01']);
  assert.deepEqual(listDates('2024-03-02', '2024-03-01', 400), []);
  assert.equal(countDays('2018-11-03', '2018-11-05'), 3);
  assert.throws(() => listDates('2020-01-01', '2026-01-01', 400), RangeError);
});
