import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { refuse } from '../errors.ts';
import { CLIENT_CHANGED, type ClientChanged, REVOKED_CHANNEL } from '../events.ts';
import { REVOCATION_LIFE_MS } from '../revocations.ts';
import { type ClientRecord, findOwnClient, insertClient, listOwnClients, setOwnClientDisabled, setPublicKeys } from '../store/clients.ts';
import { deleteRevocation, saveRevocation } from '../store/revocations.ts';
import { type MachineKeys, type MadeKey, refuseScopes } from './keys.ts';

/** A client as operators see it. */
export type ShownClient = {
  clientId: string;
  name: string;
  scopes: string[];
  provesBy: 'secret' | 'signature';
  disabledAt: string | null;
  createdAt: string;
};
export type NewClient = { name: string; title: string; scopes: readonly string[] };

const NAME = /^[a-z][a-z0-9-]{1,39}$/;
const MOST_PUBLIC_KEYS = 10;
const LEAST_RSA_BITS = 2048;
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'clock' | 'log'> & { keys: MachineKeys; scopes: readonly string[] };

/**
 * A tenant's clients, services with tokens and keys of their own. Their names are the tenant's: `erp` of the tenant `banco` is `banco_erp` to everybody,
 * so that no tenant learns of another's, or takes its name.
 */
export function createClients({ db, bus, clock, log, keys, scopes: known }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const show = ({ clientId, name, scopes, hasPublicKeys, disabledAt, createdAt }: ClientRecord): ShownClient => ({
    clientId,
    name,
    scopes,
    provesBy: hasPublicKeys ? 'signature' : 'secret',
    disabledAt: disabledAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  });

  async function tell(tx: Tx, { tenantId, clientId, scopes }: ClientRecord, change: ClientChanged['change'], by: Actor): Promise<void> {
    const time = new Date(clock.now()).toISOString();
    await bus.publish(tx, [
      { id: newId(), type: CLIENT_CHANGED, tenantId, key: clientId, actor: by, time, data: { clientId, change, scopes } },
    ]);
  }

  async function take(tx: Tx, tenantId: string, clientId: string): Promise<ClientRecord> {
    const client = await findOwnClient(tx, tenantId, clientId);
    if (!client) throw refuse('IDENTITY_CLIENT_NOT_FOUND');
    return client;
  }

  function dropTokens(tx: Tx, clientId: string): void {
    tx.afterCommit(() => {
      const warn = (error: Error) => log.warn({ err: error.message }, 'the end of a client could not be told');
      bus.broadcast(REVOKED_CHANNEL, { clientId }).catch(warn);
    });
  }

  return {
    take,
    list: async (tenantId: string): Promise<ShownClient[]> =>
      (await db.tx(scope(tenantId), (tx) => listOwnClients(tx, tenantId))).map(show),
    /** Null when this tenant has no such client. */
    async get(tenantId: string, clientId: string): Promise<ShownClient | null> {
      const found = await db.tx({ ...scope(tenantId), single: true }, (tx) => findOwnClient(tx, tenantId, clientId));
      return found && show(found);
    },
    /**
     * A client with its first secret, in the caller's transaction; one that waits for an approval (`counts` is false) is disabled until then.
     *
     * @throws IDENTITY_CLIENT_NAME_INVALID, IDENTITY_CLIENT_EXISTS, IDENTITY_SCOPE_UNKNOWN
     */
    async add(
      tx: Tx,
      tenant: { id: string; slug: string },
      { name, title, scopes: given }: NewClient,
      { by, counts }: { by: Actor; counts: boolean },
    ): Promise<{ client: ShownClient; secret: MadeKey }> {
      const bare = name.startsWith(`${tenant.slug}_`) ? name.slice(tenant.slug.length + 1) : name;
      if (!NAME.test(bare)) throw refuse('IDENTITY_CLIENT_NAME_INVALID');
      const scopes = [...new Set(given)];
      const foreign = scopes.filter((one) => !known.includes(one));
      if (foreign.length > 0 || scopes.length === 0) throw refuseScopes(foreign);
      const createdAt = new Date(clock.now());
      const disabledAt = counts ? null : createdAt;
      const clientId = `${tenant.slug}_${bare}`;
      const client = { tenantId: tenant.id, clientId, name: title, scopes, createdAt, disabledAt, hasPublicKeys: false };
      if (!(await insertClient(tx, client))) throw refuse('IDENTITY_CLIENT_EXISTS');
      await tell(tx, client, 'added', by);
      return { client: show(client), secret: await keys.renewSecret(tx, tenant.id, clientId, { by, counts }) };
    },
    /** It gets no token, and those it has, and its keys, stop counting in every process. Repeating it changes nothing. */
    async disable(tx: Tx, tenantId: string, clientId: string, by: Actor): Promise<void> {
      const client = await take(tx, tenantId, clientId);
      if (client.disabledAt) return;
      const at = new Date(clock.now());
      await setOwnClientDisabled(tx, client, at);
      await saveRevocation(tx, 'client', clientId, at, new Date(clock.now() + REVOCATION_LIFE_MS));
      await tell(tx, client, 'disabled', by);
      dropTokens(tx, clientId);
    },
    async enable(tx: Tx, tenantId: string, clientId: string, by: Actor): Promise<void> {
      const client = await take(tx, tenantId, clientId);
      if (!client.disabledAt) return;
      await setOwnClientDisabled(tx, client, null);
      await deleteRevocation(tx, 'client', clientId);
      await tell(tx, client, 'enabled', by);
    },
    /**
     * Public keys with which it proves itself from now on, by a signature alone; with none, by its secret again.
     *
     * @throws IDENTITY_CLIENT_KEYS_INVALID
     */
    async setPublicKeys(tx: Tx, tenantId: string, clientId: string, jwks: unknown, by: Actor): Promise<void> {
      const client = await take(tx, tenantId, clientId);
      await setPublicKeys(tx, client, jwks === null ? null : await readPublicKeys(jwks));
      await tell(tx, client, 'public-keys', by);
    },
  };
}

export type Clients = ReturnType<typeof createClients>;

/** Which signature a key is for; undefined for one that is for none we take. */
const algorithmOf = ({ kty, crv }: JWK): string | undefined =>
  kty === 'RSA' ? 'PS256' : kty === 'EC' && crv === 'P-256' ? 'ES256' : kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined;

/** The public parts and nothing else. A private part that came along was told to us, and is refused aloud. @throws IDENTITY_CLIENT_KEYS_INVALID */
async function readPublicKeys(jwks: unknown): Promise<{ keys: JWK[] }> {
  const { keys } = (jwks ?? {}) as { keys?: JWK[] };
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MOST_PUBLIC_KEYS) throw refuse('IDENTITY_CLIENT_KEYS_INVALID');
  const read = await Promise.all(keys.map(readPublicKey));
  return { keys: read };
}

async function readPublicKey(jwk: JWK): Promise<JWK> {
  const algorithm = algorithmOf(jwk ?? {});
  if (!algorithm || 'd' in jwk || 'k' in jwk) throw refuse('IDENTITY_CLIENT_KEYS_INVALID');
  const { kty, kid, crv, x, y, n, e } = jwk;
  // Ed25519 has two names (RFC 9864): a client may say either.
  const alg = kty === 'OKP' ? undefined : algorithm;
  const plain = JSON.parse(JSON.stringify({ kty, kid, crv, x, y, n, e, use: 'sig', alg })) as JWK;
  const imported = (await importJWK(plain, algorithm).catch((cause: unknown) => {
    throw refuse('IDENTITY_CLIENT_KEYS_INVALID', { cause });
  })) as CryptoKey;
  const { modulusLength } = imported.algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < LEAST_RSA_BITS) throw refuse('IDENTITY_CLIENT_KEYS_INVALID');
  return plain;
}
