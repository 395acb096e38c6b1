import type { Tx } from '#platform/db/db.ts';
import { PART_PAGE } from '#platform/privacy/keeper.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';

export type OwnPayment = {
  id: string;
  subjectId: string;
  status: string;
  amountMinor: bigint;
  endToEndId: string;
  payeeSealed: Buffer;
  descriptionSealed: Buffer | null;
  createdAt: Date;
  settledAt: Date | null;
};

/** What accounts paid, in the order of time; one more than a page. `after`: time and id of the last one seen. The others are alike, by id alone. */
export function pagePayments(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnPayment[]> {
  const [ms = '0', id = FIRST] = after?.split('~') ?? [];
  return tx.query<OwnPayment>(
    `select id, subject_id as "subjectId", status, amount_minor as "amountMinor", end_to_end_id as "endToEndId", payee_sealed as "payeeSealed",
       description_sealed as "descriptionSealed", created_at as "createdAt", settled_at as "settledAt"
     from payments.payments where tenant_id = $1 and subject_id = any($2::uuid[]) and (created_at, id) > ($3::timestamptz, $4::uuid)
     order by created_at, id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, new Date(Number(ms)), id],
  );
}

export type OwnReceipt = {
  id: string;
  subjectId: string;
  status: string;
  amountMinor: bigint | null;
  endToEndId: string;
  payerSealed: Buffer | null;
  receivedAt: Date | null;
};

export function pageReceipts(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnReceipt[]> {
  return tx.query<OwnReceipt>(
    `select id, subject_id as "subjectId", status, amount_minor as "amountMinor", end_to_end_id as "endToEndId", payer_sealed as "payerSealed",
       received_at as "receivedAt"
     from payments.receipts where tenant_id = $1 and subject_id = any($2::uuid[]) and id > $3 order by id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, after ?? FIRST],
  );
}

export type OwnDevolucao = {
  id: string;
  subjectId: string;
  status: string;
  amountMinor: bigint;
  endToEndId: string;
  returnId: string;
  createdAt: Date;
};

export function pageDevolucoes(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnDevolucao[]> {
  return tx.query<OwnDevolucao>(
    `select id, subject_id as "subjectId", status, amount_minor as "amountMinor", end_to_end_id as "endToEndId", return_id as "returnId",
       created_at as "createdAt"
     from payments.devolucoes where tenant_id = $1 and subject_id = any($2::uuid[]) and id > $3 order by id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, after ?? FIRST],
  );
}
