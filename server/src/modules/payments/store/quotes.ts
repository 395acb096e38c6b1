import type { Tx } from '#platform/db/db.ts';
import type { Route } from '../domain/payment.ts';

/** What a person read from a code and may now pay, once. */
export type Quote = {
  tenantId: string;
  id: string;
  subjectId: string;
  route: Route;
  /** Null leaves the amount to the payer. */
  amountMinor: bigint | null;
  amountEditable: boolean;
  payeeSealed: Buffer;
  payeeHash: Buffer;
  payeeAccountId: string | null;
  payeeSubjectId: string | null;
  expiresAtMs: number;
};

export async function insertQuote(tx: Tx, quote: Quote): Promise<void> {
  await tx.execute(
    `insert into payments.quotes (tenant_id, id, subject_id, route, amount_minor, amount_editable, payee_sealed, payee_hash,
       payee_account_id, payee_subject_id, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      quote.tenantId,
      quote.id,
      quote.subjectId,
      quote.route,
      quote.amountMinor,
      quote.amountEditable,
      quote.payeeSealed,
      quote.payeeHash,
      quote.payeeAccountId,
      quote.payeeSubjectId,
      new Date(quote.expiresAtMs),
    ],
  );
}

export async function findQuote(tx: Tx, id: string): Promise<Quote | undefined> {
  const rows = await tx.query<{
    tenant_id: string;
    id: string;
    subject_id: string;
    route: Route;
    amount_minor: bigint | null;
    amount_editable: boolean;
    payee_sealed: Buffer;
    payee_hash: Buffer;
    payee_account_id: string | null;
    payee_subject_id: string | null;
    expires_at: Date;
  }>('select * from payments.quotes where id = $1', [id]);
  const row = rows[0];
  return (
    row && {
      tenantId: row.tenant_id,
      id: row.id,
      subjectId: row.subject_id,
      route: row.route,
      amountMinor: row.amount_minor,
      amountEditable: row.amount_editable,
      payeeSealed: row.payee_sealed,
      payeeHash: row.payee_hash,
      payeeAccountId: row.payee_account_id,
      payeeSubjectId: row.payee_subject_id,
      expiresAtMs: row.expires_at.getTime(),
    }
  );
}

/** Forgets quotes that ended before an instant. Payments keep what they need themselves. */
export async function deleteExpiredQuotes(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  return tx.execute(
    'delete from payments.quotes where (tenant_id, id) in (select tenant_id, id from payments.quotes where expires_at < $1 limit $2)',
    [new Date(beforeMs), limit],
  );
}
