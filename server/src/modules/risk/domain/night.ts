import { Temporal } from 'temporal-polyfill';
import { DEFAULT_ZONE } from '#platform/clock.ts';

/** From 20h to 6h in São Paulo: the hours for which the Banco Central's Pix rules set lower limits. */
export function isNight(atMs: number, zone: string = DEFAULT_ZONE): boolean {
  const { hour } = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
  return hour >= 20 || hour < 6;
}
