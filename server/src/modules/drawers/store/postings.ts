import type { Tx } from '#platform/db/db.ts';
import type { BooksEntry } from '../domain/entries.ts';

/** One command to the books: an entry to record, or one to take back. Its id is the entry's, or derived from what it takes back. */
export type Posting = {
  id: string;
  accountId: string;
  about: string;
  entry: BooksEntry | null;
  reverses: string | null;
  reason: string | null;
};
type Row = { id: string; account_id: string; about: string; entry: BooksEntry | null; reverses: string | null; reason: string | null };
const postingOf = ({ id, account_id, about, entry, reverses, reason }: Row): Posting => ({
  id,
  accountId: account_id,
  about,
  entry,
  reverses,
  reason,
});

/** In order; those that are there already stay as they are, but what the books refused is on its way again, as it is asked for now. */
export async function insertPostings(tx: Tx, tenantId: string, postings: readonly Posting[], now: Date): Promise<void> {
  for (const { id, accountId, about, entry, reverses, reason } of postings)
    await tx.execute(
      `insert into drawers.postings (tenant_id, id, account_id, about, entry, reverses, reason, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, id) do update set about = excluded.about, entry = excluded.entry, reverses = excluded.reverses, reason = excluded.reason,
         state = 'pending', refusal = null, created_at = excluded.created_at where postings.state = 'refused'`,
      [tenantId, id, accountId, about, entry === null ? null : JSON.stringify(entry), reverses, reason, now],
    );
}

/** The oldest on their way of an account. */
export async function listPending(tx: Tx, tenantId: string, accountId: string, limit: number): Promise<Posting[]> {
  const rows = await tx.query<Row>(
    `select id, account_id, about, entry, reverses, reason from drawers.postings
     where tenant_id = $1 and account_id = $2 and state = 'pending' order by seq limit $3`,
    [tenantId, accountId, limit],
  );
  return rows.map(postingOf);
}

export async function findPosting(tx: Tx, tenantId: string, id: string): Promise<Posting | undefined> {
  const [row] = await tx.query<Row>(
    'select id, account_id, about, entry, reverses, reason from drawers.postings where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  return row && postingOf(row);
}

/** Whether there is a command of this id that the books have not refused. */
export async function isUnderWayOrRecorded(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const rows = await tx.query(`select from drawers.postings where tenant_id = $1 and id = $2 and state <> 'refused'`, [tenantId, id]);
  return rows.length > 0;
}

/** The ledger refused what the books had taken. */
export async function refusePosting(tx: Tx, tenantId: string, id: string, refusal: string): Promise<void> {
  await tx.execute(`update drawers.postings set state = 'refused', refusal = $3, position = null where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
    refusal,
  ]);
}

/** Entries of one movement or deposit, in order. */
export async function listEntryIds(tx: Tx, tenantId: string, about: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from drawers.postings where tenant_id = $1 and about = $2 and entry is not null and state <> 'refused' order by seq`,
    [tenantId, about],
  );
  return rows.map(({ id }) => id);
}

export type Settled = { id: string; state: 'recorded' | 'refused'; refusal: string | null; position: bigint | null };

/** Those that were still pending. */
export async function settlePostings(tx: Tx, tenantId: string, settled: readonly Settled[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `update drawers.postings p set state = s.state, refusal = s.refusal, position = s.position
     from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) as s (id, state, refusal, position)
     where p.tenant_id = $1 and p.id = s.id and p.state = 'pending' returning p.id`,
    [
      tenantId,
      settled.map(({ id }) => id),
      settled.map(({ state }) => state),
      settled.map(({ refusal }) => refusal),
      settled.map(({ position }) => position),
    ],
  );
  return rows.map(({ id }) => id);
}

/** Accounts with something that has been on its way since before a moment, of all tenants. */
export async function listBehind(tx: Tx, before: Date, limit: number): Promise<{ tenantId: string; accountId: string }[]> {
  const rows = await tx.query<{ tenant_id: string; account_id: string }>(
    `select tenant_id, account_id from (
       select tenant_id, account_id, created_at as since from drawers.postings where state = 'pending' and created_at < $1
       union all select tenant_id, account_id, changed_at from drawers.open_items where not is_told and changed_at < $1
     ) behind group by tenant_id, account_id order by min(since) limit $2`,
    [before, limit],
  );
  return rows.map(({ tenant_id, account_id }) => ({ tenantId: tenant_id, accountId: account_id }));
}
