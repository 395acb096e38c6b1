import type { Tx } from '#platform/db/db.ts';
import type { MachineKeyKind } from '../machines/machine-key.ts';

export type MachineKeyRow = {
  tenantId: string;
  keyId: string;
  clientId: string;
  kind: MachineKeyKind;
  name: string;
  /** What is still shown of it. */
  beginning: string;
  scopes: string[];
  networks: string[];
  createdBy: string;
  createdAt: Date;
  /** From then on it counts; null while it waits for an approval. */
  activeAt: Date | null;
  /** Null for a secret that nothing has replaced. */
  expiresAt: Date | null;
  revokedAt: Date | null;
  replaces: string | null;
  replacedBy: string | null;
  lastUsedAt: Date | null;
  /** Of its client. */
  clientDisabledAt: Date | null;
};
export type NewMachineKey = Omit<MachineKeyRow, 'revokedAt' | 'replacedBy' | 'lastUsedAt' | 'clientDisabledAt'> & { hash: Buffer };

const COLUMNS = `k.tenant_id as "tenantId", k.key_id as "keyId", k.client_id as "clientId", k.kind, k.name, k.beginning, k.scopes, k.networks,
  k.created_by as "createdBy", k.created_at as "createdAt", k.active_at as "activeAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt",
  k.replaces, k.replaced_by as "replacedBy", k.last_used_at as "lastUsedAt", c.disabled_at as "clientDisabledAt"`;
const KEYS = 'identity.machine_keys k join identity.clients c using (client_id)';

export async function insertMachineKey(tx: Tx, row: NewMachineKey): Promise<void> {
  await tx.execute(
    `insert into identity.machine_keys (tenant_id, key_id, client_id, kind, name, beginning, hash, scopes, networks, created_by, created_at, active_at,
       expires_at, replaces) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      row.tenantId,
      row.keyId,
      row.clientId,
      row.kind,
      row.name,
      row.beginning,
      row.hash,
      row.scopes,
      row.networks,
      row.createdBy,
      row.createdAt,
      row.activeAt,
      row.expiresAt,
      row.replaces,
    ],
  );
}

/** A key, locked until the transaction ends: of two who change it the second finds what the first did. */
export async function lockMachineKey(tx: Tx, tenantId: string, keyId: string): Promise<MachineKeyRow | null> {
  const rows = await tx.query<MachineKeyRow>(`select ${COLUMNS} from ${KEYS} where k.tenant_id = $1 and k.key_id = $2 for update of k`, [
    tenantId,
    keyId,
  ]);
  return rows[0] ?? null;
}

/** Keys and secrets of a client, the newest first, those that ended among them. */
export async function listMachineKeys(tx: Tx, tenantId: string, clientId: string, limit: number): Promise<MachineKeyRow[]> {
  return tx.query<MachineKeyRow>(
    `select ${COLUMNS} from ${KEYS} where k.tenant_id = $1 and k.client_id = $2 order by k.created_at desc, k.key_id desc limit $3`,
    [tenantId, clientId, limit],
  );
}

/** Keys and secrets of a client that were not revoked and have not expired, the newest first; locked, since they are about to be counted or replaced. */
export async function lockUnended(tx: Tx, tenantId: string, clientId: string, now: Date): Promise<MachineKeyRow[]> {
  return tx.query<MachineKeyRow>(
    `select ${COLUMNS} from ${KEYS} where k.tenant_id = $1 and k.client_id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
     order by k.created_at desc, k.key_id desc for update of k`,
    [tenantId, clientId, now],
  );
}

export type FoundKey = MachineKeyRow & { clientScopes: string[] };

/** A key by its hash alone: no tenant is known yet, the key is what tells it. */
export async function findMachineKey(tx: Tx, hash: Buffer): Promise<FoundKey | null> {
  const rows = await tx.query<FoundKey>(`select ${COLUMNS}, c.scopes as "clientScopes" from ${KEYS} where k.hash = $1 and k.kind = 'key'`, [
    hash,
  ]);
  return rows[0] ?? null;
}

/** Secrets of a client that count at this moment: what is kept of them, and whether the derived one is among them. */
export type CountingSecrets = { kept: Buffer[]; isDerivedGood: boolean };

/**
 * Null for a client of which none has ever counted here: its secret is the derived one. That one counts beside the first that takes its place, until
 * `overlapMs` after, unless a second has come, and never where the client was made with a secret of its own.
 */
export async function findSecrets(tx: Tx, clientId: string, at: Date, overlapMs: number): Promise<CountingSecrets | null> {
  const rows = await tx.query<{ hash: Buffer; counts: boolean; activeAt: Date; isOwn: boolean }>(
    `select k.hash, k.revoked_at is null and (k.expires_at is null or k.expires_at > $2) as counts, k.active_at as "activeAt",
       k.created_at < c.created_at + interval '1 minute' as "isOwn"
     from identity.machine_keys k join identity.clients c using (client_id)
     where k.client_id = $1 and k.kind = 'secret' and k.active_at is not null`,
    [clientId, at],
  );
  const [first, second] = rows;
  if (!first) return null;
  const isDerivedGood = !second && !first.isOwn && first.activeAt.getTime() + overlapMs > at.getTime();
  return { kept: rows.filter(({ counts }) => counts).map((row) => row.hash), isDerivedGood };
}

/** Remembers when a key was used last, unless that was done since `before`. */
export async function noteUse(tx: Tx, { tenantId, keyId }: { tenantId: string; keyId: string }, at: Date, before: Date): Promise<void> {
  await tx.execute(
    `update identity.machine_keys set last_used_at = $3 where tenant_id = $1 and key_id = $2 and (last_used_at is null or last_used_at < $4)`,
    [tenantId, keyId, at, before],
  );
}

export async function activateMachineKey(tx: Tx, { tenantId, keyId }: { tenantId: string; keyId: string }, at: Date): Promise<void> {
  await tx.execute('update identity.machine_keys set active_at = $3 where tenant_id = $1 and key_id = $2', [tenantId, keyId, at]);
}

export async function revokeMachineKey(tx: Tx, { tenantId, keyId }: { tenantId: string; keyId: string }, at: Date): Promise<void> {
  await tx.execute('update identity.machine_keys set revoked_at = $3 where tenant_id = $1 and key_id = $2', [tenantId, keyId, at]);
}

/** Another one takes its place: it ends then, or when it would have ended anyway. */
export async function replaceMachineKey(
  tx: Tx,
  { tenantId, keyId }: { tenantId: string; keyId: string },
  replacedBy: string,
  endsAt: Date,
): Promise<void> {
  await tx.execute(
    `update identity.machine_keys set replaced_by = $3, expires_at = least(expires_at, $4) where tenant_id = $1 and key_id = $2`,
    [tenantId, keyId, replacedBy, endsAt],
  );
}

/** Keys that end before `until`, that nothing takes the place of, and of whose end nobody was told; locked. */
export async function lockExpiring(tx: Tx, now: Date, until: Date, limit: number): Promise<MachineKeyRow[]> {
  return tx.query<MachineKeyRow>(
    `select ${COLUMNS} from ${KEYS} where k.kind = 'key' and k.noticed_at is null and k.revoked_at is null and k.replaced_by is null
       and k.active_at is not null and c.disabled_at is null and k.expires_at > $1 and k.expires_at <= $2
     order by k.expires_at limit $3 for update of k skip locked`,
    [now, until, limit],
  );
}

export async function markNoticed(tx: Tx, { tenantId, keyId }: { tenantId: string; keyId: string }, at: Date): Promise<void> {
  await tx.execute('update identity.machine_keys set noticed_at = $3 where tenant_id = $1 and key_id = $2', [tenantId, keyId, at]);
}

/** How many keys end before `until` with nothing in their place, by tenant. */
export async function countExpiring(tx: Tx, now: Date, until: Date): Promise<{ slug: string; count: number }[]> {
  return tx.query<{ slug: string; count: number }>(
    `select t.slug, count(*)::int as count from identity.machine_keys k join identity.tenants t on t.id = k.tenant_id
     where k.kind = 'key' and k.revoked_at is null and k.replaced_by is null and k.active_at is not null and k.expires_at > $1 and k.expires_at <= $2
     group by t.slug`,
    [now, until],
  );
}
