import { defineErrors } from './errors.ts';

/** An exact amount in minor units (centavos for BRL). Never a float. */
export type Minor = bigint & { readonly __minor: unique symbol };

/** ISO 4217 code; Lastro's ledger accepts any asset code of 3 to 12 capitals and digits. */
export type Currency = string;

/** Largest amount the ledger's `numeric(38,0)` columns hold. */
export const MAX_MINOR = 10n ** 38n - 1n;

const DIGITS = /^(0|[1-9]\d{0,37})$/;

export const refuseMoney = defineErrors({
  MONEY_MALFORMED: {
    status: 400,
    title: 'Valor malformado',
    action: 'Envie centavos como texto só de dígitos, por exemplo "12345".',
    en: { title: 'Malformed amount', action: 'Send minor units as text of digits only, for example "12345".' },
  },
  MONEY_TOO_LARGE: {
    status: 422,
    title: 'Valor acima do limite de 38 dígitos',
    action: 'Divida a operação em valores menores.',
    en: { title: 'Amount beyond the limit of 38 digits', action: 'Split the operation into smaller amounts.' },
  },
});

/** JSON Schema pattern of a non-negative amount on the wire. */
export const MINOR_PATTERN = '^(0|[1-9][0-9]{0,37})$';
/** JSON Schema pattern of a signed amount on the wire. */
export const SIGNED_MINOR_PATTERN = '^(0|-?[1-9][0-9]{0,37})$';

/** Reads a wire amount ("12345"). Throws MONEY_MALFORMED for anything that is not plain digits. */
export function parseMinor(text: string): Minor {
  if (!DIGITS.test(text))
    throw refuseMoney('MONEY_MALFORMED', {
      detail: { pt: `"${text.slice(0, 50)}" não é um valor em centavos.`, en: `"${text.slice(0, 50)}" is no amount in minor units.` },
    });
  return BigInt(text) as Minor;
}

/** Brands a bigint that is already known to be minor units; refuses what the ledger cannot hold. */
export function minor(value: bigint): Minor {
  if (value > MAX_MINOR || value < -MAX_MINOR) throw refuseMoney('MONEY_TOO_LARGE');
  return value as Minor;
}

/** BRL for people: 123456n → "R$ 1.234,56". */
export function formatBrl(value: bigint): string {
  const sign = value < 0n ? '\u2212' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, '.');
  return `${sign}R$\u00a0${whole},${digits.slice(-2)}`;
}
