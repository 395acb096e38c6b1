import { systemContext } from '#platform/context.ts';
import { createPoller } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import { makeReturnId } from '../domain/end-to-end-id.ts';
import type { Measures } from '../measure.ts';
import type { Provider } from '../provider/client.ts';
import { clearingAccountId, PAYER_PURPOSE, receiptCommandId, receiptName } from '../record.ts';
import { claimReceipts, type ReceiptRecord, type ReceiptStatus, writeReceipt } from '../store/receipts.ts';
import { findOwner } from './find-owner.ts';
import { createGiveBack } from './give-back.ts';
import { evolveReceipt, isFinalRefusal, pauseOf, type ReceiptFact } from './receipt.ts';
import { eventOf } from './receipt-events.ts';

const MAX_AT_ONCE = 32;

/**
 * Brings announced money in: asks the provider what really arrived, finds whose it is, credits with one ledger transfer named after the
 * end-to-end id. What the ledger refuses for good is given back instead. Each step commits by itself and is harmless to repeat, as for
 * payments.
 */
export function createReceiver(deps: PaymentsDeps, provider: Provider, owner: string, measures: Measures): Worker & { wake(): void } {
  const { db, bus, clock, vault, ledger, log, config } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);

  async function ask(receipt: ReceiptRecord): Promise<ReceiptFact> {
    const found = await provider.queryReceipt(receipt.endToEndId);
    // "Not found" about something the provider itself announced is not believed either: the announcement may be ahead of its books.
    if (found.kind !== 'found') return { type: 'nothing-learned' };
    const { payeeKey, returnOf, payer, txid, receivedAt, amount } = found.value;
    const amountMinor = parseDecimalAmount(amount);
    const receivedAtMs = Date.parse(receivedAt);
    if (amountMinor === null || Number.isNaN(receivedAtMs)) return { type: 'nothing-learned' };
    const whose = await findOwner(deps, found.value, amountMinor);
    if (whose === 'later') return { type: 'nothing-learned' };
    const told = { amountMinor, txid: txid ?? null, receivedAtMs };
    if (whose === 'nobody') {
      const payerSealed = vault.sealOwn(PAYER_PURPOSE, JSON.stringify({ ...payer, payeeKey, returnOf }));
      return { type: 'found-nobodys', ...told, payerSealed };
    }
    const payerSealed = await vault.seal(whose.tenantId, whose.subjectId, PAYER_PURPOSE, JSON.stringify(payer));
    return { type: 'found-ours', ...whose, ...told, payerSealed };
  }

  async function credit(receipt: ReceiptRecord): Promise<ReceiptFact> {
    const { results } = await ledger.submit(systemContext(receipt.tenantId, 'payments'), {
      commands: [
        {
          id: receiptCommandId(receipt.endToEndId),
          kind: 'transfer',
          debitAccountId: clearingAccountId(receipt.tenantId),
          creditAccountId: receipt.accountId!,
          amountMinor: receipt.amountMinor!.toString(),
          metadata: { receiptId: receiptName(receipt.id) },
        },
      ],
    });
    if (results[0]?.outcome === 'done') return { type: 'credited' };
    const code = results[0]?.code;
    if (!isFinalRefusal(code)) {
      log.error({ receiptId: receipt.id, code }, 'the ledger refused to credit money that arrived');
      return { type: 'nothing-learned' };
    }
    log.warn({ receiptId: receipt.id, code }, 'the ledger will not credit money that arrived: it goes back to the payer');
    return { type: 'credit-refused', code, returnId: makeReturnId(config.ispb, clock.now(), receipt.id) };
  }

  const giveBack = createGiveBack(deps, provider);
  /** What is due at each status, with the name of its crash points. */
  const steps: { readonly [S in ReceiptStatus]?: [string, (receipt: ReceiptRecord) => Promise<ReceiptFact>] } = {
    announced: ['ask-receipt', ask],
    matched: ['credit', credit],
    returning: ['set-aside', giveBack.setAside],
    'set-aside': ['return', giveBack.send],
    'return-unknown': ['query-return', giveBack.ask],
    'sent-back': ['book-return', giveBack.bookReturn],
  };

  /** Writes what was learned; answers the receipt if that moved it and the next step is due at once. */
  async function commit(before: ReceiptRecord, fact: ReceiptFact): Promise<ReceiptRecord | null> {
    const after = evolveReceipt(before, fact);
    const nowMs = clock.now();
    const isMoved = after.status !== before.status;
    const pauseMs = pauseOf(after);
    const event = isMoved ? eventOf(after, nowMs) : null;
    if (isMoved) crashPoint(`commit:${after.status}:before`);
    // What carries an event is the tenant's. The rest is under the module's own role for jobs, since matching changes the tenant.
    const scope = event ? ({ module: 'payments', tenants: [after.tenantId] } as const) : ({ module: 'payments', system: true } as const);
    const isWritten = await db.tx(scope, async (tx) => {
      if (!(await writeReceipt(tx, after, pauseMs === null ? null : nowMs + pauseMs, nowMs))) return false;
      if (event) await bus.publish(tx, [event]);
      return true;
    });
    if (isMoved) crashPoint(`commit:${after.status}:after`);
    if (!isWritten || !isMoved) return null;
    tell(after);
    return pauseMs === 0 ? { ...after, version: before.version + 1 } : null;
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
      crashPoint(`${name}:before`);
      const fact = await act(current);
      crashPoint(`${name}:after`);
      current = await commit(current, fact);
    }
  }

  return createPoller({
    name: 'payments.receiver',
    log,
    intervalMs: config.recoveryIntervalMs ?? 200,
    async look() {
      const nowMs = clock.now();
      const claimed = await db.tx({ module: 'payments', system: true }, (tx) =>
        claimReceipts(tx, { owner, nowMs, untilMs: nowMs + config.leaseMs }, MAX_AT_ONCE),
      );
      await Promise.all(
        claimed.map((receipt) =>
          withSpan('receipt', {}, () => bringIn(receipt)).catch(async (error: Error) => {
            log.warn({ receiptId: receipt.id, err: error.message }, 'money coming in will be tried again');
            await commit(receipt, { type: 'nothing-learned' }).catch(() => undefined);
          }),
        ),
      );
      return claimed.length;
    },
  });
}
