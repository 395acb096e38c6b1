import type { Tx } from '#platform/db/db.ts';
import type { AccountStatus, Limits } from '../domain/access.ts';
import type { Role } from '../domain/roles.ts';
import type { PartyKind, SealedNames } from './parties.ts';

export type MembershipRecord = {
  tenantId: string;
  accountId: string;
  subjectId: string;
  role: Role;
  limits: Limits;
  /** Set when the member is a client, a service with a token of its own. */
  clientId: string | null;
  version: number;
  createdAt: Date;
};
export type StandingRecord = MembershipRecord & { partyId: string; kind: PartyKind; accountStatus: AccountStatus };

type Row = {
  tenant_id: string;
  account_id: string;
  subject_id: string;
  role: Role;
  per_payment_minor: bigint | null;
  per_day_minor: bigint | null;
  client_id: string | null;
  version: number;
  created_at: Date;
};

const toMembership = (row: Row): MembershipRecord => ({
  tenantId: row.tenant_id,
  accountId: row.account_id,
  subjectId: row.subject_id,
  role: row.role,
  limits: { perPaymentMinor: row.per_payment_minor, perDayMinor: row.per_day_minor },
  clientId: row.client_id,
  version: row.version,
  createdAt: row.created_at,
});

export type NewMembership = { accountId: string; subjectId: string; role: Role; limits: Limits; grantedBy: string; clientId?: string };

/** Who left before joins again in the same row. False for whoever is a member already. */
export async function insertMember(tx: Tx, tenantId: string, member: NewMembership, at: Date): Promise<MembershipRecord | undefined> {
  const rows = await tx.query<Row>(
    `insert into accounts.memberships as m (tenant_id, account_id, subject_id, role, per_payment_minor, per_day_minor, granted_by, created_at, changed_at, client_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
     on conflict (tenant_id, account_id, subject_id) do update set role = excluded.role, per_payment_minor = excluded.per_payment_minor,
       per_day_minor = excluded.per_day_minor, granted_by = excluded.granted_by, created_at = excluded.created_at, changed_at = excluded.changed_at,
       version = m.version + 1, ended_at = null
     where m.ended_at is not null
     returning *`,
    [
      tenantId,
      member.accountId,
      member.subjectId,
      member.role,
      member.limits.perPaymentMinor,
      member.limits.perDayMinor,
      member.grantedBy,
      at,
      member.clientId ?? null,
    ],
  );
  return rows[0] && toMembership(rows[0]);
}

/** The members of an account, owners first; locked, so that of two who end the last two owners one comes second and sees it. */
export async function lockMembers(tx: Tx, tenantId: string, accountId: string): Promise<MembershipRecord[]> {
  await tx.query('select from accounts.accounts where tenant_id = $1 and id = $2 for update', [tenantId, accountId]);
  return findMembers(tx, tenantId, accountId);
}

export async function findMembers(tx: Tx, tenantId: string, accountId: string): Promise<MembershipRecord[]> {
  const rows = await tx.query<Row>(
    `select * from accounts.memberships where tenant_id = $1 and account_id = $2 and ended_at is null
     order by role <> 'owner', created_at, subject_id`,
    [tenantId, accountId],
  );
  return rows.map(toMembership);
}

/** Undefined when the row is at another version, or ended. */
export async function updateMember(
  tx: Tx,
  tenantId: string,
  { accountId, subjectId, role, limits, version, grantedBy }: NewMembership & { version: number },
  at: Date,
): Promise<MembershipRecord | undefined> {
  const rows = await tx.query<Row>(
    `update accounts.memberships set role = $5, per_payment_minor = $6, per_day_minor = $7, granted_by = $8, changed_at = $9, version = version + 1
     where tenant_id = $1 and account_id = $2 and subject_id = $3 and version = $4 and ended_at is null returning *`,
    [tenantId, accountId, subjectId, version, role, limits.perPaymentMinor, limits.perDayMinor, grantedBy, at],
  );
  return rows[0] && toMembership(rows[0]);
}

/** The version with which a membership ended; undefined when there was none to end. */
export async function endMembership(tx: Tx, tenantId: string, accountId: string, subjectId: string, at: Date): Promise<number | undefined> {
  const rows = await tx.query<{ version: number }>(
    `update accounts.memberships set ended_at = $4, changed_at = $4, version = version + 1
     where tenant_id = $1 and account_id = $2 and subject_id = $3 and ended_at is null returning version`,
    [tenantId, accountId, subjectId, at],
  );
  return rows[0]?.version;
}

/** Whether somebody acted on an account before: taking them off again is no fault. */
export async function wasMember(tx: Tx, tenantId: string, accountId: string, subjectId: string): Promise<boolean> {
  const rows = await tx.query('select from accounts.memberships where tenant_id = $1 and account_id = $2 and subject_id = $3', [
    tenantId,
    accountId,
    subjectId,
  ]);
  return rows.length > 0;
}

export type Wanted = { accountId: string; subjectId: string };

/** Living memberships of these pairs, with what their accounts are: one statement, however many ask. */
export async function findStandings(tx: Tx, wanted: readonly Wanted[]): Promise<StandingRecord[]> {
  const rows = await tx.query<Row & { party_id: string; kind: PartyKind; account_status: AccountStatus }>(
    `select m.*, a.party_id, a.status as account_status, p.kind
     from unnest($1::uuid[], $2::uuid[]) w(account_id, subject_id)
     join accounts.memberships m on m.account_id = w.account_id and m.subject_id = w.subject_id and m.ended_at is null
     join accounts.accounts a on a.tenant_id = m.tenant_id and a.id = m.account_id
     join accounts.parties p on p.tenant_id = a.tenant_id and p.id = a.party_id`,
    [wanted.map(({ accountId }) => accountId), wanted.map(({ subjectId }) => subjectId)],
  );
  return rows.map((row) => ({ ...toMembership(row), partyId: row.party_id, kind: row.kind, accountStatus: row.account_status }));
}

export type ActingOnRecord = StandingRecord & SealedNames;

/** The accounts a person acts on, their own first, then the oldest. */
export async function findActingOn(
  tx: Tx,
  tenantId: string,
  subjectId: string,
  accountId: string | null = null,
): Promise<ActingOnRecord[]> {
  const rows = await tx.query<
    Row & {
      party_id: string;
      account_status: AccountStatus;
      kind: PartyKind;
      label_sealed: Buffer | null;
      trade_name_sealed: Buffer | null;
      legal_name_sealed: Buffer | null;
    }
  >(
    `select m.*, a.party_id, a.status as account_status, p.kind, a.label_sealed, p.trade_name_sealed, p.legal_name_sealed
     from accounts.memberships m
     join accounts.accounts a on a.tenant_id = m.tenant_id and a.id = m.account_id
     join accounts.parties p on p.tenant_id = a.tenant_id and p.id = a.party_id
     where m.tenant_id = $1 and m.subject_id = $2 and m.ended_at is null and ($3::uuid is null or m.account_id = $3)
     order by a.party_id <> m.subject_id, m.created_at, m.account_id`,
    [tenantId, subjectId, accountId],
  );
  return rows.map((row) => ({
    ...toMembership(row),
    partyId: row.party_id,
    accountStatus: row.account_status,
    kind: row.kind,
    labelSealed: row.label_sealed,
    tradeNameSealed: row.trade_name_sealed,
    legalNameSealed: row.legal_name_sealed,
  }));
}
