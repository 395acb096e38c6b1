/**
 * Exact arithmetic with rates. A rate is text, in per cent with up to six decimals ("2", "0.0333"), and is never a float. Amounts are minor
 * units. Every rounding here is **half up** (away from zero at the half), as contracts in Brazil are settled to the centavo.
 */
export const PERCENT_PATTERN = '^(0|[1-9][0-9]{0,3})(\\.[0-9]{1,6})?$';
const PERCENT = new RegExp(PERCENT_PATTERN);
/** Per cent, with six decimals: a hundred millionth of the whole. */
const SCALE = 100n * 1_000_000n;

/** A rate as so many hundred millionths. @throws RangeError for what is no rate. */
export function parsePercent(text: string): bigint {
  if (!PERCENT.test(text)) throw new RangeError(`"${text.slice(0, 40)}" is no rate in per cent`);
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** `numerator / denominator` of amounts at or above zero, rounded half up. */
export function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** `times` over `per` times a rate of an amount, rounded once: interest of 17 days at 1 % a month is `percentOf(amount, rate, 17n, 30n)`. */
export function percentOf(amountMinor: bigint, percent: string, times = 1n, per = 1n): bigint {
  return halfUp(amountMinor * parsePercent(percent) * times, SCALE * per);
}
