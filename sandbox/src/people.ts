import { createHash } from 'node:crypto';

/** Someone who does not exist, always the same for the same input. */
export interface Owner {
  readonly name: string;
  /** CPF or CNPJ without punctuation, with right check digits. */
  readonly taxId: string;
}

const FIRST = [
  'Ana',
  'Antônio',
  'Beatriz',
  'Bruno',
  'Camila',
  'Carlos',
  'Débora',
  'Eduardo',
  'Fernanda',
  'Francisco',
  'Gabriela',
  'Gustavo',
  'Helena',
  'Isabela',
  'João',
  'José',
  'Juliana',
  'Larissa',
  'Lucas',
  'Luiz',
  'Marcos',
  'Maria',
  'Mariana',
  'Mateus',
  'Patrícia',
  'Paulo',
  'Pedro',
  'Rafael',
  'Renata',
  'Rodrigo',
  'Sônia',
  'Thiago',
];
const LAST = [
  'Almeida',
  'Alves',
  'Araújo',
  'Barbosa',
  'Cardoso',
  'Carvalho',
  'Costa',
  'Dias',
  'Ferreira',
  'Gomes',
  'Lima',
  'Lopes',
  'Martins',
  'Melo',
  'Moreira',
  'Nascimento',
  'Nunes',
  'Oliveira',
  'Pereira',
  'Ribeiro',
  'Rocha',
  'Rodrigues',
  'Santos',
  'Silva',
  'Soares',
  'Souza',
  'Teixeira',
  'Vieira',
];
const TRADES = [
  'Padaria',
  'Mercado',
  'Farmácia',
  'Livraria',
  'Oficina',
  'Restaurante',
  'Papelaria',
  'Floricultura',
  'Pousada',
  'Confecções',
  'Açougue',
  'Ótica',
];
const PLACES = [
  'São Jorge',
  'Boa Vista',
  'Bom Jesus',
  'do Bairro',
  'Ipanema',
  'Horizonte',
  'Santa Rita',
  'Primavera',
  'Três Irmãos',
  'Aurora',
];
/** Institutions as in the Banco Central's public list of participants. */
export const BANKS: readonly (readonly [ispb: string, name: string])[] = [
  ['00000000', 'Banco do Brasil S.A.'],
  ['00360305', 'Caixa Econômica Federal'],
  ['60701190', 'Itaú Unibanco S.A.'],
  ['60746948', 'Banco Bradesco S.A.'],
  ['90400888', 'Banco Santander (Brasil) S.A.'],
  ['18236120', 'Nu Pagamentos S.A.'],
  ['00416968', 'Banco Inter S.A.'],
  ['31872495', 'Banco C6 S.A.'],
];

/** Thirty-two bytes that depend on the text alone: the source of all that is made up about it. */
export const bytesOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export const pick = <T>(list: readonly T[], bytes: Buffer, at: number): T => list[bytes.readUInt16BE(at) % list.length]!;

export function personOf(bytes: Buffer): Owner {
  return {
    name: `${pick(FIRST, bytes, 0)} ${pick(LAST, bytes, 2)} ${pick(LAST, bytes, 4)}`,
    taxId: withCheckDigits(digitsOf(bytes, 6, 9), 11),
  };
}

export function companyOf(bytes: Buffer): Owner {
  return { name: `${pick(TRADES, bytes, 0)} ${pick(PLACES, bytes, 2)} Ltda.`, taxId: withCheckDigits(`${digitsOf(bytes, 6, 8)}0001`, 9) };
}

/** So many decimal digits, the first not zero. */
export function digitsOf(bytes: Buffer, at: number, length: number): string {
  const lowest = 10n ** BigInt(length - 1);
  return (lowest + (bytes.readBigUInt64BE(at) % (9n * lowest))).toString();
}

/** The two modulus-11 digits of CPF (weights up to 11) and CNPJ (up to 9); letters count as ASCII minus 48. */
export function withCheckDigits(body: string, lastWeight: number): string {
  let text = body;
  for (let round = 0; round < 2; round++) {
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum += (text.charCodeAt(text.length - 1 - i) - 48) * (2 + (i % (lastWeight - 1)));
    text += sum % 11 < 2 ? '0' : String(11 - (sum % 11));
  }
  return text;
}

/** Of a CPF the six middle digits are shown, a CNPJ is public. */
export function maskTaxId(taxId: string): string {
  if (taxId.length === 11) return `***.${taxId.slice(3, 6)}.${taxId.slice(6, 9)}-**`;
  return taxId.replace(/^(..)(...)(...)(....)(..)$/, '$1.$2.$3/$4-$5');
}
