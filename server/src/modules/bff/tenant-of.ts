import { hostOfDesk } from '#identity/events';
import type { Cache } from '#platform/cache/cache.ts';
import { systemContext } from '#platform/context.ts';
import type { Realm } from './domain/realm.ts';
import { refuse } from './errors.ts';
import type { IdentityPort } from './ports.ts';

export type TenantHost = { tenantId: string; slug: string; origin: string };

const KEEP_MS = 30_000;
/** A look-up happens before any tenant is known; the face wants one all the same. */
const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** Which tenant a host name is, or that it is none, remembered for half a minute. @throws BFF_UNKNOWN_HOST */
export function createTenantOf(identity: IdentityPort, cache: Cache, publicUrl: string, realm: Realm = 'customer') {
  return async (host: string): Promise<TenantHost> => {
    const name = host.toLowerCase().slice(0, 255);
    const found = await cache.remember<TenantHost>(`bff:host:${realm}:${name}`, { ttlMs: KEEP_MS, missTtlMs: KEEP_MS }, async () => {
      const named = realm === 'operator' ? hostOfDesk(name) : name;
      if (named === null) return undefined;
      const { tenantId, slug } = await identity.resolveTenant(systemContext(NO_TENANT, 'bff'), { host: named });
      const origin = new URL(publicUrl);
      origin.hostname = name;
      return tenantId && slug ? { tenantId, slug, origin: origin.origin } : undefined;
    });
    if (!found) throw refuse('BFF_UNKNOWN_HOST');
    return found;
  };
}

export type TenantOf = ReturnType<typeof createTenantOf>;
