import type { CallContext } from '#platform/context.ts';
import { assert } from '#platform/errors.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import { clearingAccountId, commandId, type PaymentRecord, paymentName } from '../record.ts';
import type { Actions, Done } from './actions.ts';

const REASONS: Record<string, Reason> = {
  LEDGER_INSUFFICIENT_FUNDS: { code: 'PAYMENTS_INSUFFICIENT_FUNDS', message: 'Saldo insuficiente para este pagamento.' },
  LEDGER_ACCOUNT_FROZEN: { code: 'PAYMENTS_ACCOUNT_FROZEN', message: 'A conta está bloqueada para pagamentos.' },
  LEDGER_ACCOUNT_CLOSED: { code: 'PAYMENTS_ACCOUNT_CLOSED', message: 'Uma das contas deste pagamento está encerrada.' },
};

type Command = Parameters<LedgerFace['submit']>[1]['commands'][number];

/** The steps that move money in our books: one ledger command each, with the id that payment and step give it. */
export function ledgerActions({ ledger, clock, log }: PaymentsDeps): Pick<Actions, 'hold' | 'transfer' | 'post' | 'release'> {
  const command = async (record: PaymentRecord, ctx: CallContext, one: Command, done: (recordedAtMs: number) => Fact): Promise<Done> => {
    const input = { commandId: one.id, kind: one.kind, amountMinor: record.amountMinor.toString() };
    const { results } = await ledger.submit(ctx, { commands: [one] });
    const [result] = results;
    assert(result, 'the ledger answers each command');
    if (result.outcome === 'done') {
      const at = result.recordedAt ? Date.parse(result.recordedAt) : clock.now();
      return { fact: done(at), input, outcome: { result: 'done', duplicate: result.duplicate, seq: result.seq ?? null } };
    }
    const outcome = { result: 'rejected', code: result.code ?? null };
    // Before money is held, a refusal is the payment's end. Afterwards it must not be: the money is there, and people have to look.
    if (one.kind === 'settle' || one.kind === 'release') {
      log.error({ paymentId: record.id, code: result.code, step: one.kind }, 'the ledger refused to end a hold');
      return { fact: { type: 'nothing-learned' }, input, outcome };
    }
    const reason = REASONS[result.code ?? ''] ?? { code: 'PAYMENTS_LEDGER_REFUSED', message: 'O lançamento foi recusado.' };
    return { fact: { type: 'funds-refused', reasons: [reason] }, input, outcome };
  };

  return {
    hold: (record, ctx) =>
      command(
        record,
        ctx,
        {
          id: commandId(record.id, 'hold'),
          kind: 'hold',
          debitAccountId: record.accountId,
          creditAccountId: clearingAccountId(record.tenantId),
          amountMinor: record.amountMinor.toString(),
          // Without expiry: while it is not known whether the money went out, nothing but the provider's word may free it.
          expiresAt: null,
          metadata: { paymentId: paymentName(record.id) },
        },
        () => ({ type: 'funds-held' }),
      ),
    transfer: (record, ctx) =>
      command(
        record,
        ctx,
        {
          id: commandId(record.id, 'transfer'),
          kind: 'transfer',
          debitAccountId: record.accountId,
          creditAccountId: record.payeeAccountId!,
          amountMinor: record.amountMinor.toString(),
          metadata: { paymentId: paymentName(record.id) },
        },
        (atMs) => ({ type: 'moved-on-us', atMs }),
      ),
    post: (record, ctx) =>
      command(
        record,
        ctx,
        {
          id: commandId(record.id, 'post'),
          kind: 'settle',
          holdId: commandId(record.id, 'hold'),
          metadata: { paymentId: paymentName(record.id) },
        },
        () => ({ type: 'funds-posted' }),
      ),
    release: (record, ctx) =>
      command(
        record,
        ctx,
        {
          id: commandId(record.id, 'release'),
          kind: 'release',
          holdId: commandId(record.id, 'hold'),
          reason: 'rejected',
          metadata: { paymentId: paymentName(record.id) },
        },
        () => ({ type: 'funds-released' }),
      ),
  };
}
