import { dateOf, type Roll, rolled } from './recurrence.ts';

export const REMAINDERS = ['first', 'last'] as const;
/** Which instalment takes the centavos that do not divide: the first, as card schemes do (33,34 33,33 33,33), or the last, as loans do. */
export type Remainder = (typeof REMAINDERS)[number];

/** Equal parts of a total, to the centavo: their sum is the total. Each is at least one centavo. @throws RangeError when that cannot be. */
export function splitTotal(totalMinor: bigint, count: number, remainder: Remainder): bigint[] {
  if (!Number.isInteger(count) || count < 1 || totalMinor < BigInt(count)) throw new RangeError(`${totalMinor} in ${count} parts`);
  const part = totalMinor / BigInt(count);
  const rest = totalMinor - part * BigInt(count);
  const parts = Array.from({ length: count }, () => part);
  parts[remainder === 'first' ? 0 : count - 1]! += rest;
  return parts;
}

export type Plan = {
  totalMinor: bigint;
  count: number;
  remainder: Remainder;
  firstOn: string;
  anchorDay: number;
  /** Months between two instalments. */
  everyMonths: number;
  roll: Roll;
};
export type Instalment = { nth: number; amountMinor: bigint; dueOn: string };

/** What a plan asks for, and when. `nth` begins with 1. */
export function instalmentsOf(plan: Plan): Instalment[] {
  const schedule = { ...plan, unit: 'month', every: plan.everyMonths, competence: 'due' } as const;
  return splitTotal(plan.totalMinor, plan.count, plan.remainder).map((amountMinor, index) => ({
    nth: index + 1,
    amountMinor,
    dueOn: rolled(dateOf(schedule, index), plan.roll),
  }));
}
