/**
 * Account codes of COSIF, the Central Bank of Brazil's standard chart of accounts: digits of the levels group, subgroup, division of the
 * subgroup (one each), title, subtitle (two each) and, in codes of ten digits, one level more, then the check digit.
 * Structure and check digit: Circular 1.273 of 1987 and, in force, the Cosif rules of Resolução BCB 92 of 2021.
 */

/** How many digits name a level, from the group down. */
const LEVELS = [1, 2, 3, 5, 7, 9];
const WEIGHTS = [3, 7, 1];

export function isCosif(code: string): boolean {
  if (!/^(\d{8}|\d{10})$/.test(code)) return false;
  return checkDigit(code.slice(0, -1)) === code.at(-1);
}

/** Each digit times 3, 7, 1, 3, … from the right; what the sum lacks to the next ten. */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += Number(digits.at(-1 - i)) * WEIGHTS[i % 3]!;
  return String((10 - (sum % 10)) % 10);
}

/**
 * The levels a code belongs to, from the group down to itself, each as its leading digits: 1.1.1.10.00-6 belongs to 1, 11, 111 and 11110.
 * Levels of zeros say nothing and are left out.
 */
export function levelsOf(code: string): { digits: string; level: number }[] {
  const body = code.slice(0, -1);
  const levels: { digits: string; level: number }[] = [];
  let from = 0;
  for (const [index, to] of LEVELS.entries()) {
    if (to > body.length) break;
    if (/[1-9]/.test(body.slice(from, to))) levels.push({ digits: body.slice(0, to), level: index + 1 });
    from = to;
  }
  return levels;
}
