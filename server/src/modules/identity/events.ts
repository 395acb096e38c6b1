import { type Static, Type } from 'typebox';
import { approvalEvents } from '#platform/approvals/contract.ts';
import { UUID_PATTERN } from '#platform/id.ts';

/** A person has an identity in a tenant. Key: subjectId. Carries no name, CPF or e-mail: ask `getPerson`. */
export const PERSON_REGISTERED = 'identity.person-registered.v1';
export const PersonRegistered = Type.Object({ subjectId: Type.String({ pattern: UUID_PATTERN }) });
export type PersonRegistered = Static<typeof PersonRegistered>;

const Subject = Type.String({ pattern: UUID_PATTERN });
const MaybeSubject = Type.Union([Subject, Type.Null()]);

/** Somebody proved to be this person. `knownBrowser`: by a browser the person had logged in with before. Key: subjectId. */
export const SIGNED_IN = 'identity.signed-in.v1';
export const SignedIn = Type.Object({ subjectId: Subject, method: Type.Literal('password'), knownBrowser: Type.Boolean() });
export type SignedIn = Static<typeof SignedIn>;

/** A log-in was refused; `subjectId` is whose name was called, null when nobody's. Key: subjectId, or the event's own id. */
export const SIGN_IN_FAILED = 'identity.sign-in-failed.v1';
export const SignInFailed = Type.Object({ subjectId: MaybeSubject });
export type SignInFailed = Static<typeof SignInFailed>;

/** Log-ins are refused unseen until then, as counted for the person, for a browser of the person's, or for where they come from. */
export const SIGN_IN_BLOCKED = 'identity.sign-in-blocked.v1';
export const SignInBlocked = Type.Object({
  subjectId: MaybeSubject,
  counted: Type.Union([Type.Literal('person'), Type.Literal('known-browser'), Type.Literal('origin')]),
  until: Type.String(),
});
export type SignInBlocked = Static<typeof SignInBlocked>;

/**
 * A person's password is another one. `by`: the person, who knew the one before, or a reset by message. `endedLogIns`: other log-ins of theirs that ended with it.
 * Key: subjectId.
 */
export const SECRET_CHANGED = 'identity.secret-changed.v1';
export const SecretChanged = Type.Object({
  subjectId: Subject,
  by: Type.Union([Type.Literal('person'), Type.Literal('reset')]),
  endedLogIns: Type.Integer(),
});
export type SecretChanged = Static<typeof SecretChanged>;

/**
 * Somebody proved to be this person, whatever by. `methods` by their names of RFC 8176 (and `rec`, a recovery code); `assurance` is the token's
 * `acr`. Beside v1, which knows passwords only. Key: subjectId.
 */
export const SIGNED_IN_2 = 'identity.signed-in.v2';
export const SignedIn2 = Type.Object({
  subjectId: Subject,
  methods: Type.Array(Type.String()),
  assurance: Type.Union([Type.Literal('aal0'), Type.Literal('aal1'), Type.Literal('aal2')]),
  knownBrowser: Type.Boolean(),
});
export type SignedIn2 = Static<typeof SignedIn2>;

const FactorKind = Type.Union([Type.Literal('totp'), Type.Literal('passkey'), Type.Literal('recovery-codes')]);
/** A person can be proved by something more; recovery codes are new ones in the place of all before. Key: subjectId. */
export const FACTOR_ADDED = 'identity.factor-added.v1';
export const FactorAdded = Type.Object({ subjectId: Subject, factor: FactorKind });
export type FactorAdded = Static<typeof FactorAdded>;

/** A person's factor counts no more. Key: subjectId. */
export const FACTOR_REMOVED = 'identity.factor-removed.v1';
export const FactorRemoved = Type.Object({ subjectId: Subject, factor: FactorKind });
export type FactorRemoved = Static<typeof FactorRemoved>;

/** A person got in by a recovery code; every other log-in of theirs ended. `left`: codes not yet used. Key: subjectId. */
export const RECOVERY_USED = 'identity.recovery-used.v1';
export const RecoveryUsed = Type.Object({ subjectId: Subject, left: Type.Integer(), endedLogIns: Type.Integer() });
export type RecoveryUsed = Static<typeof RecoveryUsed>;

const Roles = Type.Array(Type.String());
/** Somebody looks after this tenant from now on, as one of these roles. Key: subjectId. */
export const OPERATOR_ADDED = 'identity.operator-added.v1';
export const OperatorAdded = Type.Object({ subjectId: Subject, roles: Roles });
export type OperatorAdded = Static<typeof OperatorAdded>;

/** An operator may do other things from now on, or nothing; what they were logged in as has ended. Key: subjectId. */
export const OPERATOR_CHANGED = 'identity.operator-changed.v1';
export const OperatorChanged = Type.Object({ subjectId: Subject, roles: Roles, isDisabled: Type.Boolean() });
export type OperatorChanged = Static<typeof OperatorChanged>;

/** A code sent to the address of a person came back: they read its mail. Key: subjectId. */
export const EMAIL_VERIFIED = 'identity.email-verified.v1';
export const EmailVerified = Type.Object({ subjectId: Subject });
export type EmailVerified = Static<typeof EmailVerified>;

/** A person locked their account: every log-in of theirs ended, and until it is open again one may only see who it is. Key: subjectId. */
export const ACCOUNT_LOCKED = 'identity.account-locked.v1';
export const AccountLocked = Type.Object({ subjectId: Subject, endedLogIns: Type.Integer() });
export type AccountLocked = Static<typeof AccountLocked>;

/** The person proved themself and asked for the end of the lock, which comes at `releaseAt` unless they lock it again. Key: subjectId. */
export const UNLOCK_ASKED = 'identity.unlock-asked.v1';
export const UnlockAsked = Type.Object({ subjectId: Subject, releaseAt: Type.String() });
export type UnlockAsked = Static<typeof UnlockAsked>;

/** A person is nobody here any more: no name, no way in. Key: subjectId. */
export const PERSON_ERASED = 'identity.person-erased.v1';
export const PersonErased = Type.Object({ subjectId: Subject, endedLogIns: Type.Integer() });
export type PersonErased = Static<typeof PersonErased>;

const Device = Type.String({ pattern: UUID_PATTERN });
const KnownBy = Type.Enum(['sign-up', 'before', 'log-in', 'proof', 'mail']);
/** A person logged in with a browser for the first time. `knownBy`: by what it is no new one from the beginning; null while it is new. Key: subjectId. */
export const DEVICE_ADDED = 'identity.device-added.v1';
export const DeviceAdded = Type.Object({ subjectId: Subject, deviceId: Device, knownBy: Type.Union([KnownBy, Type.Null()]) });
export type DeviceAdded = Static<typeof DeviceAdded>;

/** A person's browser that was new is known from now on. Key: subjectId. */
export const DEVICE_KNOWN = 'identity.device-known.v1';
export const DeviceKnown = Type.Object({ subjectId: Subject, deviceId: Device, by: KnownBy });
export type DeviceKnown = Static<typeof DeviceKnown>;

/** A person's browser is forgotten: its log-ins ended, and it will count as new. Key: subjectId. */
export const DEVICE_FORGOTTEN = 'identity.device-forgotten.v1';
export const DeviceForgotten = Type.Object({ subjectId: Subject, deviceId: Device, endedLogIns: Type.Integer() });
export type DeviceForgotten = Static<typeof DeviceForgotten>;

/**
 * A person proved themself once more for one thing that moves money; `binding` is the hash of it, by which the order finds the proof. Key: subjectId.
 */
export const PAYMENT_PROVED = 'identity.payment-proved.v1';
export const PaymentProved = Type.Object({
  subjectId: Subject,
  by: Type.Enum(['password', 'totp', 'passkey', 'log-in']),
  binding: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});
export type PaymentProved = Static<typeof PaymentProved>;

const ClientName = Type.String();
/**
 * A client (an application with credentials of its own) may do something else from now on. `change`: added (it waits for an approval unless the command
 * line did it), enabled, disabled, or given other public keys. Key: clientId.
 */
export const CLIENT_CHANGED = 'identity.client-changed.v1';
export const ClientChanged = Type.Object({
  clientId: ClientName,
  change: Type.Union([Type.Literal('added'), Type.Literal('enabled'), Type.Literal('disabled'), Type.Literal('public-keys')]),
  scopes: Type.Array(Type.String()),
});
export type ClientChanged = Static<typeof ClientChanged>;

/**
 * What a client proves itself with is another. `change`: made (it waits while `counts` is false), activated, replaced (it ends at `expiresAt`, another
 * takes its place), revoked. `keyKind`: shown to the API itself, or to the issuer. Key: clientId.
 */
export const MACHINE_KEY_CHANGED = 'identity.machine-key-changed.v1';
export const MachineKeyChanged = Type.Object({
  keyId: Subject,
  clientId: ClientName,
  keyKind: Type.Union([Type.Literal('key'), Type.Literal('secret')]),
  change: Type.Union([Type.Literal('made'), Type.Literal('activated'), Type.Literal('replaced'), Type.Literal('revoked')]),
  counts: Type.Boolean(),
  scopes: Type.Array(Type.String()),
  expiresAt: Type.Union([Type.String(), Type.Null()]),
});
export type MachineKeyChanged = Static<typeof MachineKeyChanged>;

/** A key ends soon, and nothing takes its place. Told once, a fortnight before; admins of the tenant get a letter. Key: clientId. */
export const MACHINE_KEY_EXPIRING = 'identity.machine-key-expiring.v1';
export const MachineKeyExpiring = Type.Object({ keyId: Subject, clientId: ClientName, expiresAt: Type.String() });
export type MachineKeyExpiring = Static<typeof MachineKeyExpiring>;

/** Everything this module publishes, by type. */
export const events = {
  [PERSON_REGISTERED]: PersonRegistered,
  [SIGNED_IN]: SignedIn,
  [SIGN_IN_FAILED]: SignInFailed,
  [SIGN_IN_BLOCKED]: SignInBlocked,
  [SECRET_CHANGED]: SecretChanged,
  [SIGNED_IN_2]: SignedIn2,
  [FACTOR_ADDED]: FactorAdded,
  [FACTOR_REMOVED]: FactorRemoved,
  [RECOVERY_USED]: RecoveryUsed,
  [EMAIL_VERIFIED]: EmailVerified,
  [ACCOUNT_LOCKED]: AccountLocked,
  [UNLOCK_ASKED]: UnlockAsked,
  [DEVICE_ADDED]: DeviceAdded,
  [DEVICE_KNOWN]: DeviceKnown,
  [DEVICE_FORGOTTEN]: DeviceForgotten,
  [PAYMENT_PROVED]: PaymentProved,
  [OPERATOR_ADDED]: OperatorAdded,
  [OPERATOR_CHANGED]: OperatorChanged,
  [PERSON_ERASED]: PersonErased,
  [CLIENT_CHANGED]: ClientChanged,
  [MACHINE_KEY_CHANGED]: MachineKeyChanged,
  [MACHINE_KEY_EXPIRING]: MachineKeyExpiring,
  ...approvalEvents('identity'),
} as const;

/** Broadcast (ephemeral): tokens of a grant, subject or client, or a key, no longer count; caches drop them. */
export const REVOKED_CHANNEL = 'identity.revoked';
export type Revoked = { grantId?: string; subjectId?: string; jti?: string; clientId?: string; keyId?: string };

/** The resource whose tokens the API accepts, and the audience they carry. */
export const API_RESOURCE = 'urn:lastro:api';
export const API_AUDIENCE = 'lastro-api';
/** The BFF's client at the issuer, one a tenant. */
export const bffClientId = (tenantSlug: string): string => `bff-${tenantSlug}`;
/** The same for operators. */
export const deskClientId = (tenantSlug: string): string => `desk-${tenantSlug}`;
/** Operators have an origin of their own: what runs on the customers' pages has no way to theirs. */
const DESK = 'operacao.';
/** Where operators find the tenant of this host; null for an address, which has no names under it. */
export const deskHostOf = (host: string): string | null => (/^[\d.]+$|:/.test(host) ? null : `${DESK}${host}`);
/** The host of the tenant whose operators come by this one; null when it is none of operators. */
export const hostOfDesk = (host: string): string | null => (host.startsWith(DESK) ? host.slice(DESK.length) : null);
/** Names a renewal at the token endpoint, a UUID of the client's own: asked for again by that name, it gives the same refresh token. */
export const RENEWAL_PARAMETER = 'renewal';
/** Purpose under which a client's secret is derived from the master key. */
export const clientSecretPurpose = (clientId: string): string => `oidc-client/${clientId}`;
/** Where the issuer sends a browser back to, on each host of a tenant. */
export const BFF_CALLBACK_PATH = '/bff/callback';
