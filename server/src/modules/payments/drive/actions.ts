import { createHash } from 'node:crypto';
import type { CallContext } from '#platform/context.ts';
import type { AccountBook } from '../account-book.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { Action } from '../domain/next-action.ts';
import type { Fact } from '../domain/payment.ts';
import { parsePixKey } from '../domain/pix-key.ts';
import { type PaymentRecord, paymentName } from '../record.ts';
import { readDatabaseTime } from '../store/payments.ts';
import { ledgerActions } from './ledger-actions.ts';
import { openPayee } from './order.ts';
import { providerActions } from './provider-actions.ts';

/** What an action came to: the fact, and what the steps say of it. */
export type Done = {
  fact: Fact;
  input: Record<string, unknown>;
  outcome: Record<string, unknown>;
  /** The provider answered a question: what it had announced until then has been asked about. */
  heard?: boolean;
};
export type Actions = Record<Action, (record: PaymentRecord, ctx: CallContext) => Promise<Done>>;

const DEFAULT_REVIEW_MS = 30 * 60_000;
/** Tries after which a risk module that cannot be reached counts as "ask a person". */
const RISK_TRIES = 4;

/** One call to another party for each action. Nothing here writes to our tables, so that nothing here needs undoing. */
export function createActions(deps: PaymentsDeps, rails: Pick<Rails, 'forPayment'>, book: AccountBook): Actions {
  const { risk, clock, config, vault } = deps;
  const reviewMs = config.reviewMs ?? DEFAULT_REVIEW_MS;
  const databaseTime = () => deps.db.tx({ module: 'payments', system: true, single: true }, readDatabaseTime);

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
      if (decision === 'approve') return { fact: { type: 'risk-approved', decisionId }, input, outcome };
      if (decision === 'deny') return { fact: { type: 'risk-denied', reasons, decisionId }, input, outcome };
      return { fact: { type: 'risk-wants-review', reasons, untilMs, decisionId }, input, outcome };
    },
    async 'expire-review'(record) {
      // Whoever woke us, and whatever this process's clock says: a review lasts as long as was promised.
      const [nowMs, untilMs] = await Promise.all([databaseTime(), record.reviewUntilMs ?? 0]);
      if (nowMs < untilMs) return { fact: { type: 'nothing-learned' }, input: {}, outcome: { result: 'not-yet' } };
      const reasons = [
        ...record.reasons,
        { code: 'PAYMENTS_REVIEW_EXPIRED', message: 'A análise não terminou a tempo; nada foi cobrado.' },
      ];
      return { fact: { type: 'review-expired', reasons }, input: {}, outcome: { result: 'expired' } };
    },
    ...ledgerActions(deps),
    ...providerActions(deps, rails, book),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
