import { METHODS, type Method, type Totals } from './movement.ts';

/** Notes and coins of the real, in centavos. */
export const DENOMINATIONS = [20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5] as const;

export type Pieces = { denominationMinor: number; pieces: number };
/** What an operator says lies there, before anybody says what should. A method nobody counted is absent, which is not zero. */
export type Count = { cash: readonly Pieces[]; slips: readonly { method: Exclude<Method, 'cash'>; amountMinor: bigint; slips: number }[] };

/** A denomination or a method that a count names twice, which is a slip of the pen and no sum; null when there is none. */
export function namedTwice({ cash, slips }: Count): string | null {
  const names = [...cash.map(({ denominationMinor }) => String(denominationMinor)), ...slips.map(({ method }) => method)];
  return names.find((name, at) => names.indexOf(name) !== at) ?? null;
}

export const cashOf = (cash: readonly Pieces[]): bigint =>
  cash.reduce((sum, { denominationMinor, pieces }) => sum + BigInt(denominationMinor) * BigInt(pieces), 0n);

/** What was counted of each method; null where nobody counted. */
export function countedOf({ cash, slips }: Count): Record<Method, bigint | null> {
  const said = new Map<Method, bigint>(slips.map(({ method, amountMinor }) => [method, amountMinor]));
  return Object.fromEntries(METHODS.map((method) => [method, method === 'cash' ? cashOf(cash) : (said.get(method) ?? null)])) as Record<
    Method,
    bigint | null
  >;
}

export type Compared = {
  method: Method;
  expectedMinor: bigint;
  countedMinor: bigint | null;
  /** Counted less expected: above zero is a surplus (sobra), below a shortage (falta). Null where nobody counted. */
  differenceMinor: bigint | null;
};

/** A line a method that was expected or counted. Each stands alone: a surplus of cash never makes up for a shortage in card. */
export function compare(expected: Totals, counted: Readonly<Record<Method, bigint | null>>): Compared[] {
  return METHODS.map((method) => {
    const [expectedMinor, countedMinor] = [expected[method], counted[method]];
    return { method, expectedMinor, countedMinor, differenceMinor: countedMinor === null ? null : countedMinor - expectedMinor };
  }).filter(({ method, expectedMinor, countedMinor }) => method === 'cash' || expectedMinor !== 0n || countedMinor !== null);
}

/** What a closing has to give a reason for. */
export const differing = (lines: readonly Compared[]): Compared[] =>
  lines.filter(({ differenceMinor }) => differenceMinor !== null && differenceMinor !== 0n);
