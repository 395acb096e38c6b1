import { fieldError, malformed } from './br-code-errors.ts';

/** Objects of one level of an EMV code: two-digit id to value, in the order they came. */
export type TlvObjects = ReadonlyMap<string, string>;

const ID_AND_LENGTH = /^\d{4}$/;

/** The beginning of `text` that a length stands for; null when there is less, or when the length ends within a character. */
export type Measure = (text: string, length: number) => string | null;

/** Characters (code points), as EMV has it. */
export const characters: Measure = (text, length) => {
  const found = Array.from(text.slice(0, 2 * length)).slice(0, length);
  return found.length === length ? found.join('') : null;
};

/** Bytes of UTF-8, as some institutions count. */
export const utf8Bytes: Measure = (text, length) => {
  let value = '';
  let bytes = 0;
  for (const character of text.slice(0, length)) {
    if (bytes >= length) break;
    value += character;
    bytes += Buffer.byteLength(character);
  }
  return bytes === length ? value : null;
};

/**
 * Splits `text` into its id–length–value objects.
 *
 * @param parent id of the field the text is the value of, `null` at the top; only for naming the field in an error.
 * @param measureOf how the length of a field is counted.
 * @throws BrCodeError PIX_BR_CODE_MALFORMED when an id or length is not two digits, a value is cut short, empty or repeated.
 */
export function parseTlv(text: string, parent: string | null = null, measureOf: (id: string) => Measure = () => characters): TlvObjects {
  const objects = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const head = text.slice(at, at + 4);
    if (!ID_AND_LENGTH.test(head)) throw malformed(`O código não pôde ser lido${inside(parent)}: copie-o de novo, por inteiro.`, parent);
    const id = head.slice(0, 2);
    const field = parent ? `${parent}-${id}` : id;
    const length = Number(head.slice(2));
    const value = measureOf(id)(text.slice(at + 4, at + 4 + 2 * length), length);
    if (length === 0) throw malformed(`O campo ${field} do código está vazio.`, field);
    if (value === null) throw malformed(`O código termina no meio do campo ${field}: copie-o de novo, por inteiro.`, field);
    if (objects.has(id)) throw malformed(`O campo ${field} aparece mais de uma vez no código.`, field);
    objects.set(id, value);
    at += 4 + value.length;
  }
  return objects;
}

const inside = (parent: string | null): string => (parent ? ` no campo ${parent}` : '');

/**
 * Writes one object.
 *
 * @throws BrCodeError PIX_BR_CODE_FIELD_INVALID when the value is empty or longer than the 99 characters a length can say.
 */
export function formatTlv(id: string, value: string): string {
  const length = Array.from(value).length;
  if (length < 1 || length > 99) throw fieldError(id, 'precisa ter de 1 a 99 caracteres');
  return `${id}${String(length).padStart(2, '0')}${value}`;
}
