import type { Key } from '#core/i18n/i18n';
import type { Payment } from '../../money/contract';
import './texts';

export type Reason = Payment['reasons'][number];
/** What somebody can do about it, and the heading where the usual one would not say it. */
interface Advice {
  todo: Key;
  title?: Key;
}

/** The reasons that decide alone, the gravest first. What else was noticed beside one of these is a remark, and no reason. */
const DECIDING: readonly (readonly [RegExp, Advice])[] = [
  [/BLOCK_?LIST/, { todo: 'payment.doBlocked', title: 'payment.blocked' }],
  [/REVIEW_DENIED/, { todo: 'payment.doReviewDenied' }],
  [/REVIEW_EXPIRED/, { todo: 'payment.doReviewExpired' }],
  [/INSUFFICIENT_FUNDS/, { todo: 'payment.doFunds' }],
  [/FROZEN|ACCOUNT_CLOSED/, { todo: 'payment.doFrozen' }],
];
/** True of many good payments: alone they refuse none. */
const REMARKS = /^RISK_NEW_PAYEE$|^RISK_UNANSWERED/;
const PACE = /MANY_PAYMENTS|LARGE_SUM|TRIES/;

export interface Told {
  reasons: Reason[];
  todo: Key | null;
  title: Key | null;
}

/**
 * Of all that was noticed, what the person should read as the reason, and what can be done about just that. `usual` is the advice for the
 * status where nothing better is known. Someone who may be being deceived is not told how to get the payment through.
 */
export function tellReasons(p: Pick<Payment, 'status' | 'reasons'>, usual: Key | null): Told {
  if (p.status !== 'declined') return { reasons: withoutRemarks(p.reasons), todo: usual, title: null };
  for (const [code, advice] of DECIDING) {
    const deciding = p.reasons.filter((r) => code.test(r.code));
    if (deciding.length) return { reasons: deciding, todo: advice.todo, title: advice.title ?? null };
  }
  const told = withoutRemarks(p.reasons);
  return { reasons: told, todo: told.some((r) => PACE.test(r.code)) ? 'payment.doPace' : 'payment.doRisk', title: null };
}

function withoutRemarks(reasons: readonly Reason[]): Reason[] {
  const real = reasons.filter((r) => !REMARKS.test(r.code));
  return real.length ? real : [...reasons];
}

/** An end-to-end id is given out before anything is sent; shown for a payment that never was, it would look like proof that it had been. */
export const wasSent = (p: Pick<Payment, 'status' | 'steps'>): boolean =>
  p.status !== 'declined' && (p.status === 'settled' || p.steps.some((s) => /send|transfer/.test(s.name) && s.status !== 'waiting'));
