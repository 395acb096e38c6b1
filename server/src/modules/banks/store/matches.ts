import type { Tx } from '#platform/db/db.ts';
import type { Movement } from './movements.ts';

export type Adjustment = { entryId: string; category: string; amountMinor: string; text: string };
export type Match = {
  id: string;
  accountId: string;
  placeId: string;
  kind: 'match' | 'transfer';
  adjustments: Adjustment[];
  ended: boolean;
};

export async function insertMatch(tx: Tx, tenantId: string, match: Omit<Match, 'ended'>, by: string, at: Date): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into banks.matches (tenant_id, id, account_id, place_id, kind, adjustments, at, by) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [tenantId, match.id, match.accountId, match.placeId, match.kind, JSON.stringify(match.adjustments), at, by],
  );
  return inserted === 1;
}

export async function findMatch(tx: Tx, tenantId: string, accountId: string, id: string): Promise<Match | undefined> {
  const [row] = await tx.query<Match>(
    `select id, account_id as "accountId", place_id as "placeId", kind, adjustments, ended_at is not null as ended
     from banks.matches where tenant_id = $1 and account_id = $2 and id = $3 for update`,
    [tenantId, accountId, id],
  );
  return row;
}
export async function endMatch(tx: Tx, tenantId: string, id: string, at: Date): Promise<void> {
  await tx.execute(`update banks.matches set ended_at = $3 where tenant_id = $1 and id = $2`, [tenantId, id, at]);
}
/** One that was ended holds again; false where it holds already. */
export async function reviveMatch(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const revived = await tx.execute(`update banks.matches set ended_at = null where tenant_id = $1 and id = $2 and ended_at is not null`, [
    tenantId,
    id,
  ]);
  return revived === 1;
}

export type Pair = {
  outId: string;
  inId: string;
  outDate: string;
  inDate: string;
  outPlaceId: string;
  inPlaceId: string;
  amountMinor: bigint;
};

/**
 * Movements of two places that may be one transfer: the same amount, out here and in there, the money in at most a day before and five days after. Those
 * that somebody refused are not asked again, and none that is matched.
 */
export function listPairs(tx: Tx, tenantId: string, accountId: string, from: string, to: string, limit: number): Promise<Pair[]> {
  return tx.query<Pair>(
    `select o.id as "outId", i.id as "inId", o.date::text as "outDate", i.date::text as "inDate", o.place_id as "outPlaceId", i.place_id as "inPlaceId",
       i.amount_minor as "amountMinor"
     from banks.movements o join banks.movements i on i.tenant_id = o.tenant_id and i.account_id = o.account_id and i.place_id <> o.place_id
       and i.amount_minor = -o.amount_minor and i.date between o.date - 1 and o.date + 5
     where o.tenant_id = $1 and o.account_id = $2 and o.date between $3 and $4 and o.amount_minor < 0 and o.match_id is null and i.match_id is null
       and o.state in ('open', 'recorded') and i.state in ('open', 'recorded')
       and not exists (select from banks.refused_pairs p where p.tenant_id = $1 and p.out_id = o.id and p.in_id = i.id)
     order by abs(i.date - o.date), o.date, o.id, i.id limit $5`,
    [tenantId, accountId, from, to, limit],
  );
}
export async function refusePair(tx: Tx, tenantId: string, accountId: string, outId: string, inId: string, at: Date): Promise<void> {
  await tx.execute(
    `insert into banks.refused_pairs (tenant_id, account_id, out_id, in_id, at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [tenantId, accountId, outId, inId, at],
  );
}

export const isPair = (out: Movement, into: Movement): boolean =>
  out.placeId !== into.placeId && out.amountMinor < 0n && into.amountMinor === -out.amountMinor;
