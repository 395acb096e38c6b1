import type { Tx } from '#platform/db/db.ts';
import type { OperatorRole } from '#platform/operator-roles.ts';

export type OperatorRow = {
  subjectId: string;
  roles: OperatorRole[];
  version: number;
  disabledAt: Date | null;
  addedBy: string;
  createdAt: Date;
  nameSealed: Buffer;
  emailSealed: Buffer;
};

export type NewOperator = {
  tenantId: string;
  subjectId: string;
  nameSealed: Buffer;
  /** An operator gives no CPF: the column holds a sealed nothing. */
  cpfSealed: Buffer;
  emailSealed: Buffer;
  emailHash: Buffer;
  roles: readonly OperatorRole[];
  addedBy: string;
  disabledAt: Date | null;
  createdAt: Date;
};

/** False when an operator of this tenant has this e-mail address. */
export async function insertOperator(tx: Tx, row: NewOperator): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into identity.people (tenant_id, subject_id, name_sealed, cpf_sealed, email_sealed, email_hash, created_at, realm)
     values ($1, $2, $3, $4, $5, $6, $7, 'operator') on conflict do nothing`,
    [row.tenantId, row.subjectId, row.nameSealed, row.cpfSealed, row.emailSealed, row.emailHash, row.createdAt],
  );
  if (inserted === 0) return false;
  await tx.execute(
    'insert into identity.operators (tenant_id, subject_id, roles, added_by, created_at, disabled_at) values ($1, $2, $3, $4, $5, $6)',
    [row.tenantId, row.subjectId, row.roles, row.addedBy, row.createdAt, row.disabledAt],
  );
  return true;
}

const COLUMNS = `o.subject_id as "subjectId", o.roles, o.version, o.disabled_at as "disabledAt", o.added_by as "addedBy",
  o.created_at as "createdAt", p.name_sealed as "nameSealed", p.email_sealed as "emailSealed"`;

/** A tenant's operators, the first one first. */
export async function listOperatorRows(tx: Tx, tenantId: string): Promise<OperatorRow[]> {
  return tx.query<OperatorRow>(
    `select ${COLUMNS} from identity.operators o join identity.people p using (tenant_id, subject_id)
     where o.tenant_id = $1 order by o.created_at, o.subject_id`,
    [tenantId],
  );
}

/** What an operator may be at this moment; null when they are none, or disabled. */
export async function findRoles(tx: Tx, tenantId: string, subjectId: string): Promise<OperatorRole[] | null> {
  const rows = await tx.query<{ roles: OperatorRole[] }>(
    'select roles from identity.operators where tenant_id = $1 and subject_id = $2 and disabled_at is null',
    [tenantId, subjectId],
  );
  return rows[0]?.roles ?? null;
}

/** Changes an operator as it was read (`version`). Answers the new version, or null when it was changed meanwhile or never was. */
export async function updateOperator(
  tx: Tx,
  operator: { tenantId: string; subjectId: string; version: number; roles: readonly OperatorRole[]; disabledAt: Date | null },
): Promise<number | null> {
  const rows = await tx.query<{ version: number }>(
    `update identity.operators set roles = $4, disabled_at = $5, version = version + 1
     where tenant_id = $1 and subject_id = $2 and version = $3 returning version`,
    [operator.tenantId, operator.subjectId, operator.version, operator.roles, operator.disabledAt],
  );
  return rows[0]?.version ?? null;
}

/** Other operators of the tenant who are admin and not disabled, locked until the transaction ends: of two who leave at once each sees the other. */
export async function lockOtherAdmins(tx: Tx, tenantId: string, subjectId: string): Promise<number> {
  await tx.execute('select pg_advisory_xact_lock(hashtextextended($1, 7205140006))', [tenantId]);
  const rows = await tx.query<{ count: number }>(
    `select count(*)::int as count from identity.operators
     where tenant_id = $1 and subject_id <> $2 and disabled_at is null and 'admin' = any (roles)`,
    [tenantId, subjectId],
  );
  return rows[0]!.count;
}

/** Whether the person belongs to the operators' realm. */
export async function isOperator(tx: Tx, tenantId: string, subjectId: string): Promise<boolean> {
  const rows = await tx.query("select from identity.people where tenant_id = $1 and subject_id = $2 and realm = 'operator'", [
    tenantId,
    subjectId,
  ]);
  return rows.length > 0;
}
