/** Rates are decimal texts of a fraction ("0.0399" is 3.99 %) with at most six digits; inside, whole millionths. */
export const RATE_PATTERN = '^0(\\.[0-9]{1,6})?$';
export const MILLION = 1_000_000n;

export function millionthsOf(rate: string): bigint {
  const [, digits = ''] = rate.split('.');
  return BigInt(digits.padEnd(6, '0'));
}

/** A quotient of what is not below zero, half up. */
export const halfUp = (dividend: bigint, divisor: bigint): bigint => (2n * dividend + divisor) / (2n * divisor);
