import { BrCodeError, malformed } from './br-code-errors.ts';
import { readBrCode } from './br-code-fields.ts';
import { findBrCode, MAX_BR_CODE_LENGTH } from './br-code-find.ts';
import { structuresOf } from './br-code-structure.ts';
import type { BrCode } from './br-code-types.ts';
import { isMargin } from './pasted-text.ts';

/** Control characters, marks that reorder text on the screen, and halves of surrogate pairs: no honest code has them. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ENDS_IN_CRC = /6304[0-9A-Fa-f]{4}$/;

/**
 * Reads a pasted BR Code and checks every rule of it that counts. The code may stand alone or within a message (`findBrCode`); apart from
 * what messengers do to it on the way, which its checksum undoes, nothing is forgiven.
 *
 * Rules: EMV QRCPS-MPM 1.1 and "Manual de Padrões para Iniciação do Pix". Takes time linear in the text.
 *
 * @throws BrCodeError with a code of `BrCodeErrorCode`, a sentence in Portuguese and, where there is one, the field at fault.
 */
export function parseBrCode(text: string): BrCode {
  const pasted = trimPaste(text);
  const code = findBrCode(pasted);
  if (code === null) throw whyNone(pasted);
  if (FORBIDDEN.test(code))
    throw malformed('O código tem quebras de linha ou caracteres invisíveis no meio: peça outro a quem vai receber.');
  return readAny(code);
}

/** The first reading of the code whose fields all keep their rules; if there is none, what is wrong with the usual one. */
function readAny(code: string): BrCode {
  let first: unknown;
  for (const structure of structuresOf(code)) {
    try {
      return readBrCode(structure());
    } catch (error) {
      if (!(error instanceof BrCodeError)) throw error;
      first ??= error;
    }
  }
  if (first instanceof BrCodeError && first.code === 'PIX_BR_CODE_MALFORMED' && Buffer.byteLength(code) > code.length) {
    const detail =
      'Os tamanhos dos campos deste código não batem com o texto: os acentos foram contados de mais de um jeito. Peça outro a quem vai receber.';
    throw malformed(detail, first.field);
  }
  throw first;
}

/** What is wrong with a text that no code could be found in. */
function whyNone(code: string): BrCodeError {
  if (code === '') return new BrCodeError('PIX_BR_CODE_EMPTY', 'Cole o código do Pix copia e cola.');
  const start = code.indexOf('000201');
  const isEmbedded = start > 0 && !/[0-9A-Za-z]/.test(code[start - 1]!);
  if (start !== 0 && !isEmbedded)
    return new BrCodeError('PIX_BR_CODE_NOT_PIX', 'O texto não é um código Pix: um código Pix começa com 000201.', '00');
  if (isEmbedded) {
    const detail = 'A mensagem tem o começo de um código Pix, mas ele está incompleto ou foi alterado. Copie só o código, por inteiro.';
    return malformed(detail, '63');
  }
  if (code.length > MAX_BR_CODE_LENGTH) {
    return new BrCodeError('PIX_BR_CODE_TOO_LONG', `Um código Pix tem no máximo ${MAX_BR_CODE_LENGTH} caracteres e este tem mais.`);
  }
  if (!ENDS_IN_CRC.test(code)) {
    return malformed('O código está incompleto: falta o dígito verificador (campo 63) no fim. Copie-o de novo, por inteiro.', '63');
  }
  const detail = 'O dígito verificador (campo 63) não confere: o código foi alterado ou copiado com falhas. Copie-o de novo.';
  return new BrCodeError('PIX_BR_CODE_BAD_CRC', detail, '63');
}

/** One pass from each end: a pattern anchored at the end would take quadratic time on a long run of spaces. */
function trimPaste(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isMargin(text[start]!)) start++;
  while (end > start && isMargin(text[end - 1]!)) end--;
  return text.slice(start, end);
}
