import { Temporal } from 'temporal-polyfill';

/** Where time comes from. Tests inject their own, so that nothing in the platform asks the machine directly. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until told to move; for tests and simulations. */
export function manualClock(startMs: number): Clock & { advance(ms: number): void; set(ms: number): void } {
  let current = startMs;
  return {
    now: () => current,
    advance: (ms) => {
      current += ms;
    },
    set: (ms) => {
      current = ms;
    },
  };
}

export const DEFAULT_ZONE = 'America/Sao_Paulo';

/** The business date (YYYY-MM-DD) of an instant in a zone. Zone rules come from the tz database, not from us. */
export function businessDate(instant: number | string | Date, zone: string = DEFAULT_ZONE): string {
  const ms = typeof instant === 'number' ? instant : new Date(instant).getTime();
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The business date `days` after (or before, if negative) another. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date, { overflow: 'reject' }).add({ days }).toString();
}

/** First instant of a business date in a zone, as ISO string in UTC. Right on days of 23 or 25 hours, too. */
export function startOfDay(date: string, zone: string = DEFAULT_ZONE): string {
  return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime(zone).toInstant().toString();
}

/** Number of calendar days from `from` to `to`, both included; zero or less when `to` comes first. */
export function countDays(from: string, to: string): number {
  return Temporal.PlainDate.from(from, { overflow: 'reject' }).until(Temporal.PlainDate.from(to, { overflow: 'reject' })).days + 1;
}

/** The dates from `from` to `to`, both included, by count: dates as texts have no order past year 9999. @throws RangeError over `most`. */
export function listDates(from: string, to: string, most: number): string[] {
  const count = countDays(from, to);
  if (count > most) throw new RangeError(`${count} days are more than ${most}`);
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: Math.max(count, 0) }, (_, days) => first.add({ days }).toString());
}
