import { type Static, Type } from 'typebox';
import { Approval, ApprovalReason, approvalOperations } from '#platform/approvals/contract.ts';
import { defineContract } from '#platform/face/contract.ts';
import { PasskeyAnswer, Proof } from '#platform/person-proof.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { nullable as Nullable, Uuid } from '#platform/schemas.ts';
import { machineOperations } from './machines/contract.ts';

/** What a person tells about themself at sign-up. CPF with or without punctuation. */
export const NewPerson = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    cpf: Type.String({ minLength: 1, maxLength: 40 }),
    email: Type.String({ minLength: 1, maxLength: 254 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  {
    additionalProperties: false,
    examples: [{ name: 'Maria Aparecida Souza', cpf: '529.982.247-25', email: 'maria@exemplo.com.br', password: 'nove cavalos azuis' }],
  },
);
export type NewPerson = Static<typeof NewPerson>;

/** A person as others may know them. After erasure the names are empty and `erased` is true. */
export const Person = Type.Object({
  subjectId: Uuid,
  name: Type.String(),
  firstName: Type.String(),
  cpf: Type.String(),
  email: Type.String(),
  createdAt: Type.String(),
  erased: Type.Boolean(),
});
export type Person = Static<typeof Person>;

/** What a person is told of their own log-in: how it stands, and what happened to it, the newest first. */
export const Security = Type.Object({
  passwordChangedAt: Nullable(Type.String()),
  /** Where the person is written to, in part (`m…@exemplo.com.br`), and whether they proved that they read it. */
  email: Type.Object({ masked: Type.String(), verified: Type.Boolean() }),
  totpSince: Nullable(Type.String()),
  passkeys: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.Enum(['passkey', 'security-key']),
      backedUp: Type.Boolean(),
      createdAt: Type.String(),
      lastUsedAt: Nullable(Type.String()),
    }),
  ),
  recoveryCodesLeft: Type.Integer(),
  /** This log-in has proved too little: it may give a factor, and nothing else. */
  mustAddFactor: Type.Boolean(),
  /** Locked by the person; `releaseAt` once they asked for its end. */
  lock: Nullable(Type.Object({ since: Type.String(), releaseAt: Nullable(Type.String()) })),
  notes: Type.Array(Type.Object({ kind: Type.String(), at: Type.String() })),
});
export type Security = Static<typeof Security>;

const Secret = Type.String({ minLength: 1, maxLength: 256 });
/** What the browser hands to an authenticator. */
export const PasskeyOptions = Type.Object({
  options: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
});

const RecoveryCodes = Type.Array(Type.String());
/** Whose log-in, and which one of theirs is asking. */
const own = { subjectId: Uuid, grantId: Type.String({ maxLength: 100 }) };
const self = { ...own, acr: Type.String({ maxLength: 20 }) };

/** A browser that a person has logged in with. */
export const OwnDevice = Type.Object({
  id: Type.String(),
  current: Type.Boolean(),
  browser: Nullable(Type.String()),
  system: Nullable(Type.String()),
  kind: Type.Enum(['phone', 'tablet', 'computer', 'other']),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
  /** Null while it is new: until then only small amounts leave by it. */
  knownSince: Nullable(Type.String()),
  knownBy: Nullable(Type.Enum(['sign-up', 'before', 'log-in', 'proof', 'mail'])),
});
export type OwnDevice = Static<typeof OwnDevice>;
export const OwnDevices = Type.Object({ devices: Type.Array(OwnDevice) });
/** SHA-256 of what is to be done, as the refusal that asked for a proof names it. */
export const Binding = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Assurance = Type.Enum(['aal1', 'aal2']);

const RoleNames = Type.Array(Type.String({ maxLength: 30 }), { minItems: 1, maxItems: 10 });
/** Somebody who looks after the tenant. */
export const Operator = Type.Object({
  subjectId: Uuid,
  name: Type.String(),
  email: Type.String(),
  roles: Type.Array(Type.String()),
  version: Type.Integer(),
  disabledAt: Nullable(Type.String()),
  addedBy: Type.String(),
  createdAt: Type.String(),
});
const Version = Type.Integer({ minimum: 1 });
const operatorFields = {
  name: Type.String({ minLength: 1, maxLength: 300 }),
  email: Type.String({ minLength: 3, maxLength: 254 }),
  roles: RoleNames,
  reason: ApprovalReason,
};
export const NewOperator = Type.Object(operatorFields, {
  additionalProperties: false,
  examples: [{ name: 'Bia Alves', email: 'bia@banco.example.com', roles: ['approver'], reason: 'Entrou na equipe de risco' }],
});
export const AddedOperator = Type.Object({ subjectId: Uuid, password: Type.String(), approval: Approval });
export const OperatorChange = Type.Object(
  { subjectId: Uuid, version: Version, roles: RoleNames, isDisabled: Type.Boolean(), reason: ApprovalReason },
  { additionalProperties: false },
);
export const Colleagues = Type.Object({ colleagues: Type.Array(Type.Object({ subjectId: Uuid, name: Type.String() })) });

export { PasskeyAnswer, Proof };

export const identityContract = defineContract('identity', {
  listOperators: { input: Type.Object({}), output: Type.Object({ operators: Type.Array(Operator) }) },
  listColleagues: { input: Type.Object({}), output: Colleagues },
  /** The first password is shown once. @throws IDENTITY_INVALID_NAME, IDENTITY_INVALID_EMAIL, IDENTITY_ROLE_UNKNOWN, IDENTITY_OPERATOR_EXISTS */
  addOperator: { input: NewOperator, output: AddedOperator },
  /** Asks a second person. Needs `ctx.idempotencyKey`. @throws PLATFORM_APPROVAL_PENDING */
  askOperatorChange: { input: OperatorChange, output: Approval },
  /** @throws IDENTITY_OPERATOR_CHANGED, IDENTITY_LAST_ADMIN */
  disableOperator: { input: Type.Object({ subjectId: Uuid, version: Version }), output: Type.Object({ version: Type.Integer() }) },
  ...approvalOperations,
  ...personalDataOperations,
  ...machineOperations,
  /** @throws IDENTITY_CPF_TAKEN, IDENTITY_EMAIL_TAKEN, IDENTITY_INVALID_*, IDENTITY_WEAK_PASSWORD */
  registerPerson: { input: NewPerson, output: Type.Object({ subjectId: Uuid }) },
  /** @throws IDENTITY_PERSON_NOT_FOUND */
  getPerson: { input: Type.Object({ subjectId: Uuid }), output: Person },
  /** The log-in before the last one, and what was tried in the person's name between the two. */
  getLastSignIn: {
    input: Type.Object({ subjectId: Uuid }),
    output: Type.Object({
      at: Nullable(Type.String()),
      failures: Type.Integer(),
      blockedAt: Nullable(Type.String()),
      /** The person has locked their account. */
      locked: Type.Boolean(),
    }),
  },
  /**
   * Another password for a person who knows the present one; ends every other log-in of theirs.
   *
   * @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_WEAK_PASSWORD, IDENTITY_SAME_PASSWORD
   */
  changePassword: {
    input: Type.Object({ ...own, present: Secret, next: Secret }),
    output: Type.Object({ endedLogIns: Type.Integer() }),
  },
  getSecurity: { input: Type.Object({ subjectId: Uuid, acr: Type.String({ maxLength: 20 }) }), output: Security },
  /** A new secret of one-time codes, which counts once a code confirms it. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
  beginTotp: {
    input: Type.Object({ ...self, proof: Proof }),
    output: Type.Object({ secret: Type.String(), uri: Type.String() }),
  },
  /** Recovery codes when there were none: shown here and never again. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
  confirmTotp: {
    input: Type.Object({ ...self, code: Type.String({ maxLength: 40 }) }),
    output: Type.Object({ recoveryCodes: Nullable(RecoveryCodes) }),
  },
  /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_LAST_FACTOR, IDENTITY_FACTOR_UNKNOWN */
  removeTotp: { input: Type.Object({ ...self, proof: Proof }), output: Type.Object({}) },
  /** What the authenticator is asked to make a passkey. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
  beginPasskey: { input: Type.Object({ ...self, proof: Proof }), output: PasskeyOptions },
  /** @throws IDENTITY_PASSKEY_REFUSED */
  addPasskey: {
    input: Type.Object({ ...self, response: PasskeyAnswer }),
    output: Type.Object({ recoveryCodes: Nullable(RecoveryCodes) }),
  },
  /** Proves the person of a session once more, for what others let only who is there do. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
  proveAgain: { input: Type.Object({ ...self, proof: Proof }), output: Type.Object({}) },
  /** What the authenticator is asked to prove the person once more. */
  askProof: { input: Type.Object(self), output: PasskeyOptions },
  /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_LAST_FACTOR, IDENTITY_FACTOR_UNKNOWN */
  removePasskey: { input: Type.Object({ ...self, id: Type.String({ maxLength: 60 }), proof: Proof }), output: Type.Object({}) },
  /** New codes in the place of all before. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_FACTOR_UNKNOWN */
  makeRecoveryCodes: { input: Type.Object({ ...self, proof: Proof }), output: Type.Object({ recoveryCodes: RecoveryCodes }) },
  /** Locks the person's account and ends every log-in of theirs. */
  lockAccount: { input: Type.Object({ subjectId: Uuid }), output: Type.Object({}) },
  /** Asks for the end of the lock, a day later. @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_NOT_LOCKED */
  askUnlock: { input: Type.Object({ ...self, proof: Proof }), output: Type.Object({ releaseAt: Type.String() }) },
  /** Sends a code to the person's address, unless it is proved. @throws IDENTITY_TOO_MANY_ATTEMPTS */
  askEmailCode: { input: Type.Object({ subjectId: Uuid, language: Type.Enum(['pt', 'en']) }), output: Type.Object({}) },
  /** @throws IDENTITY_MAILED_CODE_REFUSED */
  confirmEmail: { input: Type.Object({ subjectId: Uuid, code: Type.String({ maxLength: 40 }) }), output: Type.Object({}) },
  listDevices: { input: Type.Object(own), output: OwnDevices },
  /** @throws IDENTITY_DEVICE_UNKNOWN */
  forgetDevice: {
    input: Type.Object({ subjectId: Uuid, id: Type.String({ maxLength: 60 }) }),
    output: Type.Object({ endedLogIns: Type.Integer() }),
  },
  /** @throws IDENTITY_PROOF_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_FACTOR_WAITS, IDENTITY_DEVICE_UNKNOWN */
  recogniseDevice: { input: Type.Object({ ...self, proof: Proof }), output: Type.Object({}) },
  /** @throws IDENTITY_TOO_MANY_ATTEMPTS, IDENTITY_EMAIL_UNPROVED, IDENTITY_MAIL_TOO_SOON */
  askDeviceCode: { input: Type.Object({ ...own, language: Type.Enum(['pt', 'en']) }), output: Type.Object({}) },
  /** @throws IDENTITY_MAILED_CODE_REFUSED, IDENTITY_MAIL_TOO_SOON, IDENTITY_DEVICE_UNKNOWN */
  confirmDevice: { input: Type.Object({ ...own, code: Type.String({ maxLength: 40 }) }), output: Type.Object({}) },
  /** Whether a log-in is in a browser that is known, whether a factor would make it so, and by what the person can be proved once more. */
  getPayer: {
    input: Type.Object(own),
    output: Type.Object({
      deviceKnown: Type.Boolean(),
      canRecognise: Type.Boolean(),
      ways: Type.Array(Type.Enum(['passkey', 'totp', 'password'])),
    }),
  },
  /** Whether this was proved, in this log-in or by it; if not, it is asked for from now on. `logIn`: as the token tells, where it may have been made for this. */
  takePaymentProof: {
    input: Type.Object({
      ...own,
      binding: Binding,
      acr: Assurance,
      logIn: Type.Optional(Type.Object({ acr: Type.String({ maxLength: 20 }), atMs: Type.Number() })),
    }),
    output: Type.Object({ proved: Type.Boolean() }),
  },
  /** @throws IDENTITY_PROOF_NOT_ASKED */
  askPaymentProof: { input: Type.Object({ ...self, binding: Binding }), output: PasskeyOptions },
  /** @throws IDENTITY_PROOF_NOT_ASKED, IDENTITY_PROOF_REFUSED, IDENTITY_PASSKEY_REFUSED, IDENTITY_TOO_MANY_ATTEMPTS */
  provePayment: { input: Type.Object({ ...self, binding: Binding, proof: Proof }), output: Type.Object({}) },
  /** The tenant a host name belongs to; all null when none. The context's tenant plays no part. */
  resolveTenant: {
    input: Type.Object({ host: Type.String({ maxLength: 255 }) }),
    output: Type.Object({ tenantId: Nullable(Uuid), slug: Nullable(Type.String()), name: Nullable(Type.String()) }),
  },
  /** Every tenant of the installation, for jobs and seeds. */
  listTenants: {
    input: Type.Object({}),
    output: Type.Object({ tenants: Type.Array(Type.Object({ tenantId: Uuid, slug: Type.String(), name: Type.String() })) }),
  },
  /** Whether a token with these claims was revoked before its expiry. */
  isRevoked: {
    input: Type.Object({
      grantId: Type.Optional(Type.String({ maxLength: 100 })),
      jti: Type.Optional(Type.String({ maxLength: 100 })),
      subjectId: Type.Optional(Type.String({ maxLength: 100 })),
      clientId: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: Type.Object({ revoked: Type.Boolean() }),
  },
});
export type IdentityContract = typeof identityContract;
