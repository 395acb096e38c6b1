import type { PlatformDeps } from '#platform/module.ts';
import { BFF_CALLBACK_PATH, bffClientId } from './events.ts';
import { saveClient, saveTenant, type Tenant } from './store/directory.ts';

/** Tenants of a development installation; the ids are fixed so that examples and tests can name them. */
export const DEVELOPMENT_TENANTS: readonly Tenant[] = [
  { id: '0192f000-0000-7000-8000-000000000001', slug: 'lastro', name: 'Lastro', hosts: ['localhost', '127.0.0.1'] },
  { id: '0192f000-0000-7000-8000-000000000002', slug: 'outra', name: 'Outra', hosts: ['outra.localhost'] },
];

/** The service that demonstrations and the tour use over the API. Exists in development only. */
export const DEMO_CLIENT_ID = 'demo';
export const DEMO_CLIENT_SECRET = 'segredo-da-demo-so-para-desenvolvimento';

/** Scopes of the whole API, and those of a person's session. */
export type Scopes = { all: readonly string[]; people: readonly string[] };

/** Origin of a tenant on one of its hosts: the installation's own scheme and port. */
export function originOn(publicUrl: string, host: string): string {
  const url = new URL(publicUrl);
  url.hostname = host;
  return url.origin;
}

/** Makes tenants and their clients exist, again and again with the same result. Answers the origins of all their hosts. */
export async function seedDirectory(
  { db, clock }: Pick<PlatformDeps, 'db' | 'clock'>,
  options: { publicUrl: string; tenants: readonly Tenant[]; demoClient: boolean; scopes: Scopes },
): Promise<void> {
  const at = new Date(clock.now());
  await db.tx({ module: 'identity', system: true }, async (tx) => {
    // Processes that start together take turns, in one order.
    await tx.execute('select pg_advisory_xact_lock(7205140004)');
    for (const [index, given] of options.tenants.entries()) {
      const hosts = index === 0 ? [...new Set([...given.hosts, new URL(options.publicUrl).hostname])] : given.hosts;
      const tenant = { ...given, hosts };
      await saveTenant(tx, tenant, at);
      const redirectUris = hosts.map((host) => `${originOn(options.publicUrl, host)}${BFF_CALLBACK_PATH}`);
      const bff = {
        clientId: bffClientId(tenant.slug),
        tenantId: tenant.id,
        name: tenant.name,
        kind: 'bff' as const,
        scopes: [...options.scopes.people],
        redirectUris,
      };
      await saveClient(tx, bff, at);
    }
    const first = options.tenants[0];
    if (!options.demoClient || !first) return;
    const demo = {
      clientId: DEMO_CLIENT_ID,
      tenantId: first.id,
      name: 'Demonstração',
      kind: 'service' as const,
      scopes: [...options.scopes.all],
      redirectUris: [],
    };
    await saveClient(tx, demo, at);
  });
}
