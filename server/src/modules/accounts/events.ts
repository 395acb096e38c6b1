import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';
import { ROLES, type Role } from './domain/roles.ts';

const Uuid = Type.String({ pattern: UUID_PATTERN });
const RoleName = Type.Unsafe<Role>(Type.Union(ROLES.map((role) => Type.Literal(role))));

/** A person or company is a party. Key: partyId. Carries no name and no document. */
export const PARTY_REGISTERED = 'accounts.party-registered.v1';
export const PartyRegistered = Type.Object({ partyId: Uuid, kind: Type.Union([Type.Literal('person'), Type.Literal('company')]) });
export type PartyRegistered = Static<typeof PartyRegistered>;

/** A party has an account, in which money can be kept once payments has opened it. Key: accountId. */
export const ACCOUNT_CREATED = 'accounts.account-created.v1';
export const AccountCreated = Type.Object({ accountId: Uuid, partyId: Uuid, product: Type.Literal('payment') });
export type AccountCreated = Static<typeof AccountCreated>;

/** An account is closed: it is only seen from now on. Its party asked to be erased. Key: accountId. */
export const ACCOUNT_CLOSED = 'accounts.account-closed.v1';
export const AccountClosed = Type.Object({ accountId: Uuid, partyId: Uuid });
export type AccountClosed = Static<typeof AccountClosed>;
/** A closed account is as it was before. Key: accountId. */
export const ACCOUNT_REOPENED = 'accounts.account-reopened.v1';
export const AccountReopened = Type.Object({ accountId: Uuid, partyId: Uuid });
export type AccountReopened = Static<typeof AccountReopened>;

/** A person may act on an account, or may from now on act otherwise. Key: accountId. */
export const MEMBER_SET = 'accounts.member-set.v1';
export const MemberSet = Type.Object({ accountId: Uuid, subjectId: Uuid, role: RoleName, version: Type.Integer() });
export type MemberSet = Static<typeof MemberSet>;

/** A person does not act on an account any more. Key: accountId. */
export const MEMBER_LEFT = 'accounts.member-left.v1';
export const MemberLeft = Type.Object({ accountId: Uuid, subjectId: Uuid, version: Type.Integer() });
export type MemberLeft = Static<typeof MemberLeft>;

/** A link to join was made, used or withdrawn. Key: accountId. Carries nothing with which one could join. */
export const INVITATION_MADE = 'accounts.invitation-made.v1';
export const InvitationMade = Type.Object({ accountId: Uuid, invitationId: Uuid, role: RoleName });
export type InvitationMade = Static<typeof InvitationMade>;
export const INVITATION_ENDED = 'accounts.invitation-ended.v1';
export const InvitationEnded = Type.Object({
  accountId: Uuid,
  invitationId: Uuid,
  end: Type.Union([Type.Literal('accepted'), Type.Literal('withdrawn')]),
});
export type InvitationEnded = Static<typeof InvitationEnded>;

/** Everything this module publishes, by type. */
export const events = {
  [PARTY_REGISTERED]: PartyRegistered,
  [ACCOUNT_CREATED]: AccountCreated,
  [ACCOUNT_CLOSED]: AccountClosed,
  [ACCOUNT_REOPENED]: AccountReopened,
  [MEMBER_SET]: MemberSet,
  [MEMBER_LEFT]: MemberLeft,
  [INVITATION_MADE]: InvitationMade,
  [INVITATION_ENDED]: InvitationEnded,
} as const;
