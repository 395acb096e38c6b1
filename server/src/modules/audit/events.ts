import { type Static, Type } from 'typebox';

/** Somebody read something sensitive. Key: the id of what was read; the actor of the event is who read it. */
export const ACCESS_RECORDED = 'audit.access-recorded.v1';
export const AccessRecorded = Type.Object({
  /** What kind of thing was read: `payments.payment`. */
  entity: Type.String({ pattern: '^[a-z][a-z0-9.-]{1,60}$' }),
  /** Which one; an id, never a document or a name. */
  entityId: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' }),
  /** How it was reached: method and route, or the operation. */
  operation: Type.String({ minLength: 1, maxLength: 120 }),
});
export type AccessRecorded = Static<typeof AccessRecorded>;

/** Everything this module publishes, by type. */
export const events = { [ACCESS_RECORDED]: AccessRecorded } as const;
