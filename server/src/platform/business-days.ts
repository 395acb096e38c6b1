import { Temporal } from 'temporal-polyfill';
import { addDays } from './clock.ts';

/**
 * Days on which banks settle in Brazil: not Saturdays, Sundays, national holidays, nor the days that Res. CMN 4.880/2020 adds for the whole
 * country (Carnival Monday and Tuesday, Good Friday, Corpus Christi). Holidays of a state or a city, and the last day of the year, on which
 * banks only shut their doors, do not stop settlement: the list is ANBIMA's.
 */

/** By law on the same date each year, from the first year of which it holds. */
const FIXED: readonly { day: string; since?: number }[] = [
  { day: '01-01' },
  { day: '04-21' },
  { day: '05-01' },
  { day: '09-07' },
  { day: '10-12' },
  { day: '11-02' },
  { day: '11-15' },
  // Dia Nacional de Zumbi e da Consciência Negra, Lei 14.759/2023.
  { day: '11-20', since: 2024 },
  { day: '12-25' },
];
/** Days from Easter Sunday: Carnival Monday and Tuesday, Good Friday, Corpus Christi. */
const FROM_EASTER = [-48, -47, -2, 60] as const;

const known = new Map<number, ReadonlySet<string>>();

/** The bank holidays of a year, in order, those on a weekend included. */
export function bankHolidays(year: number): string[] {
  const easter = easterOf(year);
  const fixed = FIXED.filter(({ since = 0 }) => year >= since).map(({ day }) => `${year}-${day}`);
  return [...fixed, ...FROM_EASTER.map((days) => addDays(easter, days))].sort();
}

export function isBusinessDay(date: string): boolean {
  if (Temporal.PlainDate.from(date, { overflow: 'reject' }).dayOfWeek > 5) return false;
  return !holidaysOf(Number(date.slice(0, 4))).has(date);
}

function holidaysOf(year: number): ReadonlySet<string> {
  const holidays = known.get(year) ?? new Set(bankHolidays(year));
  known.set(year, holidays);
  return holidays;
}

/** The date itself when banks settle on it, else the first after it on which they do. */
export const nextBusinessDay = (date: string): string => roll(date, 1);

/** The date itself when banks settle on it, else the last before it on which they did. */
export const previousBusinessDay = (date: string): string => roll(date, -1);

/** The business day that is `count` business days after a date, which need not be one: D+1 of a Saturday is Monday. @throws RangeError below zero. */
export function addBusinessDays(date: string, count: number): string {
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`${count} business days`);
  let found = nextBusinessDay(date);
  // A sale on a Saturday counts from Saturday: its first business day is D+1, and D+0 is Monday, too.
  let left = found === date ? count : Math.max(0, count - 1);
  for (; left > 0; left--) found = nextBusinessDay(addDays(found, 1));
  return found;
}

function roll(date: string, step: 1 | -1): string {
  let found = date;
  while (!isBusinessDay(found)) found = addDays(found, step);
  return found;
}

/** Easter Sunday of the Gregorian calendar ("Anonymous Gregorian computus", Nature, 20 April 1876). */
function easterOf(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
