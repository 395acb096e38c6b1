import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { sha256 } from './merkle.ts';

/** What the first batch of a chain follows. */
export const GENESIS = Buffer.alloc(32);

/** Ids refused in a batch with their codes. */
export type Refusals = readonly (readonly [id: string, code: string])[];

/**
 * The hash of a batch: over the hash before, the leaf hashes of its records in order of seq, and, when something was refused in it, the
 * JSON of the refusals sorted by id.
 */
export function batchHash(previous: Uint8Array, leafHashes: readonly Uint8Array[], refused: Refusals = []): Buffer {
  const hash = createHash('sha256').update(previous);
  for (const leaf of leafHashes) hash.update(leaf);
  if (refused.length > 0) hash.update(JSON.stringify([...refused].sort(([a], [b]) => (a < b ? -1 : 1))));
  return hash.digest();
}

/**
 * What a chain says at the end of a UTC day, made once the day can get no more records. `root` is the Merkle root over the leaves of all its
 * records; `batch` and `batchHash` are where the chain stood after the last of them, and so stand for all that was before. `previousRoot` is
 * the root of the day before that has one. What is anchored is the digest of this statement, and with it everything up to it.
 */
export type DayStatement = {
  tenantId: string;
  /** `ledger` or `audit`. */
  chain: string;
  day: string;
  firstSeq: number;
  lastSeq: number;
  count: number;
  root: string;
  previousRoot?: string;
  batch: number;
  batchHash: string;
};

/** The statement in the one form that is hashed, stamped and kept: its canonical JSON in UTF-8. */
export function dayStatementText(day: DayStatement): Buffer {
  const { tenantId, chain, firstSeq, lastSeq, count, root, previousRoot, batch, batchHash } = day;
  const statement = { tenantId, chain, day: day.day, firstSeq, lastSeq, count, root, previousRoot, batch, batchHash };
  return Buffer.from(canonicalJson(statement));
}

/** SHA-256 over it. */
export function dayDigest(day: DayStatement): Buffer {
  return sha256(dayStatementText(day));
}

/** The UTC day of an ISO 8601 instant. */
export function utcDay(instant: string): string {
  return instant.slice(0, 10);
}
