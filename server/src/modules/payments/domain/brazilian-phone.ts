/** The 67 area codes (DDD) in use. Source: Anatel, Plano de Numeração (Resolução 749/2022, anexo). */
const AREA_CODES = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 ' +
    '61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'
  ).split(' '),
);

export type NumberSlip = 'no-area-code' | 'unknown-area-code' | 'no-ninth-digit' | 'landline' | 'too-short' | 'too-long';

/** Area code and number of a mobile: nine digits, the first a 9 (since 2016 in the whole country). */
export const isMobile = (national: string): boolean => /^\d\d9\d{8}$/.test(national) && AREA_CODES.has(national.slice(0, 2));

/** Area code and number of a fixed line: eight digits, the first from 2 to 5. Not registered as keys today, yet the directory's format has room for them. */
export const isLandline = (national: string): boolean => /^\d\d[2-5]\d{7}$/.test(national) && AREA_CODES.has(national.slice(0, 2));

/**
 * Digits of a Brazilian number as people write it, down to area code and number: without country code (55, 0055), and without the 0 of
 * long-distance calls, with or without a carrier's two digits behind it. No carrier begins with 0: `00` calls another country.
 */
export function nationalNumber(digits: string): string {
  const withoutCountry = digits.replace(/^(?:00)?55(?=0?\d{10,11}$)/, '');
  return withoutCountry.replace(/^0(?:[1-9]\d)?(?=[1-9]\d{9,10}$)/, (prefix) => (isKnownAfter(withoutCountry, prefix) ? '' : prefix));
}

function isKnownAfter(digits: string, prefix: string): boolean {
  return AREA_CODES.has(digits.slice(prefix.length, prefix.length + 2));
}

/** Why a national number is no mobile number. */
export function slipOfNumber(national: string): NumberSlip {
  if (/^9?\d{8}$/.test(national)) return 'no-area-code';
  if (national.length < 10) return 'too-short';
  if (national.length > 11) return 'too-long';
  if (!AREA_CODES.has(national.slice(0, 2))) return 'unknown-area-code';
  if (isLandline(national)) return 'landline';
  return national.length === 10 && national[2] === '9' ? 'too-short' : 'no-ninth-digit';
}
