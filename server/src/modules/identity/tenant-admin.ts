import type { House } from '#platform/admin.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import { hostOfDesk } from './events.ts';
import { saveOwnClients } from './seed.ts';
import { findTenantByHost, findTenantBySlug, insertTenant, listTenants, type Tenant } from './store/directory.ts';

const SYSTEM = { module: 'identity', system: true } as const;
const SLUG = /^[a-z][a-z0-9-]{1,30}$/;
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Tenants, as whoever has the installation adds them. */
export function createTenantAdmin({ db, clock }: { db: Db; clock: Clock }) {
  return {
    list: (): Promise<Tenant[]> => db.tx(SYSTEM, listTenants),
    async find(slug: string): Promise<Tenant> {
      const found = await db.tx(SYSTEM, (tx) => findTenantBySlug(tx, slug));
      if (!found) throw new Error(`there is no tenant "${slug}"; "tenants" lists them`);
      return found;
    },
    /** A tenant and its two applications: from the commit on its people may sign up, and its operators log in. */
    async add(house: Pick<House, 'publicUrl' | 'scopes'>, given: Omit<Tenant, 'id'>): Promise<Tenant> {
      const hosts = given.hosts.map((host) => host.toLowerCase());
      if (!SLUG.test(given.slug)) throw new Error('the short name has letters, digits and hyphens, and begins with a letter');
      const wrong = hosts.find((host) => !HOST.test(host) || host.length > 240);
      if (wrong !== undefined) throw new Error(`"${wrong}" is no host name`);
      const desk = hosts.find((host) => hostOfDesk(host) !== null);
      if (desk !== undefined) throw new Error(`"${desk}" is where operators of "${hostOfDesk(desk)}" log in`);
      const tenant = { id: newId(), slug: given.slug, name: given.name, hosts };
      const at = new Date(clock.now());
      await db.tx(SYSTEM, async (tx) => {
        for (const host of hosts) if (await findTenantByHost(tx, host)) throw new Error(`"${host}" leads to another tenant already`);
        if (!(await insertTenant(tx, tenant, at))) throw new Error(`there is a tenant "${tenant.slug}" already`);
        await saveOwnClients(tx, tenant, { ...house, at });
      });
      return tenant;
    },
  };
}
