import type { Tx } from '#platform/db/db.ts';

/** A service: an application that acts on its own behalf. The two applications of ours that each tenant has are none. */
export type ClientRecord = {
  tenantId: string;
  clientId: string;
  name: string;
  scopes: string[];
  disabledAt: Date | null;
  /** It proves itself by a signature. */
  hasPublicKeys: boolean;
  createdAt: Date;
};

const COLUMNS = `tenant_id as "tenantId", client_id as "clientId", name, scopes, disabled_at as "disabledAt", jwks is not null as "hasPublicKeys",
  created_at as "createdAt"`;

export async function findOwnClient(tx: Tx, tenantId: string, clientId: string): Promise<ClientRecord | null> {
  const rows = await tx.query<ClientRecord>(
    `select ${COLUMNS} from identity.clients where tenant_id = $1 and client_id = $2 and kind = 'service'`,
    [tenantId, clientId],
  );
  return rows[0] ?? null;
}

export async function listOwnClients(tx: Tx, tenantId: string): Promise<ClientRecord[]> {
  return tx.query<ClientRecord>(
    `select ${COLUMNS} from identity.clients where tenant_id = $1 and kind = 'service' order by created_at, client_id limit 500`,
    [tenantId],
  );
}

/** False when there is one of this name. */
export async function insertClient(tx: Tx, client: Omit<ClientRecord, 'hasPublicKeys'>): Promise<boolean> {
  const count = await tx.execute(
    `insert into identity.clients (client_id, tenant_id, name, kind, scopes, created_at, disabled_at) values ($1, $2, $3, 'service', $4, $5, $6)
     on conflict do nothing`,
    [client.clientId, client.tenantId, client.name, client.scopes, client.createdAt, client.disabledAt],
  );
  return count === 1;
}

export async function setOwnClientDisabled(tx: Tx, { tenantId, clientId }: ClientRecord, at: Date | null): Promise<void> {
  await tx.execute(`update identity.clients set disabled_at = $3 where tenant_id = $1 and client_id = $2`, [tenantId, clientId, at]);
}

/** Null: it proves itself by a secret again. */
export async function setPublicKeys(tx: Tx, { tenantId, clientId }: ClientRecord, jwks: object | null): Promise<void> {
  await tx.execute(`update identity.clients set jwks = $3 where tenant_id = $1 and client_id = $2`, [
    tenantId,
    clientId,
    jwks === null ? null : JSON.stringify(jwks),
  ]);
}
