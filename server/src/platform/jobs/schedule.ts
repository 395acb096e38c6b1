import { Temporal } from 'temporal-polyfill';
import { backoffMs } from '../backoff.ts';
import { DEFAULT_ZONE } from '../clock.ts';
import { assert } from '../errors.ts';

/** Every so often, counted from the end of a run; or once a day at a time of a zone. */
export type Schedule = { everyMs: number } | { dailyAt: string; zone?: string };

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
/** Below this something waits for an event and not for a time. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 31 * 86_400_000;
/** A run that failed is repeated sooner than a day, and not at once. */
const RETRY_BASE_MS = 1_000;
const RETRY_MOST_MS = 60_000;

/** @throws when it is no schedule: a declaration is checked once, at the start. */
export function checkSchedule(name: string, schedule: Schedule): void {
  if ('everyMs' in schedule) {
    const { everyMs } = schedule;
    assert(Number.isSafeInteger(everyMs) && everyMs >= SHORTEST_MS && everyMs <= LONGEST_MS, `${name} runs every second to every month`);
    return;
  }
  assert(TIME.test(schedule.dailyAt), `${name} runs daily at a time such as 02:30`);
  // A zone that does not exist throws here.
  nextDaily(0, schedule);
}

/** The schedule in words, which is also how a change of it is noticed. */
export function describeSchedule(schedule: Schedule): string {
  return 'everyMs' in schedule ? `every ${inWords(schedule.everyMs)}` : `daily at ${schedule.dailyAt} in ${schedule.zone ?? DEFAULT_ZONE}`;
}

function inWords(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const)
    if (ms % size === 0) return `${ms / size} ${unit}`;
  return `${ms} ms`;
}

/** When a job runs that never ran: at once when it is every so often, else at its time. Milliseconds since the epoch. */
export function firstDue(nowMs: number, schedule: Schedule): number {
  return 'everyMs' in schedule ? nowMs : nextDaily(nowMs, schedule);
}

/** When it runs next after a run that ended well. Rounds and days that were missed are not made up for one by one. */
export function nextDue(nowMs: number, schedule: Schedule): number {
  return 'everyMs' in schedule ? nowMs + schedule.everyMs : nextDaily(nowMs, schedule);
}

/** When it runs next after `failures` runs in a row that failed: soon, then more rarely, at the latest after a minute. */
export function dueAfterFailure(nowMs: number, failures: number, random?: () => number): number {
  return nowMs + backoffMs(failures, RETRY_BASE_MS, RETRY_MOST_MS, random);
}

/**
 * The first instant after `nowMs` at which clocks of the zone show the time. On a day on which they skip it, the instant they skip to; on one on which they show
 * it twice, the first of both.
 */
function nextDaily(nowMs: number, { dailyAt, zone = DEFAULT_ZONE }: { dailyAt: string; zone?: string }): number {
  const plainTime = Temporal.PlainTime.from(dailyAt);
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs)).toZonedDateTimeISO(zone).toPlainDate();
  for (const days of [0, 1, 2]) {
    const at = today.add({ days }).toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
    if (at > nowMs) return at;
  }
  throw new Error(`no clock of ${zone} shows ${dailyAt} within two days`);
}
