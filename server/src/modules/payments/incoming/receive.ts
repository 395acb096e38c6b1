import type { Worker } from '#platform/module.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { PaymentsDeps } from '../deps.ts';
import { createLeasedWorker } from '../leased-work.ts';
import type { Measures } from '../measure.ts';
import type { Provider } from '../provider/client.ts';
import { claimReceipts, renewReceipts } from '../store/receipt-claims.ts';
import type { ReceiptRecord, ReceiptStatus } from '../store/receipts.ts';
import { createReceiptAsker, type Learned } from './ask.ts';
import { createCredit } from './credit.ts';
import { createGiveBack } from './give-back.ts';
import { evolveReceipt, pauseOf, type ReceiptFact } from './receipt.ts';
import { createReceiptCommitter, type ReceiptChange } from './receipt-committer.ts';

const MOST_AT_ONCE = 200;
const DEFAULT_INTERVAL_MS = 200;
const NOTHING: Learned = { fact: { type: 'nothing-learned' } };

/** A step that began, and what came of it. */
type Done = Learned & { name: string; startedAtMs: number; durationMs: number };

/**
 * Brings announced money in: asks the provider what really arrived, finds whose it is, credits with one ledger transfer named after the
 * end-to-end id. What the ledger refuses for good is given back instead. Each step is on record, commits by itself (together with those of
 * other arrivals) and is harmless to repeat, as for payments.
 */
export function createReceiver(deps: PaymentsDeps, provider: Provider, owner: string, measures: Measures): Worker & { wake(): void } {
  const { db, clock, log, config } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);
  const ask = createReceiptAsker(deps, provider);
  const credit = createCredit(deps);
  const giveBack = createGiveBack(deps, provider);
  const write = createReceiptCommitter(deps);
  const alone = (act: (receipt: ReceiptRecord) => Promise<ReceiptFact>) => async (receipt: ReceiptRecord) => ({ fact: await act(receipt) });

  /** What is due at each status, with the name of its crash points. */
  const steps: { readonly [S in ReceiptStatus]?: [string, (receipt: ReceiptRecord) => Promise<Learned>] } = {
    announced: ['ask-receipt', ask],
    unmatched: ['ask-receipt', ask],
    mismatched: ['decide', ask],
    matched: ['credit', alone(credit)],
    returning: ['set-aside', alone(giveBack.setAside)],
    'set-aside': ['return', alone(giveBack.send)],
    'return-unknown': ['query-return', alone(giveBack.ask)],
    'sent-back': ['book-return', alone(giveBack.bookReturn)],
  };

  /** Writes what was learned; answers the receipt if that moved it and the next step is due at once. */
  async function commit(before: ReceiptRecord, done: Done): Promise<ReceiptRecord | null> {
    const after = evolveReceipt(before, done.fact);
    const isMoved = after.status !== before.status;
    if (isMoved) crashPoint(`commit:${after.status}:before`);
    const result = await write(changeOf(before, after, done));
    if (isMoved) crashPoint(`commit:${after.status}:after`);
    if (result === 'exceeds' && done.limit) return commit(before, { ...done, fact: done.limit.otherwise });
    if (result === 'stale' || !isMoved) return null;
    tell(after);
    return pauseOf(after) === 0 ? { ...after, version: before.version + 1 } : null;
  }

  function tell({ id, status, returnRefusal, receivedAtMs }: ReceiptRecord): void {
    if (status === 'unmatched' || status === 'mismatched') log.error({ receiptId: id, status }, 'money arrived that cannot be credited');
    if (status === 'return-refused')
      log.error({ receiptId: id, code: returnRefusal }, 'money that arrived can neither be credited nor returned');
    if (status === 'credited') measures.credited(receivedAtMs);
    if (status === 'returned') measures.returned(receivedAtMs);
  }

  async function bringIn(receipt: ReceiptRecord): Promise<void> {
    for (let current: ReceiptRecord | null = receipt; current !== null; ) {
      const step = steps[current.status];
      if (!step) return;
      const [name, act] = step;
      const startedAtMs = clock.now();
      const from = performance.now();
      crashPoint(`${name}:before`);
      const learned = await act(current);
      crashPoint(`${name}:after`);
      current = await commit(current, { ...learned, name, startedAtMs, durationMs: performance.now() - from });
    }
  }

  return createLeasedWorker<ReceiptRecord>({
    name: 'payments.receiver',
    log,
    intervalMs: config.recoveryIntervalMs ?? DEFAULT_INTERVAL_MS,
    leaseMs: config.leaseMs,
    most: MOST_AT_ONCE,
    keyOf: ({ id }) => id,
    claim: (room) => db.tx({ module: 'payments', system: true }, (tx) => claimReceipts(tx, { owner, leaseMs: config.leaseMs }, room)),
    renew: (receipts) =>
      db.tx({ module: 'payments', system: true }, (tx) =>
        renewReceipts(
          tx,
          { owner, leaseMs: config.leaseMs },
          receipts.map(({ id }) => id),
        ),
      ),
    work: (receipt) =>
      withSpan('receipt', {}, () => bringIn(receipt)).catch(async (error: Error) => {
        log.warn({ receiptId: receipt.id, err: error.message }, 'money coming in will be tried again');
        const failed = { ...NOTHING, name: 'error', startedAtMs: clock.now(), durationMs: 0 };
        await commit(receipt, failed).catch(() => undefined);
      }),
  });
}

function changeOf(before: ReceiptRecord, after: ReceiptRecord, { fact, limit, name, startedAtMs, durationMs }: Done): ReceiptChange {
  return {
    before,
    after,
    part:
      limit && fact.type === 'found-ours' && fact.returnOf !== null && after.status === 'matched'
        ? { endToEndId: fact.returnOf, direction: 'in', amountMinor: limit.amountMinor, partMinor: fact.amountMinor }
        : null,
    step: {
      tenantId: after.tenantId,
      receiptId: after.id,
      step: name,
      attempt: before.attempt + 1,
      startedAtMs,
      durationMs,
      outcome: { result: fact.type, ...('code' in fact ? { code: fact.code } : {}) },
      statusBefore: before.status,
      statusAfter: after.status,
      actor: { kind: 'system', id: 'payments' },
      reason: null,
    },
  };
}
