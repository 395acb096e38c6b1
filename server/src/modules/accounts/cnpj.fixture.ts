/** A valid CNPJ for each number from 1 to 99 million, for tests and demonstrations. */
export function cnpjFrom(number: number): string {
  const base = `${String(number % 100_000_000).padStart(8, '0')}0001`;
  const first = digitOf(base);
  return `${base}${first}${digitOf(`${base}${first}`)}`;
}

/** Modulus 11 with the weights 2 to 9 from the right; 0 and 1 left give 0. */
function digitOf(text: string): number {
  const sum = [...text].reverse().reduce((total, digit, at) => total + Number(digit) * (2 + (at % 8)), 0);
  return sum % 11 < 2 ? 0 : 11 - (sum % 11);
}
