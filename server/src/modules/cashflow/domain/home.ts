import type { Day, Days } from '../contract.ts';

/** Days the home page shows. */
export const HOME_DAYS = 30;

export type Projection = Pick<Days, 'days' | 'updatedAt' | 'pending' | 'lagMs'>;
export type Today = Day & Omit<Projection, 'days'>;

/** Nothing projected: the figures may not be shown, and the screen says that it waits. */
export const NO_PROJECTION: Projection = { days: [], updatedAt: null, pending: true, lagMs: 0 };

/** Today's figures with how fresh they are. A missing day is zero and pending: never a made-up balance. */
export function todayOf(projection: Projection, date: string): Today {
  const { updatedAt, pending, lagMs } = projection;
  const day = projection.days.find((one) => one.date === date);
  const zero = { date, openingMinor: '0', inMinor: '0', outMinor: '0', netMinor: '0', closingMinor: '0' };
  return { ...(day ?? zero), updatedAt: day ? updatedAt : null, pending: pending || !day, lagMs };
}

/** The days from `from` on, and what moved in those before. */
export function splitDays(days: readonly Day[], from: string): { days: Day[]; before: { inMinor: string; outMinor: string } } {
  const sum = (key: 'inMinor' | 'outMinor'): string =>
    days.reduce((total, day) => (day.date < from ? total + BigInt(day[key]) : total), 0n).toString();
  return { days: days.filter((day) => day.date >= from), before: { inMinor: sum('inMinor'), outMinor: sum('outMinor') } };
}
