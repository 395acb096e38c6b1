import type { Key } from '#core/i18n/i18n';
import type { Devolucao, ReceivedPix } from '../../money/contract';

const STATUS: Record<Devolucao['status'], Key> = {
  processing: 'devolver.processing',
  unknown: 'devolver.unknown',
  stuck: 'devolver.stuck',
  settled: 'devolver.settled',
  failed: 'devolver.failed',
  declined: 'devolver.declined',
};
/** A status of a newer server reads as "still working": never as done, never as failed. */
export const statusKey = (s: Devolucao['status']): Key => STATUS[s] ?? STATUS.processing;

const REASON: Record<string, Key> = {
  PAYMENTS_INSUFFICIENT_FUNDS: 'devolver.whyFunds',
  PAYMENTS_ACCOUNT_FROZEN: 'devolver.whyFrozen',
  PAYMENTS_ACCOUNT_CLOSED: 'devolver.whyClosed',
  PAYMENTS_RETURN_NEVER_SENT: 'devolver.whyNeverSent',
  PAYMENTS_RETURN_REFUSED: 'devolver.whyRefused',
};
export const reasonKey = (code: string): Key => REASON[code] ?? 'devolver.whyOther';

const REFUSAL: Record<NonNullable<ReceivedPix['refusal']>, Key> = {
  'all-given-back': 'devolver.allGivenBack',
  'too-old': 'devolver.tooOld',
  'return-of-return': 'devolver.ofReturn',
};
export const refusalKey = (why: NonNullable<ReceivedPix['refusal']>): Key => REFUSAL[why] ?? 'devolver.none';

/** It may still change by itself. */
export const isUnderWay = ({ status }: Devolucao): boolean => !['settled', 'failed', 'declined'].includes(status);
