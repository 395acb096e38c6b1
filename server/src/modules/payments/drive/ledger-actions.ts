import type { CallContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { assert } from '#platform/errors.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import { clearingAccountId, commandId, type PaymentRecord, paymentName, receivableAccountId } from '../record.ts';
import type { Actions, Done } from './actions.ts';

const REASONS: Record<string, Reason> = {
  LEDGER_INSUFFICIENT_FUNDS: { code: 'PAYMENTS_INSUFFICIENT_FUNDS', message: 'Saldo insuficiente para este pagamento.' },
  LEDGER_ACCOUNT_FROZEN: { code: 'PAYMENTS_ACCOUNT_FROZEN', message: 'A conta está bloqueada para pagamentos.' },
  LEDGER_ACCOUNT_CLOSED: { code: 'PAYMENTS_ACCOUNT_CLOSED', message: 'Uma das contas deste pagamento está encerrada.' },
};

type Command = Parameters<LedgerFace['submit']>[1]['commands'][number];
type Means = { done: (recordedAtMs: number) => Fact; refused: (code: string) => Fact };

/** The steps that move money in our books: one ledger command each, with the id that payment and step give it. */
export function ledgerActions(deps: PaymentsDeps): Pick<Actions, 'hold' | 'transfer' | 'post' | 'release' | 'look'> {
  const { ledger, clock, log } = deps;

  const command = async (record: PaymentRecord, ctx: CallContext, one: Command, means: Means): Promise<Done> => {
    const input = { commandId: one.id, kind: one.kind, amountMinor: record.amountMinor.toString() };
    const { results } = await ledger.submit(ctx, { commands: [one] });
    const [result] = results;
    assert(result, 'the ledger answers each command');
    if (result.outcome === 'done') {
      const at = result.recordedAt ? instantMs(result.recordedAt) : clock.now();
      return { fact: means.done(at), input, outcome: { result: 'done', duplicate: result.duplicate, seq: result.seq ?? null } };
    }
    const code = result.code ?? 'LEDGER_REFUSED';
    return { fact: means.refused(code), input, outcome: { result: 'rejected', code } };
  };

  const refuseFunds = (code: string): Fact => ({
    type: 'funds-refused',
    reasons: [REASONS[code] ?? { code: 'PAYMENTS_LEDGER_REFUSED', message: 'O lançamento foi recusado.' }],
  });
  const end = async (record: PaymentRecord, ctx: CallContext, one: Command, ends: 'post' | 'release'): Promise<Done> => {
    const done = await command(record, ctx, one, {
      done: () => ({ type: ends === 'post' ? 'funds-posted' : 'funds-released' }),
      refused: (code) => ({ type: ends === 'post' ? 'post-refused' : 'release-refused', code }),
    });
    if (done.outcome.result === 'done') return done;
    log.error({ paymentId: record.id, code: done.outcome.code, step: ends }, 'the ledger refused to end a payment the usual way');
    return done.outcome.code === 'LEDGER_HOLD_ALREADY_SETTLED' ? settledBefore(record, ctx, done, ends) : done;
  };

  /** The hold was settled under another id than ours. What was settled of it decides: the whole is as good as posted by us. */
  async function settledBefore(record: PaymentRecord, ctx: CallContext, done: Done, ends: 'post' | 'release'): Promise<Done> {
    const { holds } = await ledger.getHolds(ctx, { ids: [commandId(record.id, 'hold')] });
    const isWhole = holds[0]?.settledMinor === record.amountMinor.toString();
    const outcome = { ...done.outcome, isWhole };
    if (ends === 'post') return isWhole ? { ...done, outcome, fact: { type: 'funds-posted' } } : { ...done, outcome };
    return isWhole ? { ...done, outcome } : { ...done, outcome, fact: { type: 'release-refused', code: 'HOLD_SETTLED_IN_PART' } };
  }

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
        { done: (atMs) => ({ type: 'funds-held', atMs }), refused: refuseFunds },
      ),
    transfer: (record, ctx) =>
      command(record, ctx, moving(record, commandId(record.id, 'transfer'), record.accountId, record.payeeAccountId!), {
        done: (atMs) => ({ type: 'moved-on-us', atMs }),
        refused: refuseFunds,
      }),
    async post(record, ctx) {
      if (record.postBy === 'receivable') await ledger.createAccounts(ctx, { accounts: [receivableAccount(record.tenantId)] });
      return end(record, ctx, postCommand(record), 'post');
    },
    release: (record, ctx) => end(record, ctx, releaseCommand(record), 'release'),
    async look(record, ctx) {
      const { holds } = await ledger.getHolds(ctx, { ids: [commandId(record.id, 'hold')] });
      const [hold] = holds;
      const state = (hold?.state ?? 'open') as keyof typeof MONEY_OF;
      // Settled in part, by somebody else: no way of ours fits, and the decision will meet the ledger's refusal.
      const isPart = state === 'settled' && hold?.settledMinor !== record.amountMinor.toString();
      const money = isPart ? 'held' : MONEY_OF[state];
      return { fact: { type: 'money-seen', money }, input: {}, outcome: { result: money } };
    },
  };
}

const MONEY_OF = { open: 'held', settled: 'posted', released: 'released', expired: 'released' } as const;

const moving = (record: PaymentRecord, id: string, debitAccountId: string, creditAccountId: string): Command => ({
  id,
  kind: 'transfer',
  debitAccountId,
  creditAccountId,
  amountMinor: record.amountMinor.toString(),
  metadata: { paymentId: paymentName(record.id) },
});

/**
 * The settlement, dated as the provider settled, so that clearing's business day is that of the provider's statement. What is in the
 * command follows from the row alone: another try of it must be the same command.
 */
function postCommand(record: PaymentRecord): Command {
  const { id: paymentId, tenantId, postBy, postRound, settledAtMs, heldAtMs, accountId } = record;
  const id = commandId(paymentId, 'post', postRound);
  const clearing = clearingAccountId(tenantId);
  if (postBy === 'transfer') return moving(record, id, accountId, clearing);
  if (postBy === 'receivable') return moving(record, id, receivableAccountId(tenantId), clearing);
  const isDated = postBy === 'settle' && settledAtMs !== null && heldAtMs !== null;
  return {
    id,
    kind: 'settle',
    holdId: commandId(paymentId, 'hold'),
    ...(isDated ? { effectiveAt: new Date(Math.max(settledAtMs, heldAtMs)).toISOString() } : {}),
    metadata: { paymentId: paymentName(paymentId) },
  };
}

function releaseCommand(record: PaymentRecord): Command {
  const { id: paymentId, tenantId, releaseBy, releaseRound, postBy, accountId } = record;
  const id = commandId(paymentId, 'release', releaseRound);
  // To wherever it was taken from.
  const payer = postBy === 'receivable' ? receivableAccountId(tenantId) : accountId;
  if (releaseBy === 'give-back') return moving(record, id, clearingAccountId(tenantId), payer);
  return {
    id,
    kind: 'release',
    holdId: commandId(paymentId, 'hold'),
    reason: 'rejected',
    metadata: { paymentId: paymentName(paymentId) },
  };
}

type NewAccount = Parameters<LedgerFace['createAccounts']>[1]['accounts'][number];

/** A claim, so on the debit side: it may grow as far as payments go wrong. Who owes it stands in the transfers' metadata. */
const receivableAccount = (tenantId: string): NewAccount => ({
  id: receivableAccountId(tenantId),
  code: 'pix-receivable',
  asset: 'BRL',
  normalSide: 'debit',
});
