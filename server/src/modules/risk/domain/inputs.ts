import { instantMs } from '#platform/dates.ts';
import type { Question } from '../contract.ts';
import type { Past } from '../store/history.ts';
import { isNight } from './night.ts';
import type { Inputs } from './rules.ts';

/** What was decided about a person in the same commit as the present payment, and before it. */
export type Ahead = { attempts: number; payments: number; sumMinor: bigint };
export const NOTHING_AHEAD: Ahead = { attempts: 0, payments: 0, sumMinor: 0n };

/** What the rules see of a question; null for what nobody answered in time. */
export function inputsOf(question: Question, past: Past | null, isBlockListed: boolean | null, ahead: Ahead): Inputs {
  const amountMinor = BigInt(question.amountMinor);
  const createdAtMs = instantMs(question.createdAt);
  return {
    amountMinor,
    attemptsLast10Minutes: past ? past.attemptsLast10Minutes + ahead.attempts : null,
    failedLastHour: past?.failedLastHour ?? null,
    paymentsLast10Minutes: past ? past.paymentsLast10Minutes + ahead.payments : null,
    paymentsLastHour: past ? past.paymentsLastHour + ahead.payments : null,
    // What the day comes to with this payment.
    sumLastDayMinor: past ? past.sumLastDayMinor + ahead.sumMinor + amountMinor : null,
    largestSettledMinor: past?.largestSettledMinor ?? null,
    settledCount: past?.settledCount ?? null,
    isNewPayee: past?.isNewPayee ?? null,
    isBlockListed,
    isNight: Number.isNaN(createdAtMs) ? null : isNight(createdAtMs),
  };
}
