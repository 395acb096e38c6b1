import type { Tx } from '../db/db.ts';

/** A record's place in its chain, and its leaf. */
export type Leaf = { seq: number; at: Date; hash: Buffer };

/** A place between records: those behind it are later, or as late with a greater seq. */
export type Place = { at: Date; seq: number };

/**
 * A chain of records whose days get roots. Its module's schema has `heads` and `batches` (tenant_id, batch, seq or first_seq and last_seq,
 * recorded_at, hash) and `platform.proof_tables()`; `recorded_at` never goes back within a tenant, and seq has no gaps.
 */
export type ProvenChain = {
  name: 'ledger' | 'audit';
  /** Leaves behind a place, in order of seq. */
  leavesAfter(tx: Tx, tenantId: string, place: Place, limit: number): Promise<Leaf[]>;
};

export const DAY_MS = 24 * 60 * 60 * 1_000;

export function dayOf(at: Date | number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function startOfUtcDay(day: string): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

export function endOfUtcDay(day: string): Date {
  return new Date(startOfUtcDay(day).getTime() + DAY_MS);
}
