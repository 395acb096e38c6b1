import type { Db } from '#platform/db/db.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';

const EVERY_MS = 2_000;
/** Transfers read in one step; a tenant far behind takes many, and the others have their turn in between. */
const PAGE = 5_000;

/**
 * One page of one tenant: its tags, and the cursor behind them, in one statement. Nothing is ever committed before what the cursor passed
 * (a tenant's batches commit one after the other, in the order of their place), so following by place skips nothing. A page that is not
 * full has reached the head of the same snapshot.
 */
const FOLLOW = `
with head as (
  select recorded_at, seq from ledger.heads where tenant_id = $1
), page as materialized (
  select recorded_at, seq, metadata from ledger.transfers
  where tenant_id = $1 and recorded_at >= $2 and (recorded_at, seq) > ($2, $3) order by recorded_at, seq limit ${PAGE}
), tagged as (
  insert into ledger.tags (tenant_id, key, value, recorded_at, seq)
  select $1, m.key, m.value, p.recorded_at, p.seq from page p, jsonb_each_text(p.metadata) m where p.metadata is not null
  on conflict do nothing
), place as (
  (select recorded_at, seq from head where (select count(*) from page) < ${PAGE})
  union all
  (select recorded_at, seq from page order by recorded_at desc, seq desc limit 1)
  limit 1
)
update ledger.tag_cursor c set recorded_at = place.recorded_at, seq = place.seq from place where c.tenant_id = $1
returning c.seq, (select seq from head) as head`;

type Cursor = { recorded_at: string; seq: bigint };

/** Brings one tenant's tags a page further; answers how many records are left, or null when another process is at it. */
export function followTenant(db: Db, tenantId: string): Promise<number | null> {
  return db.tx({ module: 'ledger', system: true }, async (tx) => {
    await tx.execute(`insert into ledger.tag_cursor (tenant_id, recorded_at, seq) values ($1, 'epoch', 0) on conflict do nothing`, [
      tenantId,
    ]);
    const [cursor] = await tx.query<Cursor>(
      'select recorded_at::text, seq from ledger.tag_cursor where tenant_id = $1 for update skip locked',
      [tenantId],
    );
    if (!cursor) return null;
    const [after] = await tx.query<{ seq: bigint; head: bigint }>(FOLLOW, [tenantId, cursor.recorded_at, cursor.seq]);
    return after ? Number(after.head - after.seq) : 0;
  });
}

type Lag = { tenantId: string; lag: number };

/** Tenants with records whose tags are still to be read, and how many. */
async function readLags(db: Db): Promise<Lag[]> {
  const behind = await db.tx({ module: 'ledger', system: true, single: true }, (tx) =>
    tx.query<{ tenant_id: string; lag: bigint }>(
      `select h.tenant_id, h.seq - coalesce(c.seq, 0) as lag
       from ledger.heads h left join ledger.tag_cursor c on c.tenant_id = h.tenant_id where h.seq > coalesce(c.seq, 0)`,
    ),
  );
  return behind.map(({ tenant_id: tenantId, lag }) => ({ tenantId, lag: Number(lag) }));
}

/** Follows every tenant that is behind by one page each; answers how many records are still to be read. */
export async function followTags(db: Db): Promise<number> {
  let left = 0;
  for (const { tenantId, lag } of await readLags(db)) left += (await followTenant(db, tenantId)) ?? lag;
  return left;
}

/** Keeps the search by metadata up with the ledger, and says in /metrics how many records it is behind. */
export function tagsJob(db: Db, metrics: Metrics): Job {
  metrics.labelled('lastro_ledger_tags_lag', 'Ledger records whose metadata cannot be searched yet', [], async () => {
    const lags = await readLags(db);
    return [[{}, lags.reduce((sum, { lag }) => sum + lag, 0)]];
  });
  return { name: 'ledger.tags', everyMs: EVERY_MS, run: async (ctx) => ({ goOn: (await followTags(ctx.db)) > 0 }) };
}
