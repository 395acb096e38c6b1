import type { KeyType } from '#core/documents';
import { readTypedKey } from './typed-key';

export type InputKind = KeyType | 'br-code' | 'unknown' | 'empty';

/**
 * What a person pasted into the payment field, and the text to send. A code goes as it came, message around it and all: the server finds it
 * by its checksum, which nothing here may disturb. A key goes in the written form of the DICT. Here is only the hint; the server decides.
 */
export function readPixInput(raw: string): { kind: InputKind; text: string } {
  const text = raw.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
  if (!text) return { kind: 'empty', text };
  const key = readTypedKey(text);
  if (key) return { kind: key.type, text: key.value };
  return { kind: /(?<![0-9A-Za-z])000201/.test(text) ? 'br-code' : 'unknown', text };
}
