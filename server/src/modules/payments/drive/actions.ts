import { createHash } from 'node:crypto';
import { type CallContext, systemContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import type { AccountBook } from '../account-book.ts';
import type { PaymentsDeps } from '../deps.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import type { Action } from '../domain/next-action.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import { parsePixKey } from '../domain/pix-key.ts';
import type { Provider } from '../provider/client.ts';
import { type PaymentRecord, paymentName } from '../record.ts';
import { ledgerActions } from './ledger-actions.ts';
import { openPayee, orderOf } from './order.ts';

/** What an action came to: the fact, and what the steps say of it. */
export type Done = { fact: Fact; input: Record<string, unknown>; outcome: Record<string, unknown>; decisionId?: string };
export type Actions = Record<Action, (record: PaymentRecord, ctx: CallContext) => Promise<Done>>;

const DEFAULT_REVIEW_MS = 30 * 60_000;
/** Tries after which a risk module that cannot be reached counts as "ask a person". */
const RISK_TRIES = 4;

/** One call to another party for each action. Nothing here writes to our tables, so that nothing here needs undoing. */
export function createActions(deps: PaymentsDeps, provider: Provider, book: AccountBook): Actions {
  const { risk, clock, config, vault } = deps;
  const reviewMs = config.reviewMs ?? DEFAULT_REVIEW_MS;

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
    ...ledgerActions(deps),
    async send(record) {
      const order = await orderOf(deps, book, record);
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

/** On whose behalf a payment's steps happen: the module itself, within the payment's trace. */
export const contextFor = (record: PaymentRecord, traceparent: string | undefined): CallContext => ({
  ...systemContext(record.tenantId, 'payments'),
  ...((traceparent ?? record.traceparent) ? { traceparent: traceparent ?? record.traceparent! } : {}),
});

export const errorCode = (error: unknown): string => (error instanceof AppError ? error.code : ((error as Error)?.name ?? 'Error'));
