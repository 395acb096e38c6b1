import type { Tx } from '#platform/db/db.ts';

/** A part of a Pix that comes back. `in`: of one that we paid. */
export type PartReturned = { endToEndId: string; direction: 'in' | 'out'; amountMinor: bigint; partMinor: bigint };

/**
 * Counts a part of a Pix as come back, unless all parts together would be more than it was: then false, and nothing changes. The row is
 * kept until the commit, so that two parts at once follow each other.
 */
export async function takePart(tx: Tx, { endToEndId, direction, amountMinor, partMinor }: PartReturned): Promise<boolean> {
  if (partMinor > amountMinor) return false;
  const count = await tx.execute(
    `insert into payments.return_totals as t (end_to_end_id, direction, amount_minor, returned_minor) values ($1, $2, $3, $4)
     on conflict (end_to_end_id, direction) do update set returned_minor = t.returned_minor + excluded.returned_minor
     where t.returned_minor + excluded.returned_minor <= t.amount_minor`,
    [endToEndId, direction, amountMinor.toString(), partMinor.toString()],
  );
  return count === 1;
}

/** Takes a part off the count again: what it was counted for did not happen. */
export async function dropPart(tx: Tx, { endToEndId, direction, partMinor }: PartReturned): Promise<void> {
  await tx.execute('update payments.return_totals set returned_minor = returned_minor - $3 where end_to_end_id = $1 and direction = $2', [
    endToEndId,
    direction,
    partMinor.toString(),
  ]);
}
