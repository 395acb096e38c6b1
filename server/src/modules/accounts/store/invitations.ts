import type { Tx } from '#platform/db/db.ts';
import type { Limits } from '../domain/access.ts';
import type { Role } from '../domain/roles.ts';

export type InvitationRecord = {
  id: string;
  accountId: string;
  role: Role;
  limits: Limits;
  emailHash: Buffer | null;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  acceptedBy: string | null;
};

type Row = {
  id: string;
  account_id: string;
  role: Role;
  per_payment_minor: bigint | null;
  per_day_minor: bigint | null;
  email_hash: Buffer | null;
  invited_by: string;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  accepted_by: string | null;
};

const toInvitation = (row: Row): InvitationRecord => ({
  id: row.id,
  accountId: row.account_id,
  role: row.role,
  limits: { perPaymentMinor: row.per_payment_minor, perDayMinor: row.per_day_minor },
  emailHash: row.email_hash,
  invitedBy: row.invited_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
  acceptedBy: row.accepted_by,
});

const COLUMNS =
  'id, account_id, role, per_payment_minor, per_day_minor, email_hash, invited_by, created_at, expires_at, ended_at, accepted_by';

export async function insertInvitation(tx: Tx, tenantId: string, one: InvitationRecord, secretHash: Buffer): Promise<void> {
  await tx.execute(
    `insert into accounts.invitations (tenant_id, id, account_id, secret_hash, role, per_payment_minor, per_day_minor, email_hash, invited_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenantId,
      one.id,
      one.accountId,
      secretHash,
      one.role,
      one.limits.perPaymentMinor,
      one.limits.perDayMinor,
      one.emailHash,
      one.invitedBy,
      one.createdAt,
      one.expiresAt,
    ],
  );
}

/** Those that can still be used, newest first. */
export async function findOpenInvitations(tx: Tx, tenantId: string, accountId: string, now: Date): Promise<InvitationRecord[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from accounts.invitations
     where tenant_id = $1 and account_id = $2 and ended_at is null and expires_at > $3 order by created_at desc, id`,
    [tenantId, accountId, now],
  );
  return rows.map(toInvitation);
}

export async function findInvitationBySecret(tx: Tx, tenantId: string, secretHash: Buffer): Promise<InvitationRecord | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from accounts.invitations where tenant_id = $1 and secret_hash = $2`, [
    tenantId,
    secretHash,
  ]);
  return rows[0] && toInvitation(rows[0]);
}

/** True when this call ended it: of two at the same moment, one. */
export async function endInvitation(
  tx: Tx,
  tenantId: string,
  { id, accountId, acceptedBy }: { id: string; accountId: string; acceptedBy: string | null },
  now: Date,
): Promise<boolean> {
  const ended = await tx.execute(
    `update accounts.invitations set ended_at = $4, accepted_by = $5
     where tenant_id = $1 and id = $2 and account_id = $3 and ended_at is null and expires_at > $4`,
    [tenantId, id, accountId, now, acceptedBy],
  );
  return ended === 1;
}

/** Whether it is there, and was withdrawn: a repetition of that is no fault. */
export async function isWithdrawn(tx: Tx, tenantId: string, accountId: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    'select from accounts.invitations where tenant_id = $1 and account_id = $2 and id = $3 and ended_at is not null and accepted_by is null',
    [tenantId, accountId, id],
  );
  return rows.length > 0;
}
