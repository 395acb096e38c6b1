import { createBatcher } from '#platform/batcher.ts';
import { systemContext } from '#platform/context.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { makeReturnId } from '../domain/end-to-end-id.ts';
import { refusePayments } from '../errors.ts';
import { clearingAccountId, receiptCommandId, receiptName } from '../record.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { isDateRefused, isFinalRefusal, type ReceiptFact } from './receipt.ts';

type Command = Parameters<LedgerFace['submit']>[1]['commands'][number];
type Result = Awaited<ReturnType<LedgerFace['submit']>>['results'][number];
type Item = { tenantId: string; command: Command };

/**
 * Credits arrivals: one ledger transfer each, named after the end-to-end id and dated as the provider received it, so that our clearing
 * account has it on the business day on which the provider's statement has it. Those that are due at the same moment go in one call.
 */
export function createCredit({ ledger, log, clock, config }: PaymentsDeps) {
  const submit = createBatcher<Item, Result>(
    async (items) => {
      const results = new Map<Item, Result>();
      const tenants = [...new Set(items.map(({ tenantId }) => tenantId))];
      await Promise.all(
        tenants.map(async (tenantId) => {
          const own = items.filter((item) => item.tenantId === tenantId);
          const answer = await ledger.submit(systemContext(tenantId, 'payments'), { commands: own.map(({ command }) => command) });
          for (const [at, item] of own.entries()) results.set(item, answer.results[at]!);
        }),
      );
      return items.map((item) => results.get(item)!);
    },
    { maxBatch: 200, maxBacklog: 10_000, overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  function send(receipt: ReceiptRecord, id: string, isDated: boolean): Promise<Result> {
    const { tenantId, accountId, amountMinor, receivedAtMs } = receipt;
    return submit.submit({
      tenantId,
      command: {
        id,
        kind: 'transfer',
        debitAccountId: clearingAccountId(tenantId),
        creditAccountId: accountId!,
        amountMinor: amountMinor!.toString(),
        ...(isDated ? { effectiveAt: new Date(receivedAtMs!).toISOString() } : {}),
        metadata: { receiptId: receiptName(receipt.id) },
      },
    });
  }

  return async (receipt: ReceiptRecord): Promise<ReceiptFact> => {
    const id = receiptCommandId(receipt.endToEndId);
    let result = await send(receipt, id, receipt.receivedAtMs !== null);
    // The ledger remembers what it refused, so under an id of its own. Either id moves the money, never both: the first was refused for good.
    if (isDateRefused(result.code)) result = await send(receipt, receiptCommandId(receipt.endToEndId, 'undated'), false);
    // A version before this one booked without a date under the same id.
    if (result.code === 'LEDGER_ID_CONFLICT' && result.field === 'effectiveAt') result = await send(receipt, id, false);
    if (result.outcome === 'done') return { type: 'credited' };
    const { code } = result;
    if (!isFinalRefusal(code)) {
      log.error({ receiptId: receipt.id, code }, 'the ledger refused to credit money that arrived');
      return { type: 'nothing-learned' };
    }
    log.warn({ receiptId: receipt.id, code }, 'the ledger will not credit money that arrived: it goes back to the payer');
    return { type: 'credit-refused', code, returnId: makeReturnId(config.ispb, clock.now(), receipt.id) };
  };
}
