import { Temporal } from 'temporal-polyfill';

/** The latest hour at which a shop's day may begin: past noon it would no longer be clear which of two days is meant. */
export const LATEST_CUT_OFF = 12;

/**
 * The business day of an instant: what happens before the cut-off hour on the clock of the wall still belongs to the day before. A bar that cuts off at four
 * counts a sale at half past one to last night. Days of 23 and 25 hours, and midnights that never were, are the tz database's.
 */
export function businessDayOf(instantMs: number, zone: string, cutOffHour: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
  const date = local.toPlainDate();
  return (local.hour < cutOffHour ? date.subtract({ days: 1 }) : date).toString();
}

/** First instant of a business day, in epoch milliseconds. Where the clock skips the cut-off hour, the day begins with the hour after the gap. */
export function startOfBusinessDay(date: string, zone: string, cutOffHour: number): number {
  const day = Temporal.PlainDate.from(date, { overflow: 'reject' });
  const start = cutOffHour === 0 ? day.toZonedDateTime(zone) : day.toZonedDateTime({ timeZone: zone, plainTime: { hour: cutOffHour } });
  return start.epochMilliseconds;
}
