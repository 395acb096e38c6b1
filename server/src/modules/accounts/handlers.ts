import { PERSON_REGISTERED, type PersonRegistered } from '#identity/events';
import type { DEVOLUCAO_PROGRESSED, DevolucaoProgressed, PAYMENT_PROGRESSED, PaymentProgressed } from '#payments/events';
import type { Subscription } from '#platform/bus/bus.ts';
import { readPublicId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { deleteSpendings } from './store/spendings.ts';
import { welcome } from './welcome.ts';

/** It begins with the first event there ever was: people who were registered before this module existed get their account in the same way. */
export function peopleSubscription(deps: Pick<PlatformDeps, 'bus' | 'clock'>): Subscription {
  return {
    group: 'accounts.people',
    module: 'accounts',
    types: [PERSON_REGISTERED],
    from: 'beginning',
    async handle(tx, events) {
      await welcome(
        tx,
        deps,
        events[0]!.tenantId,
        events.map(({ data }) => (data as PersonRegistered).subjectId),
      );
    },
  };
}

/** By name, since payments stand floors above: only the types of their events are known here. */
const PAYMENT: typeof PAYMENT_PROGRESSED = 'payments.payment-progressed.v1';
const DEVOLUCAO: typeof DEVOLUCAO_PROGRESSED = 'payments.devolucao-progressed.v1';
const CAME_TO_NOTHING: readonly string[] = ['declined', 'failed'];

/** What did not happen counts against nobody's limit a day any more. A spending is named after its payment. */
export const givenBackSubscription: Subscription = {
  group: 'accounts.given-back',
  module: 'accounts',
  types: [PAYMENT, DEVOLUCAO],
  from: 'now',
  async handle(tx, events) {
    const gone = events.flatMap(({ type, data }) => {
      const { status } = data as { status: string };
      if (!CAME_TO_NOTHING.includes(status)) return [];
      const id =
        type === PAYMENT
          ? readPublicId('pay', (data as PaymentProgressed).paymentId)
          : readPublicId('dev', (data as DevolucaoProgressed).devolucaoId);
      return id === null ? [] : [id];
    });
    if (gone.length > 0) await deleteSpendings(tx, events[0]!.tenantId, gone);
  },
};
