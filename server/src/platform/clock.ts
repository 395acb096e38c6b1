import { Temporal } from 'temporal-polyfill';
import { refusePlatform } from './errors.ts';

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

/**
 * A bound of a period as callers write it, as ISO string in UTC: an instant as it is, a business date as the instant it begins
 * (`days` later). @throws PLATFORM_BAD_REQUEST when there is no such date or instant, such as a 30th of February.
 */
export function readBound(text: string, days = 0): string {
  try {
    return text.length === 10 ? startOfDay(addDays(text, days)) : Temporal.Instant.from(text).round('millisecond').toString();
  } catch (cause) {
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: `Não há data nem instante "${text}".`, cause });
  }
}
