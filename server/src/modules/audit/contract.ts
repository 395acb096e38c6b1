import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { AccessRecorded } from './events.ts';

/** One line of the trail. */
export const AuditRecord = Type.Object({
  /** Place in the log: the order of the trail. */
  position: Type.String(),
  eventId: Type.String(),
  at: Type.String({ description: 'Quando aconteceu (ISO 8601, UTC)' }),
  actor: Type.Object({ kind: Type.String(), id: Type.String() }),
  entity: Type.String(),
  entityKey: Type.String(),
  action: Type.String(),
  eventType: Type.String(),
  subjectId: Type.Union([Type.String(), Type.Null()]),
  traceId: Type.Union([Type.String(), Type.Null()]),
  data: Type.Unknown(),
});
export type AuditRecord = Static<typeof AuditRecord>;

export const auditContract = defineContract('audit', {
  /** Notes that the caller's actor read something sensitive. It reaches the trail through the log, like every change. */
  recordAccess: { input: AccessRecorded, output: Type.Object({ eventId: Type.String() }) },
  ...personalDataOperations,
});

export type AuditFace = Face<typeof auditContract>;
