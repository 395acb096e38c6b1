import type { PAYMENT_PROGRESSED, PaymentProgressed } from '#payments/events';
import type { Subscription } from '#platform/bus/bus.ts';
import { insertEnded, insertSettled } from './store/history.ts';

/** By name, since payments stand a floor above: only the type of their event is known here. */
const PROGRESSED: typeof PAYMENT_PROGRESSED = 'payments.payment-progressed.v1';

/** What became of payments, from their events: known payees and usual amounts, and what was asked about but never spent. */
export const historySubscription: Subscription = {
  group: 'risk.history',
  module: 'risk',
  types: [PROGRESSED],
  from: 'beginning',
  gatherMs: 100,
  async handle(tx, events) {
    const settled = events.flatMap(({ tenantId, data }) => {
      const { direction, status, payeeHash, paymentId, subjectId, amountMinor, at } = data as PaymentProgressed;
      return direction === 'out' && status === 'settled' && payeeHash
        ? [{ tenantId, paymentId, subjectId, payeeHash, amountMinor, at }]
        : [];
    });
    const ended = events.flatMap(({ tenantId, data }) => {
      const { direction, status, paymentId, subjectId, at } = data as PaymentProgressed;
      return direction === 'out' && (status === 'declined' || status === 'failed') ? [{ tenantId, paymentId, subjectId, status, at }] : [];
    });
    if (settled.length > 0) await insertSettled(tx, settled);
    if (ended.length > 0) await insertEnded(tx, ended);
  },
};
