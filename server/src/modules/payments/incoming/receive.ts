import { systemContext } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';
import type { Worker } from '#platform/module.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import { PAYMENT_PROGRESSED, type PaymentProgressed } from '../events.ts';
import { keyHash } from '../key-hash.ts';
import type { Measures } from '../measure.ts';
import { createPoller } from '../polling.ts';
import type { Provider } from '../provider/client.ts';
import { clearingAccountId, PAYER_PURPOSE, receiptName } from '../record.ts';
import { findByKeyHash } from '../store/accounts.ts';
import { claimReceipts, type ReceiptRecord, writeReceipt } from '../store/receipts.ts';
import { evolveReceipt, isDone, type ReceiptFact } from './receipt.ts';

const MAX_AT_ONCE = 32;
const RETRY_BASE_MS = 250;
const RETRY_MAX_MS = 30_000;

/**
 * Brings announced money in: asks the provider what really arrived, finds whose key it is, credits with one ledger transfer named after the
 * end-to-end id. Each step commits by itself and is harmless to repeat, as for payments.
 */
export function createReceiver(deps: PaymentsDeps, provider: Provider, owner: string, measures: Measures): Worker & { wake(): void } {
  const { db, bus, clock, vault, ledger, log, config } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);

  async function ask(receipt: ReceiptRecord): Promise<ReceiptFact> {
    crashPoint('ask-receipt:before');
    const found = await provider.queryReceipt(receipt.endToEndId);
    crashPoint('ask-receipt:after');
    // "Not found" about something the provider itself announced is not believed either: the announcement may be ahead of its books.
    if (found.kind !== 'found') return { type: 'nothing-learned' };
    const { payeeKey, payer, txid, receivedAt, amount } = found.value;
    const amountMinor = parseDecimalAmount(amount);
    const receivedAtMs = Date.parse(receivedAt);
    if (amountMinor === null || Number.isNaN(receivedAtMs)) return { type: 'nothing-learned' };
    const account = await db.tx({ module: 'payments', system: true }, (tx) => findByKeyHash(tx, keyHash(vault, payeeKey)));
    const told = { amountMinor, txid: txid ?? null, receivedAtMs };
    if (!account) {
      const payerSealed = vault.sealOwn(PAYER_PURPOSE, JSON.stringify({ ...payer, payeeKey }));
      return { type: 'found-nobodys', ...told, payerSealed };
    }
    const { tenantId, subjectId, ledgerAccountId } = account;
    const payerSealed = await vault.seal(tenantId, subjectId, PAYER_PURPOSE, JSON.stringify(payer));
    return { type: 'found-ours', tenantId, subjectId, accountId: ledgerAccountId, ...told, payerSealed };
  }

  async function credit(receipt: ReceiptRecord): Promise<ReceiptFact> {
    crashPoint('credit:before');
    const { results } = await ledger.submit(systemContext(receipt.tenantId, 'payments'), {
      commands: [
        {
          id: derivedId('payments', 'receipt', receipt.endToEndId),
          kind: 'transfer',
          debitAccountId: clearingAccountId(receipt.tenantId),
          creditAccountId: receipt.accountId!,
          amountMinor: receipt.amountMinor!.toString(),
          metadata: { receiptId: receiptName(receipt.id) },
        },
      ],
    });
    crashPoint('credit:after');
    if (results[0]?.outcome === 'done') return { type: 'credited' };
    log.error({ receiptId: receipt.id, code: results[0]?.code }, 'the ledger refused to credit money that arrived');
    return { type: 'nothing-learned' };
  }

  async function commit(before: ReceiptRecord, fact: ReceiptFact): Promise<ReceiptRecord | null> {
    const after = evolveReceipt(before, fact);
    const nowMs = clock.now();
    const isMoved = after.status !== before.status;
    const retryMs = Math.min(RETRY_BASE_MS * 2 ** Math.min(after.attempt, 20), RETRY_MAX_MS);
    const nextAtMs = isDone(after.status) ? null : isMoved ? nowMs : nowMs + retryMs;
    if (isMoved) crashPoint(`commit:${after.status}:before`);
    // Its tenant changes when it is matched, so the row is written under the module's own role for jobs.
    const isWritten = await db.tx({ module: 'payments', system: true }, (tx) => writeReceipt(tx, after, nextAtMs, nowMs));
    if (isMoved) crashPoint(`commit:${after.status}:after`);
    if (after.status === 'unmatched' || after.status === 'mismatched') {
      log.error({ receiptId: after.id, status: after.status }, 'money arrived that cannot be credited');
    }
    return isWritten && isMoved ? { ...after, version: before.version + 1 } : null;
  }

  /** The last step carries its event, so it commits under the tenant. */
  async function commitCredit(before: ReceiptRecord, fact: ReceiptFact): Promise<void> {
    if (fact.type !== 'credited') {
      await commit(before, fact);
      return;
    }
    const after = evolveReceipt(before, fact);
    const nowMs = clock.now();
    crashPoint('commit:credited:before');
    const isWritten = await db.tx({ module: 'payments', tenants: [before.tenantId] }, async (tx) => {
      if (!(await writeReceipt(tx, after, null, nowMs))) return false;
      const at = new Date(nowMs).toISOString();
      const paymentId = receiptName(after.id);
      const data: PaymentProgressed = {
        paymentId,
        subjectId: after.subjectId!,
        direction: 'in',
        method: 'pix',
        status: 'settled',
        previousStatus: null,
        amountMinor: after.amountMinor!.toString(),
        currency: 'BRL',
        payeeHash: null,
        endToEndId: after.endToEndId,
        at,
      };
      await bus.publish(tx, [
        {
          id: derivedId('payments', 'received', after.id),
          type: PAYMENT_PROGRESSED,
          tenantId: after.tenantId,
          key: paymentId,
          subjectId: after.subjectId,
          actor: { kind: 'system', id: 'payments' },
          time: at,
          data,
        },
      ]);
      return true;
    });
    crashPoint('commit:credited:after');
    if (isWritten) measures.credited(after.receivedAtMs);
  }

  async function bringIn(receipt: ReceiptRecord): Promise<void> {
    let current: ReceiptRecord | null = receipt;
    if (current.status === 'announced') current = await commit(current, await ask(current));
    if (current?.status === 'matched') await commitCredit(current, await credit(current));
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
