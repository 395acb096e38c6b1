import type { Tx } from '#platform/db/db.ts';
import type { Installation } from '#platform/manifest.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { BFF_CALLBACK_PATH, bffClientId, deskClientId, deskHostOf } from './events.ts';
import { type ClientRow, listTenants, saveClient, saveTenant, type Tenant } from './store/directory.ts';

/** Tenants of a development installation; the ids are fixed so that examples and tests can name them. */
export const DEVELOPMENT_TENANTS: readonly Tenant[] = [
  { id: '0192f000-0000-7000-8000-000000000001', slug: 'lastro', name: 'Lastro', hosts: ['localhost', '127.0.0.1'] },
  { id: '0192f000-0000-7000-8000-000000000002', slug: 'outra', name: 'Outra', hosts: ['outra.localhost'] },
];

/** The service that demonstrations and the tour use over the API. Exists in development only. */
export const DEMO_CLIENT_ID = 'demo';
export const DEMO_CLIENT_SECRET = 'segredo-da-demo-so-para-desenvolvimento';

/** Scopes of the whole API, those of a person's session, and those of each role of operators. */
export type Scopes = Installation['scopes'];

/** Origin of a tenant on one of its hosts: the installation's own scheme and port. */
export function originOn(publicUrl: string, host: string): string {
  const url = new URL(publicUrl);
  url.hostname = host;
  return url.origin;
}

const deskHosts = (hosts: readonly string[]): string[] => hosts.flatMap((host) => deskHostOf(host) ?? []);

/** Where a tenant's pages may come from: those of its customers, and those of its operators. */
export const allOrigins = (publicUrl: string, { hosts }: Pick<Tenant, 'hosts'>): string[] =>
  [...hosts, ...deskHosts(hosts)].map((host) => originOn(publicUrl, host));

/** The two applications of our own that every tenant has: the customers' and the operators'. They follow the scopes there are. */
export async function saveOwnClients(tx: Tx, tenant: Tenant, { publicUrl, scopes, at }: { publicUrl: string; scopes: Scopes; at: Date }) {
  const { id: tenantId, slug, name, hosts } = tenant;
  const back = (at: readonly string[]) => at.map((host) => `${originOn(publicUrl, host)}${BFF_CALLBACK_PATH}`);
  const ofRoles = [...new Set(Object.values(scopes.roles).flat())];
  const own: Omit<ClientRow, 'tenantId' | 'name'>[] = [
    { clientId: bffClientId(slug), kind: 'bff', scopes: [...scopes.people], redirectUris: back(hosts) },
    { clientId: deskClientId(slug), kind: 'desk', scopes: ofRoles, redirectUris: back(deskHosts(hosts)) },
  ];
  for (const client of own) await saveClient(tx, { ...client, tenantId, name }, at);
}

/** Makes tenants exist, and the clients of all there are, again and again with the same result. */
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
      await saveTenant(tx, { ...given, hosts }, at);
    }
    for (const tenant of await listTenants(tx)) await saveOwnClients(tx, tenant, { ...options, at });
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
