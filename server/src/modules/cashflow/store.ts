import type { Tx } from '#platform/db/db.ts';
import type { Day } from './domain/daily-balance.ts';

export type Account = { accountId: string; subjectId: string | null; normalSide: 'debit' | 'credit'; zone: string };

/** Adds accounts; one that is known stays as it is. */
export async function insertAccounts(tx: Tx, tenantId: string, accounts: readonly Account[]): Promise<void> {
  tx.send(
    `insert into cashflow.accounts (tenant_id, account_id, subject_id, normal_side, zone)
     select $1, a.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) a on conflict do nothing`,
    [
      tenantId,
      accounts.map((account) => account.accountId),
      accounts.map((account) => account.subjectId),
      accounts.map((account) => account.normalSide),
      accounts.map((account) => account.zone),
    ],
  );
}

export async function readAccounts(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<Map<string, Account>> {
  const rows = await tx.query<Account>(
    `select account_id as "accountId", subject_id as "subjectId", normal_side as "normalSide", zone
     from cashflow.accounts where tenant_id = $1 and account_id = any($2::uuid[])`,
    [tenantId, accountIds],
  );
  return new Map(rows.map((row) => [row.accountId, row]));
}

export type Since = { accountId: string; since: string };
export type StoredDay = Day & { accountId: string };

const DAY = `d.account_id as "accountId", d.date::text, d.opening as "openingMinor", d.in_minor as "inMinor",
  d.out_minor as "outMinor", d.closing as "closingMinor", d.position`;

/** For each account its days from `since` on, and the last one before it: what `applyMovements` needs to know. Oldest first. */
export async function readDaysSince(tx: Tx, tenantId: string, wanted: readonly Since[]): Promise<StoredDay[]> {
  return tx.query<StoredDay>(
    `select d.* from unnest($2::uuid[], $3::date[]) w(account_id, since) cross join lateral (
       (select ${DAY} from cashflow.daily_balances d
        where d.tenant_id = $1 and d.account_id = w.account_id and d.date < w.since order by d.date desc limit 1)
       union all
       (select ${DAY} from cashflow.daily_balances d
        where d.tenant_id = $1 and d.account_id = w.account_id and d.date >= w.since)
     ) d order by d.date`,
    [tenantId, wanted.map((one) => one.accountId), wanted.map((one) => one.since)],
  );
}

/** Writes days as they are now, in one statement however many there are. */
export async function upsertDays(tx: Tx, tenantId: string, days: readonly StoredDay[], updatedAt: string): Promise<void> {
  tx.send(
    `insert into cashflow.daily_balances (tenant_id, account_id, date, opening, in_minor, out_minor, closing, position, updated_at, version)
     select $1, n.*, $9::timestamptz, nextval('cashflow.day_version')
     from unnest($2::uuid[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::bigint[]) n
     on conflict (tenant_id, account_id, date) do update set
       opening = excluded.opening, in_minor = excluded.in_minor, out_minor = excluded.out_minor, closing = excluded.closing,
       position = excluded.position, updated_at = excluded.updated_at, version = excluded.version`,
    [
      tenantId,
      days.map((day) => day.accountId),
      days.map((day) => day.date),
      days.map((day) => day.openingMinor),
      days.map((day) => day.inMinor),
      days.map((day) => day.outMinor),
      days.map((day) => day.closingMinor),
      days.map((day) => day.position),
      updatedAt,
    ],
  );
}

/** All entries of a tenant up to this place of the ledger are in the figures, those among the dead letters apart. */
export function noteReached(tx: Tx, tenantId: string, seq: number): void {
  tx.send(
    `insert into cashflow.reached as r (tenant_id, seq) values ($1, $2)
     on conflict (tenant_id) do update set seq = greatest(r.seq, excluded.seq)`,
    [tenantId, seq],
  );
}

export async function readReached(tx: Tx, tenantIds: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ tenantId: string; seq: bigint }>(
    'select tenant_id as "tenantId", seq from cashflow.reached where tenant_id = any($1::uuid[])',
    [tenantIds],
  );
  return new Map(rows.map(({ tenantId, seq }) => [tenantId, seq]));
}

/** Empties the read model, of one tenant or of all. Only the system role may. */
export async function clearModel(tx: Tx, tenantId: string | null): Promise<void> {
  for (const table of ['daily_balances', 'accounts'])
    await tx.execute(`delete from cashflow.${table} where $1::uuid is null or tenant_id = $1`, [tenantId]);
}
