import { BrCodeError, malformed } from './br-code-errors.ts';
import { characters, type Measure, parseTlv, type TlvObjects, utf8Bytes } from './br-code-tlv.ts';

/** A code split into fields, with those that hold fields themselves split once more. */
export interface BrCodeStructure {
  readonly fields: TlvObjects;
  /** Fields 26–51 (accounts at payment arrangements), 62 (additional data) and 80–99 (unreserved), by id. */
  readonly templates: ReadonlyMap<string, TlvObjects>;
}

/** Readings of one code that are tried when its fields are counted in different ways. */
const MOST_READINGS = 64;

/**
 * The ways in which a code whose checksum is right can be split, the usual one first; each throws BrCodeError PIX_BR_CODE_MALFORMED when it
 * leads nowhere.
 *
 * Lengths count characters. Some institutions count the bytes of UTF-8 instead, and a program that puts another's fields into its own code
 * has both in one; for a code in ASCII all are the same.
 */
export function structuresOf(code: string): (() => BrCodeStructure)[] {
  const usual = () => split(code, () => characters);
  if (isAscii(code)) return [usual];
  return [usual, () => split(code, () => utf8Bytes), ...mixed(code).map((measures) => () => split(code, measures))];
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Fields of which each way of counting leads on to a next field, as a measure for each field's id. */
function mixed(code: string): ((id: string) => Measure)[] {
  const found: ((id: string) => Measure)[] = [];
  const walk = (rest: string, chosen: ReadonlyMap<string, Measure>): void => {
    if (found.length >= MOST_READINGS) return;
    if (rest === '') {
      found.push((id) => chosen.get(id) ?? characters);
      return;
    }
    const [, id, length] = /^(\d\d)(\d\d)/.exec(rest) ?? [];
    if (id === undefined || chosen.has(id)) return;
    const values = [characters, utf8Bytes].map((measure) => [measure, measure(rest.slice(4), Number(length))] as const);
    for (const [at, [measure, value]] of values.entries()) {
      if (value === null || (at === 1 && value === values[0]![1])) continue;
      walk(rest.slice(4 + value.length), new Map(chosen).set(id, measure));
    }
  };
  walk(code, new Map());
  return found;
}

function split(code: string, measureOf: (id: string) => Measure): BrCodeStructure {
  const fields = parseTlv(code, null, measureOf);
  const ids = [...fields.keys()];
  if (ids[0] !== '00') throw malformed('O código não começa pelo campo 00.', '00');
  if (ids.at(-1) !== '63') throw malformed('O dígito verificador (campo 63) não é o último campo do código.', '63');
  const templates = new Map<string, TlvObjects>();
  for (const [id, value] of fields) if (isTemplate(id)) templates.set(id, parseTemplate(value, id));
  return { fields, templates };
}

const isTemplate = (id: string): boolean => (id >= '26' && id <= '51') || id === '62' || id >= '80';

function parseTemplate(value: string, id: string): TlvObjects {
  try {
    return parseTlv(value, id);
  } catch (error) {
    if (!(error instanceof BrCodeError) || isAscii(value)) throw error;
    try {
      return parseTlv(value, id, () => utf8Bytes);
    } catch {
      throw error;
    }
  }
}
