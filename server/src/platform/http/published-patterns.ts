import { DATE_SHAPE, EDGE_SHAPE, FINE_INSTANT_SHAPE, INSTANT_SHAPE } from '../schemas.ts';

/*
 * Validation only looks at the shape of a date, so that the module that was asked refuses with its own code what is no date. The document
 * that clients are made from says all of it: the calendar, its leap years, and the years that are taken.
 */
const LEAP = '(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29';
const COMMON = '(?:19|20|21)\\d\\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)';
const DATE = `(?:${COMMON}|${LEAP})`;
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
const OFFSET = '(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)';
const clock = (digits: number) => `T${TIME}(?:\\.\\d{1,${digits}})?${OFFSET}`;

export const PUBLISHED: Record<string, string> = {
  [DATE_SHAPE]: `^${DATE}$`,
  [INSTANT_SHAPE]: `^${DATE}${clock(3)}$`,
  [FINE_INSTANT_SHAPE]: `^${DATE}${clock(6)}$`,
  [EDGE_SHAPE]: `^${DATE}(?:${clock(6)})?$`,
};

/** A copy of an OpenAPI document in which patterns refuse what the server refuses. */
export function publishPatterns<T>(document: T): T {
  return JSON.parse(
    JSON.stringify(document, (key, value) => (key === 'pattern' && typeof value === 'string' ? (PUBLISHED[value] ?? value) : value)),
  );
}
