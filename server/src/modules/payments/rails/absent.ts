import type { Capabilities, NoAnswer, Rail } from './port.ts';

/** Stands in for a connection that this process cannot open: certainly nothing is sent, and nothing is concluded from it. */
export function absentRail(why: string): Rail {
  const nothing = async (): Promise<NoAnswer> => ({ kind: 'not-sent', why });
  const fact = async () => ({ fact: 'not-sent' as const, why });
  return {
    capabilities: NOTHING,
    isBusy: () => true,
    submitPayment: fact,
    queryPayment: fact,
    submitReturn: fact,
    queryReturn: fact,
    queryReceipt: nothing,
    statementPage: nothing,
    readAnnouncements: () => 'unproved',
    close: async () => undefined,
  };
}

const NOTHING: Capabilities = {
  id: 'absent',
  ownId: { where: 'body', pattern: /^/, isEndToEndId: false },
  queryByOwnId: false,
  notFoundFinalAfterMs: null,
  twoStep: false,
  maxInFlightPerAccount: null,
  statement: { by: 'cursor', order: 'none', returns: 'own-instant', longestMs: 86_400_000 },
  statementLagMs: 0,
  refund: 'none',
  paysCharges: false,
  money: 'decimal-text',
  zone: 'UTC',
  webhook: { is: 'trigger', proofs: [], repeatsForMs: 0 },
  hours: 'always',
  ownIdGoodForMs: 12 * 3_600_000,
};
