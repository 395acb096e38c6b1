import { hash } from 'node:crypto';
import { showConditions, writeConditions } from './condition-text.ts';
import type { Directive, LedgerRecord, Metadata, Transfer } from './model.ts';

/**
 * What a record says, in the one form that is hashed and exported: JSON with its keys in ascending order, no spaces, nothing that is
 * absent, amounts as texts of digits, instants in ISO 8601 UTC with milliseconds. Whoever holds the line can compute its leaf.
 */
export function canonicalLine(record: LedgerRecord): string {
  return 'debitAccountId' in record ? transferLine(record) : directiveLine(record);
}

/** Leaf of RFC 6962 (§2.1): SHA-256 over a zero byte and the line, 32 bytes. */
export function leafHash(line: string): Buffer {
  return Buffer.from(leafHex(line), 'hex');
}

/** The same as 64 hexadecimal digits: as text it costs half of what a buffer does. */
export function leafHex(line: string): string {
  return hash('sha256', `\u0000${line}`, 'hex');
}

type Refusals = readonly (readonly [id: string, code: string])[];

/**
 * The next link of a tenant's chain, as `batchHash` of the platform's proofs makes it, over the leaves of the batch one after the other in the
 * order of the ledger, 32 bytes each: the writer has them so already.
 */
export function linkHash(previous: Buffer, leaves: Buffer, refused: Refusals): Buffer {
  const parts = [previous, leaves];
  if (refused.length > 0) parts.push(Buffer.from(JSON.stringify([...refused].sort(([a], [b]) => (a < b ? -1 : 1)))));
  return hash('sha256', Buffer.concat(parts), 'buffer') as Buffer;
}

/** Ids, digits and fixed words need no escaping; whatever a caller may write freely goes through JSON. */
function transferLine(t: Transfer): string {
  let line = `{"amountMinor":"${t.amount}"`;
  if (t.balancing !== null) line += `,"balancing":"${t.balancing}"`;
  if (t.blockId !== null) line += `,"blockId":"${t.blockId}"`;
  line += `,"creditAccountId":"${t.creditAccountId}","debitAccountId":"${t.debitAccountId}","effectiveAt":"${instantText(t.effectiveAt)}"`;
  if (t.expiresAt !== null) line += `,"expiresAt":"${instantText(t.expiresAt)}"`;
  if (t.held !== null) line += `,"heldMinor":"${t.held}"`;
  if (t.holdId !== null) line += `,"holdId":"${t.holdId}"`;
  line += `,"id":"${t.id}","kind":"${t.kind}"`;
  if (t.metadata !== null) line += `,"metadata":${metadataText(t.metadata)}`;
  if (t.onlyIf !== null) line += `,"onlyIf":${writeConditions(t.onlyIf)}`;
  if (t.placedBy !== null) line += `,"placedBy":${JSON.stringify(t.placedBy)}`;
  if (t.purpose !== null) line += `,"purpose":"${t.purpose}"`;
  if (t.reason !== null) line += `,"reason":${JSON.stringify(t.reason)}`;
  line += `,"recordedAt":"${instantText(t.recordedAt)}"`;
  if (t.reference !== null) line += `,"reference":${JSON.stringify(t.reference)}`;
  if (t.remaining !== null) line += `,"remainingMinor":"${t.remaining}"`;
  if (t.requested !== null) line += `,"requestedMinor":"${t.requested}"`;
  if (t.reverses !== null) line += `,"reverses":"${t.reverses}"`;
  return `${line},"seq":${t.seq}}`;
}

function directiveLine(d: Directive): string {
  const fields: [string, unknown][] = [
    ['accountId', d.accountId],
    ['blockId', d.blockId],
    ['by', d.by],
    ['id', d.id],
    ['kind', d.kind],
    ['onlyIf', showConditions(d.onlyIf)],
    ['overdraftLimitMinor', d.overdraftLimit === null ? null : d.overdraftLimit.toString()],
    ['reason', d.reason],
    ['recordedAt', instantText(d.recordedAt)],
    ['seq', d.seq],
    ['state', d.state],
    ['until', d.until],
  ];
  const present = fields.filter(([, value]) => value !== null);
  return `{${present.map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join(',')}}`;
}

/** Written key by key: an object would put keys that look like numbers first. */
function metadataText(metadata: Metadata): string {
  const keys = Object.keys(metadata).sort();
  return `{${keys.map((key) => `"${key}":${JSON.stringify(metadata[key])}`).join(',')}}`;
}

let lastMs = Number.NaN;
let lastText = '';

/** The records of a batch share their instant, and most take effect as they are recorded. */
function instantText(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}
