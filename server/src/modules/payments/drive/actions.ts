import { createHash } from 'node:crypto';
import { type CallContext, systemContext } from '#platform/context.ts';
import { AppError, assert } from '#platform/errors.ts';
import type { Vault } from '#platform/vault/vault.ts';
import type { PaymentsDeps } from '../deps.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import type { Action } from '../domain/next-action.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import { parsePixKey } from '../domain/pix-key.ts';
import type { Order, Provider } from '../provider/client.ts';
import {
  clearingAccountId,
  commandId,
  DESCRIPTION_PURPOSE,
  HOLDER_PURPOSE,
  type Holder,
  PAYEE_PURPOSE,
  type Payee,
  type PaymentRecord,
  paymentName,
} from '../record.ts';
import { type AccountRecord, findAccount } from '../store/accounts.ts';

/** What an action came to: the fact, and what the steps say of it. */
export type Done = { fact: Fact; input: Record<string, unknown>; outcome: Record<string, unknown>; decisionId?: string };
export type Actions = Record<Action, (record: PaymentRecord, ctx: CallContext) => Promise<Done>>;

const DEFAULT_REVIEW_MS = 30 * 60_000;
/** Tries after which a risk module that cannot be reached counts as "ask a person". */
const RISK_TRIES = 4;
const LEDGER_REASONS: Record<string, Reason> = {
  LEDGER_INSUFFICIENT_FUNDS: { code: 'PAYMENTS_INSUFFICIENT_FUNDS', message: 'Saldo insuficiente para este pagamento.' },
};

/** One call to another party for each action. Nothing here writes to our tables, so that nothing here needs undoing. */
export function createActions(deps: PaymentsDeps, provider: Provider): Actions {
  const { ledger, risk, clock, config, vault } = deps;
  const reviewMs = config.reviewMs ?? DEFAULT_REVIEW_MS;

  type Command = Parameters<typeof ledger.submit>[1]['commands'][number];
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
      deps.log.error({ paymentId: record.id, code: result.code, step: one.kind }, 'the ledger refused to end a hold');
      return { fact: { type: 'nothing-learned' }, input, outcome };
    }
    const reason = LEDGER_REASONS[result.code ?? ''] ?? { code: 'PAYMENTS_LEDGER_REFUSED', message: 'O lançamento foi recusado.' };
    return { fact: { type: 'funds-refused', reasons: [reason] }, input, outcome };
  };

  return {
    async assess(record, ctx) {
      const payee = await openPayee(vault, record);
      const key = payee?.key ?? null;
      const pixKey = key === null ? null : parsePixKey(key);
      const taxId = pixKey && (pixKey.type === 'cpf' || pixKey.type === 'cnpj') ? pixKey.value : null;
      const input = { amountMinor: record.amountMinor.toString(), payeeHash: record.payeeHash, channel: record.channel };
      const answer = await risk
        .assess(ctx, {
          paymentId: paymentName(record.id),
          subjectId: record.subjectId,
          accountId: record.accountId,
          currency: 'BRL',
          method: 'pix',
          ...input,
          payeeKeyHash: key === null ? null : sha256(key),
          payeeTaxIdHash: taxId === null ? null : sha256(taxId),
          createdAt: new Date(record.createdAtMs).toISOString(),
          sessionAgeMs: null,
        })
        .catch((error: unknown) => {
          if (record.attempt + 1 < RISK_TRIES) throw error;
          return null;
        });
      const untilMs = clock.now() + reviewMs;
      if (answer === null) {
        const reasons = [{ code: 'RISK_UNAVAILABLE', message: 'A análise automática não respondeu; uma pessoa vai olhar.' }];
        return { fact: { type: 'risk-wants-review', reasons, untilMs }, input, outcome: { result: 'review', degraded: true } };
      }
      const reasons = answer.reasons.map(({ code, message }) => ({ code, message }));
      const { decision, decisionId, degraded, durationMs, ruleSetVersion } = answer;
      const outcome = {
        result: decision,
        decisionId,
        degraded,
        ruleSetVersion,
        riskMs: durationMs,
        reasons: reasons.map(({ code }) => code),
      };
      if (decision === 'approve') return { fact: { type: 'risk-approved' }, input, outcome, decisionId };
      if (decision === 'deny') return { fact: { type: 'risk-denied', reasons }, input, outcome, decisionId };
      return { fact: { type: 'risk-wants-review', reasons, untilMs }, input, outcome, decisionId };
    },
    async 'expire-review'(record) {
      const reasons = [
        ...record.reasons,
        { code: 'PAYMENTS_REVIEW_EXPIRED', message: 'A análise não terminou a tempo; nada foi cobrado.' },
      ];
      return { fact: { type: 'review-expired', reasons }, input: {}, outcome: { result: 'expired' } };
    },
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
    async send(record) {
      const order = await orderOf(deps, record);
      const input = { endToEndId: record.endToEndId, amountMinor: record.amountMinor.toString() };
      if (order === null) return { fact: { type: 'nothing-learned' }, input, outcome: { result: 'not-sent', why: 'DATA_ERASED' } };
      const result = await provider.submitPayment(order);
      switch (result.kind) {
        case 'accepted':
          return { fact: { type: 'provider-accepted' }, input, outcome: { result: 'accepted' } };
        case 'refused':
          return {
            fact: { type: 'provider-rejected', reasons: [refusalReason(result.code)] },
            input,
            outcome: { result: 'refused', code: result.code },
          };
        case 'unclear':
          return { fact: { type: 'answer-missing' }, input, outcome: { result: 'unclear', why: result.why } };
        case 'not-sent':
          return { fact: { type: 'nothing-learned' }, input, outcome: { result: 'not-sent', why: result.why } };
      }
    },
    async query(record) {
      const input = { endToEndId: record.endToEndId };
      const found = await provider.queryPayment(record.endToEndId);
      if (found.kind === 'not-found') return { fact: { type: 'not-received' }, input, outcome: { result: 'not-received' } };
      if (found.kind !== 'found') return { fact: { type: 'nothing-learned' }, input, outcome: { result: found.kind, why: found.why } };
      const { status, reason, settledAt, amount } = found.value;
      const outcome = { result: status, ...(reason ? { reason } : {}) };
      if (amount !== undefined && amount !== formatDecimalAmount(record.amountMinor)) {
        deps.log.error({ paymentId: record.id }, 'the provider reports another amount than was sent');
        return { fact: { type: 'nothing-learned' }, input, outcome: { result: 'amount-differs' } };
      }
      if (status === 'rejected')
        return { fact: { type: 'provider-rejected', reasons: [refusalReason(reason ?? 'UNNAMED')] }, input, outcome };
      if (status === 'accepted') return { fact: { type: 'provider-accepted' }, input, outcome };
      const at = settledAt ? Date.parse(settledAt) : Number.NaN;
      return { fact: { type: 'provider-confirmed', settledAtMs: Number.isNaN(at) ? clock.now() : at }, input, outcome };
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const REFUSALS: Record<string, string> = {
  AC03: 'A conta de destino não existe ou não aceita este Pix.',
  INVALID_PAYEE: 'Os dados de quem vai receber não foram aceitos.',
  INVALID_KEY: 'A chave de quem vai receber não foi aceita.',
};
/** Why the provider said no, for the person: the money is back in every case. */
function refusalReason(code: string): Reason {
  return { code: `PIX_${code}`, message: `${REFUSALS[code] ?? 'O banco de destino recusou o Pix.'} O dinheiro voltou para a sua conta.` };
}

export async function openPayee(vault: Vault, record: { tenantId: string; subjectId: string; payeeSealed: Buffer }): Promise<Payee | null> {
  const text = await vault.open(record.tenantId, record.subjectId, PAYEE_PURPOSE, record.payeeSealed);
  return text === null ? null : (JSON.parse(text) as Payee);
}

/** The order, the same at every try; null once the payer's data were erased. */
async function orderOf(deps: PaymentsDeps, record: PaymentRecord): Promise<Order | null> {
  const { vault, config, db } = deps;
  const account: AccountRecord | undefined = await db.tx({ module: 'payments', tenants: [record.tenantId] }, (tx) =>
    findAccount(tx, record.subjectId),
  );
  assert(account?.holderSealed, 'a payment comes from an open account');
  const [holder, payee, remittance] = await Promise.all([
    vault.open(record.tenantId, record.subjectId, HOLDER_PURPOSE, account.holderSealed),
    openPayee(vault, record),
    record.descriptionSealed ? vault.open(record.tenantId, record.subjectId, DESCRIPTION_PURPOSE, record.descriptionSealed) : null,
  ]);
  if (holder === null || payee === null) return null;
  const payer = JSON.parse(holder) as Holder;
  return {
    endToEndId: record.endToEndId,
    amount: formatDecimalAmount(record.amountMinor),
    payer: { ispb: config.ispb, branch: account.branch, account: account.number, taxId: payer.taxId, name: payer.name },
    payee: { ...(payee.key ? { key: payee.key } : {}), ispb: payee.ispb, branch: payee.branch, account: payee.account },
    ...(payee.txid ? { txid: payee.txid } : {}),
    ...(remittance ? { remittance } : {}),
  };
}

/** On whose behalf a payment's steps happen: the module itself, within the payment's trace. */
export const contextFor = (record: PaymentRecord, traceparent: string | undefined): CallContext => ({
  ...systemContext(record.tenantId, 'payments'),
  ...((traceparent ?? record.traceparent) ? { traceparent: traceparent ?? record.traceparent! } : {}),
});

export const errorCode = (error: unknown): string => (error instanceof AppError ? error.code : ((error as Error)?.name ?? 'Error'));
