/** What a statement of a bank says, whatever its format: the words that all readers here use. */

/** Opens the file again from its first byte: a file is gone through twice, and never kept in memory. */
export type OpenFile = () => AsyncIterable<Uint8Array>;

export type FileFormat = 'ofx' | 'csv' | 'cnab240-statement' | 'cnab240-return' | 'cnab400-return';

/** Whose statement it is, as the file says it. `bank` is the three digits of the clearing code. */
export type FileAccount = { bank?: string; branch?: string; number?: string; kind: 'account' | 'card' };

/**
 * A movement. `amountMinor` is signed: money into the account is positive. `reference` is what the bank calls it (FITID, identifier, document),
 * where it does: it may repeat, and is never the only key.
 */
export type FileEntry = {
  kind: 'entry';
  line: number;
  date: string;
  amountMinor: bigint;
  text: string;
  reference?: string;
  account: number;
  boleto?: PaidBoleto;
};

/** What a return of CNAB says of a boleto besides the money. */
export type PaidBoleto = {
  ourNumber: string;
  documentNumber: string;
  occurrence: string;
  faceMinor: bigint;
  interestMinor: bigint;
  part: 'payment' | 'fee';
};

/** A line that is no movement, such as a balance between others, and is passed over. */
export type Ignored = { kind: 'ignored'; line: number; reason: string };
/** A line that should have been a movement and cannot be believed. `detail` is what stood there. */
export type Refused = { kind: 'refused'; line: number; reason: string; detail?: string };
export type Warning = { reason: string; line?: number; detail?: string };

export type FileEnd = {
  kind: 'end';
  format?: FileFormat;
  /** The layout that was recognised, such as `nubank-card`; `own` with a mapping that was given. */
  layout?: string;
  accounts: FileAccount[];
  openingMinor: bigint | null;
  closingMinor: bigint | null;
  warnings: Warning[];
  /** Why nothing of the file may be saved: it is cut off, its sums do not agree, nobody knows its format. */
  broken?: { line: number; reason: string; detail?: string };
};

export type FileItem = FileEntry | Ignored | Refused | FileEnd;

/** What may be taken in, so that no file holds the reader up. */
export type Limits = { bytesMax: number; rowsMax: number; lineMax: number };
export const LIMITS: Limits = { bytesMax: 512 * 1024 * 1024, rowsMax: 2_000_000, lineMax: 8 * 1024 * 1024 };

/** A file that no rule here can go on with. Readers end with it as `broken`; it never leaves `readStatement`. */
export class BrokenFile extends Error {
  readonly line: number;
  readonly reason: string;
  readonly detail?: string;
  constructor(line: number, reason: string, detail?: string) {
    super(reason);
    this.line = line;
    this.reason = reason;
    this.detail = detail;
  }
}

const WIDTH_OF_DETAIL = 60;

/** A piece of the file for a message: short, on one line. */
export const quote = (text: string): string => {
  const plain = tidyText(text);
  return plain.length > WIDTH_OF_DETAIL ? `${plain.slice(0, WIDTH_OF_DETAIL)}…` : plain;
};

// Controls, formats that are not seen, halves of pairs and the mark of a lost character: no database keeps them, nobody reads them.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\uFFFD]/gu;

/** The text of a movement: one line, single spaces, nothing unseen. */
export const tidyText = (text: string): string => text.replace(/\s+/gu, ' ').replace(UNSEEN, '').trim();

const ACCENTS = /\p{M}/gu;

/** A text for comparing: no accents, capitals, single spaces. */
export const foldText = (text: string): string => tidyText(text).normalize('NFD').replace(ACCENTS, '').toUpperCase();

/** Two texts of one movement, the general one first; not twice what both say. */
export function joinTexts(first: string, second: string): string {
  const [a, b] = [tidyText(first), tidyText(second)];
  if (!a || !b) return a || b;
  if (foldText(b).includes(foldText(a))) return b;
  return foldText(a).includes(foldText(b)) ? a : `${a} - ${b}`;
}
