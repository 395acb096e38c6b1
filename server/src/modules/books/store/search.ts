import type { Tx } from '#platform/db/db.ts';
import { ENTRY_WITH_LINES, type EntryRecord, type EntryRow, recordOf } from './entries.ts';

export type Filter = {
  from?: string | undefined;
  to?: string | undefined;
  /** Folded, and the keyed hash of it as a name. */
  search?: { folded: string; hash: Buffer } | undefined;
  kind?: string | undefined;
  unsorted?: boolean | undefined;
  placeId?: string | undefined;
  categoryId?: string | undefined;
  refused?: boolean | undefined;
};
/** After which entry a page begins. */
export type After = { date: string; recordedAt: string; id: string };

/** The conditions as SQL, with their parameters behind those given. */
function conditionsOf(filter: Filter, params: unknown[]): string {
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const found = ['e.tenant_id = $1', 'e.account_id = $2'];
  if (filter.from !== undefined) found.push(`e.date >= ${bind(filter.from)}::date`);
  if (filter.to !== undefined) found.push(`e.date <= ${bind(filter.to)}::date`);
  if (filter.kind !== undefined) found.push(`e.kind = ${bind(filter.kind)}`);
  if (filter.unsorted) found.push('e.is_unsorted and e.reversed_at is null and e.refusal is null');
  if (filter.refused) found.push('e.refusal is not null');
  if (filter.placeId !== undefined) {
    const place = bind(filter.placeId);
    found.push(`(e.place_id = ${place}::uuid or e.to_place_id = ${place}::uuid)`);
  }
  if (filter.categoryId !== undefined) {
    const category = bind(filter.categoryId);
    found.push(`exists (select from books.lines l where l.tenant_id = $1 and l.entry_id = e.id and l.category_id = ${category}::uuid)`);
  }
  if (filter.search !== undefined) {
    const part = bind(`%${filter.search.folded.replace(/[\\%_]/g, '\\$&')}%`);
    found.push(`(e.folded like ${part} or e.counterparty_hash = ${bind(filter.search.hash)})`);
  }
  return found.join(' and ');
}

export async function searchEntries(
  tx: Tx,
  tenantId: string,
  accountId: string,
  { filter, after, limit }: { filter: Filter; after: After | null; limit: number },
): Promise<EntryRecord[]> {
  const params: unknown[] = [tenantId, accountId];
  const conditions = conditionsOf(filter, params);
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const past = after
    ? ` and (e.date, e.recorded_at, e.id) < (${bind(after.date)}::date, ${bind(after.recordedAt)}::timestamptz, ${bind(after.id)}::uuid)`
    : '';
  const rows = await tx.query<EntryRow>(
    `select ${ENTRY_WITH_LINES} from books.entries e where ${conditions}${past}
     order by e.date desc, e.recorded_at desc, e.id desc limit ${bind(limit)}`,
    params,
  );
  return rows.map(recordOf);
}

export type Sums = { count: bigint; inMinor: bigint; outMinor: bigint };
/** What counts: reversed and refused entries moved nothing. */
const SUMS = `count(*) as count,
  coalesce(sum(e.amount_minor) filter (where e.kind = 'in' and e.reversed_at is null and e.refusal is null), 0)::numeric(38,0) as "inMinor",
  coalesce(sum(e.amount_minor) filter (where e.kind = 'out' and e.reversed_at is null and e.refusal is null), 0)::numeric(38,0) as "outMinor"`;

export async function sumEntries(tx: Tx, tenantId: string, accountId: string, filter: Filter): Promise<Sums> {
  const params: unknown[] = [tenantId, accountId];
  const [row] = await tx.query<Sums>(`select ${SUMS} from books.entries e where ${conditionsOf(filter, params)}`, params);
  return row!;
}

export function sumDays(tx: Tx, tenantId: string, accountId: string, filter: Filter): Promise<(Sums & { date: string })[]> {
  const params: unknown[] = [tenantId, accountId];
  return tx.query(`select e.date::text, ${SUMS} from books.entries e where ${conditionsOf(filter, params)} group by e.date`, params);
}

export type Sold = { competence: string; method: string | null; amountMinor: bigint; count: bigint };
/** What was sold on these days, by method: income of the categories of revenue. */
export function sumSold(tx: Tx, tenantId: string, accountId: string, days: readonly string[]): Promise<Sold[]> {
  return tx.query(
    `select e.competence::text, e.method, sum(l.amount_minor)::numeric(38,0) as "amountMinor", count(distinct e.id) as count
     from books.entries e
       join books.lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
       join books.categories c on c.tenant_id = e.tenant_id and c.id = l.category_id and c.group_name = 'revenue'
     where e.tenant_id = $1 and e.account_id = $2 and e.competence = any($3::date[]) and e.kind = 'in' and e.reversed_at is null and e.refusal is null
     group by e.competence, e.method order by 3 desc`,
    [tenantId, accountId, days],
  );
}

export async function countWaiting(
  tx: Tx,
  tenantId: string,
  accountId: string,
): Promise<{ unsorted: number; accepted: number; refused: number }> {
  const [row] = await tx.query<{ unsorted: bigint; accepted: bigint; refused: bigint }>(
    `select count(*) filter (where e.is_unsorted and e.refusal is null) as unsorted,
       count(*) filter (where e.position is null and e.refusal is null) as accepted,
       count(*) filter (where e.refusal is not null) as refused
     from books.entries e
     where e.tenant_id = $1 and e.account_id = $2 and e.reversed_at is null and (e.is_unsorted or e.position is null)`,
    [tenantId, accountId],
  );
  return { unsorted: Number(row!.unsorted), accepted: Number(row!.accepted), refused: Number(row!.refused) };
}
