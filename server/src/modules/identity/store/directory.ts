import type { Tx } from '#platform/db/db.ts';

export type Tenant = { id: string; slug: string; name: string; hosts: string[] };
export type ClientRow = {
  clientId: string;
  tenantId: string;
  name: string;
  kind: 'bff' | 'desk' | 'service';
  scopes: string[];
  redirectUris: string[];
  /** Public keys of a service that proves itself by a signature. */
  jwks?: { keys: object[] } | null;
};

export async function listTenants(tx: Tx): Promise<Tenant[]> {
  return tx.query<Tenant>('select id, slug, name, hosts from identity.tenants order by created_at, id');
}

export async function findTenantByHost(tx: Tx, host: string): Promise<Tenant | null> {
  const rows = await tx.query<Tenant>(
    'select id, slug, name, hosts from identity.tenants where $1 = any (hosts) order by created_at limit 1',
    [host],
  );
  return rows[0] ?? null;
}

/** Adds what is missing, and hosts that came new; takes nothing away. */
export async function saveTenant(tx: Tx, tenant: Tenant, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.tenants as t (id, slug, name, hosts, created_at) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set hosts = array(select distinct unnest(t.hosts || excluded.hosts) order by 1)
     where not t.hosts @> excluded.hosts`,
    [tenant.id, tenant.slug, tenant.name, tenant.hosts, at],
  );
}

export async function saveClient(tx: Tx, client: ClientRow, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.clients (client_id, tenant_id, name, kind, scopes, redirect_uris, created_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (client_id) do update set scopes = excluded.scopes, redirect_uris = excluded.redirect_uris
     where clients.scopes <> excluded.scopes or clients.redirect_uris <> excluded.redirect_uris`,
    [client.clientId, client.tenantId, client.name, client.kind, client.scopes, client.redirectUris, at],
  );
}

/** A client by its id alone; a disabled one is none: at this moment of the protocol no tenant is known yet, the client is what tells it. */
export async function findClient(tx: Tx, clientId: string): Promise<ClientRow | null> {
  const rows = await tx.query<ClientRow>(
    `select client_id as "clientId", tenant_id as "tenantId", name, kind, scopes, redirect_uris as "redirectUris", jwks
     from identity.clients where client_id = $1 and disabled_at is null`,
    [clientId],
  );
  return rows[0] ?? null;
}

export async function findTenantBySlug(tx: Tx, slug: string): Promise<Tenant | null> {
  const rows = await tx.query<Tenant>('select id, slug, name, hosts from identity.tenants where slug = $1', [slug]);
  return rows[0] ?? null;
}

export async function findTenant(tx: Tx, id: string): Promise<Tenant | null> {
  const rows = await tx.query<Tenant>('select id, slug, name, hosts from identity.tenants where id = $1', [id]);
  return rows[0] ?? null;
}

/** False when the short name is taken. */
export async function insertTenant(tx: Tx, tenant: Tenant, at: Date): Promise<boolean> {
  const count = await tx.execute(
    'insert into identity.tenants (id, slug, name, hosts, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [tenant.id, tenant.slug, tenant.name, tenant.hosts, at],
  );
  return count === 1;
}

export type ClientState = { clientId: string; tenantId: string; kind: string; scopes: string; disabledAt: Date | null };

/** All clients of the installation, for its operators. */
export async function listClients(tx: Tx): Promise<ClientState[]> {
  return tx.query<ClientState>(
    `select client_id as "clientId", tenant_id as "tenantId", kind, array_to_string(scopes, ' ') as scopes, disabled_at as "disabledAt"
     from identity.clients order by tenant_id, client_id`,
  );
}

/** False when there is no such client. */
export async function setClientDisabled(tx: Tx, clientId: string, at: Date | null): Promise<boolean> {
  const count = await tx.execute('update identity.clients set disabled_at = $2 where client_id = $1', [clientId, at]);
  return count === 1;
}
