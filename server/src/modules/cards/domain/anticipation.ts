import { halfUp, MILLION, millionthsOf } from './rate.ts';

/**
 * How the fee of money that comes before its day is worked out; contracts differ, and the two differ by centavos. `simple`: net × monthly rate × days / 30. `compound`: net / (1 + rate)^(days / 30).
 * Both half up, an instalment at a time.
 */
export const ANTICIPATIONS = ['simple', 'compound'] as const;
export type Anticipation = (typeof ANTICIPATIONS)[number];

const MONTH_DAYS = 30n;
/** Days that somebody may be paid in advance: five years, so that exact powers stay small. */
export const MOST_DAYS = 1_827;

/** What is left of `netMinor` that would come in `days` days, and what it costs. Never below nothing. */
export function anticipate(
  kind: Anticipation,
  netMinor: bigint,
  monthlyRate: string,
  days: number,
): { paidMinor: bigint; feeMinor: bigint } {
  if (days < 0 || days > MOST_DAYS) throw new RangeError(`${days} days in advance`);
  const rate = millionthsOf(monthlyRate);
  const paidMinor = kind === 'simple' ? paidSimple(netMinor, rate, BigInt(days)) : paidCompound(netMinor, rate, BigInt(days));
  return { paidMinor, feeMinor: netMinor - paidMinor };
}

function paidSimple(net: bigint, rate: bigint, days: bigint): bigint {
  const fee = halfUp(net * rate * days, MILLION * MONTH_DAYS);
  return fee > net ? 0n : net - fee;
}

/**
 * Exact, without a root: v is net / f rounded half up when it is the greatest whole number with (2v − 1)·f ≤ 2·net; with f = ((10⁶ + rate) / 10⁶)^(days/30), both sides to the 30th power are whole
 * numbers.
 */
function paidCompound(net: bigint, rate: bigint, days: bigint): bigint {
  const [left, right] = [(MILLION + rate) ** days, (2n * net) ** MONTH_DAYS * MILLION ** days];
  let [low, high] = [0n, net];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if ((2n * middle - 1n) ** MONTH_DAYS * left <= right) low = middle;
    else high = middle - 1n;
  }
  return low;
}
