import { userInfo } from 'node:os';
import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { createClerk } from '#platform/machine/clerk.ts';
import { createInspector } from '#platform/machine/inspect.ts';
import { isTerminal, STATUSES, type Status } from './domain/payment.ts';
import { payingMachine } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { PAYMENT_PREFIX } from './record.ts';
import { createResolutions } from './resolve.ts';
import { findOpen, findPayments } from './store/payments.ts';
import { showOpen } from './views/open-payments.ts';

const LISTED = 100;
const OPEN = STATUSES.filter((status) => !isTerminal(status));
const isOpenStatus = (text: string): text is Status => (OPEN as readonly string[]).includes(text);

/**
 * The operator's desk on the command line: what the routes under /v1/payments do, straight on the database, for all tenants. It decides
 * and writes; whatever follows from it is done by the installation's own processes, or when they are there again.
 */
export function openPaymentsDesk(deps: { db: Db; bus: Bus; clock: Clock }) {
  const { db } = deps;
  const machine = payingMachine(deps);
  const wake = () => undefined;
  const inspector = createInspector(machine, { ...deps, wake });
  const resolutions = createResolutions(deps, { ...createClerk(machine, deps), wake });

  async function contextOf(paymentId: string): Promise<CallContext> {
    const id = parsePublicId(PAYMENT_PREFIX, paymentId);
    const [found] = await db.tx({ module: 'payments', system: true, single: true }, (tx) => findPayments(tx, [id]));
    if (!found) throw refusePayments('PAYMENTS_NOT_FOUND');
    return { tenantId: found.tenantId, actor: { kind: 'service', id: `admin:${userInfo().username}` }, idempotencyKey: newId() };
  }

  return {
    /** How many payments of each status are not over, and how old the oldest is. */
    summary: () => inspector.summary(),
    /** The hundred that have been longest in a status. */
    async list(status: string) {
      if (!isOpenStatus(status)) throw new Error(`"${status}" is no status of a payment that is not over: ${OPEN.join(', ')}`);
      return (await db.tx({ module: 'payments', system: true, single: true }, (tx) => findOpen(tx, status, null, LISTED))).map(showOpen);
    },
    resolve: async (paymentId: string, decision: 'executed' | 'not-executed', reason: string) =>
      (await resolutions.resolvePayment(await contextOf(paymentId), { paymentId, decision, reason })).payment,
    retry: async (paymentId: string, reason: string) => resolutions.retryPayment(await contextOf(paymentId), { paymentId, reason }),
  };
}
