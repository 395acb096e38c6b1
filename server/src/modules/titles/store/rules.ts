import type { Tx } from '#platform/db/db.ts';
import type { Kind } from '../contract-titles.ts';
import type { Terms } from '../domain/charges.ts';
import type { Segment } from '../domain/recurrence.ts';

/** What each occurrence asks for. */
export type Template = {
  description: string;
  /** Minor units, as text: it is kept as JSON. */
  amountMinor: string;
  categoryId: string;
  placeId: string | null;
  counterpartyId: string | null;
  terms: Terms;
};
export type RuleRecord = {
  id: string;
  accountId: string;
  kind: Kind;
  segments: Segment<Template>[];
  untilOn: string | null;
  count: number | null;
  leadDays: number;
  nextN: number;
  makeFrom: string | null;
  ended: boolean;
  version: number;
  createdAt: Date;
};

const RULE = `r.id, r.account_id as "accountId", r.kind, r.segments, r.until_on::text as "untilOn", r.occurrences as count, r.lead_days as "leadDays",
  r.next_n as "nextN", r.make_from::text as "makeFrom", r.ended, r.version, r.created_at as "createdAt"`;

export function insertRule(tx: Tx, tenantId: string, rule: RuleRecord): void {
  tx.send(
    `insert into titles.rules (tenant_id, id, account_id, kind, segments, until_on, occurrences, lead_days, next_n, make_from, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenantId,
      rule.id,
      rule.accountId,
      rule.kind,
      JSON.stringify(rule.segments),
      rule.untilOn,
      rule.count,
      rule.leadDays,
      rule.nextN,
      rule.makeFrom,
      rule.createdAt,
    ],
  );
}

export async function lockRule(tx: Tx, tenantId: string, accountId: string, id: string): Promise<RuleRecord | undefined> {
  const rows = await tx.query<RuleRecord>(
    `select ${RULE} from titles.rules r where r.tenant_id = $1 and r.account_id = $2 and r.id = $3 for update`,
    [tenantId, accountId, id],
  );
  return rows[0];
}

export async function listRules(tx: Tx, tenantId: string, accountId: string, most: number): Promise<RuleRecord[]> {
  return tx.query<RuleRecord>(
    `select ${RULE} from titles.rules r where r.tenant_id = $1 and r.account_id = $2 order by r.ended, r.created_at desc, r.id limit $3`,
    [tenantId, accountId, most],
  );
}

/** How many rules of an account have not ended; the count may be passed by as many as create one at the same moment. */
export async function countRules(tx: Tx, tenantId: string, accountId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*)::int as count from titles.rules where tenant_id = $1 and account_id = $2 and not ended',
    [tenantId, accountId],
  );
  return row!.count;
}

/** Rules of all tenants of which occurrences are to be made, those that wait longest first. */
export async function listDueRules(
  tx: Tx,
  today: string,
  most: number,
): Promise<{ tenantId: string; accountId: string; id: string; makeFrom: string }[]> {
  return tx.query(
    `select tenant_id as "tenantId", account_id as "accountId", id, make_from::text as "makeFrom" from titles.rules
     where make_from <= $1 order by make_from, id limit $2`,
    [today, most],
  );
}

/** Writes what may change of a rule, as its next version when `changed` says so. */
export async function updateRule(tx: Tx, tenantId: string, rule: RuleRecord, changed: boolean): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `update titles.rules set segments = $3, until_on = $4, occurrences = $5, next_n = $6, make_from = $7, ended = $8, version = version + $9
     where tenant_id = $1 and id = $2 returning version`,
    [tenantId, rule.id, JSON.stringify(rule.segments), rule.untilOn, rule.count, rule.nextN, rule.makeFrom, rule.ended, changed ? 1 : 0],
  );
  return row!.version;
}
