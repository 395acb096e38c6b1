import { BrCodeError, malformed } from './br-code-errors.ts';
import { readBrCode } from './br-code-fields.ts';
import { readStructure } from './br-code-structure.ts';
import type { BrCode } from './br-code-types.ts';
import { crc16 } from './crc16.ts';

/** Longest code, in characters: the limit EMV sets for what a QR code carries. */
export const MAX_BR_CODE_LENGTH = 512;

/** Spaces, line ends, and the invisible characters that messengers put around what they copy. */
const PASTE_MARGIN = /^[\s\u200b-\u200d\u2060\ufeff]$/;
/** Control characters, marks that reorder text on the screen, and halves of surrogate pairs: no honest code has them. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const ENDS_IN_CRC = /6304[0-9A-F]{4}$/;

/**
 * Reads a pasted BR Code and checks every rule of it; white space around the code is ignored, nothing else is forgiven.
 *
 * Rules: EMV QRCPS-MPM 1.0 and "Manual de Padrões para Iniciação do Pix". Takes time linear in the text, and looks at no more
 * than {@link MAX_BR_CODE_LENGTH} characters of it besides the margin.
 *
 * @throws BrCodeError with a code of `BrCodeErrorCode`, a sentence in Portuguese and, where there is one, the field at fault.
 */
export function parseBrCode(text: string): BrCode {
  const code = trimPaste(text);
  if (code === '') throw new BrCodeError('PIX_BR_CODE_EMPTY', 'Cole o código do Pix copia e cola.');
  if (code.length > MAX_BR_CODE_LENGTH) {
    throw new BrCodeError('PIX_BR_CODE_TOO_LONG', `Um código Pix tem no máximo ${MAX_BR_CODE_LENGTH} caracteres e este tem mais.`);
  }
  if (!code.startsWith('000201')) {
    throw new BrCodeError('PIX_BR_CODE_NOT_PIX', 'O texto não é um código Pix: um código Pix começa com 000201.', '00');
  }
  if (FORBIDDEN.test(code)) throw malformed('O código tem quebras de linha ou caracteres invisíveis no meio: copie-o de novo.');
  checkCrc(code);
  return readBrCode(readStructure(code));
}

function checkCrc(code: string): void {
  if (!ENDS_IN_CRC.test(code)) {
    throw malformed('O código está incompleto: falta o dígito verificador (campo 63) no fim. Copie-o de novo, por inteiro.', '63');
  }
  if (crc16(code.slice(0, -4)) !== code.slice(-4)) {
    const detail = 'O dígito verificador (campo 63) não confere: o código foi alterado ou copiado com falhas. Copie-o de novo.';
    throw new BrCodeError('PIX_BR_CODE_BAD_CRC', detail, '63');
  }
}

/** One pass from each end: a pattern anchored at the end would take quadratic time on a long run of spaces. */
function trimPaste(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && PASTE_MARGIN.test(text[start]!)) start++;
  while (end > start && PASTE_MARGIN.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}
