import type { Tx } from '#platform/db/db.ts';
import type { Method } from '../domain/entries.ts';

export type SettlementStatus = 'recording' | 'recorded' | 'refused' | 'undoing' | 'undone';
export type SettlementRecord = {
  id: string;
  accountId: string;
  titleId: string;
  status: SettlementStatus;
  refusal: string | null;
  paidOn: string;
  placeId: string;
  principalMinor: bigint;
  fineMinor: bigint;
  interestMinor: bigint;
  discountMinor: bigint;
  method: Method | null;
  createdBy: string;
  createdAt: Date;
};

const SETTLEMENT = `s.id, s.account_id as "accountId", s.title_id as "titleId", s.status, s.refusal, s.paid_on::text as "paidOn",
  s.place_id as "placeId", s.principal_minor as "principalMinor", s.fine_minor as "fineMinor", s.interest_minor as "interestMinor",
  s.discount_minor as "discountMinor", s.method, s.created_by as "createdBy", s.created_at as "createdAt"`;

export async function insertSettlement(tx: Tx, tenantId: string, one: SettlementRecord): Promise<void> {
  tx.send(
    `insert into titles.settlements (tenant_id, id, account_id, title_id, status, paid_on, place_id, principal_minor, fine_minor, interest_minor,
       discount_minor, method, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tenantId,
      one.id,
      one.accountId,
      one.titleId,
      one.status,
      one.paidOn,
      one.placeId,
      one.principalMinor,
      one.fineMinor,
      one.interestMinor,
      one.discountMinor,
      one.method,
      one.createdBy,
      one.createdAt,
    ],
  );
}

export async function findSettlements(tx: Tx, tenantId: string, titleId: string): Promise<SettlementRecord[]> {
  return tx.query<SettlementRecord>(
    `select ${SETTLEMENT} from titles.settlements s where s.tenant_id = $1 and s.title_id = $2 order by s.created_at, s.id`,
    [tenantId, titleId],
  );
}

/** For changing; its title is locked before it. */
export async function lockSettlement(tx: Tx, tenantId: string, titleId: string, id: string): Promise<SettlementRecord | undefined> {
  const rows = await tx.query<SettlementRecord>(
    `select ${SETTLEMENT} from titles.settlements s where s.tenant_id = $1 and s.title_id = $2 and s.id = $3 for update`,
    [tenantId, titleId, id],
  );
  return rows[0];
}

export function setSettlement(tx: Tx, tenantId: string, id: string, status: SettlementStatus, refusal: string | null): void {
  tx.send('update titles.settlements set status = $3, refusal = $4 where tenant_id = $1 and id = $2', [tenantId, id, status, refusal]);
}
