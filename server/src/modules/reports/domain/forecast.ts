import { addDays, listDates } from '#platform/clock.ts';
import type { Words } from '#platform/errors.ts';
import { formatBrl } from '#platform/money.ts';

export const ITEM_KINDS = ['title', 'recurrence', 'card', 'extra'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** Money that is expected to come in or to go out. */
export type Item = {
  kind: ItemKind;
  /** By which the screen opens what stands behind it: the title, the rule, the receivable; null for an extra line. */
  ref: string | null;
  label: string | null;
  direction: 'in' | 'out';
  amountMinor: bigint;
  dueOn: string;
  /** It should have moved before today. */
  overdue: boolean;
};

/** An item where the forecast puts it. */
export type Placed = Item & { on: string };
export type ForecastDay = { date: string; openingMinor: bigint; inMinor: bigint; outMinor: bigint; closingMinor: bigint };
export type Tight = { date: string; closingMinor: bigint };

export type Forecast = {
  days: ForecastDay[];
  /** All that stands in the days, in their order. */
  items: Placed[];
  /** What should have moved before today and did not. It is counted today, and said apart. */
  overdue: { inMinor: bigint; outMinor: bigint; items: Placed[] };
  /** The first day that closes below the reserve; null when none does. */
  tight: Tight | null;
  /** The day that closes lowest, the first of them. */
  lowest: Tight;
};

export type Question = {
  today: string;
  /** Today is the first day. */
  days: number;
  /** What all places hold at this moment. */
  openingMinor: bigint;
  /** What the shop wants to keep; zero unless said. */
  reserveMinor: bigint;
  items: readonly Item[];
};

const MOST_DAYS = 366;

/** What the next days will look like. Nothing is left in the past: what is late is expected today. */
export function forecast({ today, days: count, openingMinor, reserveMinor, items }: Question): Forecast {
  const last = addDays(today, count - 1);
  const placed = items
    .map((item): Placed => ({ ...item, on: item.dueOn < today ? today : item.dueOn }))
    .filter(({ on }) => on <= last)
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  const byDay = Map.groupBy(placed, ({ on }) => on);
  let balance = openingMinor;
  const days = listDates(today, last, MOST_DAYS).map((date): ForecastDay => {
    const { inMinor, outMinor } = sumOf(byDay.get(date) ?? []);
    const opening = balance;
    balance += inMinor - outMinor;
    return { date, openingMinor: opening, inMinor, outMinor, closingMinor: balance };
  });
  const overdue = placed.filter((item) => item.overdue);
  const tight = days.find(({ closingMinor }) => closingMinor < reserveMinor);
  const lowest = days.reduce((low, day) => (day.closingMinor < low.closingMinor ? day : low));
  return {
    days,
    items: placed,
    overdue: { ...sumOf(overdue), items: overdue },
    tight: tight ? { date: tight.date, closingMinor: tight.closingMinor } : null,
    lowest: { date: lowest.date, closingMinor: lowest.closingMinor },
  };
}

function sumOf(items: readonly Item[]): { inMinor: bigint; outMinor: bigint } {
  const of = (direction: 'in' | 'out') => items.reduce((sum, item) => (item.direction === direction ? sum + item.amountMinor : sum), 0n);
  return { inMinor: of('in'), outMinor: of('out') };
}

/** What if: lines that are not there, and titles that move by so many days. */
export type Extra = { label: string | null; direction: 'in' | 'out'; amountMinor: bigint; dueOn: string };
export type WhatIf = { extra: readonly Extra[]; delays: readonly { ref: string; days: number }[] };

export function supposed(items: readonly Item[], { extra, delays }: WhatIf, today: string): Item[] {
  const later = new Map(delays.map(({ ref, days }) => [ref, days]));
  const moved = items.map((item) => {
    const days = item.ref === null ? undefined : later.get(item.ref);
    // What is late already moves from today: a delay of five days is no payment in the past.
    return days === undefined ? item : { ...item, overdue: false, dueOn: addDays(item.dueOn < today ? today : item.dueOn, days) };
  });
  return [...moved, ...extra.map((one): Item => ({ ...one, kind: 'extra', ref: null, overdue: false }))];
}

const MONTHS_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const MONTHS_PT = ['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez'] as const;

/** The sentence a shop reads first. */
export function sayTight({ date, closingMinor }: Tight): Words {
  const [day, month] = [Number(date.slice(8)), Number(date.slice(5, 7)) - 1];
  const pt = formatBrl(closingMinor);
  const en = pt.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'));
  return { pt: `Caixa apertado em ${day} ${MONTHS_PT[month]}: ${pt}`, en: `Cash tight on ${day} ${MONTHS_EN[month]}: ${en}` };
}
