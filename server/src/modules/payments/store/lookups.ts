import type { Tx } from '#platform/db/db.ts';

export type Looker = { tenantId: string; subjectId: string };

/** What a bucket holds at the most, and how long one token takes to come back. */
export type Bucket = { capacity: number; tokenMs: number };

/**
 * Takes tokens, in one statement, if at least one is there: the bucket may then be in debt, which is paid off as time goes by. By the
 * database's clock, so that all processes share one bucket a person. False when there is none.
 */
export async function takeTokens(tx: Tx, who: Looker, tokens: number, { capacity, tokenMs }: Bucket): Promise<boolean> {
  const taken = await tx.execute(
    `insert into payments.lookups as l (tenant_id, subject_id, full_at) values ($1, $2, now() + $3 * interval '1 millisecond')
     on conflict (tenant_id, subject_id) do update set full_at = greatest(l.full_at, now()) + $3 * interval '1 millisecond'
     where l.full_at <= now() + $4 * interval '1 millisecond'`,
    [who.tenantId, who.subjectId, tokens * tokenMs, (capacity - 1) * tokenMs],
  );
  return taken === 1;
}

/** Milliseconds until one token is there; 0 when it is. */
export async function untilNextToken(tx: Tx, who: Looker, { capacity, tokenMs }: Bucket): Promise<number> {
  const [row] = await tx.query<{ wait_ms: number }>(
    `select (extract(epoch from full_at - now()) * 1000)::float8 as wait_ms from payments.lookups where tenant_id = $1 and subject_id = $2`,
    [who.tenantId, who.subjectId],
  );
  return Math.max(0, (row?.wait_ms ?? 0) - (capacity - 1) * tokenMs);
}

/** Puts tokens back; rows in one order, so that two who do it never wait for each other. */
export async function putBackTokens(tx: Tx, lookers: readonly (Looker & { tokens: number })[], { tokenMs }: Bucket): Promise<void> {
  tx.send(
    `with given as (
       select tenant_id, subject_id, sum(tokens) as tokens from unnest($1::uuid[], $2::uuid[], $3::int[]) as g (tenant_id, subject_id, tokens)
       group by tenant_id, subject_id
     ), locked as (
       select l.tenant_id, l.subject_id, g.tokens from payments.lookups l join given g using (tenant_id, subject_id)
       order by l.tenant_id, l.subject_id for update of l
     )
     update payments.lookups l set full_at = l.full_at - locked.tokens * $4::float8 * interval '1 millisecond'
     from locked where l.tenant_id = locked.tenant_id and l.subject_id = locked.subject_id`,
    [lookers.map((one) => one.tenantId), lookers.map((one) => one.subjectId), lookers.map((one) => one.tokens), tokenMs],
  );
}

/** Forgets buckets that have been full for an hour. */
export async function deleteFullBuckets(tx: Tx, limit: number): Promise<number> {
  return tx.execute(
    `delete from payments.lookups where full_at < now() - interval '1 hour' and (tenant_id, subject_id) in
       (select tenant_id, subject_id from payments.lookups where full_at < now() - interval '1 hour' limit $1)`,
    [limit],
  );
}
