import { newId } from '#platform/id.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import type { Anchor } from '#platform/proof/anchors/anchor.ts';
import { daysJob } from '#platform/proof/days-job.ts';
import { auditChain } from './chain.ts';
import { type AuditFace, auditContract } from './contract.ts';
import { ACCESS_RECORDED, type AccessRecorded } from './events.ts';
import { recordsSubscription } from './handlers.ts';
import { auditProofRoutes, auditRoutes } from './http.ts';

export { type AuditFace, type AuditRecord, auditContract } from './contract.ts';

import { createPersonalData } from './personal-data.ts';

export type AuditDeps = PlatformDeps & {
  /** Where the statements of days are put on record outside; nowhere by default. */
  anchors?: readonly Anchor[];
};

/** The trail of who did what, when: every event of the log, and every sensitive read that a module reports. */
export function createAudit(deps: AuditDeps): ModuleInstance<typeof auditContract> {
  const { db, bus, clock } = deps;
  const impl: AuditFace = {
    async recordAccess(ctx, input) {
      const data: AccessRecorded = input;
      const event = {
        id: newId(),
        type: ACCESS_RECORDED,
        tenantId: ctx.tenantId,
        key: data.entityId,
        actor: ctx.actor,
        time: new Date(clock.now()).toISOString(),
        traceparent: ctx.traceparent ?? null,
        data,
      };
      await db.tx({ module: 'audit', tenants: [ctx.tenantId] }, (tx) => bus.publish(tx, [event]));
      return { eventId: event.id };
    },
    ...createPersonalData(db),
  };
  return {
    name: 'audit',
    face: { contract: auditContract, impl },
    routes: (app) => {
      auditRoutes(app, db);
      auditProofRoutes(app, db);
    },
    subscriptions: [recordsSubscription(clock)],
    jobs: [daysJob(deps, auditChain)],
  };
}
