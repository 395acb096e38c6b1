/** A receivable as a deposit sees it: what it brings, less than zero where it takes (a chargeback). */
export type Due = { id: string; acquirer: string; brand: string; method: string; dueDate: string; netMinor: bigint };
export type Matched = { receivablesMinor: bigint; adjustmentsMinor: bigint; remainderMinor: bigint };

/** What a deposit brings beyond the receivables it is for, less what the acquirer took for itself: above zero nobody knows what the rest is for, below something is still missing. */
export function matchLot(depositMinor: bigint, receivables: readonly Pick<Due, 'netMinor'>[], adjustments: readonly bigint[]): Matched {
  const receivablesMinor = receivables.reduce((sum, { netMinor }) => sum + netMinor, 0n);
  const adjustmentsMinor = adjustments.reduce((sum, amount) => sum + amount, 0n);
  return { receivablesMinor, adjustmentsMinor, remainderMinor: depositMinor - receivablesMinor + adjustmentsMinor };
}

/** More kinds of receivables than this are not tried in all combinations. */
const MOST_UNITS = 14;
export type Suggestion = { receivableIds: string[]; remainderMinor: bigint; why: 'whole-day' | 'units' | 'closest' };

/**
 * Which receivables a deposit of a day is for. Acquirers pay by unit (arrangement and day): all that was due by that day, or those units whose sum is the deposit; else all of the day, with the
 * remainder in sight. Single receivables are never picked until a sum fits: that would match what has nothing to do with it.
 */
export function suggestLot(depositMinor: bigint, date: string, waiting: readonly Due[]): Suggestion {
  const due = waiting.filter(({ dueDate }) => dueDate <= date);
  const sumOf = (some: readonly Due[]): bigint => some.reduce((sum, { netMinor }) => sum + netMinor, 0n);
  const suggestion = (some: readonly Due[], why: Suggestion['why']): Suggestion => ({
    receivableIds: some.map(({ id }) => id),
    remainderMinor: depositMinor - sumOf(some),
    why,
  });
  const ofDay = due.filter(({ dueDate }) => dueDate === date);
  for (const whole of [ofDay, due]) if (whole.length > 0 && sumOf(whole) === depositMinor) return suggestion(whole, 'whole-day');
  const units = [...Map.groupBy(due, ({ dueDate, brand, method }) => `${dueDate} ${brand} ${method}`).values()];
  const chosen = units.length <= MOST_UNITS ? chosenOf(units.map(sumOf), depositMinor) : null;
  if (chosen !== null) return suggestion(units.filter((_, at) => chosen & (1 << at)).flat(), 'units');
  return suggestion(ofDay, 'closest');
}

/** The first choice of amounts, as bits, whose sum is the one that is looked for; each sum is one addition to a sum that is known. */
function chosenOf(amounts: readonly bigint[], wanted: bigint): number | null {
  const sums = [0n];
  for (let chosen = 1; chosen < 1 << amounts.length; chosen++) {
    const lowest = 31 - Math.clz32(chosen & -chosen);
    sums[chosen] = sums[chosen & (chosen - 1)]! + amounts[lowest]!;
    if (sums[chosen] === wanted) return chosen;
  }
  return null;
}
