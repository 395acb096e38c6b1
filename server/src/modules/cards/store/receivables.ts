import type { Tx } from '#platform/db/db.ts';
import type { Receivable } from '../domain/receivable.ts';
import type { CardMethod } from '../domain/terms.ts';

export type ReceivableRow = Receivable & {
  id: string;
  accountId: string;
  saleId: string;
  answers: string | null;
  acquirer: string;
  brand: string;
  method: CardMethod;
  instalment: number;
  originalDate: string;
  dueDate: string;
  paidDate: string | null;
  lotId: string | null;
};
type Row = {
  id: string;
  account_id: string;
  sale_id: string;
  answers: string | null;
  type: Receivable['type'];
  status: Receivable['status'];
  acquirer: string;
  brand: string;
  method: CardMethod;
  instalment: number;
  gross_minor: bigint;
  fee_minor: bigint;
  anticipation_fee_minor: bigint;
  original_date: string;
  due_date: string;
  paid_date: string | null;
  lot_id: string | null;
};
const COLUMNS = `id, account_id, sale_id, answers, type, status, acquirer, brand, method, instalment, gross_minor, fee_minor, anticipation_fee_minor,
  original_date::text, due_date::text, paid_date::text, lot_id`;
const receivableOf = (row: Row): ReceivableRow => ({
  id: row.id,
  accountId: row.account_id,
  saleId: row.sale_id,
  answers: row.answers,
  type: row.type,
  status: row.status,
  acquirer: row.acquirer,
  brand: row.brand,
  method: row.method,
  instalment: row.instalment,
  grossMinor: row.gross_minor,
  feeMinor: row.fee_minor,
  anticipationFeeMinor: row.anticipation_fee_minor,
  originalDate: row.original_date,
  dueDate: row.due_date,
  paidDate: row.paid_date,
  lotId: row.lot_id,
});

export type SaleRow = { id: string; accountId: string; termsId: string; date: string; instalments: number; grossMinor: bigint };

/** False where there is one of this id already. */
export async function insertSale(tx: Tx, tenantId: string, sale: SaleRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into cards.sales (tenant_id, id, account_id, terms_id, date, instalments, gross_minor) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [tenantId, sale.id, sale.accountId, sale.termsId, sale.date, sale.instalments, sale.grossMinor],
  );
  return inserted === 1;
}

export async function findSale(tx: Tx, tenantId: string, id: string): Promise<SaleRow | undefined> {
  const [row] = await tx.query<{
    id: string;
    account_id: string;
    terms_id: string;
    date: string;
    instalments: number;
    gross_minor: bigint;
  }>('select id, account_id, terms_id, date::text, instalments, gross_minor from cards.sales where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  return (
    row && {
      id: row.id,
      accountId: row.account_id,
      termsId: row.terms_id,
      date: row.date,
      instalments: row.instalments,
      grossMinor: row.gross_minor,
    }
  );
}

/** Those that are there already stay as they are; answers how many are new. */
export async function insertReceivables(tx: Tx, tenantId: string, rows: readonly ReceivableRow[]): Promise<number> {
  let inserted = 0;
  for (const row of rows)
    inserted += await tx.execute(
      `insert into cards.receivables (tenant_id, id, account_id, sale_id, answers, type, acquirer, brand, method, instalment, gross_minor, fee_minor, original_date, due_date)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
      [
        ...[tenantId, row.id, row.accountId, row.saleId, row.answers, row.type, row.acquirer, row.brand, row.method, row.instalment],
        ...[row.grossMinor, row.feeMinor, row.originalDate, row.dueDate],
      ],
    );
  return inserted;
}

export async function listOfSale(tx: Tx, tenantId: string, saleId: string): Promise<ReceivableRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from cards.receivables where tenant_id = $1 and sale_id = $2 order by instalment, due_date, id`,
    [tenantId, saleId],
  );
  return rows.map(receivableOf);
}

/** Held until the transaction ends, in one order for all who hold several. */
export async function lockReceivables(tx: Tx, tenantId: string, accountId: string, ids: readonly string[]): Promise<ReceivableRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from cards.receivables where tenant_id = $1 and account_id = $2 and id = any($3::uuid[]) order by id for update`,
    [tenantId, accountId, ids],
  );
  return rows.map(receivableOf);
}

export async function listByDueDate(
  tx: Tx,
  tenantId: string,
  { accountId, from, to }: { accountId: string; from: string; to: string },
): Promise<ReceivableRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from cards.receivables where tenant_id = $1 and account_id = $2 and due_date between $3 and $4 order by due_date, id limit 10000`,
    [tenantId, accountId, from, to],
  );
  return rows.map(receivableOf);
}

/** What still is to come by a day of one acquirer. */
export async function listWaiting(tx: Tx, tenantId: string, accountId: string, acquirer: string, until: string): Promise<ReceivableRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from cards.receivables
     where tenant_id = $1 and account_id = $2 and acquirer = $3 and due_date <= $4 and status <> 'paid' order by due_date, id limit 10000`,
    [tenantId, accountId, acquirer, until],
  );
  return rows.map(receivableOf);
}

export type UnitRow = {
  date: string;
  acquirer: string;
  brand: string;
  method: CardMethod;
  count: number;
  gross_minor: bigint;
  fee_minor: bigint;
};

/** What is to come, added up by day, acquirer and arrangement. */
export async function sumAgenda(
  tx: Tx,
  tenantId: string,
  { accountId, from, to }: { accountId: string; from: string; to: string },
): Promise<UnitRow[]> {
  return tx.query<UnitRow>(
    `select due_date::text as date, acquirer, brand, method, count(*)::int as count, sum(gross_minor) as gross_minor, sum(fee_minor + anticipation_fee_minor) as fee_minor
     from cards.receivables where tenant_id = $1 and account_id = $2 and due_date between $3 and $4 and status <> 'paid'
     group by due_date, acquirer, brand, method order by due_date, acquirer, brand, method`,
    [tenantId, accountId, from, to],
  );
}

export async function updateAnticipated(
  tx: Tx,
  tenantId: string,
  id: string,
  { feeMinor, on }: { feeMinor: bigint; on: string },
): Promise<void> {
  await tx.execute(
    `update cards.receivables set status = 'anticipated', anticipation_fee_minor = $3, due_date = $4 where tenant_id = $1 and id = $2`,
    [tenantId, id, feeMinor, on],
  );
}

export async function updatePaid(
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
  { lotId, on }: { lotId: string; on: string },
): Promise<void> {
  await tx.execute(
    `update cards.receivables set status = 'paid', lot_id = $3, paid_date = $4 where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids, lotId, on],
  );
}
