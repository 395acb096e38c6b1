import { BrCodeError, malformed } from './br-code-errors.ts';
import { parseTlv, type TlvObjects } from './br-code-tlv.ts';

/** A code split into fields, with those that hold fields themselves split once more. */
export interface BrCodeStructure {
  readonly fields: TlvObjects;
  /** Fields 26–51 (accounts at payment arrangements), 62 (additional data) and 80–99 (unreserved), by id. */
  readonly templates: ReadonlyMap<string, TlvObjects>;
}

/**
 * Splits a code whose checksum is right.
 *
 * Lengths count characters; some institutions count the bytes of UTF-8 instead, which is tried when the first reading fails. For
 * a code in ASCII both are one.
 *
 * @throws BrCodeError PIX_BR_CODE_MALFORMED.
 */
export function readStructure(code: string): BrCodeStructure {
  try {
    return split(code, (value) => value);
  } catch (error) {
    const bytes = Buffer.from(code, 'utf8');
    if (!(error instanceof BrCodeError) || bytes.length === code.length) throw error;
    try {
      return split(bytes.toString('latin1'), decodeBytes);
    } catch {
      throw error;
    }
  }
}

function split(code: string, decode: (value: string) => string): BrCodeStructure {
  const raw = parseTlv(code);
  const ids = [...raw.keys()];
  if (ids[0] !== '00') throw malformed('O código não começa pelo campo 00.', '00');
  if (ids.at(-1) !== '63') throw malformed('O dígito verificador (campo 63) não é o último campo do código.', '63');
  const templates = new Map<string, TlvObjects>();
  for (const [id, value] of raw) if (isTemplate(id)) templates.set(id, decodeAll(parseTlv(value, id), decode));
  return { fields: decodeAll(raw, decode), templates };
}

const isTemplate = (id: string): boolean => (id >= '26' && id <= '51') || id === '62' || id >= '80';

function decodeAll(objects: TlvObjects, decode: (value: string) => string): TlvObjects {
  return new Map(Array.from(objects, ([id, value]) => [id, decode(value)]));
}

/** Characters that stand for bytes back to text; throws when a length cut a character in two. */
function decodeBytes(value: string): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
}
