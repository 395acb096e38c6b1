import { Temporal } from 'temporal-polyfill';
import { nextBusinessDay, previousBusinessDay } from '#platform/business-days.ts';
import { addDays } from '#platform/clock.ts';
import { derivedId } from '#platform/id.ts';

export const UNITS = ['week', 'month', 'year'] as const;
export type Unit = (typeof UNITS)[number];
export const ROLLS = ['none', 'next', 'previous'] as const;
/** What happens to a date on which banks do not settle. */
export type Roll = (typeof ROLLS)[number];
export const COMPETENCES = ['due', 'month-before'] as const;
/** Which month an occurrence belongs to: that of its date, or the one before (the rent of March, paid on the 5th of April). */
export type Competence = (typeof COMPETENCES)[number];

/** When the occurrences of a rule fall. A recurrence has no total, unlike an instalment plan. */
export type Schedule = {
  /** The date of the first occurrence. */
  firstOn: string;
  /** Day of the month that the rule keeps: 31 gives 31, 28, 31, 30. Unused by weeks. */
  anchorDay: number;
  unit: Unit;
  /** Every so many units, from 1. */
  every: number;
  roll: Roll;
  competence: Competence;
};

/** A rule is what its last change made of it, from an occurrence on: those before keep what they were. */
export type Segment<T = unknown> = Schedule & { fromN: number; template: T };

export type Occurrence = {
  /** From 0, through all changes of the rule. */
  n: number;
  /** By the rule, before it is rolled. */
  nominalOn: string;
  dueOn: string;
  competenceOn: string;
};

/** The id of an occurrence's title: created once, however often and by however many it is tried. */
export const occurrenceId = (tenantId: string, ruleId: string, n: number): string =>
  derivedId('titles', 'occurrence', tenantId, ruleId, String(n));

/** The dates of the occurrence that is `steps` after the first of a schedule. Each is counted from the anchor, so that none drifts. */
export function dateOf(schedule: Schedule, steps: number): string {
  const { firstOn, anchorDay, unit, every } = schedule;
  if (unit === 'week') return addDays(firstOn, 7 * every * steps);
  const first = Temporal.PlainDate.from(firstOn);
  const month = Temporal.PlainYearMonth.from({ year: first.year, month: first.month }).add({
    months: every * steps * (unit === 'year' ? 12 : 1),
  });
  return month.toPlainDate({ day: Math.min(anchorDay, month.daysInMonth) }).toString();
}

/** The n-th occurrence of a rule, by the segment that holds for it. */
export function occurrenceOf(segments: readonly Segment[], n: number): Occurrence {
  const segment = segmentOf(segments, n);
  const nominalOn = dateOf(segment, n - segment.fromN);
  const dueOn = rolled(nominalOn, segment.roll);
  return { n, nominalOn, dueOn, competenceOn: segment.competence === 'due' ? nominalOn : lastOfMonthBefore(nominalOn) };
}

export function segmentOf<T>(segments: readonly Segment<T>[], n: number): Segment<T> {
  const segment = segments.findLast(({ fromN }) => fromN <= n);
  if (!segment) throw new RangeError(`no segment holds for occurrence ${n}`);
  return segment;
}

export function rolled(date: string, roll: Roll): string {
  if (roll === 'none') return date;
  return roll === 'next' ? nextBusinessDay(date) : previousBusinessDay(date);
}

/** Where a rule ends; null and null: it does not. */
export type End = { untilOn: string | null; count: number | null };

/** Occurrences from the n-th on whose date by the rule is no later than `through`, at most `most`. All that were missed are among them, each with its own date. */
export function occurrencesThrough(segments: readonly Segment[], end: End, fromN: number, through: string, most: number): Occurrence[] {
  const found: Occurrence[] = [];
  for (let n = fromN; found.length < most; n++) {
    const one = occurrenceOf(segments, n);
    if (one.nominalOn > through || isPast(end, one)) break;
    found.push(one);
  }
  return found;
}

export const isPast = ({ untilOn, count }: End, { n, nominalOn }: Pick<Occurrence, 'n' | 'nominalOn'>): boolean =>
  (count !== null && n >= count) || (untilOn !== null && nominalOn > untilOn);

/** The rule as it is from the n-th occurrence on, when only what is asked for and for how much changes: dates go on as they would have. */
export function continued<T>(segments: readonly Segment<T>[], n: number, template: T): Segment<T>[] {
  const segment = segmentOf(segments, n);
  return [...before(segments, n), { ...segment, firstOn: dateOf(segment, n - segment.fromN), fromN: n, template }];
}

/** The rule with another schedule from the n-th occurrence on. */
export function rescheduled<T>(segments: readonly Segment<T>[], n: number, schedule: Schedule, template: T): Segment<T>[] {
  return [...before(segments, n), { ...schedule, fromN: n, template }];
}

const before = <T>(segments: readonly Segment<T>[], n: number): Segment<T>[] => segments.filter(({ fromN }) => fromN < n);

function lastOfMonthBefore(date: string): string {
  return addDays(`${date.slice(0, 8)}01`, -1);
}
