import type { Tx } from '#platform/db/db.ts';
import { type EffectivePlace, moment, type Place } from './cursor.ts';

/**
 * The ledger in the order of effective dates, as it was known at a place. What took effect when it was recorded is in the table's own
 * order and nearly everything; what was backdated has an index of its own. Each gives the next few, and the two are merged.
 */
type Table = 'entries' | 'transfers';
export type Order = 'desc' | 'asc';

const PLAIN: Record<Table, string> = { entries: 's.effective_at is null', transfers: 's.effective_at = s.recorded_at' };
const DATED: Record<Table, string> = { entries: 's.effective_at is not null', transfers: 's.effective_at <> s.recorded_at' };

export type EffectiveQuery = {
  tenantId: string;
  /** Of entries. */
  accountId?: string;
  /** Effective dates; from inclusive, to exclusive. */
  fromMs: number;
  toMs: number;
  limit: number;
  /** Nothing recorded later is seen. */
  known: Place;
  /** The place after which to go on. */
  after: EffectivePlace;
};

/** SQL of a table of places (`effective_at`, `recorded_at`, `seq`), in order and limited, for the parameters of `effectiveParams`. */
export function effectivePlaces(table: Table, order: Order): string {
  const [beyond, upTo] = order === 'desc' ? ['<', '<='] : ['>', '>='];
  const own = `s.tenant_id = $1${table === 'entries' ? ' and s.account_id = $12' : ''}
      and s.recorded_at <= $5 and (s.recorded_at, s.seq) <= ($5, $6)`;
  return `select * from (
    (select s.recorded_at as effective_at, s.recorded_at, s.seq from ledger.${table} s where ${own} and ${PLAIN[table]}
      and s.recorded_at >= $2 and s.recorded_at < $3 and s.recorded_at ${upTo} $10 and (s.recorded_at, s.seq) ${beyond} ($10, $11)
      order by s.recorded_at ${order}, s.seq ${order} limit $4)
    union all
    (select s.effective_at, s.recorded_at, s.seq from ledger.${table} s where ${own} and ${DATED[table]}
      and s.effective_at >= $2 and s.effective_at < $3 and s.effective_at ${upTo} $7 and (s.effective_at, s.recorded_at, s.seq) ${beyond} ($7, $8, $9)
      order by s.effective_at ${order}, s.recorded_at ${order}, s.seq ${order} limit $4)
  ) places order by effective_at ${order}, recorded_at ${order}, seq ${order} limit $4`;
}

export function effectiveParams({ tenantId, accountId, fromMs, toMs, limit, known, after }: EffectiveQuery): unknown[] {
  const last = lastPlain(after);
  return [
    tenantId,
    moment(fromMs),
    moment(toMs),
    limit,
    moment(known.ms),
    known.seq,
    moment(after.effectiveMs),
    moment(after.ms),
    after.seq,
    moment(last.ms),
    last.seq,
    ...(accountId ? [accountId] : []),
  ];
}

/** The last place in the order of recording that is not after this one by effective date: all recorded by then had taken effect. */
export function lastPlain({ effectiveMs, ms, seq }: EffectivePlace): Place {
  return effectiveMs === ms ? { ms, seq } : { ms: effectiveMs, seq: Number.MAX_SAFE_INTEGER };
}

/**
 * The place that stands for "as known at": the end of the ledger, or the given instant when that is past. Read once, with the first page,
 * and carried by its cursors: what is recorded while somebody turns pages does not shift them.
 */
export async function readKnown(tx: Tx, tenantId: string, atMs: number | null): Promise<Place> {
  const [head] = await tx.query<{ recorded_at: Date; seq: bigint }>('select recorded_at, seq from ledger.heads where tenant_id = $1', [
    tenantId,
  ]);
  if (!head) return { ms: 0, seq: 0 };
  const end = { ms: head.recorded_at.getTime(), seq: Number(head.seq) };
  // Nothing more is ever recorded before the head, so an earlier instant is a place as fixed as the head's.
  return atMs !== null && atMs < end.ms ? { ms: atMs, seq: Number.MAX_SAFE_INTEGER } : end;
}
