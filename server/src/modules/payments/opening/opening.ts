import { define } from '#platform/machine/definition.ts';
import type { CommonFact } from '#platform/machine/run.ts';
import type { AccountRecord } from '../store/accounts.ts';

export type OpeningFact =
  | CommonFact
  /** The ledger has the account; what the directory is to be told is sealed, and the key is known to be ours before anybody hears of it. */
  | { type: 'booked'; holderSealed: Buffer; pixKeySealed: Buffer; pixKeyHash: Buffer }
  /** The directory has the key. */
  | { type: 'registered' }
  /** There is nobody any more whose account it would be. */
  | { type: 'person-erased' }
  /** A person's word on what did not open within its time. */
  | { type: 'tried-again' }
  | { type: 'given-up' };

export type OpeningAction = 'open-ledger-account' | 'register-key';

/** Which way an account opens. Each action is one other party's, and harmless to repeat. */
export const OPENING_TABLE = {
  opening: { does: 'open-ledger-account', on: { booked: 'booked', 'person-erased': 'abandoned', 'time-is-up': 'stuck' } },
  booked: { does: 'register-key', on: { registered: 'open', 'person-erased': 'abandoned', 'time-is-up': 'stuck' } },
  stuck: { is: 'people', on: { 'tried-again': 'opening', 'given-up': 'abandoned' } },
  open: { is: 'end' },
  abandoned: { is: 'end' },
} as const;

export const OPENING = define<AccountRecord, OpeningFact, OpeningAction>({
  version: 1,
  begins: 'opening',
  table: OPENING_TABLE,
  learn(moved, fact) {
    if (fact.type === 'booked') {
      const { holderSealed, pixKeySealed, pixKeyHash } = fact;
      return { ...moved, holderSealed, pixKeySealed, pixKeyHash };
    }
    return fact.type === 'tried-again' ? { ...moved, isOver: false, trouble: null } : moved;
  },
});
