import type { Tx } from '#platform/db/db.ts';
import type { KnownBy } from '../domain/devices.ts';

export type DeviceRow = {
  deviceId: string;
  /** What the person knows it by, sealed under the person's key. */
  agentSealed: Buffer;
  createdAt: Date;
  lastSeenAt: Date;
  /** Null while it is new. */
  knownSince: Date | null;
  knownBy: KnownBy | null;
};
export type Seen = { deviceId: string; subjectId: string; keyHash: Buffer; agentSealed: Buffer; knownBy: KnownBy | null };

const COLUMNS = `device_id as "deviceId", agent_sealed as "agentSealed", created_at as "createdAt", last_seen_at as "lastSeenAt",
  known_since as "knownSince", known_by as "knownBy"`;

/** The browser of a log-in; one that is known stays so. `isNew`: the person has not logged in with it before. */
export async function saveSeen(tx: Tx, tenantId: string, seen: Seen, at: Date): Promise<DeviceRow & { isNew: boolean }> {
  const [row] = await tx.query<DeviceRow & { isNew: boolean }>(
    `insert into identity.devices as d
       (tenant_id, device_id, subject_id, key_hash, agent_sealed, created_at, last_seen_at, known_since, known_by)
     values ($1, $2, $3, $4, $5, $6, $6, case when $7::text is null then null else $6::timestamptz end, $7)
     on conflict (tenant_id, subject_id, key_hash) do update set agent_sealed = excluded.agent_sealed, last_seen_at = excluded.last_seen_at,
       known_since = coalesce(d.known_since, excluded.known_since), known_by = coalesce(d.known_by, excluded.known_by)
     returning ${COLUMNS}, xmax = 0 as "isNew"`,
    [tenantId, seen.deviceId, seen.subjectId, seen.keyHash, seen.agentSealed, at, seen.knownBy],
  );
  return row!;
}

/** Keeps the browsers of a person that were seen last. */
export async function trimDevices(tx: Tx, tenantId: string, subjectId: string, keep: number): Promise<void> {
  await tx.execute(
    `delete from identity.devices where tenant_id = $1 and device_id in
       (select device_id from identity.devices where tenant_id = $1 and subject_id = $2 order by last_seen_at desc, device_id offset $3)`,
    [tenantId, subjectId, keep],
  );
}

/** A log-in that becomes a grant was made in this browser. */
export async function saveDeviceGrant(tx: Tx, tenantId: string, grantHash: Buffer, deviceId: string, expiresAt: Date): Promise<void> {
  await tx.execute(
    `insert into identity.device_grants (tenant_id, grant_hash, device_id, expires_at)
     select tenant_id, $2, device_id, $4 from identity.devices where tenant_id = $1 and device_id = $3 on conflict do nothing`,
    [tenantId, grantHash, deviceId, expiresAt],
  );
}

/** The browser that a log-in was made in; null when it is not known which, or it was forgotten. */
export async function findDeviceOfGrant(tx: Tx, tenantId: string, subjectId: string, grantHash: Buffer): Promise<DeviceRow | null> {
  const rows = await tx.query<DeviceRow>(
    `select ${COLUMNS} from identity.devices join identity.device_grants g using (tenant_id, device_id)
     where tenant_id = $1 and g.grant_hash = $3 and subject_id = $2`,
    [tenantId, subjectId, grantHash],
  );
  return rows[0] ?? null;
}

/** The one seen last in front. */
export async function listDevices(tx: Tx, tenantId: string, subjectId: string): Promise<DeviceRow[]> {
  return tx.query<DeviceRow>(
    `select ${COLUMNS} from identity.devices where tenant_id = $1 and subject_id = $2 order by last_seen_at desc, device_id`,
    [tenantId, subjectId],
  );
}

/** True for the one change that makes it known. */
export async function saveKnown(tx: Tx, tenantId: string, deviceId: string, by: KnownBy, at: Date): Promise<boolean> {
  const count = await tx.execute(
    'update identity.devices set known_since = $3, known_by = $4 where tenant_id = $1 and device_id = $2 and known_since is null',
    [tenantId, deviceId, at, by],
  );
  return count === 1;
}

/** All browsers of a person are new again. */
export async function clearKnown(tx: Tx, tenantId: string, subjectId: string): Promise<void> {
  await tx.execute(
    'update identity.devices set known_since = null, known_by = null where tenant_id = $1 and subject_id = $2 and known_since is not null',
    [tenantId, subjectId],
  );
}

/** The hashes of the grants of the browser that goes; null when the person has none such. */
export async function deleteDevice(tx: Tx, tenantId: string, subjectId: string, deviceId: string): Promise<Buffer[] | null> {
  const grants = await tx.query<{ grant_hash: Buffer }>(
    'select grant_hash from identity.device_grants where tenant_id = $1 and device_id = $2',
    [tenantId, deviceId],
  );
  const count = await tx.execute('delete from identity.devices where tenant_id = $1 and subject_id = $2 and device_id = $3', [
    tenantId,
    subjectId,
    deviceId,
  ]);
  return count === 1 ? grants.map((row) => row.grant_hash) : null;
}

/** Whether the person has a factor, and each of them counts already. */
export async function doFactorsCount(tx: Tx, tenantId: string, subjectId: string, now: Date): Promise<boolean> {
  const rows = await tx.query<{ counts: boolean }>(
    `select coalesce(bool_and(counts_from is null or counts_from <= $3), false) as counts from (
       select counts_from from identity.totp_secrets where tenant_id = $1 and subject_id = $2 and state = 'active'
       union all select counts_from from identity.passkeys where tenant_id = $1 and subject_id = $2) as factors`,
    [tenantId, subjectId, now],
  );
  return rows[0]!.counts;
}

/** Whether this happened to the person's log-in since then. */
export async function wasNotedSince(tx: Tx, tenantId: string, subjectId: string, kinds: readonly string[], since: Date): Promise<boolean> {
  const rows = await tx.query(
    'select from identity.security_notes where tenant_id = $1 and subject_id = $2 and kind = any($3::text[]) and noted_at > $4 limit 1',
    [tenantId, subjectId, kinds, since],
  );
  return rows.length > 0;
}
