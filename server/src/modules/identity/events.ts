import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';

/** A person has an identity in a tenant. Key: subjectId. Carries no name, CPF or e-mail: ask `getPerson`. */
export const PERSON_REGISTERED = 'identity.person-registered.v1';
export const PersonRegistered = Type.Object({ subjectId: Type.String({ pattern: UUID_PATTERN }) });
export type PersonRegistered = Static<typeof PersonRegistered>;

/** Everything this module publishes, by type. */
export const events = { [PERSON_REGISTERED]: PersonRegistered } as const;

/** Broadcast (ephemeral): tokens of a grant or subject no longer count; caches drop them. */
export const REVOKED_CHANNEL = 'identity.revoked';
export type Revoked = { grantId?: string; subjectId?: string; jti?: string };

/** The resource whose tokens the API accepts, and the audience they carry. */
export const API_RESOURCE = 'urn:lastro:api';
export const API_AUDIENCE = 'lastro-api';
/** The BFF's client at the issuer, one a tenant. */
export const bffClientId = (tenantSlug: string): string => `bff-${tenantSlug}`;
/** Purpose under which a client's secret is derived from the master key. */
export const clientSecretPurpose = (clientId: string): string => `oidc-client/${clientId}`;
/** Where the issuer sends a browser back to, on each host of a tenant. */
export const BFF_CALLBACK_PATH = '/bff/callback';
/** What a person's session may do. */
export const PERSON_SCOPES = ['people:read', 'payments:read', 'payments:write', 'cashflow:read'] as const;
