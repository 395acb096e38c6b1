/** A character's value in CPF and CNPJ arithmetic: ASCII code minus 48, so digits are themselves and `A` is 17. */
const characterValue = (character: string): number => character.charCodeAt(0) - 48;

/** Modulus-11 check digit over `body`, with weights running 2, 3, … from the right and starting again at 2 after `lastWeight`. */
function checkDigit(body: string, lastWeight: number): number {
  let sum = 0;
  let weight = 2;
  for (let i = body.length - 1; i >= 0; i--) {
    sum += characterValue(body[i]!) * weight;
    weight = weight === lastWeight ? 2 : weight + 1;
  }
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

function endsInCheckDigits(text: string, lastWeight: number): boolean {
  const body = text.slice(0, -2);
  const first = checkDigit(body, lastWeight);
  return text.endsWith(`${first}${checkDigit(body + first, lastWeight)}`);
}

/** The same character all along passes the arithmetic but is never issued. */
const isRepeated = (text: string): boolean => text === text[0]!.repeat(text.length);

/** True for eleven digits, no punctuation, with right check digits. */
export function isCpf(text: string): boolean {
  return /^\d{11}$/.test(text) && !isRepeated(text) && endsInCheckDigits(text, 11);
}

/**
 * True for a CNPJ without punctuation, with right check digits. Since July 2026 the first twelve characters may be upper-case
 * letters (Instrução Normativa RFB 2.229/2024).
 */
export function isCnpj(text: string): boolean {
  return /^[0-9A-Z]{12}\d{2}$/.test(text) && !isRepeated(text) && endsInCheckDigits(text, 9);
}

/**
 * How a tax id is shown to the other side of a payment: of a CPF the six middle digits only (`***.456.789-**`, as in the Pix
 * rules of the Banco Central); a CNPJ is public and shown whole. Anything else is wholly hidden.
 */
export function maskTaxId(taxId: string): string {
  if (/^\d{11}$/.test(taxId)) return `***.${taxId.slice(3, 6)}.${taxId.slice(6, 9)}-**`;
  const cnpj = /^([0-9A-Z]{2})([0-9A-Z]{3})([0-9A-Z]{3})([0-9A-Z]{4})(\d{2})$/.exec(taxId);
  return cnpj ? `${cnpj[1]}.${cnpj[2]}.${cnpj[3]}/${cnpj[4]}-${cnpj[5]}` : '***';
}
