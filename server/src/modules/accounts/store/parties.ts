import type { Tx } from '#platform/db/db.ts';

export type CompanyRow = {
  tenantId: string;
  id: string;
  legalNameSealed: Buffer;
  tradeNameSealed: Buffer | null;
  taxIdSealed: Buffer;
  taxIdHash: Buffer;
  createdAt: Date;
};

/** False when the CNPJ belongs to a company already. */
export async function insertCompany(tx: Tx, row: CompanyRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into accounts.parties (tenant_id, id, kind, legal_name_sealed, trade_name_sealed, tax_id_sealed, tax_id_hash, created_at)
     values ($1, $2, 'company', $3, $4, $5, $6, $7) on conflict do nothing`,
    [row.tenantId, row.id, row.legalNameSealed, row.tradeNameSealed, row.taxIdSealed, row.taxIdHash, row.createdAt],
  );
  return inserted === 1;
}

/** Of these people, those who were no party yet. */
export async function insertPeople(tx: Tx, tenantId: string, subjectIds: readonly string[], at: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `insert into accounts.parties (tenant_id, id, kind, created_at)
     select $1, subject_id, 'person', $3 from unnest($2::uuid[]) subject_id on conflict do nothing returning id`,
    [tenantId, subjectIds, at],
  );
  return rows.map(({ id }) => id);
}

export async function isCompanyKnown(tx: Tx, tenantId: string, taxIdHash: Buffer): Promise<boolean> {
  const rows = await tx.query('select from accounts.parties where tenant_id = $1 and tax_id_hash = $2', [tenantId, taxIdHash]);
  return rows.length > 0;
}

export type PartyKind = 'person' | 'company';

/** A payment account of each party, under the id that is given. */
export async function insertAccounts(
  tx: Tx,
  tenantId: string,
  accounts: readonly { id: string; partyId: string; labelSealed: Buffer | null }[],
  at: Date,
): Promise<void> {
  await tx.execute(
    `insert into accounts.accounts (tenant_id, id, party_id, product, label_sealed, created_at)
     select $1, a.id, a.party_id, 'payment', a.label_sealed, $5 from unnest($2::uuid[], $3::uuid[], $4::bytea[]) a(id, party_id, label_sealed)
     on conflict do nothing`,
    [tenantId, accounts.map(({ id }) => id), accounts.map(({ partyId }) => partyId), accounts.map(({ labelSealed }) => labelSealed), at],
  );
}

/** How many accounts of a party are not closed; the party's row is locked, so that of two who open the last one allowed one sees it. */
export async function countAccountsOf(tx: Tx, tenantId: string, partyId: string): Promise<number> {
  await tx.query('select from accounts.parties where tenant_id = $1 and id = $2 for update', [tenantId, partyId]);
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from accounts.accounts where tenant_id = $1 and party_id = $2 and status <> 'closed'`,
    [tenantId, partyId],
  );
  return row!.count;
}

export type SealedNames = {
  tenantId: string;
  partyId: string;
  labelSealed: Buffer | null;
  tradeNameSealed: Buffer | null;
  legalNameSealed: Buffer | null;
};
export type AccountOf = SealedNames & { kind: PartyKind; taxIdSealed: Buffer | null };

/** An account with its party. */
export async function findAccount(tx: Tx, tenantId: string, accountId: string): Promise<AccountOf | undefined> {
  const rows = await tx.query<{
    id: string;
    kind: PartyKind;
    label_sealed: Buffer | null;
    trade_name_sealed: Buffer | null;
    legal_name_sealed: Buffer | null;
    tax_id_sealed: Buffer | null;
  }>(
    `select p.id, p.kind, a.label_sealed, p.trade_name_sealed, p.legal_name_sealed, p.tax_id_sealed from accounts.accounts a
     join accounts.parties p on p.tenant_id = a.tenant_id and p.id = a.party_id where a.tenant_id = $1 and a.id = $2`,
    [tenantId, accountId],
  );
  const row = rows[0];
  return (
    row && {
      tenantId,
      partyId: row.id,
      kind: row.kind,
      labelSealed: row.label_sealed,
      tradeNameSealed: row.trade_name_sealed,
      legalNameSealed: row.legal_name_sealed,
      taxIdSealed: row.tax_id_sealed,
    }
  );
}
