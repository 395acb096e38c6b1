import { addDays } from '#platform/clock.ts';

/** What one posted entry means to one account: money that came in, or went out, on a business date. */
export type Movement = { date: string; inMinor: bigint; outMinor: bigint };

/** One business day of an account, in minor units. Kept only for days on which something moved. */
export type Day = { date: string; openingMinor: bigint; inMinor: bigint; outMinor: bigint; closingMinor: bigint };

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
  const sums = new Map<string, { inMinor: bigint; outMinor: bigint }>();
  for (const day of known) sums.set(day.date, { inMinor: day.inMinor, outMinor: day.outMinor });
  let earliest = movements[0]!.date;
  for (const { date, inMinor, outMinor } of movements) {
    if (date < earliest) earliest = date;
    const sum = sums.get(date);
    sums.set(date, { inMinor: (sum?.inMinor ?? 0n) + inMinor, outMinor: (sum?.outMinor ?? 0n) + outMinor });
  }
  let balance = known.findLast((day) => day.date < earliest)?.closingMinor ?? known[0]?.openingMinor ?? firstOpeningMinor;
  const dates = [...sums.keys()].filter((date) => date >= earliest).sort();
  return dates.map((date) => {
    const { inMinor, outMinor } = sums.get(date)!;
    const openingMinor = balance;
    balance += inMinor - outMinor;
    return { date, openingMinor, inMinor, outMinor, closingMinor: balance };
  });
}

/**
 * Every business date from `from` to `to`, both included: a day without movement carries the balance over.
 *
 * @param known days with movement, oldest first: those of the range and, if there is one, the last before it. Others are ignored.
 */
export function fillDays(known: readonly Day[], from: string, to: string): Day[] {
  let balance = known.findLast((day) => day.date < from)?.closingMinor ?? known.find((day) => day.date >= from)?.openingMinor ?? 0n;
  const byDate = new Map(known.map((day) => [day.date, day]));
  const days: Day[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const day = byDate.get(date) ?? { date, openingMinor: balance, inMinor: 0n, outMinor: 0n, closingMinor: balance };
    balance = day.closingMinor;
    days.push(day);
  }
  return days;
}

/** Number of business dates from `from` to `to`, both included; zero or less when `to` comes first. */
export function countDays(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}
