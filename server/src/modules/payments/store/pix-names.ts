import type { Tx } from '#platform/db/db.ts';

/** What a Pix of ours is called in the whole country, where the provider names it. */
export type PixName = { tenantId: string; ownId: string; connection: string; endToEndId: string };

/** Keeps names; a payment that has one keeps it. */
export async function insertPixNames(tx: Tx, names: readonly PixName[]): Promise<void> {
  await tx.execute(
    `insert into payments.pix_names (tenant_id, own_id, connection, end_to_end_id)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
    [
      names.map(({ tenantId }) => tenantId),
      names.map(({ ownId }) => ownId),
      names.map(({ connection }) => connection),
      names.map(({ endToEndId }) => endToEndId),
    ],
  );
}

/** The end-to-end ids of payments by our own ids; those that have none by another are not among them. */
export async function findPixNames(tx: Tx, ownIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ own_id: string; end_to_end_id: string }>(
    'select own_id, end_to_end_id from payments.pix_names where own_id = any($1::text[])',
    [ownIds],
  );
  return new Map(rows.map((row) => [row.own_id, row.end_to_end_id]));
}

/** Our own id of the payment with that end-to-end id; undefined when the provider named none of ours so. */
export async function findOwnId(tx: Tx, endToEndId: string): Promise<string | undefined> {
  const [row] = await tx.query<{ own_id: string }>('select own_id from payments.pix_names where end_to_end_id = $1', [endToEndId]);
  return row?.own_id;
}
