/** The BR Code ("Pix copia e cola"): strict reading and writing of the EMV text behind a Pix QR code. */
export { BrCodeError, type BrCodeErrorCode } from './br-code-errors.ts';
export { MAX_BR_CODE_LENGTH } from './br-code-find.ts';
export { formatBrCode } from './br-code-format.ts';
export { parseBrCode } from './br-code-parse.ts';
export type { BrCode, DynamicBrCode, StaticBrCode } from './br-code-types.ts';
