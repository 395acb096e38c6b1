import type { Clock } from './clock.ts';
import type { Db } from './db/db.ts';
import type { Job } from './jobs/job.ts';

/** How long an answer can be had again by its key. */
export const KEEP_KEYS_MS = 7 * 86_400_000;
const EVERY_MS = 600_000;
/** Rows taken in one transaction. */
const BATCH = 1_000;

/** Removes the expired idempotency keys of a module, if it keeps any. */
export function idempotencyJob(module: string, clock: Clock): Job {
  const name = `${module}.idempotency-keys`;
  return { name, everyMs: EVERY_MS, run: async ({ db }) => void (await deleteExpiredKeys(db, module, clock.now())) };
}

/** Answers how many keys of a module were removed. */
export async function deleteExpiredKeys(db: Db, module: string, nowMs: number): Promise<number> {
  const scope = { module, system: true } as const;
  const [table] = await db.tx(scope, (tx) =>
    tx.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [`${module}.idempotency_keys`]),
  );
  if (!table?.exists) return 0;
  const before = new Date(nowMs - KEEP_KEYS_MS);
  for (let removed = 0; ; ) {
    const count = await db.tx(scope, (tx) =>
      tx.execute(
        `delete from ${module}.idempotency_keys where (tenant_id, principal, route, key) in
           (select tenant_id, principal, route, key from ${module}.idempotency_keys where created_at < $1 order by created_at limit ${BATCH})`,
        [before],
      ),
    );
    removed += count;
    if (count < BATCH) return removed;
  }
}
