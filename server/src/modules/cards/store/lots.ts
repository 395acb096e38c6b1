import type { Tx } from '#platform/db/db.ts';

export type LotRow = {
  id: string;
  accountId: string;
  acquirer: string;
  date: string;
  place: string;
  depositMinor: bigint;
  receivablesMinor: bigint;
  adjustments: readonly { amountMinor: string; category: string; text: string }[];
  remainderMinor: bigint;
};

export async function insertLot(tx: Tx, tenantId: string, lot: LotRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into cards.lots (tenant_id, id, account_id, acquirer, date, place, deposit_minor, receivables_minor, adjustments, remainder_minor)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      ...[tenantId, lot.id, lot.accountId, lot.acquirer, lot.date, lot.place, lot.depositMinor, lot.receivablesMinor],
      ...[JSON.stringify(lot.adjustments), lot.remainderMinor],
    ],
  );
  return inserted === 1;
}

/** With the receivables that it paid. */
export async function findLot(tx: Tx, tenantId: string, id: string): Promise<(LotRow & { receivableIds: string[] }) | undefined> {
  const [row] = await tx.query<{
    id: string;
    account_id: string;
    acquirer: string;
    date: string;
    place: string;
    deposit_minor: bigint;
    receivables_minor: bigint;
    adjustments: LotRow['adjustments'];
    remainder_minor: bigint;
    receivable_ids: string[];
  }>(
    `select id, account_id, acquirer, date::text, place, deposit_minor, receivables_minor, adjustments, remainder_minor,
       array(select r.id::text from cards.receivables r where r.tenant_id = l.tenant_id and r.account_id = l.account_id and r.lot_id = l.id order by r.id) as receivable_ids
     from cards.lots l where tenant_id = $1 and id = $2`,
    [tenantId, id],
  );
  return (
    row && {
      id: row.id,
      accountId: row.account_id,
      acquirer: row.acquirer,
      date: row.date,
      place: row.place,
      depositMinor: row.deposit_minor,
      receivablesMinor: row.receivables_minor,
      adjustments: row.adjustments,
      remainderMinor: row.remainder_minor,
      receivableIds: row.receivable_ids,
    }
  );
}
