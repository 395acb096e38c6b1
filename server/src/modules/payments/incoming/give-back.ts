import { systemContext } from '#platform/context.ts';
import type { Rails } from '../connections/rails.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import type { ProviderFact } from '../rails/port.ts';
import { clearingAccountId, receiptCommandId, receiptName, returnsAccountId } from '../record.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { DAY_MS, PIX_BEGAN_MS } from './ask.ts';
import type { ReceiptFact } from './receipt.ts';

/** Rounds of sending and asking, each longer than the one before up to half a minute, until a refusal of a second send is believed. */
const ROUNDS_OF_DOUBT = 10;

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

  async function book(receipt: ReceiptRecord, step: Step, done: ReceiptFact): Promise<ReceiptFact> {
    const { tenantId, endToEndId, amountMinor } = receipt;
    const ctx = systemContext(tenantId, 'payments');
    const [clearing, returns] = [clearingAccountId(tenantId), returnsAccountId(tenantId)];
    // What arrived for nobody may be the first money of this tenant: then there is no clearing account either.
    if (step === 'set-aside') await ledger.createAccounts(ctx, { accounts: [clearingAccount(clearing), returnsAccount(returns)] });
    const [debitAccountId, creditAccountId] = step === 'set-aside' ? [clearing, returns] : [returns, clearing];
    const { results } = await ledger.submit(ctx, {
      commands: [
        {
          id: receiptCommandId(endToEndId, step),
          kind: 'transfer',
          debitAccountId,
          creditAccountId,
          amountMinor: amountMinor!.toString(),
          metadata: { receiptId: receiptName(receipt.id) },
        },
      ],
    });
    if (results[0]?.outcome === 'done') return done;
    // Both accounts are the house's own: what is wrong with them is for people, and no money moves meanwhile.
    log.error({ receiptId: receipt.id, code: results[0]?.code, step }, 'the ledger refused to book a return');
    return { type: 'nothing-learned' };
  }

  return {
    setAside: (receipt: ReceiptRecord) => book(receipt, 'set-aside', { type: 'set-aside' }),
    bookReturn: (receipt: ReceiptRecord) => book(receipt, 'book-return', { type: 'return-booked' }),

    async send(receipt: ReceiptRecord): Promise<ReceiptFact> {
      const { endToEndId, returnId, amountMinor, attempt, connection } = receipt;
      const isSentBefore = attempt > 0;
      const order = { returnId: returnId!, endToEndId, amount: formatDecimalAmount(amountMinor!), reason: RETURN_REASON } as const;
      const rail = await rails.of(connection);
      const said = await rail.submitReturn(order, amountMinor!);
      if (said.fact === 'not-sent') return { type: 'nothing-learned' };
      if (said.fact === 'refused' && isSentBefore) return confirmRefusal(receipt, said.code);
      return endOf(said) ?? { type: 'return-unanswered' };
    },

    async ask(receipt: ReceiptRecord): Promise<ReceiptFact> {
      const said = await query(receipt);
      return said.fact === 'not-found' ? { type: 'return-not-received' } : (endOf(said) ?? { type: 'nothing-learned' });
    },
  };

  async function query({ returnId, endToEndId, amountMinor, connection }: ReceiptRecord): Promise<ProviderFact> {
    const rail = await rails.of(connection);
    return rail.queryReturn({ returnId: returnId!, endToEndId }, amountMinor!);
  }

  /**
   * A refusal of a second send may be about the first: it was executed, and there is nothing left to give back. So the return itself is
   * asked about; while it is not to be found it may only not show yet, for some rounds.
   */
  async function confirmRefusal(receipt: ReceiptRecord, code: string): Promise<ReceiptFact> {
    const said = await query(receipt);
    if (said.fact === 'not-found' && receipt.attempt >= ROUNDS_OF_DOUBT) return { type: 'return-refused', code };
    return endOf(said) ?? { type: 'return-unanswered' };
  }

  /** What the provider's word on a return means; null while it is still on its way, or is no word to act upon. */
  function endOf(said: ProviderFact): ReceiptFact | null {
    if (said.fact === 'refused' || said.fact === 'cancelled') return { type: 'return-refused', code: said.code };
    if (said.fact !== 'settled' || said.amountMinor === null) return null;
    const { atMs } = said;
    // A time that cannot be is not the provider's word on when; it executed all the same.
    const isPlausible = atMs !== null && atMs >= PIX_BEGAN_MS && atMs <= clock.now() + DAY_MS;
    return { type: 'return-executed', atMs: isPlausible ? atMs : clock.now() };
  }
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
