import { type Static, type TSchema, Type } from 'typebox';
import { nullable, Uuid } from '../schemas.ts';

const Text = Type.String();
export const ApprovalStateName = Type.Enum(['pending', 'approved', 'refused', 'withdrawn', 'expired']);
/** Why, in a person's words. */
export const ApprovalReason = Type.String({ minLength: 3, maxLength: 200 });

/** What waits for a second person, or has been decided. Whoever decides sends back the `seal` they read. */
export const Approval = Type.Object({
  id: Uuid,
  kind: Text,
  about: Text,
  payload: Type.Unknown(),
  reason: Text,
  askedBy: Type.Object({ kind: Text, id: Text }),
  askedAt: Text,
  expiresAt: Text,
  seal: Text,
  state: ApprovalStateName,
  decidedBy: nullable(Text),
  decidedAt: nullable(Text),
  decisionReason: nullable(Text),
});
export type Approval = Static<typeof Approval>;
export const Approvals = Type.Object({ approvals: Type.Array(Approval) });

export const Decide = Type.Object(
  {
    decision: Type.Enum(['approve', 'refuse', 'withdraw']),
    seal: Type.String({ minLength: 10, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' }),
    reason: ApprovalReason,
  },
  { additionalProperties: false },
);

/** What the face of a module that keeps approvals offers beside its own operations. */
export const approvalOperations = {
  listApprovals: { input: Type.Object({ onlyPending: Type.Boolean() }), output: Approvals },
  /** One person decides about what another asked. Repeating it after it is decided is refused. @throws PLATFORM_APPROVAL_* */
  decideApproval: { input: Type.Object({ approvalId: Uuid, ...Decide.properties }), output: Approval },
} as const;

/** Events of a module that keeps approvals; their schemas by type. Keys: the request's id. */
export function approvalEvents(module: string): Record<string, TSchema> {
  const of = { approvalId: Uuid, kind: Text, about: Text };
  return {
    [`${module}.approval-asked.v1`]: Type.Object({ ...of, expiresAt: Text }),
    [`${module}.approval-decided.v1`]: Type.Object({ ...of, state: Text, askedBy: Text }),
  };
}
