import type { Tx } from '../db/db.ts';
import type { OwnColumn, Rows, Written } from './rows.ts';
import type { Run } from './run.ts';

/** A lease by the database's clock: from now on, for so long. */
export type Lease = { owner: string; forMs: number };

/** One change of one run, to be written with others. */
export type RowChange<R extends Run> = Written<R> & {
  /** Until the next action is due; null when none is. By the database's clock, as is the lease. */
  dueAfterMs: number | null;
  lease: Lease | null;
  /** Its status can end by time: then it is due at the latest when that time comes. */
  isEndedByTime: boolean;
  /** How much of what was heard has been looked at with this change. */
  newsHeard: number;
};

const ms = (text: string): string => `${text} * interval '1 millisecond'`;

/** The SQL of a machine's table, made once: the same few statements, each planned once a connection. */
export function createRunStore<R extends Run>(rows: Rows<R>, versions: readonly number[]) {
  const { table, id } = rows;
  const read = `p.*, p.must_end_by <= now() as is_over${rows.reads ? `, ${rows.reads}` : ''}`;
  const toRecords = (found: unknown[]): R[] => found.map((row) => rows.toRecord(row as never));
  const known = `p.definition_version in (${versions.join(', ')})`;
  const free = '(p.lease_until is null or p.lease_until <= now())';
  const due = `p.next_attempt_at <= now() and ${free} and ${known}`;
  const leased = `lease_owner = $1, lease_until = now() + ${ms('$2::float8')}${rows.onClaim ? `, ${rows.onClaim}` : ''}`;
  const claimOf = (picked: string): string =>
    `update ${table} p set ${leased} from (${picked}) picked where p.tenant_id = picked.tenant_id and p.${id} = picked.id returning ${read}`;

  const CLAIM = claimOf(
    `select p.tenant_id, p.${id} as id from ${table} p where ${due} order by p.next_attempt_at limit $3 for update skip locked`,
  );
  // Tenant by tenant by seeks in the index, so that what one of them has in line is never read past; then whoever has least under way first.
  const CLAIM_FAIRLY = claimOf(
    `with recursive tenants as (
       (select p.tenant_id from ${table} p where p.next_attempt_at is not null order by p.tenant_id limit 1)
       union all
       select (select p.tenant_id from ${table} p where p.next_attempt_at is not null and p.tenant_id > tenants.tenant_id
         order by p.tenant_id limit 1)
       from tenants where tenants.tenant_id is not null
     ), busy as (select * from unnest($5::uuid[], $6::integer[]) as b (tenant_id, under_way)
     ), turns as (
       select own.* from tenants left join busy using (tenant_id) cross join lateral (
         select p.tenant_id, p.${id} as id, coalesce(busy.under_way, 0) + row_number() over (order by p.next_attempt_at) as turn
         from ${table} p where p.tenant_id = tenants.tenant_id and ${due}
         order by p.next_attempt_at limit greatest(0, least($3, $4 - coalesce(busy.under_way, 0)))
       ) own
     )
     select p.tenant_id, p.${id} as id from ${table} p join turns on p.tenant_id = turns.tenant_id and p.${id} = turns.id
     where ${due} order by turns.turn, p.next_attempt_at limit $3 for update of p skip locked`,
  );
  // What waits is one seek away; only what is under way, or due, is read.
  const NEXT = `select (extract(epoch from min(soon.at) - now()) * 1000)::float8 as ms from (
      (select p.next_attempt_at as at from ${table} p where p.next_attempt_at > now() and ${known} order by p.next_attempt_at limit 1)
      union all
      (select greatest(p.next_attempt_at, p.lease_until) from ${table} p where p.next_attempt_at <= now() and ${known}
       order by p.next_attempt_at limit 1000)
    ) soon`;
  const WRITE = writeStatement(rows);

  return {
    /** Takes runs that are due and that nobody holds. Rows another process is taking at this moment are skipped, not waited for. */
    claim: async (tx: Tx, lease: Lease, limit: number): Promise<R[]> => toRecords(await tx.query(CLAIM, [lease.owner, lease.forMs, limit])),
    /** The same by turns among the tenants, none beyond `perTenant` under way here. `busy`: tenant, and how many are. */
    async claimFairly(
      tx: Tx,
      lease: Lease,
      limit: number,
      { perTenant, busy }: { perTenant: number; busy: ReadonlyMap<string, number> },
    ): Promise<R[]> {
      return toRecords(await tx.query(CLAIM_FAIRLY, [lease.owner, lease.forMs, limit, perTenant, [...busy.keys()], [...busy.values()]]));
    },
    /** Milliseconds until something is due or a lease of another ends, 0 or less when it is; null when nothing waits. Read only. */
    async untilNext(tx: Tx): Promise<number | null> {
      const [row] = await tx.query<{ ms: number | null }>(NEXT);
      return row?.ms ?? null;
    },
    /** Keeps runs to whoever works on them still, and answers which. One that another took meanwhile stays with that one. */
    async renew(tx: Tx, lease: Lease, ids: readonly string[]): Promise<Set<string>> {
      const kept = await tx.query<{ id: string }>(
        `update ${table} set lease_until = now() + ${ms('$2::float8')} where ${id} = any($3::uuid[]) and lease_owner = $1 returning ${id} as id`,
        [lease.owner, lease.forMs, ids],
      );
      return new Set(kept.map((row) => row.id));
    },
    /** Gives runs back that were put down: whoever looks next may take them. */
    async letGo(tx: Tx, owner: string, ids: readonly string[]): Promise<void> {
      await tx.execute(`update ${table} set lease_owner = null, lease_until = null where ${id} = any($2::uuid[]) and lease_owner = $1`, [
        owner,
        ids,
      ]);
    },
    find: async (tx: Tx, ids: readonly string[]): Promise<R[]> =>
      toRecords(await tx.query(`select ${read} from ${table} p where p.${id} = any($1::uuid[])`, [ids])),
    /** A run, kept by this transaction: a step under way elsewhere comes before or after, and never in between. */
    lock: async (tx: Tx, runId: string): Promise<R | undefined> =>
      toRecords(await tx.query(`select ${read} from ${table} p where p.${id} = $1 for no key update of p`, [runId]))[0],
    /** Notes that something was heard about runs: they are due as soon as nobody works on them. */
    async noteNews(tx: Tx, ids: readonly string[]): Promise<number> {
      return tx.execute(
        `update ${table} set news = greatest(0, news) + 1, next_attempt_at = least(coalesce(next_attempt_at, now()), now()) where ${id} = any($1::uuid[])`,
        [ids],
      );
    },
    /** Makes a run due now, whatever it waits for. False when nothing is due for it at all. */
    async makeDue(tx: Tx, runId: string): Promise<boolean> {
      return (
        (await tx.execute(
          `update ${table} set next_attempt_at = least(next_attempt_at, now()) where ${id} = $1 and next_attempt_at is not null`,
          [runId],
        )) === 1
      );
    },
    /**
     * Writes changes, each on top of the version it was decided on. Answers those that were written, by place, and whether something was
     * heard since the run was read: of the others nothing was written, since another was faster.
     */
    async write(tx: Tx, changes: readonly RowChange<R>[]): Promise<Map<number, { hasNews: boolean }>> {
      if (changes.length === 0) return new Map();
      const given = JSON.stringify(changes.map((change, ord) => toJson(rows.columns, change, ord)));
      const written = await tx.query<{ ord: number; has_news: boolean }>(WRITE, [given]);
      return new Map(written.map(({ ord, has_news: hasNews }) => [ord, { hasNews }]));
    },
  };
}

export type RunStore<R extends Run> = ReturnType<typeof createRunStore<R>>;

function writeStatement<R extends Run>({ table, id, columns, dueAt }: Rows<R>): string {
  const pause = dueAt ?? `now() + ${ms('t.due_after_ms')}`;
  // What was heard since the run was read is dealt with at once; what was known already has its pause, also where it is heard again and again.
  const next = `case when p.news > t.news_known then least(now(), ${pause}) else ${pause} end`;
  const own = columns.map(
    ({ column, type, set }) => `, ${column} = ${set ?? (type === 'bytea' ? `decode(t.${column}, 'base64')` : `t.${column}`)}`,
  );
  const given = columns.map(({ column, type }) => `, ${column} ${type === 'bytea' ? 'text' : type}`);
  return `update ${table} p set version = p.version + 1, status = t.status, attempt = t.attempt, trouble = t.trouble, updated_at = now(),
      news = greatest(0, p.news - t.news_heard),
      status_since = case when p.status = t.status then p.status_since else date_trunc('milliseconds', now()) end,
      next_attempt_at = case when t.ended_by_time then least(${next}, p.must_end_by) else ${next} end,
      lease_owner = t.lease_owner, lease_until = now() + ${ms('t.lease_for_ms')}${own.join('')}
    from jsonb_to_recordset($1::jsonb) as t (ord integer, key_tenant uuid, key_id uuid, key_version integer, status text, attempt integer,
      trouble text, due_after_ms float8, lease_owner text, lease_for_ms float8, ended_by_time boolean, news_known integer,
      news_heard integer${given.join('')})
    where p.tenant_id = t.key_tenant and p.${id} = t.key_id and p.version = t.key_version
    returning t.ord, p.news > t.news_known - t.news_heard as has_news`;
}

function toJson<R extends Run>(columns: readonly OwnColumn<R>[], change: RowChange<R>, ord: number): Record<string, unknown> {
  const { before, after, dueAfterMs, lease, isEndedByTime, newsHeard } = change;
  const row: Record<string, unknown> = {
    ord,
    key_tenant: before.tenantId,
    key_id: before.id,
    key_version: before.version,
    status: after.status,
    attempt: after.attempt,
    trouble: after.trouble,
    due_after_ms: dueAfterMs,
    lease_owner: lease?.owner ?? null,
    lease_for_ms: lease?.forMs ?? null,
    ended_by_time: isEndedByTime,
    news_known: before.news,
    news_heard: newsHeard,
  };
  for (const { column, of } of columns) row[column] = encode(of(change));
  return row;
}

/** As the statement reads it: bytes in base64, whole numbers as text, so that no value passes through a float. */
function encode(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
