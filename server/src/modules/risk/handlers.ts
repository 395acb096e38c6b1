import { PAYMENT_PROGRESSED, type PaymentProgressed } from '#payments/events';
import type { Subscription } from '#platform/bus/bus.ts';
import { insertSettled } from './store.ts';

/** What people paid before, from the payments' events: known payees, usual amounts. */
export const historySubscription: Subscription = {
  group: 'risk.history',
  module: 'risk',
  types: [PAYMENT_PROGRESSED],
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
