import type { Tx } from '#platform/db/db.ts';
import type { AccountStatus } from '../domain/access.ts';

export type OwnAccount = { accountId: string; product: string; status: AccountStatus; labelSealed: Buffer | null; createdAt: Date };

/** The accounts of a party, the oldest first. */
export function findOwnAccounts(tx: Tx, tenantId: string, partyId: string): Promise<OwnAccount[]> {
  return tx.query<OwnAccount>(
    `select id as "accountId", product, status, label_sealed as "labelSealed", created_at as "createdAt" from accounts.accounts
     where tenant_id = $1 and party_id = $2 order by created_at, id`,
    [tenantId, partyId],
  );
}

/** Of how many accounts that are not their own somebody is the only living owner. */
export async function findSoleOwnerships(tx: Tx, tenantId: string, subjectId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from accounts.memberships m
     join accounts.accounts a on a.tenant_id = m.tenant_id and a.id = m.account_id and a.party_id <> m.subject_id and a.status <> 'closed'
     where m.tenant_id = $1 and m.subject_id = $2 and m.role = 'owner' and m.ended_at is null and not exists (
       select from accounts.memberships o where o.tenant_id = m.tenant_id and o.account_id = m.account_id and o.subject_id <> m.subject_id
         and o.role = 'owner' and o.ended_at is null)`,
    [tenantId, subjectId],
  );
  return row!.count;
}

/** Answers the accounts that were changed; a blocked one is left as it is. */
export async function setClosed(tx: Tx, tenantId: string, partyId: string, closed: boolean): Promise<string[]> {
  const [from, to] = closed ? ['active', 'closed'] : ['closed', 'active'];
  const rows = await tx.query<{ id: string }>(
    'update accounts.accounts set status = $4 where tenant_id = $1 and party_id = $2 and status = $3 returning id',
    [tenantId, partyId, from, to],
  );
  return rows.map(({ id }) => id);
}

/** Links that somebody made and nobody used. */
export async function endInvitationsBy(tx: Tx, tenantId: string, subjectId: string, at: Date): Promise<void> {
  await tx.execute(
    'update accounts.invitations set ended_at = $3, email_hash = null where tenant_id = $1 and invited_by = $2 and ended_at is null',
    [tenantId, subjectId, at],
  );
}

/** What a party called its accounts. */
export async function forgetLabels(tx: Tx, tenantId: string, partyId: string): Promise<void> {
  await tx.execute('update accounts.accounts set label_sealed = null where tenant_id = $1 and party_id = $2 and label_sealed is not null', [
    tenantId,
    partyId,
  ]);
}
