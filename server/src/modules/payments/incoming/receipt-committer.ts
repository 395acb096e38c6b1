import { createBatcher } from '#platform/batcher.ts';
import type { Tx } from '#platform/db/db.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import { insertReceiptSteps, type OwnedReceiptStep } from '../store/receipt-steps.ts';
import { type ReceiptRecord, writeReceipts } from '../store/receipts.ts';
import { dropPart, type PartReturned, takePart } from '../store/return-totals.ts';
import { pauseOf } from './receipt.ts';
import { eventOf } from './receipt-events.ts';

/** A change of an arrival, with the step that led to it. `part`: of a payment of ours, come back; counted in the same commit. */
export type ReceiptChange = { before: ReceiptRecord; after: ReceiptRecord; step: OwnedReceiptStep; part: PartReturned | null };
/** `stale`: another was faster. `exceeds`: with this part, more would have come back than was paid. Nothing was written then. */
export type Commit = 'written' | 'stale' | 'exceeds';

/** From there on a step that changes nothing is kept only each time its number doubles. */
const STEPS_KEPT_WHOLE = 20;

/**
 * Writes arrivals' changes, row, step and event together, many in one commit. What carries an event is the tenant's, whose outbox it is.
 * The rest is under the module's own role for jobs, since matching changes the tenant.
 */
export function createReceiptCommitter({ db, bus, clock, config }: PaymentsDeps) {
  const make = (isTenants: boolean) =>
    createBatcher<ReceiptChange, Commit>(
      (changes) => {
        const tenants = [...new Set(changes.map(({ after }) => after.tenantId))];
        return db.tx(isTenants ? { module: 'payments', tenants } : { module: 'payments', system: true }, (tx) => write(tx, changes));
      },
      {
        maxBatch: 200,
        maxBacklog: 10_000,
        overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }),
        isolate: isUnstorable,
      },
    );
  const [ofTenants, ofModule] = [make(true), make(false)];

  async function write(tx: Tx, changes: readonly ReceiptChange[]): Promise<Commit[]> {
    const exceeding = new Set<ReceiptChange>();
    // In one order for all, so that two commits never wait for each other.
    const parts = changes.filter(({ part }) => part !== null).sort((a, b) => (a.part!.endToEndId < b.part!.endToEndId ? -1 : 1));
    for (const change of parts) if (!(await takePart(tx, change.part!))) exceeding.add(change);
    const wanted = changes.filter((change) => !exceeding.has(change));
    const written = await writeReceipts(
      tx,
      wanted.map(({ before, after }) => {
        const pauseMs = pauseOf(after);
        const goesOn = pauseMs === 0 && after.status !== before.status;
        return { after, pauseMs, keepLeaseMs: goesOn ? config.leaseMs : null };
      }),
    );
    const done = wanted.filter(({ after }) => written.has(after.id));
    for (const { part, after } of wanted) if (part && !written.has(after.id)) await dropPart(tx, part);
    await insertReceiptSteps(
      tx,
      done.filter(isWorthKeeping).map(({ step }) => step),
    );
    const events = done.flatMap(({ before, after }) => (before.status === after.status ? [] : (eventOf(after, clock.now()) ?? [])));
    if (events.length > 0) await bus.publish(tx, events);
    return changes.map((change) => (exceeding.has(change) ? 'exceeds' : written.has(change.after.id) ? 'written' : 'stale'));
  }

  return (change: ReceiptChange): Promise<Commit> => {
    const { before, after } = change;
    const hasEvent = before.status !== after.status && eventOf(after, clock.now()) !== null;
    return (hasEvent ? ofTenants : ofModule).submit(change);
  };
}

function isWorthKeeping({ before, after }: ReceiptChange): boolean {
  if (before.status !== after.status || after.attempt <= STEPS_KEPT_WHOLE) return true;
  return (after.attempt & (after.attempt - 1)) === 0;
}
