import type { Db, Tx } from '../db/db.ts';
import type { CacheDriver, Entry } from './driver.ts';
import { MOST_TTL_MS } from './driver.ts';

const SCOPE = { module: 'cache', system: true } as const;
const NOW = 'clock_timestamp()';
const inMs = (parameter: string) => `${NOW} + ${parameter}::float8 * interval '1 millisecond'`;

/** Copies shared by all processes, in unlogged tables. Time is the database's. */
export function postgresDriver(db: Db): CacheDriver {
  const keep = (tx: Tx, key: string, { text, tags, ttlMs }: Entry, epoch: bigint | null) =>
    tx.execute(
      `insert into cache.entries (key, text, tags, epoch, expires_at)
       select $1, $2, $3, coalesce($4::bigint, (select last_value from cache.epochs)), ${inMs('$5')}
       on conflict (key) do update set text = excluded.text, tags = excluded.tags, epoch = excluded.epoch, expires_at = excluded.expires_at`,
      [key, text, tags, epoch, ttlMs],
    );

  return {
    async get(key) {
      const [row] = await db.tx({ ...SCOPE, single: true }, (tx) =>
        tx.query<{ text: string }>(
          `select e.text from cache.entries e where e.key = $1 and e.expires_at > ${NOW}
             and not exists (select from cache.invalidated i where i.tag = any(e.tags) and i.epoch > e.epoch)`,
          [key],
        ),
      );
      return row?.text;
    },
    async set(key, entry) {
      await db.tx(SCOPE, (tx) => keep(tx, key, entry, null));
    },
    async delete(key) {
      // The lease first, under its row lock: a load that fills at this moment has filled, or finds its lease gone.
      await db.tx(SCOPE, async (tx) => {
        await tx.execute('delete from cache.loads where key = $1', [key]);
        await tx.execute('delete from cache.entries where key = $1', [key]);
      });
    },
    async invalidate(tag) {
      await db.tx(SCOPE, (tx) =>
        tx.execute(
          `insert into cache.invalidated (tag, epoch, at) values ($1, nextval('cache.epochs'), ${NOW})
           on conflict (tag) do update set epoch = greatest(cache.invalidated.epoch, excluded.epoch), at = excluded.at`,
          [tag],
        ),
      );
    },
    take: (key, holder, leaseMs) =>
      db.tx(SCOPE, async (tx) => {
        const [row] = await tx.query<{ epoch: bigint }>(
          `insert into cache.loads (key, holder, expires_at) values ($1, $2, ${inMs('$3')})
           on conflict (key) do update set holder = excluded.holder, expires_at = excluded.expires_at where cache.loads.expires_at <= ${NOW}
           returning (select last_value from cache.epochs) as epoch`,
          [key, holder, leaseMs],
        );
        return row?.epoch;
      }),
    async fill(key, holder, found) {
      await db.tx(SCOPE, async (tx) => {
        const ended = await tx.execute('delete from cache.loads where key = $1 and holder = $2', [key, holder]);
        if (ended === 1 && found) await keep(tx, key, found.entry, found.epoch);
      });
    },
    async increment(counts, windowMs) {
      const rows = await db.tx(SCOPE, (tx) =>
        tx.query<{ key: string; count: bigint; endsInMs: number }>(
          // In one order for all, so that no two wait for each other.
          `insert into cache.counts (key, count, ends_at)
           select key, by, ${inMs('$3')} from unnest($1::text[], $2::bigint[]) as c (key, by) order by key collate "C"
           on conflict (key) do update set
             count = case when cache.counts.ends_at <= ${NOW} then excluded.count else cache.counts.count + excluded.count end,
             ends_at = case when cache.counts.ends_at <= ${NOW} then excluded.ends_at else cache.counts.ends_at end
           returning key, count, (extract(epoch from ends_at - ${NOW}) * 1000)::float8 as "endsInMs"`,
          [counts.map(({ key }) => key), counts.map(({ by }) => by), windowMs],
        ),
      );
      const byKey = new Map(rows.map(({ key, count, endsInMs }) => [key, { count: Number(count), endsInMs: Math.max(0, endsInMs) }]));
      return counts.map(({ key }) => byKey.get(key)!);
    },
    sweep: () =>
      db.tx(SCOPE, async (tx) => {
        const entries = await tx.execute(`delete from cache.entries where expires_at <= ${NOW}`);
        const counts = await tx.execute(`delete from cache.counts where ends_at <= ${NOW}`);
        const loads = await tx.execute(`delete from cache.loads where expires_at <= ${NOW}`);
        const tags = await tx.execute(`delete from cache.invalidated where at <= ${NOW} - $1::float8 * interval '1 millisecond'`, [
          2 * MOST_TTL_MS,
        ]);
        return entries + counts + loads + tags;
      }),
  };
}
