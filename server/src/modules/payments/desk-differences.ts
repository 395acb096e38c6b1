import { userInfo } from 'node:os';
import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { isUuid, newId } from '#platform/id.ts';
import { createJobsAdmin } from '#platform/jobs/store.ts';
import { createClerk } from '#platform/machine/clerk.ts';
import { type Decision, decideReceipt } from './incoming/decide.ts';
import { receivingMachine } from './incoming/receive.ts';
import { RECONCILIATION_JOB } from './reconciler.ts';
import { receiptName } from './record.ts';
import { countOpen, decideDifference, listDifferences } from './store/differences.ts';
import { listReceipts } from './store/receipt-list.ts';
import { findRun, insertRun, type RunEnd } from './store/reconciliation.ts';

const inModule = { module: 'payments', system: true } as const;
const WAIT_MS = 10 * 60_000;

/** What operators do from the command line about arrivals that stand still and about differences. Who does it is the system's user. */
export function openDifferencesDesk({ db, bus, clock }: { db: Db; bus: Bus; clock: Clock }, connection = 'pix') {
  const clerk = createClerk(receivingMachine({ bus, clock }), { db, clock });
  const actor: Actor = { kind: 'service', id: `admin:${userInfo().username}` };

  return {
    /** Asks the running platform to compare a stretch of time, and waits until it has. */
    async reconcile(period: { fromMs: number; toMs: number }, waitMs = WAIT_MS): Promise<RunEnd> {
      const run = { id: newId(), kind: 'asked' as const, businessDate: null, ...period };
      await db.tx(inModule, (tx) => insertRun(tx, connection, run, actor.id));
      await createJobsAdmin(db).runNow(RECONCILIATION_JOB);
      for (const end = performance.now() + waitMs; performance.now() < end; ) {
        const found = await db.tx({ ...inModule, single: true }, (tx) => findRun(tx, run.id));
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error('nobody has compared it yet: is the platform running, with the role worker? It will, once it is');
    },
    summary: () => db.tx({ ...inModule, single: true }, countOpen),
    differences: async (limit = 100) =>
      (await db.tx({ ...inModule, single: true }, (tx) => listDifferences(tx, null, limit))).map((one) => ({
        id: one.id,
        class: one.class,
        kind: one.kind,
        status: one.status,
        endToEndId: one.endToEndId,
        amount: String(one.amountMinor),
        ours: one.ours,
        theirs: one.theirs,
        occurred: new Date(one.occurredAtMs).toISOString(),
        since: new Date(one.firstSeenAtMs).toISOString(),
        times: one.times,
      })),
    async decide(id: string, status: 'explained' | 'compensated' | 'closed', reason: string): Promise<void> {
      if (!isUuid(id)) throw new Error('the difference is named by its id');
      if (reason.trim().length < 3) throw new Error('say why');
      const isDone = await db.tx(inModule, (tx) => decideDifference(tx, { id, status, actor, reason }));
      if (!isDone) throw new Error('there is no such difference, or it is over already');
    },
    receipts: async (limit = 100) =>
      (
        await db.tx({ ...inModule, single: true }, (tx) =>
          listReceipts(tx, { statuses: ['unmatched', 'mismatched', 'return-refused'], after: null, limit }),
        )
      ).map((one) => ({
        id: receiptName(one.id),
        status: one.status,
        amount: String(one.amountMinor),
        endToEndId: one.endToEndId,
        returnOf: one.returnOf,
        since: new Date(one.statusSinceMs).toISOString(),
        decision: one.decision,
      })),
    decideReceipt: (receiptId: string, decision: Decision, reason: string, owner?: { tenantId: string; accountId: string }) =>
      db.tx(inModule, (tx) =>
        decideReceipt(
          tx,
          {
            receiptId,
            decision,
            reason,
            actor,
            nowMs: clock.now(),
            tenantOf: (receipt) => owner?.tenantId ?? receipt.tenantId,
            ...(owner ? { accountId: owner.accountId } : {}),
          },
          clerk.applyIn,
        ),
      ),
  };
}
