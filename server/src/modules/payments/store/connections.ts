import type { Tx } from '#platform/db/db.ts';

/** A way to a provider: which adapter, set up how, with which secrets by name, and for whom. */
export type ConnectionRecord = {
  /** Names it in payments, arrivals, marks of the statement and metrics. */
  name: string;
  /** Whose payments go this way; null: those of every tenant that has none of its own. */
  forTenant: string | null;
  rail: 'pix';
  adapter: string;
  settings: Record<string, unknown>;
  /** The adapter's name of each secret, to the name under which it is kept. */
  secrets: Record<string, string>;
  state: 'active' | 'paused';
};

type Row = Omit<ConnectionRecord, 'forTenant'> & { for_tenant: string | null };

export async function findConnections(tx: Tx): Promise<ConnectionRecord[]> {
  const rows = await tx.query<Row>(
    'select name, for_tenant, rail, adapter, settings, secrets, state from payments.connections order by created_at, name',
  );
  return rows.map(({ for_tenant: forTenant, ...row }) => ({ ...row, forTenant }));
}

/** Adds one; false when the name is taken. */
export async function insertConnection(tx: Tx, { name, forTenant, rail, adapter, settings, secrets }: ConnectionRecord): Promise<boolean> {
  const count = await tx.execute(
    `insert into payments.connections (name, for_tenant, rail, adapter, settings, secrets) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [name, forTenant, rail, adapter, settings, secrets],
  );
  return count === 1;
}

/** The settings of a connection that the environment sets up, as they are there today. */
export async function updateConnection(tx: Tx, { name, adapter, settings, secrets }: ConnectionRecord): Promise<void> {
  await tx.execute(
    `update payments.connections set adapter = $2, settings = $3, secrets = $4, updated_at = now()
     where name = $1 and (adapter, settings, secrets) is distinct from ($2, $3::jsonb, $4::jsonb)`,
    [name, adapter, settings, secrets],
  );
}

/** False when there is none of that name. */
export async function setConnectionState(tx: Tx, name: string, state: ConnectionRecord['state']): Promise<boolean> {
  const count = await tx.execute('update payments.connections set state = $2, updated_at = now() where name = $1', [name, state]);
  return count === 1;
}
