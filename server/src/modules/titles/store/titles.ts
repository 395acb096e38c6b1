import type { Tx } from '#platform/db/db.ts';
import type { Kind } from '../contract-titles.ts';
import type { Terms } from '../domain/charges.ts';

export type TitleRecord = {
  id: string;
  accountId: string;
  kind: Kind;
  description: string;
  amountMinor: bigint;
  settledMinor: bigint;
  dueOn: string;
  competenceOn: string;
  categoryId: string;
  placeId: string | null;
  counterpartyId: string | null;
  document: string | null;
  terms: Terms;
  late: boolean;
  ruleId: string | null;
  n: number | null;
  planId: string | null;
  nth: number | null;
  planCount: number | null;
  generation: number;
  cancelled: boolean;
  version: number;
  createdAt: Date;
};

const TITLE = `t.id, t.account_id as "accountId", t.kind, t.description, t.amount_minor as "amountMinor", t.settled_minor as "settledMinor",
  t.due_on::text as "dueOn", t.competence_on::text as "competenceOn", t.category_id as "categoryId", t.place_id as "placeId",
  t.counterparty_id as "counterpartyId", t.document, t.terms, t.late, t.rule_id as "ruleId", t.n, t.plan_id as "planId", t.nth,
  t.plan_count as "planCount", t.generation, t.cancelled, t.version, t.created_at as "createdAt"`;

/** Adds titles; answers the ids of those that were not there yet. */
export async function insertTitles(tx: Tx, tenantId: string, titles: readonly TitleRecord[]): Promise<Set<string>> {
  const of = <K extends keyof TitleRecord>(key: K) => titles.map((title) => title[key]);
  const rows = await tx.query<{ id: string }>(
    `insert into titles.titles (tenant_id, id, account_id, kind, description, amount_minor, due_on, competence_on, category_id, place_id,
       counterparty_id, document, terms, late, rule_id, n, plan_id, nth, plan_count, created_at)
     select $1, t.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::date[], $8::date[], $9::uuid[], $10::uuid[],
       $11::uuid[], $12::text[], $13::jsonb[], $14::boolean[], $15::uuid[], $16::int[], $17::uuid[], $18::int[], $19::int[], $20::timestamptz[]) t
     on conflict do nothing returning id`,
    [
      tenantId,
      of('id'),
      of('accountId'),
      of('kind'),
      of('description'),
      of('amountMinor'),
      of('dueOn'),
      of('competenceOn'),
      of('categoryId'),
      of('placeId'),
      of('counterpartyId'),
      of('document'),
      of('terms').map((terms) => JSON.stringify(terms)),
      of('late'),
      of('ruleId'),
      of('n'),
      of('planId'),
      of('nth'),
      of('planCount'),
      of('createdAt'),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

export async function findTitle(tx: Tx, tenantId: string, accountId: string, id: string): Promise<TitleRecord | undefined> {
  const rows = await tx.query<TitleRecord>(
    `select ${TITLE} from titles.titles t where t.tenant_id = $1 and t.account_id = $2 and t.id = $3`,
    [tenantId, accountId, id],
  );
  return rows[0];
}

/** As `findTitle`, and nobody else changes it until the transaction ends. */
export async function lockTitle(tx: Tx, tenantId: string, accountId: string, id: string): Promise<TitleRecord | undefined> {
  const rows = await tx.query<TitleRecord>(
    `select ${TITLE} from titles.titles t where t.tenant_id = $1 and t.account_id = $2 and t.id = $3 for update`,
    [tenantId, accountId, id],
  );
  return rows[0];
}

/** The occurrences of a rule from one on that nothing was paid of and that were not cancelled, for changing. */
export async function lockOpenOccurrences(tx: Tx, tenantId: string, ruleId: string, fromN: number): Promise<TitleRecord[]> {
  return tx.query<TitleRecord>(
    `select ${TITLE} from titles.titles t
     where t.tenant_id = $1 and t.rule_id = $2 and t.n >= $3 and not t.cancelled and t.settled_minor = 0 order by t.n for update`,
    [tenantId, ruleId, fromN],
  );
}

/** Writes what may change of a title, as its next version; answers that version. */
export async function updateTitle(tx: Tx, tenantId: string, title: TitleRecord): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `update titles.titles set description = $3, amount_minor = $4, settled_minor = $5, due_on = $6, competence_on = $7, category_id = $8,
       place_id = $9, counterparty_id = $10, document = $11, terms = $12, generation = $13, cancelled = $14, version = version + 1
     where tenant_id = $1 and id = $2 returning version`,
    [
      tenantId,
      title.id,
      title.description,
      title.amountMinor,
      title.settledMinor,
      title.dueOn,
      title.competenceOn,
      title.categoryId,
      title.placeId,
      title.counterpartyId,
      title.document,
      JSON.stringify(title.terms),
      title.generation,
      title.cancelled,
    ],
  );
  return row!.version;
}

export type Wanted = {
  kind: string | null;
  /** Null lets every one through. */
  state: keyof typeof STATES | null;
  /** Both days are in. */
  dueFrom: string;
  dueTo: string;
  counterpartyId: string | null;
  ruleId: string | null;
  planId: string | null;
  after: { dueOn: string; id: string } | null;
  limit: number;
};

const STATES = {
  unsettled: 'and not t.cancelled and t.settled_minor < t.amount_minor',
  untouched: 'and not t.cancelled and t.settled_minor = 0',
  partly: 'and not t.cancelled and t.settled_minor < t.amount_minor and t.settled_minor > 0',
  settled: 'and not t.cancelled and t.settled_minor = t.amount_minor',
  cancelled: 'and t.cancelled',
} as const;

/** Titles by the day on which they are due, the earliest first. */
export async function listTitles(tx: Tx, tenantId: string, accountId: string, wanted: Wanted): Promise<TitleRecord[]> {
  const { kind, state, counterpartyId, ruleId, planId, after } = wanted;
  return tx.query<TitleRecord>(
    `select ${TITLE} from titles.titles t
     where t.tenant_id = $1 and t.account_id = $2 and t.due_on between $3 and $4 and (t.due_on, t.id) > ($5::date, $6::uuid)
       and ($7::text is null or t.kind = $7) and ($8::uuid is null or t.counterparty_id = $8) and ($9::uuid is null or t.rule_id = $9)
       and ($10::uuid is null or t.plan_id = $10) ${state ? STATES[state] : ''}
     order by t.due_on, t.id limit $11`,
    [
      tenantId,
      accountId,
      wanted.dueFrom,
      wanted.dueTo,
      after?.dueOn ?? '0001-01-01',
      after?.id ?? '00000000-0000-0000-0000-000000000000',
      kind,
      counterpartyId,
      ruleId,
      planId,
      wanted.limit,
    ],
  );
}

export type Total = { kind: Kind; openMinor: bigint; overdueMinor: bigint; dueTodayMinor: bigint; count: number };

/** What is open, by kind. `lateBefore`: what was due before that day is late. */
export async function readTotals(tx: Tx, tenantId: string, accountId: string, today: string, lateBefore: string): Promise<Total[]> {
  return tx.query<Total>(
    `select kind, sum(amount_minor - settled_minor) as "openMinor",
       coalesce(sum(amount_minor - settled_minor) filter (where due_on < $4), 0) as "overdueMinor",
       coalesce(sum(amount_minor - settled_minor) filter (where due_on = $3), 0) as "dueTodayMinor", count(*)::int as count
     from titles.titles where tenant_id = $1 and account_id = $2 and not cancelled and settled_minor < amount_minor group by kind`,
    [tenantId, accountId, today, lateBefore],
  );
}
