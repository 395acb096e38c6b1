import { type Static, Type } from 'typebox';
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

/** Everything this module publishes, by type. */
export const events = {
  [PERSON_REGISTERED]: PersonRegistered,
  [SIGNED_IN]: SignedIn,
  [SIGN_IN_FAILED]: SignInFailed,
  [SIGN_IN_BLOCKED]: SignInBlocked,
} as const;

/** Broadcast (ephemeral): tokens of a grant or subject no longer count; caches drop them. */
export const REVOKED_CHANNEL = 'identity.revoked';
export type Revoked = { grantId?: string; subjectId?: string; jti?: string; clientId?: string };

/** The resource whose tokens the API accepts, and the audience they carry. */
export const API_RESOURCE = 'urn:lastro:api';
export const API_AUDIENCE = 'lastro-api';
/** The BFF's client at the issuer, one a tenant. */
export const bffClientId = (tenantSlug: string): string => `bff-${tenantSlug}`;
/** Purpose under which a client's secret is derived from the master key. */
export const clientSecretPurpose = (clientId: string): string => `oidc-client/${clientId}`;
/** Where the issuer sends a browser back to, on each host of a tenant. */
export const BFF_CALLBACK_PATH = '/bff/callback';
