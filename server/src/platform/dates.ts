import { addDays, startOfDay } from './clock.ts';
import { refusePlatform, type Words } from './errors.ts';

/**
 * The one reader of dates and instants for every door: HTTP, faces, imports, events, settings of the command line.
 *
 * A date is `AAAA-MM-DD` on the calendar there is, an instant ISO 8601 with `Z` or an offset such as `-03:00`. Both lie in the years 1900 to
 * 2199: what is outside is a slip of the keyboard, and near its edges neither Postgres nor every zone's calendar can hold it.
 */
export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2199;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;
const MINUTE_MS = 60_000;
const EARLIEST_MS = Date.UTC(FIRST_YEAR, 0, 1);
const LATEST_MS = Date.UTC(LAST_YEAR + 1, 0, 1) - 1;

/** The date as it was written, or undefined when there is none: no 30th of February, no year 0 or 9999. */
export function parseDate(text: unknown): string | undefined {
  const found = typeof text === 'string' ? DATE.exec(text) : null;
  return found && midnightUtc(found) !== undefined ? found[0] : undefined;
}

/**
 * Milliseconds since the epoch, or undefined when there is no such instant. Finer digits, at most six, are cut off: the platform keeps
 * milliseconds.
 */
export function parseInstant(text: unknown): number | undefined {
  const found = typeof text === 'string' ? INSTANT.exec(text) : null;
  const midnight = found ? midnightUtc(found) : undefined;
  if (!found || midnight === undefined) return undefined;
  const [, , , , hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = found;
  const ofDay = (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3));
  const offset = sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS * (sign === '-' ? -1 : 1);
  const ms = midnight + ofDay - offset;
  return ms < EARLIEST_MS || ms > LATEST_MS ? undefined : ms;
}

/** The same for comparing with what others wrote: NaN when there is no such instant, which lies on no side of any other. */
export const instantMs = (text: unknown): number => parseInstant(text) ?? Number.NaN;

function midnightUtc([, y, m, d]: RegExpExecArray): number | undefined {
  const [year, month, day] = [Number(y), Number(m), Number(d)];
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  // `Date` takes a 30th of February for the 2nd of March.
  return new Date(ms).getUTCDate() === day ? ms : undefined;
}

/** The date. @throws PLATFORM_BAD_REQUEST when there is none, naming the field. */
export function readDate(text: string, pointer: string): string {
  return parseDate(text) ?? refuse(text, pointer, NO_DATE);
}

/** Milliseconds since the epoch. @throws PLATFORM_BAD_REQUEST when there is no such instant, naming the field. */
export function readInstant(text: string, pointer: string): number {
  return parseInstant(text) ?? refuse(text, pointer, NO_INSTANT);
}

export type Edge = 'from' | 'to';

/**
 * An edge of a period as callers write it, a date or an instant, as ISO instant in UTC; the period holds what is at or after `from` and
 * before `to`. So an instant `to` is itself not in the period, while a date `to` is: its edge is the first instant of the day after.
 * Dates are those of São Paulo. @throws PLATFORM_BAD_REQUEST when there is no such date or instant.
 */
export function readEdge(text: string, edge: Edge): string {
  if (text.length !== 10) return new Date(readInstant(text, `/${edge}`)).toISOString();
  const ms = Date.parse(startOfDay(addDays(readDate(text, `/${edge}`), edge === 'to' ? 1 : 0)));
  // The day after the last there is begins after every instant that another door would read.
  return new Date(Math.min(ms, LATEST_MS)).toISOString();
}

const YEARS: Words = { pt: `anos de ${FIRST_YEAR} a ${LAST_YEAR}`, en: `years ${FIRST_YEAR} to ${LAST_YEAR}` };
export const NO_DATE: Words = {
  pt: `precisa ser uma data que exista, AAAA-MM-DD, ${YEARS.pt}`,
  en: `must be a date that exists, YYYY-MM-DD, ${YEARS.en}`,
};
const EXAMPLES = ['2026-03-10T09:30:00Z', '2026-03-10T06:30:00-03:00'] as const;
export const NO_INSTANT: Words = {
  pt: `precisa ser um instante que exista, como ${EXAMPLES.join(' ou ')}, ${YEARS.pt}`,
  en: `must be an instant that exists, such as ${EXAMPLES.join(' or ')}, ${YEARS.en}`,
};

function refuse(text: string, pointer: string, detail: Words): never {
  const said = text.slice(0, 40);
  throw refusePlatform('PLATFORM_BAD_REQUEST', {
    detail: { pt: `"${said}" ${detail.pt}.`, en: `"${said}" ${detail.en}.` },
    errors: [{ pointer, detail }],
  });
}
