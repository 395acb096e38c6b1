import { canonicalJson } from './canonical-json.ts';
import type { DayStatement, Refusals } from './chain.ts';

/**
 * The lines of an export that can be verified by itself (docs/proof.md). Record lines are the records' canonical JSON as they are, so that a
 * line's hash behind a 0x00 is its leaf; every other line is an object with one member that says what it is. Lines carry no newline.
 */
export type ExportHeader = {
  export: 'lastro-ledger' | 'lastro-audit';
  tenantId: string;
  /** First and last record in the export; an empty one has toSeq = fromSeq - 1. */
  fromSeq: number;
  toSeq: number;
  /** First batch in the export, and the hash before it (hex); only when the export does not begin at seq 1. */
  fromBatch?: number;
  previousHash?: string;
};

export type BatchLine = {
  batch: number;
  firstSeq: number;
  /** firstSeq - 1 when the batch holds no record. */
  lastSeq: number;
  recordedAt: string;
  hash: string;
  refused?: Refusals;
  /** The leaf hashes kept beside the records, in order of seq. Not needed to verify; with them a changed record is named exactly. */
  leaves?: readonly string[];
};

/** Outside evidence of a day's statement: a time-stamp token (base64), or the name of a file in a write-once folder. */
export type AnchorLine = { day: string; driver: 'rfc3161' | 'folder'; anchoredAt: string; evidence: string };

export type EndLine = { records: number; batches: number; lastSeq: number; lastBatch: number; hash: string };

export const headerLine = (header: ExportHeader): string => {
  const { export: kind, ...rest } = header;
  return `{"export":"${kind}","version":1,${canonicalJson(rest).slice(1)}`;
};
export const batchLine = (batch: BatchLine): string => canonicalJson({ batch });
export const dayLine = (day: DayStatement): string => canonicalJson({ day });
export const anchorLine = (anchor: AnchorLine): string => canonicalJson({ anchor });
export const endLine = (end: EndLine): string => canonicalJson({ end });
