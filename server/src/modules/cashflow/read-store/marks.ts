import { plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { DayKey, StoredDocument } from './port.ts';

/** A day that the store of documents has not got yet; without a row the day is no more. */
export type Marked = { accountId: string; date: string; changes: number; since: string; day: StoredDocument | null; version: bigint };
type MarkedRow = Omit<Marked, 'since'> & Omit<StoredDocument, 'accountId' | 'date' | 'version'> & { markedAt: string; isThere: boolean };

/** Puts days down to be copied, in the transaction that changed them. */
export function markDays(tx: Tx, tenantId: string, days: readonly Pick<DayKey, 'accountId' | 'date'>[]): void {
  tx.send(
    `insert into cashflow.days_to_copy as m (tenant_id, account_id, date)
     select $1, * from unnest($2::uuid[], $3::date[])
     on conflict (tenant_id, account_id, date) do update set changes = m.changes + 1`,
    [tenantId, plainArray(days.map((day) => day.accountId)), plainArray(days.map((day) => day.date))],
  );
}

/** Every day there is, of a tenant or of all, and so every one that is about to be no more. Only the system role may for all. */
export async function markAll(tx: Tx, tenantId: string | null): Promise<number> {
  return tx.execute(
    `insert into cashflow.days_to_copy as m (tenant_id, account_id, date)
     select tenant_id, account_id, date from cashflow.daily_balances where $1::uuid is null or tenant_id = $1
     on conflict (tenant_id, account_id, date) do update set changes = m.changes + 1`,
    [tenantId],
  );
}

export async function readMarked(tx: Tx, tenantId: string, limit: number): Promise<Marked[]> {
  const rows = await tx.query<MarkedRow>(
    `select m.account_id as "accountId", m.date::text, m.changes, m.since::text as "markedAt", d.version is not null as "isThere",
       coalesce(d.version, nextval('cashflow.day_version')) as version, d.opening as "openingMinor", d.in_minor as "inMinor",
       d.out_minor as "outMinor", d.closing as "closingMinor", d.position, d.updated_at as "updatedAt"
     from (select * from cashflow.days_to_copy where tenant_id = $1 order by account_id, date limit $2) m
     left join cashflow.daily_balances d on d.tenant_id = $1 and d.account_id = m.account_id and d.date = m.date`,
    [tenantId, limit],
  );
  return rows.map(({ accountId, date, changes, markedAt, isThere, version, ...figures }) => ({
    accountId,
    date,
    changes,
    since: markedAt,
    version,
    day: isThere ? { accountId, date, version, ...figures } : null,
  }));
}

/** Takes off those that have not changed since they were read. */
export async function unmark(tx: Tx, tenantId: string, copied: readonly Marked[]): Promise<void> {
  await tx.execute(
    `delete from cashflow.days_to_copy m using unnest($2::uuid[], $3::date[], $4::int[], $5::timestamptz[]) c(account_id, date, changes, since)
     where m.tenant_id = $1 and m.account_id = c.account_id and m.date = c.date and m.changes = c.changes and m.since = c.since`,
    [
      tenantId,
      plainArray(copied.map((one) => one.accountId)),
      plainArray(copied.map((one) => one.date)),
      plainArray(copied.map((one) => one.changes)),
      textArray(copied.map((one) => one.since)),
    ],
  );
}

/** Since when the oldest day of each of these accounts waits to be copied. */
export async function waitingCopies(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ accountId: string; since: Date }>(
    `select account_id as "accountId", min(since) as since from cashflow.days_to_copy
     where tenant_id = $1 and account_id = any($2::uuid[]) group by account_id`,
    [tenantId, plainArray(accountIds)],
  );
  return new Map(rows.map(({ accountId, since }) => [accountId, since.getTime()]));
}

/** Tenants that have days to be copied, and how many days in all. */
export async function countMarked(tx: Tx): Promise<{ tenants: string[]; days: number }> {
  const rows = await tx.query<{ tenantId: string; days: bigint }>(
    'select tenant_id as "tenantId", count(*) as days from cashflow.days_to_copy group by tenant_id',
  );
  return { tenants: rows.map(({ tenantId }) => tenantId), days: rows.reduce((sum, { days }) => sum + Number(days), 0) };
}

/** Where what is said of all tenants stands: a day of none. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';
const IN_USE = '1900-01-02';

/** Which store the marks are copied to, so that another one that was filled before is not taken for current; null where none ever was. */
export async function readStoreInUse(tx: Tx): Promise<string | null> {
  const rows = await tx.query<{ name: string }>(
    `select document->>'name' as name from cashflow.day_documents where tenant_id = $1 and account_id = $1 and date = $2`,
    [NOBODY, IN_USE],
  );
  return rows[0]?.name ?? null;
}

export async function setStoreInUse(tx: Tx, name: string): Promise<void> {
  await tx.execute(
    `insert into cashflow.day_documents (tenant_id, account_id, date, version, document) values ($1, $1, $2, 0, $3)
     on conflict (tenant_id, account_id, date) do update set document = excluded.document`,
    [NOBODY, IN_USE, JSON.stringify({ name })],
  );
}
