import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { Minor, nullable, Uuid } from '#platform/schemas.ts';
import { ACTIONS, type Action, ROLES, type Role } from './domain/roles.ts';

export const RoleName = Type.Unsafe<Role>(
  Type.Union(
    ROLES.map((role) => Type.Literal(role)),
    { description: 'owner: titular; operator: paga e recebe; accountant: vê e escritura; viewer: só vê' },
  ),
);
export const ActionName = Type.Unsafe<Action>(Type.Union(ACTIONS.map((action) => Type.Literal(action))));

/** Above zero, in minor units; null for none. */
const LimitMinor = nullable(Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'Centavos; null: sem limite próprio' }));
export const Limits = Type.Object({ perPaymentMinor: LimitMinor, perDayMinor: LimitMinor }, { additionalProperties: false });

export const PartyKindName = Type.Union([Type.Literal('person'), Type.Literal('company')]);

/** An account as one of its members sees it. */
export const ActingOn = Type.Object({
  accountId: Uuid,
  partyId: Uuid,
  kind: PartyKindName,
  /** A company's trade name, or legal name; null for the account of a person, who is known elsewhere, and after erasure. */
  name: nullable(Type.String()),
  /** What its owners call it; null for an account that goes by its party's name. */
  label: nullable(Type.String()),
  status: Type.Union([Type.Literal('active'), Type.Literal('blocked'), Type.Literal('closed')]),
  role: RoleName,
  /** What the role may do. */
  actions: Type.Array(ActionName),
  limits: Limits,
});
export type ActingOn = Static<typeof ActingOn>;
export const ActingOnAccounts = Type.Object({ accounts: Type.Array(ActingOn) });

export const Company = Type.Object({
  partyId: Uuid,
  accountId: Uuid,
  /** With its punctuation. Empty texts after erasure. */
  cnpj: Type.String(),
  legalName: Type.String(),
  tradeName: nullable(Type.String()),
});
export type Company = Static<typeof Company>;

export const NewCompany = Type.Object(
  {
    cnpj: Type.String({ minLength: 1, maxLength: 40 }),
    legalName: Type.String({ minLength: 1, maxLength: 300 }),
    tradeName: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  },
  {
    additionalProperties: false,
    examples: [{ cnpj: '12.ABC.345/01DE-35', legalName: 'Padaria Central Ltda', tradeName: 'Padaria Central' }],
  },
);
export type NewCompany = Static<typeof NewCompany>;

/** Somebody who acts on an account. */
export const Member = Type.Object({
  /** A person's id; of a client an id of its own. */
  subjectId: Uuid,
  /** The client that acts, null for a person. */
  clientId: nullable(Type.String()),
  role: RoleName,
  limits: Limits,
  since: Type.String(),
  /** Changes with every change: what was read is what is changed. */
  version: Type.Integer(),
});
export type Member = Static<typeof Member>;
export const Members = Type.Object({ members: Type.Array(Member) });

export const Invitation = Type.Object({
  id: Uuid,
  role: RoleName,
  limits: Limits,
  createdAt: Type.String(),
  expiresAt: Type.String(),
});
export type Invitation = Static<typeof Invitation>;
/** What stands in the link after `#`, so that no server's log ever holds it. Kept nowhere: it is derived from the invitation. */
export const Secret = Type.String({ minLength: 20, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' });
/** What somebody sees who was given a link, before they join. */
export const Offer = Type.Object({
  accountId: Uuid,
  name: nullable(Type.String()),
  role: RoleName,
  limits: Limits,
  expiresAt: Type.String(),
});

export const Label = Type.String({ minLength: 1, maxLength: 60, description: 'Como os titulares chamam a conta' });
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[A-Za-z0-9._:-]+$',
  description: 'O cliente, pelo seu client_id',
});
/** Whose account it is, as a payment order names them. */
export const Holder = Type.Object({
  partyId: Uuid,
  kind: PartyKindName,
  name: Type.String(),
  /** CPF or CNPJ, without punctuation. */
  taxId: Type.String(),
  erased: Type.Boolean(),
});
export type Holder = Static<typeof Holder>;

const On = { accountId: Uuid };
const By = { ...On, subjectId: Uuid };

export const accountsContract = defineContract('accounts', {
  /** The accounts a person acts on, their own first. */
  listActingOn: { input: Type.Object({ subjectId: Uuid }), output: ActingOnAccounts },
  /**
   * Whether whoever calls (`ctx.actor`: a person, a client, or a module of ours) may do this now with this account. `spends.commandId` names the one
   * thing that is to happen: asking again for it spends nothing more of a limit a day.
   * @throws ACCOUNTS_NOT_FOUND, ACCOUNTS_FORBIDDEN, ACCOUNTS_BLOCKED, ACCOUNTS_CLOSED, ACCOUNTS_OVER_PAYMENT_LIMIT, ACCOUNTS_OVER_DAY_LIMIT
   */
  authorize: {
    input: Type.Object({
      ...On,
      action: ActionName,
      spends: Type.Optional(Type.Object({ amountMinor: Minor, commandId: Uuid })),
    }),
    output: Type.Object({
      /** Null for a module of ours. */
      role: nullable(RoleName),
      partyId: Uuid,
      kind: PartyKindName,
      /** What is spent counts, so that `giveBack` has something to give. */
      hasDayLimit: Type.Boolean(),
      /** What is spent, alone or with what was spent this day, is four fifths of a limit of the member's own, or more. */
      nearLimit: Type.Optional(Type.Boolean()),
    }),
  },
  /** Whose account it is, for modules that must name them. @throws ACCOUNTS_NOT_FOUND */
  getHolder: { input: Type.Object(On), output: Holder },
  /** What a command had spent of a limit a day is free again: it did not happen. Repeating it changes nothing. */
  giveBack: { input: Type.Object({ commandId: Uuid }), output: Type.Object({}) },
  /** Needs `ctx.idempotencyKey`. The person who registers it is its first owner. @throws ACCOUNTS_INVALID_COMPANY, ACCOUNTS_CNPJ_TAKEN */
  registerCompany: { input: Type.Object({ ownerId: Uuid, company: NewCompany }), output: Company },
  /** One more account of a person's own. Needs `ctx.idempotencyKey`. @throws ACCOUNTS_TOO_MANY_ACCOUNTS */
  openAccount: { input: Type.Object({ subjectId: Uuid, label: Label }), output: ActingOn },
  ...personalDataOperations,
  /** Closes all accounts that are a person's own, or opens them again; answers which they are. Repeating it changes nothing. For who erases people. */
  closeAccounts: {
    input: Type.Object({ subjectId: Uuid, closed: Type.Boolean() }),
    output: Type.Object({ accountIds: Type.Array(Uuid) }),
  },
  /** @throws ACCOUNTS_NOT_FOUND, ACCOUNTS_FORBIDDEN */
  listMembers: { input: Type.Object(By), output: Members },
  /** @throws ACCOUNTS_MEMBER_NOT_FOUND, ACCOUNTS_MEMBER_CHANGED, ACCOUNTS_LAST_OWNER, ACCOUNTS_OWN_ROLE, ACCOUNTS_OWNER_WITH_LIMITS, and as `authorize` */
  setMember: {
    input: Type.Object({ ...By, memberId: Uuid, role: RoleName, limits: Limits, version: Type.Integer({ minimum: 1 }) }),
    output: Member,
  },
  /**
   * A client, a service with a token of its own, acts on the account from now on; or as something else, up to something else. Repeating it changes nothing.
   * @throws ACCOUNTS_CLIENT_UNKNOWN, ACCOUNTS_CLIENT_DISABLED, ACCOUNTS_CLIENT_OWNS_NOTHING, ACCOUNTS_TOO_MANY, and as `authorize`
   */
  admitClient: { input: Type.Object({ ...By, clientId: ClientId, role: RoleName, limits: Limits }), output: Member },
  /** Somebody leaves, or is taken off. Repeating it changes nothing. @throws ACCOUNTS_MEMBER_NOT_FOUND, ACCOUNTS_LAST_OWNER, and as `authorize` */
  endMember: { input: Type.Object({ ...By, memberId: Uuid }), output: Type.Object({}) },
  /** @throws ACCOUNTS_TOO_MANY, ACCOUNTS_OWNER_WITH_LIMITS, and as `authorize`. Needs `ctx.idempotencyKey`. */
  invite: {
    input: Type.Object({ ...By, role: RoleName, limits: Limits, email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })) }),
    output: Type.Object({ invitation: Invitation, secret: Secret }),
  },
  listInvitations: { input: Type.Object(By), output: Type.Object({ invitations: Type.Array(Invitation) }) },
  /** Repeating it changes nothing. @throws ACCOUNTS_INVITATION_INVALID, and as `authorize` */
  withdrawInvitation: { input: Type.Object({ ...By, invitationId: Uuid }), output: Type.Object({}) },
  /** @throws ACCOUNTS_INVITATION_INVALID */
  readInvitation: { input: Type.Object({ subjectId: Uuid, secret: Secret }), output: Offer },
  /** Joins; the same person with the same link again gets the same answer. @throws ACCOUNTS_INVITATION_INVALID, ACCOUNTS_ALREADY_MEMBER, ACCOUNTS_TOO_MANY */
  acceptInvitation: { input: Type.Object({ subjectId: Uuid, secret: Secret }), output: ActingOn },
});
export type AccountsContract = typeof accountsContract;
export type Accounts = Face<AccountsContract>;
