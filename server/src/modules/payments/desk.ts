import { userInfo } from 'node:os';
import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { DEFAULT_PACE } from './domain/next-action.ts';
import { isTerminal, STATUSES, type Status } from './domain/payment.ts';
import { createCommitter } from './drive/committer.ts';
import { refusePayments } from './errors.ts';
import { createMeasures } from './measure.ts';
import { PAYMENT_PREFIX } from './record.ts';
import { createResolutions } from './resolve.ts';
import { findOpen, findPayments } from './store/payments.ts';
import { readOldest, showOpen } from './views/open-payments.ts';

const LISTED = 100;
const OPEN = STATUSES.filter((status) => !isTerminal(status));
const isOpenStatus = (text: string): text is Status => (OPEN as readonly string[]).includes(text);

/**
 * The operator's desk on the command line: what the routes under /v1/payments do, straight on the database, for all tenants. It decides
 * and writes; whatever follows from it is done by the installation's own processes, or when they are there again.
 */
export function openPaymentsDesk(deps: { db: Db; bus: Bus; clock: Clock }) {
  const { db } = deps;
  const measures = createMeasures(createMetrics(), deps.clock);
  const nobody = () => undefined;
  // No lease: what follows is due for whoever looks next.
  const committer = createCommitter({
    ...deps,
    owner: `desk/${newId()}`,
    leaseMs: 0,
    pace: DEFAULT_PACE,
    crashPoint: nobody,
    measures,
    onNews: nobody,
  });
  const parts = { committer, measures, wakeRecovery: nobody, goOn: nobody, crashPoint: nobody };
  const resolutions = createResolutions(deps, parts);

  async function contextOf(paymentId: string): Promise<CallContext> {
    const id = parsePublicId(PAYMENT_PREFIX, paymentId);
    const [found] = await db.tx({ module: 'payments', system: true, single: true }, (tx) => findPayments(tx, [id]));
    if (!found) throw refusePayments('PAYMENTS_NOT_FOUND');
    return { tenantId: found.tenantId, actor: { kind: 'service', id: `admin:${userInfo().username}` }, idempotencyKey: newId() };
  }

  return {
    /** How many payments of each status are not over, and how old the oldest is. */
    summary: () => db.tx({ module: 'payments', system: true, single: true }, readOldest),
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
