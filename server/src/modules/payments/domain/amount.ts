/** Largest amount the Pix standard can carry, in centavos: ten digits before the point and two after. */
export const MAX_PIX_AMOUNT_MINOR = 999_999_999_999n;

const DECIMAL = /^(\d{1,10})\.(\d{2})$/;

/**
 * Reads the amount of Pix messages and of field 54 of a BR Code: digits, a point, exactly two decimals (`"10.50"`).
 *
 * @returns centavos, or `null` when the text is in any other form (`"10"`, `"10,00"`, `"1e3"`, `"+1.00"`). Zero is returned as
 * `0n`; whether zero makes sense is for the caller. No floating-point number is involved.
 */
export function parseDecimalAmount(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  return match ? BigInt(match[1]! + match[2]!) : null;
}

const WRITTEN = /^(\d{1,10})(?:\.(\d{0,2}))?$/;

/**
 * Reads an amount as codes and charges write it: `"198"`, `"10."`, `"10.5"` and `"10.50"`. By EMV QRCPS-MPM 1.1, 4.7.4, the point may be left
 * out or end the amount, and the decimals *should* be as many as the currency's: one decimal is unusual and still has one meaning only, and
 * the payer sees it in reais before paying. Three decimals would need rounding, a comma or a sign is outside of the standard.
 *
 * @returns centavos, or `null` for any other form. Zero is for the caller.
 */
export function readWrittenAmount(text: string): bigint | null {
  const match = WRITTEN.exec(text);
  return match ? BigInt(match[1]! + (match[2] ?? '').padEnd(2, '0')) : null;
}

/**
 * Writes centavos in the form of Pix messages: `1050n` gives `"10.50"`.
 *
 * @throws RangeError when the amount is negative or above {@link MAX_PIX_AMOUNT_MINOR}.
 */
export function formatDecimalAmount(amountMinor: bigint): string {
  if (amountMinor < 0n || amountMinor > MAX_PIX_AMOUNT_MINOR) throw new RangeError('amount does not fit a Pix message');
  const digits = amountMinor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
