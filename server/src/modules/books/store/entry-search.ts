import type { Tx } from '#platform/db/db.ts';
import type { EntryFilter } from '../contract-list.ts';
import type { Cursor } from '../domain/search.ts';
import { ENTRY_WITH_LINES, type EntryRecord, type EntryRow, recordOf } from './entries.ts';

/** What is asked for, with its words prepared: folded, an amount where they read as one, and the keyed hash of a counterparty of that name. */
export type Search = EntryFilter & {
  accountId: string;
  words: readonly string[];
  amountMinor: bigint | null;
  counterpartyHash: Buffer | null;
};
export type PageAt = { after: Cursor | null; limit: number };
export type Sums = { count: number; inMinor: bigint; outMinor: bigint };

type Query = { where: string; params: unknown[]; day: 'date' | 'competence' };

/** Conditions for what is asked for and nothing else: whatever is not asked for stands in no statement. */
function queryOf(tenantId: string, search: Search): Query {
  const params: unknown[] = [tenantId, search.accountId];
  const put = (value: unknown): string => `$${params.push(value)}`;
  const day = search.by ?? 'date';
  const all = ['e.tenant_id = $1', 'e.account_id = $2'];
  if (search.from !== undefined) all.push(`e.${day} >= ${put(search.from)}::date`);
  if (search.to !== undefined) all.push(`e.${day} <= ${put(search.to)}::date`);
  if (search.kind !== undefined) all.push(`e.kind = ${put(search.kind)}`);
  if (search.method !== undefined) all.push(`e.method = ${put(search.method)}`);
  if (search.unsorted === true) all.push('e.is_unsorted and e.refusal is null and e.reversed_at is null');
  if (search.tag !== undefined) all.push(`${put(search.tag)} = any(e.tags)`);
  if (search.originModule !== undefined) all.push(`e.origin_module = ${put(search.originModule)}`);
  if (search.state !== undefined) all.push(STATES[search.state]);
  const scope = scopeOf(search, put);
  if (scope) all.push(`(${scope('e.place_id')} or ${scope('e.to_place_id')})`);
  if (search.categoryId !== undefined)
    all.push(
      `exists (select from books.lines l where l.tenant_id = e.tenant_id and l.entry_id = e.id and l.category_id = ${put(search.categoryId)})`,
    );
  if (search.search !== undefined) all.push(`(${wordsOf(search, put)})`);
  return { where: all.join(' and '), params, day };
}

const STATES: Readonly<Record<NonNullable<EntryFilter['state']>, string>> = {
  accepted: 'e.position is null and e.refusal is null and e.reversed_at is null',
  posted: 'e.position is not null and e.reversed_at is null',
  refused: 'e.refusal is not null',
  reversed: 'e.reversed_at is not null',
};

function wordsOf({ words, amountMinor, counterpartyHash }: Search, put: (value: unknown) => string): string {
  const some = [words.map((word) => `position(${put(word)} in e.folded) > 0`).join(' and ') || 'false'];
  if (amountMinor !== null) some.push(`e.amount_minor = ${put(amountMinor)}`);
  if (counterpartyHash !== null) some.push(`e.counterparty_hash = ${put(counterpartyHash)}`);
  return some.map((one) => `(${one})`).join(' or ');
}

/** Whether a place is one of those asked for; undefined where all are. */
function scopeOf({ placeId, storeId }: Search, put: (value: unknown) => string): ((column: string) => string) | undefined {
  if (placeId !== undefined) {
    const place = put(placeId);
    return (column) => `coalesce(${column} = ${place}, false)`;
  }
  if (storeId === undefined) return undefined;
  const store = put(storeId);
  return (column) => `exists (select from books.places p where p.tenant_id = $1 and p.id = ${column} and p.store_id = ${store})`;
}

export async function findPage(tx: Tx, tenantId: string, search: Search, { after, limit }: PageAt): Promise<EntryRecord[]> {
  const { where, params, day } = queryOf(tenantId, search);
  const put = (value: unknown): string => `$${params.push(value)}`;
  const seek = after
    ? ` and (e.${day}, e.recorded_at, e.id) < (${put(after.day)}::date, ${put(after.recordedAt)}::timestamptz, ${put(after.id)}::uuid)`
    : '';
  const rows = await tx.query<EntryRow>(
    `select ${ENTRY_WITH_LINES} from books.entries e where ${where}${seek} order by e.${day} desc, e.recorded_at desc, e.id desc limit ${put(limit)}`,
    params,
  );
  return rows.map(recordOf);
}

/** What was refused moved nothing, nor did what was taken back on its own day; a mirror of what is closed stands as an entry of its own. */
const COUNTS = '(e.refusal is null and (e.reversed_at is null or e.reversed_by is not null))';

function sumsOf(tenantId: string, search: Search): { columns: string; where: string; day: string; params: unknown[] } {
  const { where, params, day } = queryOf(tenantId, search);
  const put = (value: unknown): string => `$${params.push(value)}`;
  const [came, went] = effects(search, day, put);
  const of = (effect: string) => `coalesce(sum(${effect}) filter (where ${COUNTS}), 0)::numeric(38,0)`;
  return { columns: `count(*)::int as count, ${of(came)} as "inMinor", ${of(went)} as "outMinor"`, where, day, params };
}

export async function sumUp(tx: Tx, tenantId: string, search: Search): Promise<Sums> {
  const { columns, where, params } = sumsOf(tenantId, search);
  const [row] = await tx.query<Sums>(`select ${columns} from books.entries e where ${where}`, params);
  return row!;
}

/** The same for each day on which something is found. */
export async function sumDays(tx: Tx, tenantId: string, search: Search): Promise<(Sums & { date: string })[]> {
  const { columns, where, day, params } = sumsOf(tenantId, search);
  return tx.query<Sums & { date: string }>(
    `select e.${day}::text as date, ${columns} from books.entries e where ${where} group by e.${day}`,
    params,
  );
}

/** What one entry brought, and took, as seen by the filter. */
function effects(search: Search, day: 'date' | 'competence', put: (value: unknown) => string): [came: string, went: string] {
  const of = (kind: string, amount: string): string => `case when e.kind = '${kind}' then ${amount} else 0 end`;
  if (search.categoryId !== undefined) {
    const lines = `(select sum(l.amount_minor) from books.lines l where l.tenant_id = e.tenant_id and l.entry_id = e.id
      and l.category_id = ${put(search.categoryId)})`;
    return [of('in', lines), of('out', lines)];
  }
  if (day === 'competence') return [of('in', 'e.amount_minor'), of('out', 'e.amount_minor')];
  const scope = scopeOf(search, put) ?? ((column: string) => `${column} is not null`);
  const [from, to] = [scope('e.place_id'), scope('e.to_place_id')];
  return [
    `case when e.kind = 'in' and ${from} then e.amount_minor when e.kind = 'transfer' and ${to} and not ${from} then e.amount_minor else 0 end`,
    `case when e.kind = 'out' and ${from} then e.amount_minor when e.kind = 'transfer' and ${from} and not ${to} then e.amount_minor else 0 end`,
  ];
}
