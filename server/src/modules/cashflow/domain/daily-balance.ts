import { listDates } from '#platform/clock.ts';

/** What one posted entry means to one account: money that came in, or went out, on a business date. */
export type Movement = { date: string; inMinor: bigint; outMinor: bigint /** Place of its event in the log. */; position: bigint };

/** One business day of an account, in minor units. Kept only for days on which something moved. */
export type Day = {
  date: string;
  openingMinor: bigint;
  inMinor: bigint;
  outMinor: bigint;
  closingMinor: bigint;
  /** Position of the newest entry on this day or before it: the version of its figures, the same however entries were batched. */
  position: bigint;
};

/** What came in less what went out. */
export function netMinor(day: Day): bigint {
  return day.inMinor - day.outMinor;
}

/**
 * Applies movements to an account's days and answers every day whose figures may have changed: those from the earliest movement on,
 * since a backdated entry moves the opening and closing balance of all later days.
 *
 * @param known the days with movement, oldest first: at least the last one before the earliest movement and all after it.
 * @param firstOpeningMinor balance before the oldest known day, used when no known day precedes a movement.
 */
export function applyMovements(known: readonly Day[], movements: readonly Movement[], firstOpeningMinor = 0n): Day[] {
  if (movements.length === 0) return [];
  const sums = new Map<string, Sum>();
  for (const day of known) sums.set(day.date, { ...day });
  let earliest = movements[0]!.date;
  for (const { date, ...moved } of movements) {
    if (date < earliest) earliest = date;
    const sum = sums.get(date) ?? { inMinor: 0n, outMinor: 0n, position: 0n };
    const position = moved.position > sum.position ? moved.position : sum.position;
    sums.set(date, { inMinor: sum.inMinor + moved.inMinor, outMinor: sum.outMinor + moved.outMinor, position });
  }
  const before = known.findLast((day) => day.date < earliest);
  let balance = before?.closingMinor ?? known[0]?.openingMinor ?? firstOpeningMinor;
  let newest = before?.position ?? 0n;
  const dates = [...sums.keys()].filter((date) => date >= earliest).sort();
  return dates.map((date) => {
    const { inMinor, outMinor, position } = sums.get(date)!;
    const openingMinor = balance;
    balance += inMinor - outMinor;
    if (position > newest) newest = position;
    return { date, openingMinor, inMinor, outMinor, closingMinor: balance, position: newest };
  });
}

type Sum = { inMinor: bigint; outMinor: bigint; position: bigint };

/**
 * Every business date from `from` to `to`, both included: a day without movement carries the balance over.
 *
 * @param known days with movement, oldest first: those of the range and, if there is one, the last before it. Others are ignored.
 */
export function fillDays(known: readonly Day[], from: string, to: string): Day[] {
  const before = known.findLast((day) => day.date < from);
  let balance = before?.closingMinor ?? known[0]?.openingMinor ?? 0n;
  let position = before?.position ?? 0n;
  const byDate = new Map(known.map((day) => [day.date, day]));
  return datesBetween(from, to).map((date) => {
    const day = byDate.get(date) ?? { date, openingMinor: balance, inMinor: 0n, outMinor: 0n, closingMinor: balance, position };
    balance = day.closingMinor;
    position = day.position;
    return day;
  });
}

/** More than any answer shows; a caller's own limit is lower. */
const MOST_DAYS = 4_000;
const RANGES_REMEMBERED = 50;
const ranges = new Map<string, readonly string[]>();

/** The dates of a range. Most readers ask for the same few ranges, and calendar arithmetic is the dearest part of an answer. */
function datesBetween(from: string, to: string): readonly string[] {
  const id = `${from} ${to}`;
  const known = ranges.get(id);
  if (known) return known;
  const dates = listDates(from, to, MOST_DAYS);
  if (ranges.size >= RANGES_REMEMBERED) ranges.clear();
  ranges.set(id, dates);
  return dates;
}
