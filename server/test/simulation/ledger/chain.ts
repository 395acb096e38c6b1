/** The chain of hashes, computed again from what the tables say, by the published definition and not by the ledger's code. */
import { createHash } from 'node:crypto';
import type { Batch, StoredBooking } from './committed.ts';
import { Disagreement } from './compare.ts';

/** Throws a Disagreement at the first leaf or batch whose stored hash is another. */
export function checkChain(batches: readonly Batch[]): void {
  let link: Buffer = Buffer.alloc(32);
  for (const { at, hash, bookings, refusals } of batches) {
    const chained = createHash('sha256').update(link);
    for (const booking of bookings) {
      const leaf = createHash('sha256').update('\0').update(lineOf(booking, at)).digest();
      if (leaf.toString('hex') !== booking.hash)
        throw new Disagreement(`the leaf of seq ${booking.seq} is not that of ${lineOf(booking, at)}`);
      chained.update(leaf);
    }
    const refused = refusals.map(({ id, code }) => [id, code]).sort(([a], [b]) => (a! < b! ? -1 : 1));
    if (refused.length > 0) chained.update(JSON.stringify(refused));
    link = chained.digest();
    if (link.toString('hex') !== hash)
      throw new Disagreement(`the hash of the batch recorded at ${at} from seq ${bookings[0]?.seq} is not that of its contents`);
  }
}

/** The record in its canonical form: keys in ascending order, nothing that is absent, amounts and instants as texts. */
function lineOf(booking: StoredBooking, recordedAt: number): string {
  const digits = (amount: bigint | null) => (amount === null ? null : String(amount));
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const { id, kind, seq, holdId, reverses, reason, purpose, reference, balancing, accountId, state, until } = booking;
  const fields: Record<string, unknown> = {
    ...{ id, kind, seq, holdId, reverses, reason, purpose, reference, balancing, accountId, state, until },
    blockId: booking.block,
    debitAccountId: booking.debit,
    creditAccountId: booking.credit,
    amountMinor: digits(booking.amount),
    heldMinor: digits(booking.held),
    remainingMinor: digits(booking.remaining),
    by: booking.by,
    placedBy: booking.placedBy,
    onlyIf: booking.conditions === null ? null : JSON.parse(booking.conditions).map(sorted),
    requestedMinor: digits(booking.requested),
    overdraftLimitMinor: digits(booking.overdraft),
    effectiveAt: instant(booking.effectiveAt),
    expiresAt: instant(booking.expiresAt),
    recordedAt: instant(recordedAt),
    metadata: booking.metadata === '' ? null : Object.fromEntries(JSON.parse(booking.metadata)),
  };
  return JSON.stringify(sorted(fields));
}

/** Keys in ascending order, nothing that is absent. */
function sorted(fields: Record<string, unknown>): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}
