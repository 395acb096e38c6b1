import { systemContext } from '#platform/context.ts';
import type { Rails } from '../connections/rails.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { clearingAccountId, receiptCommandId, receiptName, returnsAccountId } from '../record.ts';
import { createReturnSender, ROUNDS_OF_DOUBT } from '../returning.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { isDateRefused, type ReceiptFact } from './receipt.ts';

/** pacs.004: the receiving institution could not credit it. */
export const RETURN_REASON = 'BE08';

/**
 * The steps by which money that the ledger would not credit goes back to its payer. Each is one call, harmless to repeat.
 *
 * The money did arrive, and until the return is executed the provider holds it for us. So the clearing account must show it, as the
 * provider's statement does, and somebody must be owed it: it is set aside in an account of its own before anything is sent, and taken
 * out after the provider executed the return. Clearing then equals the statement all the way, and what is in the returns account is
 * what still has to go back. No customer's account is touched.
 */
export function createGiveBack({ ledger, log, clock }: PaymentsDeps, rails: Pick<Rails, 'of'>) {
  type Step = 'set-aside' | 'book-return';
  const returns = createReturnSender(rails, clock);

  async function book(receipt: ReceiptRecord, step: Step, done: ReceiptFact): Promise<ReceiptFact> {
    const { tenantId, endToEndId, amountMinor } = receipt;
    const ctx = systemContext(tenantId, 'payments');
    const [clearing, returns] = [clearingAccountId(tenantId), returnsAccountId(tenantId)];
    // What arrived for nobody may be the first money of this tenant: then there is no clearing account either.
    if (step === 'set-aside') await ledger.createAccounts(ctx, { accounts: [clearingAccount(clearing), returnsAccount(returns)] });
    const [debitAccountId, creditAccountId] = step === 'set-aside' ? [clearing, returns] : [returns, clearing];
    const submit = async (commandStep: Step | `${Step}-undated`, atMs: number | null) => {
      const { results } = await ledger.submit(ctx, {
        commands: [
          {
            id: receiptCommandId(endToEndId, commandStep),
            kind: 'transfer',
            debitAccountId,
            creditAccountId,
            amountMinor: amountMinor!.toString(),
            ...(atMs === null ? {} : { effectiveAt: new Date(atMs).toISOString() }),
            metadata: { receiptId: receiptName(receipt.id) },
          },
        ],
      });
      return results[0]!;
    };
    // On the business date on which the provider's statement has it; where the ledger does not take that, without a date under another id.
    const atMs = step === 'set-aside' ? receipt.receivedAtMs : receipt.returnedAtMs;
    let result = await submit(step, atMs);
    if (isDateRefused(result.code)) result = await submit(`${step}-undated`, null);
    // A version before this one booked without a date under the same id.
    if (result.code === 'LEDGER_ID_CONFLICT' && result.field === 'effectiveAt') result = await submit(step, null);
    if (result.outcome === 'done') return done;
    // Both accounts are the house's own: what is wrong with them is for people, and no money moves meanwhile.
    log.error({ receiptId: receipt.id, code: result.code, step }, 'the ledger refused to book a return');
    return { type: 'nothing-learned' };
  }

  return {
    setAside: (receipt: ReceiptRecord) => book(receipt, 'set-aside', { type: 'set-aside' }),
    bookReturn: (receipt: ReceiptRecord) => book(receipt, 'book-return', { type: 'return-booked' }),

    async send(receipt: ReceiptRecord): Promise<ReceiptFact> {
      const { endToEndId, returnId, amountMinor, attempt, connection } = receipt;
      const order = { returnId: returnId!, endToEndId, amountMinor: amountMinor!, reason: RETURN_REASON } as const;
      const sent = await returns.send(connection, order, { mayBeThere: attempt > 0, doubtsLeft: ROUNDS_OF_DOUBT - attempt });
      return sent ?? { type: 'nothing-learned' };
    },

    async ask({ returnId, endToEndId, amountMinor, connection }: ReceiptRecord): Promise<ReceiptFact> {
      const known = await returns.ask(connection, { returnId: returnId!, endToEndId, amountMinor: amountMinor! });
      return known ?? { type: 'nothing-learned' };
    },
  };
}

type NewAccount = Parameters<LedgerFace['createAccounts']>[1]['accounts'][number];

/** As the opening of an account makes it. */
export const clearingAccount = (id: string): NewAccount => ({ id, code: 'pix-clearing', asset: 'BRL', normalSide: 'debit' });

/** A debt, so on the credit side; what was not set aside cannot be taken out of it. */
const returnsAccount = (id: string): NewAccount => ({
  id,
  code: 'pix-returns',
  asset: 'BRL',
  normalSide: 'credit',
  debitsMustNotExceedCredits: true,
});
