import type { Clock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { refuse } from './errors.ts';
import type { IdentityPort } from './ports.ts';

export type TenantHost = { tenantId: string; slug: string; origin: string };

const CACHE_MS = 30_000;
const CACHE_LIMIT = 500;
/** A look-up happens before any tenant is known; the face wants one all the same. */
const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** Which tenant a host name is, remembered for half a minute. @throws BFF_UNKNOWN_HOST */
export function createTenantOf(identity: IdentityPort, clock: Clock, publicUrl: string) {
  const cache = new Map<string, { found: TenantHost | null; untilMs: number }>();
  return async (host: string): Promise<TenantHost> => {
    const name = host.toLowerCase();
    let known = cache.get(name);
    if (!known || known.untilMs <= clock.now()) {
      const { tenantId, slug } = await identity.resolveTenant(systemContext(NO_TENANT, 'bff'), { host: name.slice(0, 255) });
      const origin = new URL(publicUrl);
      origin.hostname = name;
      known = { found: tenantId && slug ? { tenantId, slug, origin: origin.origin } : null, untilMs: clock.now() + CACHE_MS };
      if (cache.size >= CACHE_LIMIT) cache.clear();
      cache.set(name, known);
    }
    if (!known.found) throw refuse('BFF_UNKNOWN_HOST');
    return known.found;
  };
}

export type TenantOf = ReturnType<typeof createTenantOf>;
