import { toMinor } from '#core/money';
import type { ChartDay } from './days';

/** From the first day on which anything was there: before that the account did not exist, and a line at zero would tell of an empty one. */
export function sinceOpening<D extends ChartDay>(days: readonly D[]): D[] {
  const first = days.findIndex((d) => [d.openingMinor, d.inMinor, d.outMinor, d.closingMinor].some((v) => toMinor(v) !== 0n));
  return first < 0 ? [] : days.slice(first);
}

/** So much higher than the next one that the others would shrink to a line on the floor. */
const TOWERS = 2.5;
/** With fewer figures nobody can say what is usual. */
const LEAST_FIGURES = 5;

/**
 * The height up to which bars are drawn whole: below one or two that tower over all others, so that these can still be read. The ones above
 * are cut, and must be told with their amount. Infinity when nothing towers.
 */
export function cutAbove(amounts: readonly number[]): number {
  const [first = 0, second = 0, third = 0, ...rest] = amounts.filter((v) => v > 0).sort((a, b) => b - a);
  if (rest.length + 3 < LEAST_FIGURES || third === 0) return Number.POSITIVE_INFINITY;
  if (second > third * TOWERS) return third * 1.3;
  return first > second * TOWERS ? second * 1.3 : Number.POSITIVE_INFINITY;
}
