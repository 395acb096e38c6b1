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

export async function insertQuotes(tx: Tx, quotes: readonly Quote[]): Promise<void> {
  tx.send(
    `insert into payments.quotes (tenant_id, id, subject_id, route, amount_minor, amount_editable, payee_sealed, payee_hash,
       payee_account_id, payee_subject_id, expires_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::numeric[], $6::boolean[], $7::bytea[], $8::bytea[], $9::uuid[],
       $10::uuid[], $11::timestamptz[])`,
    [
      quotes.map((quote) => quote.tenantId),
      quotes.map((quote) => quote.id),
      quotes.map((quote) => quote.subjectId),
      quotes.map((quote) => quote.route),
      quotes.map((quote) => quote.amountMinor?.toString() ?? null),
      quotes.map((quote) => quote.amountEditable),
      quotes.map((quote) => quote.payeeSealed),
      quotes.map((quote) => quote.payeeHash),
      quotes.map((quote) => quote.payeeAccountId),
      quotes.map((quote) => quote.payeeSubjectId),
      quotes.map((quote) => new Date(quote.expiresAtMs).toISOString()),
    ],
  );
}

export async function findQuotes(tx: Tx, ids: readonly string[]): Promise<Quote[]> {
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
  }>('select * from payments.quotes where id = any($1::uuid[])', [ids]);
  return rows.map((row) => ({
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
  }));
}

/** Forgets quotes that ended before an instant. Payments keep what they need themselves. */
export async function deleteExpiredQuotes(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  return tx.execute(
    'delete from payments.quotes where (tenant_id, id) in (select tenant_id, id from payments.quotes where expires_at < $1 limit $2)',
    [new Date(beforeMs), limit],
  );
}
