import type { Tx } from '#platform/db/db.ts';
import type { Terms } from '../domain/terms.ts';

type Row = {
  id: string;
  acquirer: string;
  brand: string;
  method: Terms['method'];
  from_instalments: number;
  to_instalments: number;
  mdr_rate: string;
  fixed_fee_minor: bigint;
  term_kind: Terms['termKind'];
  term_days: number;
  valid_from: string;
};

/** False where there is one of this id, or one that begins on the same day for the same sales. */
export async function insertTerms(tx: Tx, tenantId: string, accountId: string, one: Terms): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into cards.terms (tenant_id, id, account_id, acquirer, brand, method, from_instalments, to_instalments, mdr_rate, fixed_fee_minor, term_kind, term_days, valid_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
    [
      ...[tenantId, one.id, accountId, one.acquirer, one.brand, one.method, one.fromInstalments, one.toInstalments],
      ...[one.mdrRate, one.fixedFeeMinor, one.termKind, one.termDays, one.validFrom],
    ],
  );
  return inserted === 1;
}

/** The contract of a shop, the newest lines first. */
export async function listTerms(tx: Tx, tenantId: string, accountId: string): Promise<Terms[]> {
  const rows = await tx.query<Row>(
    `select id, acquirer, brand, method, from_instalments, to_instalments, mdr_rate, fixed_fee_minor, term_kind, term_days, valid_from::text
     from cards.terms where tenant_id = $1 and account_id = $2 order by valid_from desc, acquirer, brand, method, from_instalments`,
    [tenantId, accountId],
  );
  return rows.map((row) => ({
    id: row.id,
    acquirer: row.acquirer,
    brand: row.brand,
    method: row.method,
    fromInstalments: row.from_instalments,
    toInstalments: row.to_instalments,
    mdrRate: row.mdr_rate,
    fixedFeeMinor: row.fixed_fee_minor,
    termKind: row.term_kind,
    termDays: row.term_days,
    validFrom: row.valid_from,
  }));
}
