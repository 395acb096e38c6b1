import { hash, timingSafeEqual } from 'node:crypto';
import type { JWK } from 'jose';
import Provider, { type AdapterPayload } from 'oidc-provider';
import type { PlatformDeps } from '#platform/module.ts';
import { derivedSecret } from '#platform/vault/derived-secret.ts';
import { scopesOfRoles } from '../domain/realm.ts';
import { clientSecretPurpose } from '../events.ts';
import { keptOf, OVERLAP_MS } from '../machines/keys.ts';
import type { Revocations } from '../revocations.ts';
import type { Scopes } from '../seed.ts';
import type { SigningKeyBook, SigningKeys } from '../signing-keys.ts';
import { type ClientRow, findClient } from '../store/directory.ts';
import { findLock } from '../store/locks.ts';
import { findSecrets } from '../store/machine-keys.ts';
import { findRoles } from '../store/operators.ts';
import { customerExists } from '../store/people.ts';
import { createAdapterFactory } from './adapter.ts';
import { type IssuerParts, issuerConfiguration, LIMITED_SCOPE } from './configuration.ts';
import { createRenewals, nameRefreshTokens } from './renewals.ts';

export type IssuerOptions = Pick<PlatformDeps, 'db' | 'vault' | 'clock' | 'log'> & {
  publicUrl: string;
  masterKey: Buffer;
  jwks: JWK[];
  revocations: Revocations;
  scopes: Scopes;
  /** Secrets given by hand (demo clients in development); others are derived. */
  knownSecrets: ReadonlyMap<string, string>;
  noteGrant: IssuerParts['noteGrant'];
};

/** The provider with the keys of this moment: other keys are another one, which finds all that the one before has begun in the database. */
export function createCurrentIssuer(options: Omit<IssuerOptions, 'jwks'> & { keys: SigningKeyBook }): () => Promise<Provider> {
  const { keys, ...rest } = options;
  let made: { of: SigningKeys; provider: Provider } | undefined;
  return async () => {
    const of = await keys.fresh();
    if (made?.of !== of) made = { of, provider: createIssuer({ ...rest, jwks: of.privateJwks }) };
    return made.provider;
  };
}

/** Our OpenID provider at `<publicUrl>/oidc`. */
function createIssuer(options: IssuerOptions): Provider {
  const { db, log, masterKey } = options;
  const secretOf = (clientId: string) => options.knownSecrets.get(clientId) ?? derivedSecret(masterKey, clientSecretPurpose(clientId));
  const renewalNow = createRenewals(derivedSecret(masterKey, 'identity/renewals/1'));
  const adapter = createAdapterFactory({
    ...options,
    renewalNow,
    // System scope: the client is what tells the tenant, so none can be known before.
    findClient: async (clientId) => {
      const [row, secrets] = await db.tx({ module: 'identity', system: true }, (tx) =>
        Promise.all([findClient(tx, clientId), findSecrets(tx, clientId, new Date(options.clock.now()), OVERLAP_MS)]),
      );
      if (!row) return undefined;
      const derived = secretOf(clientId);
      const kept = secrets && [...secrets.kept, ...(secrets.isDerivedGood ? [keptOf(options.vault, hash('sha256', derived, 'hex'))] : [])];
      return metadataOf(row, derived, kept);
    },
  });
  const provider = new Provider(
    issuerOf(options.publicUrl),
    issuerConfiguration({
      adapter,
      jwks: options.jwks,
      noteGrant: options.noteGrant,
      cookieKeys: [derivedSecret(masterKey, 'identity/oidc-cookies/1')],
      mayWhat: (tenantId, realm, subjectId) =>
        db.tx({ module: 'identity', tenants: [tenantId] }, async (tx) => {
          if (realm === 'customer') {
            if (!(await customerExists(tx, tenantId, subjectId))) return null;
            return (await findLock(tx, tenantId, subjectId, new Date(options.clock.now()))) ? [LIMITED_SCOPE] : options.scopes.people;
          }
          const roles = await findRoles(tx, tenantId, subjectId);
          return roles && scopesOfRoles(roles, options.scopes.roles);
        }),
    }),
  );
  nameRefreshTokens(provider, renewalNow);
  compareByHash(provider, options.vault);
  // The mount below tells the provider its public address by these headers, whatever the request itself said.
  provider.proxy = true;
  provider.silent = true;
  provider.on('server_error', (_ctx, error) =>
    log.error({ err: { name: error.name, message: error.message, stack: error.stack } }, 'the issuer failed'),
  );
  // Who ends a grant logs out: the browser's session at the issuer must not log in again without a password. It is over before the answer.
  const ending = new WeakMap<object, Promise<void>>();
  provider.on('grant.revoked', (ctx) => {
    const uid = ctx.oidc.entities.RefreshToken?.sessionUid;
    if (!uid) return;
    const warn = (error: Error) => log.warn({ err: error.message }, 'a session at the issuer could not be ended');
    ending.set(ctx.req, endSession(provider, uid).catch(warn));
  });
  provider.use(async (ctx, next) => {
    await next();
    await ending.get(ctx.req);
  });
  return provider;
}

/** What the issuer is called, and where it is. */
export const issuerOf = (publicUrl: string): string => `${publicUrl}/oidc`;

/** Ends a browser's session at the issuer. */
export async function endSession(provider: Provider, uid: string): Promise<void> {
  const session = await provider.Session.findByUid(uid);
  await session?.destroy();
}

/** Of a client whose secrets were made by command or at the desk there are keyed hashes, of two while one takes the place of the other. */
function compareByHash(provider: Provider, vault: PlatformDeps['vault']): void {
  type Compared = { secret_hashes?: string[]; compareClientSecret(given: string): boolean | Promise<boolean> };
  const prototype = provider.Client.prototype as unknown as Compared;
  const compareAsTheyAre = prototype.compareClientSecret;
  prototype.compareClientSecret = function compare(this: Compared, given: string) {
    if (!this.secret_hashes) return compareAsTheyAre.call(this, given);
    const kept = keptOf(vault, hash('sha256', given, 'hex'));
    return this.secret_hashes.map((one) => timingSafeEqual(Buffer.from(one, 'hex'), kept)).includes(true);
  };
}

/** @param secrets what is kept of its secrets; null when its secret is derived */
function metadataOf(row: ClientRow, secret: string, secrets: readonly Buffer[] | null): AdapterPayload {
  const isBff = row.kind !== 'service';
  const proof = row.jwks
    ? { jwks: row.jwks, token_endpoint_auth_method: 'private_key_jwt' }
    : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' };
  return {
    ...proof,
    ...(secrets ? { secret_hashes: secrets.map((one) => one.toString('hex')) } : {}),
    client_id: row.clientId,
    client_name: row.name,
    application_type: 'web',
    grant_types: isBff ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
    response_types: isBff ? ['code'] : [],
    redirect_uris: row.redirectUris,
    post_logout_redirect_uris: row.redirectUris.map((uri) => `${new URL(uri).origin}/`),
    id_token_signed_response_alg: 'PS256',
    tenant_id: row.tenantId,
    api_scopes: row.scopes.join(' '),
    ...(row.kind === 'desk' ? { realm: 'operator' } : {}),
  } as AdapterPayload;
}
