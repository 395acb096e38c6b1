import type { PAYMENT_PROGRESSED, PaymentProgressed } from '#payments/events';
import type { Subscription } from '#platform/bus/bus.ts';
import { insertSettled } from './store.ts';

/** By name, since payments stand a floor above: only the type of their event is known here. */
const PROGRESSED: typeof PAYMENT_PROGRESSED = 'payments.payment-progressed.v1';

/** What people paid before, from the payments' events: known payees, usual amounts. */
export const historySubscription: Subscription = {
  group: 'risk.history',
  module: 'risk',
  types: [PROGRESSED],
  async handle(tx, events) {
    const settled = events.flatMap(({ tenantId, data }) => {
      const { direction, status, payeeHash, paymentId, subjectId, amountMinor, at } = data as PaymentProgressed;
      return direction === 'out' && status === 'settled' && payeeHash
        ? [{ tenantId, paymentId, subjectId, payeeHash, amountMinor, at }]
        : [];
    });
    if (settled.length > 0) await insertSettled(tx, settled);
  },
};
