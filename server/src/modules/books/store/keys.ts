import type { Tx } from '#platform/db/db.ts';

type Kept = { principal: string; route: string; key: string; bodyHash: Buffer; status: number; answer: unknown };

/** Keeps the keys of requests beside what they made. What a key stands for is told by the id that is derived from it, also after the key is gone. */
export function keepKeys(tx: Tx, tenantId: string, keys: readonly Kept[]): void {
  if (keys.length === 0) return;
  tx.send(
    `insert into books.idempotency_keys (tenant_id, principal, route, key, body_hash, status, answer)
     select $1, k.principal, k.route, k.key, k.body_hash, k.status, k.answer::jsonb
     from unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::smallint[], $7::text[]) k (principal, route, key, body_hash, status, answer)
     on conflict do nothing`,
    [
      tenantId,
      keys.map(({ principal }) => principal),
      keys.map(({ route }) => route),
      keys.map(({ key }) => key),
      keys.map(({ bodyHash }) => bodyHash),
      keys.map(({ status }) => status),
      keys.map(({ answer }) => JSON.stringify(answer)),
    ],
  );
}
