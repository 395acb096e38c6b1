import type { PaymentsDeps } from '../deps.ts';
import { type FactType, isTerminal } from '../domain/payment.ts';
import type { PaymentRecord } from '../record.ts';
import { isAnnouncedOtherwise } from '../store/provider-events.ts';
import type { Learned } from './provider-actions.ts';

/** So often a payment for which nothing else is to be done is asked about after an announcement: some eight hours, less and less often. */
const NEWS_TRIES = 20;
/** The provider's last words. Whatever else it answers, a lagging replica's "not found" among it, says nothing about its announcement. */
const LAST_WORDS: ReadonlySet<FactType> = new Set([
  'provider-confirmed',
  'provider-rejected',
  'disagrees',
  'settlement-revoked',
  'never-executed',
]);
const AGREEING = { executed: ['pix.settled'], 'not-executed': ['pix.rejected'] } as const;

/**
 * What an answer is worth that was asked for because of an announcement about a payment whose outcome is known. What agrees with the
 * outcome needs no answer. The contrary, as long as the provider does not confirm it, keeps the money where it is; when the payment's
 * time is up it is a contradiction like any other, for people. One that has ended stays as it is: reconciliation has its eye on it.
 */
export function createNewsJudge({ db, log }: Pick<PaymentsDeps, 'db' | 'log'>) {
  const isContrary = ({ endToEndId, amountMinor, outcome }: PaymentRecord): Promise<boolean> =>
    db.tx({ module: 'payments', system: true, single: true }, (tx) =>
      isAnnouncedOtherwise(tx, { endToEndId, amountMinor, types: AGREEING[outcome ?? 'not-executed'] }),
    );

  return async (record: PaymentRecord, learned: Learned): Promise<Learned & { heard: boolean }> => {
    const { status, attempt, isOver } = record;
    if (LAST_WORDS.has(learned.fact.type) || !(await isContrary(record))) return { ...learned, heard: true };
    const isUnderWay = status === 'confirmed' || status === 'rejected';
    if (isUnderWay && isOver)
      return { fact: { type: 'disagrees', code: 'ANNOUNCED_OTHERWISE' }, outcome: { ...learned.outcome, isOver }, heard: true };
    const isGivenUp = !isUnderWay && attempt + 1 >= NEWS_TRIES;
    if (isGivenUp) log.error({ paymentId: record.id, status }, 'what the provider announced about a payment was never confirmed');
    const fact = learned.fact.type === 'nothing-learned' ? learned.fact : ({ type: 'nothing-learned' } as const);
    return { fact, outcome: { ...learned.outcome, ...(isGivenUp ? { isGivenUp } : {}) }, heard: isGivenUp };
  };
}

/** Whether its outcome is decided, so that an announcement either agrees with it or is a contradiction. */
export const isDecided = ({ status, outcome }: PaymentRecord): boolean => outcome !== null || isTerminal(status) || status === 'disputed';
