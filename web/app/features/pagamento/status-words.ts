import type { Key } from '#core/i18n/i18n';
import type { IconName } from '#ui/icon';
import type { PaymentStatus } from '../../money/contract';
import './texts';

export interface StatusWords {
  tone: 'ok' | 'wait' | 'bad';
  icon: IconName;
  title: Key;
  /** What happened to the money. */
  money: Key;
  /** What to do, when there is something to do or to leave undone. */
  todo: Key | null;
}
const WORDS: Record<PaymentStatus, StatusWords> = {
  processing: { tone: 'wait', icon: 'send', title: 'payment.processing', money: 'payment.processingText', todo: null },
  sent: { tone: 'wait', icon: 'send', title: 'payment.sent', money: 'payment.sentText', todo: null },
  'in-review': { tone: 'wait', icon: 'shield', title: 'payment.inReview', money: 'payment.inReviewText', todo: null },
  unknown: { tone: 'wait', icon: 'clock', title: 'payment.unknown', money: 'payment.unknownText', todo: 'payment.unknownDo' },
  // People of the institution look into it. The money stays where it is meanwhile, so that nothing here says "failed".
  disputed: { tone: 'wait', icon: 'shield', title: 'payment.disputed', money: 'payment.disputedText', todo: 'payment.disputedDo' },
  stuck: { tone: 'wait', icon: 'clock', title: 'payment.stuck', money: 'payment.stuckText', todo: 'payment.disputedDo' },
  settled: { tone: 'ok', icon: 'check', title: 'payment.settled', money: 'payment.settledText', todo: null },
  declined: { tone: 'bad', icon: 'close', title: 'payment.declined', money: 'payment.declinedText', todo: 'payment.declinedDo' },
  failed: { tone: 'bad', icon: 'undo', title: 'payment.failed', money: 'payment.failedText', todo: 'payment.failedDo' },
};
/** A status of a newer server reads as "still working": never as done, never as failed. */
export const statusWords = (s: PaymentStatus): StatusWords => WORDS[s] ?? WORDS.processing;
