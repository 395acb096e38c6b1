import { fieldError, malformed } from './br-code-errors.ts';

/** Objects of one level of an EMV code: two-digit id to value, in the order they came. */
export type TlvObjects = ReadonlyMap<string, string>;

const ID_AND_LENGTH = /^\d{4}$/;

/**
 * Splits `text` into its id–length–value objects. Lengths count characters (code points), as EMV has it.
 *
 * @param parent id of the field the text is the value of, `null` at the top; only for naming the field in an error.
 * @throws BrCodeError PIX_BR_CODE_MALFORMED when an id or length is not two digits, a value is cut short, empty or repeated.
 */
export function parseTlv(text: string, parent: string | null = null): TlvObjects {
  const characters = Array.from(text);
  const objects = new Map<string, string>();
  let at = 0;
  while (at < characters.length) {
    const head = characters.slice(at, at + 4).join('');
    if (!ID_AND_LENGTH.test(head)) throw malformed(`O código não pôde ser lido${inside(parent)}: copie-o de novo, por inteiro.`, parent);
    const id = head.slice(0, 2);
    const field = parent ? `${parent}-${id}` : id;
    const length = Number(head.slice(2));
    const value = characters.slice(at + 4, at + 4 + length);
    if (length === 0) throw malformed(`O campo ${field} do código está vazio.`, field);
    if (value.length < length) throw malformed(`O código termina no meio do campo ${field}: copie-o de novo, por inteiro.`, field);
    if (objects.has(id)) throw malformed(`O campo ${field} aparece mais de uma vez no código.`, field);
    objects.set(id, value.join(''));
    at += 4 + length;
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
