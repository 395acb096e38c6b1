import type { Db } from '../../db/db.ts';
import { readDay } from '../day-store.ts';
import type { ProvenChain } from '../leaves.ts';
import type { Anchor } from './anchor.ts';

/** Days anchored in one round with one driver. */
const MAX_A_ROUND = 100;
/** Tenants that fail, and none succeeds: then it is not the tenants. */
const MAX_FAILED = 3;

/**
 * Anchors the days that have a root and no anchor of this driver yet, each tenant's oldest first; answers how many. No transaction is open while an outside
 * party is asked; should two processes ask for the same day, one evidence is kept. A tenant whose day fails keeps no other tenant waiting; after the
 * others the first failure is thrown. When several tenants fail and none succeeds the party is away, and the rest is left for the next round.
 */
export async function anchorDays(db: Db, { name }: ProvenChain, anchor: Anchor): Promise<number> {
  const waiting = await db.tx({ module: name, system: true }, (tx) =>
    tx.query<{ tenant_id: string; day: string }>(
      `select r.tenant_id, to_char(r.day, 'YYYY-MM-DD') as day from ${name}.day_roots r
       where not exists (select from ${name}.anchors a where a.tenant_id = r.tenant_id and a.day = r.day and a.driver = $1)
       order by row_number() over (partition by r.tenant_id order by r.day), r.day, r.tenant_id limit $2`,
      [anchor.driver, MAX_A_ROUND],
    ),
  );
  const failed = new Map<string, unknown>();
  let anchored = 0;
  const anchorOne = async (tenantId: string, day: string): Promise<void> => {
    const stated = await db.tx({ module: name, system: true }, (tx) => readDay(tx, name, tenantId, day));
    if (!stated) return;
    const { evidence, at } = await anchor.anchor(stated);
    await db.tx({ module: name, system: true }, (tx) =>
      tx.execute(
        `insert into ${name}.anchors (tenant_id, day, driver, evidence, anchored_at) values ($1, $2::date, $3, $4, $5) on conflict do nothing`,
        [tenantId, day, anchor.driver, evidence, at],
      ),
    );
    anchored++;
  };
  for (const { tenant_id: tenantId, day } of waiting) {
    if (failed.has(tenantId)) continue;
    if (anchored === 0 && failed.size >= MAX_FAILED) break;
    await anchorOne(tenantId, day).catch((error: unknown) => failed.set(tenantId, error));
  }
  for (const error of failed.values()) throw error;
  return waiting.length;
}
