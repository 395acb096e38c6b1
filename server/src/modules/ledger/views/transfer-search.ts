import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Words } from '#platform/errors.ts';
import type { TransferView } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import { TRANSFER_COLUMNS, type TransferRow } from '../store/rows.ts';
import { AFTER_ALL, BEFORE_ALL, type EffectivePlace, moment, type Place, readCursor, writeCursor } from './cursor.ts';
import { effectiveParams, effectivePlaces, type Order, readKnown } from './effective-order.ts';
import { filterOf, type TransferFilter } from './transfer-filter.ts';
import { toTransferView } from './transfers.ts';

export type TransferSearch = TransferFilter & {
  /** Epoch milliseconds, of recording or of effect; from inclusive, to exclusive. */
  fromMs: number | null;
  toMs: number | null;
  order: Order;
  limit: number;
  cursor: string | null;
};

type Criteria = {
  key?: string;
  value?: string;
  metadata?: Record<string, string>;
  blockId?: string;
  by?: string;
  accountId?: string;
  direction?: string;
};

/** What does not go together. @throws LEDGER_QUERY_INVALID */
export function refuseMixture(criteria: Criteria): void {
  const { key, value, metadata, blockId, by, accountId, direction } = criteria;
  const refuse = (pt: string, en: string): never => {
    const detail: Words = { pt, en };
    throw refuseLedger('LEDGER_QUERY_INVALID', { detail });
  };
  if ((key === undefined) !== (value === undefined)) refuse('key e value vão juntos.', 'key and value go together.');
  if (direction !== undefined && accountId === undefined) refuse('direction vai com accountId.', 'direction goes with accountId.');
  if (by === 'effective' && (key !== undefined || metadata !== undefined))
    refuse('A busca por metadados é por data de registro.', 'The search by metadata goes by the time of recording.');
  const others = Object.entries(criteria).filter(([name, one]) => one !== undefined && name !== 'blockId');
  if (blockId !== undefined && others.length > 0)
    refuse('Um bloco vem inteiro e na sua ordem: blockId vai sozinho.', 'A block comes whole and in its order: blockId goes alone.');
}

export type TransferPage = { transfers: TransferView[]; next: string | null };

/** Places looked at in one step where only some of them are wanted, and steps of one page. */
const STEP = 500;
const MOST_STEPS = 20;

/** Rows of places in order, after one: what is wanted of them has a transfer, what is not has none. */
type Row = Partial<TransferRow> & { at: Date; place: bigint; effective: Date };
type Reader = {
  read: (after: EffectivePlace, count: number) => Promise<Row[]>;
  start: EffectivePlace;
  write: (place: EffectivePlace) => string;
};

/**
 * Transfers of a tenant by what they have. One criterion has an index to go by, the others choose among what it gives; so a page may be shorter
 * than asked for, or empty, and still have a next one. Pages neither skip nor repeat while others write.
 */
export async function searchTransfers(tx: Tx, tenantId: string, search: TransferSearch): Promise<TransferPage> {
  const filter = filterOf(search);
  const reader = search.by === 'effective' ? await byEffect(tx, tenantId, search) : byRecording(tx, tenantId, search);
  const step = filter.isChoosy ? Math.max(STEP, search.limit + 1) : search.limit + 1;
  const transfers: TransferView[] = [];
  let after = reader.start;
  for (let round = 0; round < MOST_STEPS; round++) {
    const rows = await reader.read(after, step);
    for (const row of rows) {
      const wanted = row.id === undefined || row.id === null ? undefined : (row as TransferRow);
      if (wanted && transfers.length === search.limit) return { transfers, next: reader.write(after) };
      if (wanted) transfers.push(toTransferView(wanted));
      after = { effectiveMs: row.effective.getTime(), ms: row.at.getTime(), seq: Number(row.place) };
    }
    if (rows.length < step) return { transfers, next: null };
  }
  return { transfers, next: reader.write(after) };
}

const boundsOf = ({ fromMs, toMs }: TransferSearch): [number, number] => [fromMs ?? BEFORE_ALL.ms, toMs ?? AFTER_ALL.ms];

function byRecording(tx: Tx, tenantId: string, search: TransferSearch): Reader {
  const { order } = search;
  const edge = order === 'desc' ? AFTER_ALL : BEFORE_ALL;
  const [ms = edge.ms, seq = edge.seq] = search.cursor === null ? [] : readCursor(search.cursor, 2);
  const [fromMs, toMs] = boundsOf(search);
  const read = (after: Place, count: number): Promise<Row[]> => {
    const params: unknown[] = [tenantId, moment(fromMs), moment(toMs), count, moment(after.ms), after.seq];
    return tx.query<Row>(statement(placesByRecording(search, params), 'recorded_at', search, params), params);
  };
  return { read, start: { effectiveMs: ms, ms, seq }, write: (place) => writeCursor(place.ms, place.seq) };
}

/** In the order of effective dates, as known when the first page was read: what is backdated meanwhile shows up in the next search. */
async function byEffect(tx: Tx, tenantId: string, search: TransferSearch): Promise<Reader> {
  const at = search.cursor === null ? undefined : readCursor(search.cursor, 5);
  const known = at ? { ms: at[3]!, seq: at[4]! } : await readKnown(tx, tenantId, null);
  const start = at ? { effectiveMs: at[0]!, ms: at[1]!, seq: at[2]! } : search.order === 'desc' ? AFTER_ALL : BEFORE_ALL;
  const [fromMs, toMs] = boundsOf(search);
  const account = search.account ? { accountId: search.account.id } : {};
  const read = (after: EffectivePlace, limit: number): Promise<Row[]> => {
    const params = effectiveParams({ tenantId, fromMs, toMs, limit, known, after, ...account });
    const places = effectivePlaces(search.account ? 'entries' : 'transfers', search.order);
    return tx.query<Row>(statement(places, 'effective_at', search, params), params);
  };
  return { read, start, write: ({ effectiveMs, ms, seq }) => writeCursor(effectiveMs, ms, seq, known.ms, known.seq) };
}

/** SQL of places by recording, in order and limited, from whatever the search has an index for; adds to `params` ($1 tenant, $2 to $6). */
function placesByRecording(search: TransferSearch, params: unknown[]): string {
  const { order } = search;
  const [beyond, upTo] = order === 'desc' ? ['<', '<='] : ['>', '>='];
  return `select s.recorded_at, s.seq from ${sourceOf(search, params)}
    and s.recorded_at >= $2 and s.recorded_at < $3 and s.recorded_at ${upTo} $5 and (s.recorded_at, s.seq) ${beyond} ($5, $6)
    order by s.recorded_at ${order}, s.seq ${order} limit $4`;
}

function sourceOf({ tags, account, reverses }: TransferSearch, params: unknown[]): string {
  const [tag] = tags;
  if (tag) return `ledger.tags s where s.tenant_id = $1 and s.key = $${params.push(tag.key)} and s.value = $${params.push(tag.value)}`;
  if (reverses) return `ledger.transfers s where s.tenant_id = $1 and s.reverses = $${params.push(reverses)}`;
  if (account) return `ledger.entries s where s.tenant_id = $1 and s.account_id = $${params.push(account.id)}`;
  return 'ledger.transfers s where s.tenant_id = $1';
}

/** Places with their transfers, where these are wanted. */
function statement(places: string, effective: string, search: TransferSearch, params: unknown[]): string {
  const { order } = search;
  const by = effective === 'effective_at' ? `p.effective_at ${order}, ` : '';
  return `select p.recorded_at as at, p.seq as place, p.${effective} as effective, f.* from (${places}) p
    left join lateral (
      select ${TRANSFER_COLUMNS} from ledger.transfers t
      where t.tenant_id = $1 and t.recorded_at = p.recorded_at and t.seq = p.seq${filterOf(search).sql(params)} limit 1
    ) f on true
    order by ${by}p.recorded_at ${order}, p.seq ${order}`;
}

/** Places a count looks at. */
const MOST_COUNTED = 100_000;

/** How many there are; not exact when there is more than a count looks at. */
export async function countTransfers(tx: Tx, tenantId: string, search: TransferSearch): Promise<{ count: number; isExact: boolean }> {
  const [fromMs, toMs] = boundsOf(search);
  const isByEffect = search.by === 'effective';
  const known = isByEffect ? await readKnown(tx, tenantId, null) : AFTER_ALL;
  const limit = MOST_COUNTED + 1;
  const account = search.account ? { accountId: search.account.id } : {};
  const params: unknown[] = isByEffect
    ? effectiveParams({ tenantId, fromMs, toMs, limit, known, after: AFTER_ALL, ...account })
    : [tenantId, moment(fromMs), moment(toMs), limit, moment(AFTER_ALL.ms), AFTER_ALL.seq];
  const places = isByEffect
    ? effectivePlaces(search.account ? 'entries' : 'transfers', 'desc')
    : placesByRecording({ ...search, order: 'desc' }, params);
  const filter = filterOf(search);
  const wanted = filter.isChoosy
    ? `exists (select from ledger.transfers t where t.tenant_id = $1 and t.recorded_at = p.recorded_at and t.seq = p.seq${filter.sql(params)})`
    : 'true';
  const [row] = await tx.query<{ looked: bigint; found: bigint }>(
    `select count(*) as looked, count(*) filter (where ${wanted}) as found from (${places}) p`,
    params,
  );
  const isExact = row!.looked <= BigInt(MOST_COUNTED);
  return { count: Math.min(Number(row!.found), MOST_COUNTED), isExact };
}

/** The largest atomic block the ledger takes. */
const MAX_BLOCK = 1_000;

/** The transfers of an atomic block, in order. A block is in one batch, and its commands follow one another. */
export async function readBlock(tx: Tx, tenantId: string, blockId: string): Promise<TransferView[]> {
  const rows = await tx.query<TransferRow>(
    `select ${TRANSFER_COLUMNS} from ledger.commands c
     join ledger.transfers t on t.tenant_id = $1 and t.recorded_at = c.recorded_at and t.seq >= c.seq and t.seq < c.seq + ${MAX_BLOCK}
     where c.tenant_id = $1 and c.id = any($2::uuid[]) and t.block_id = c.id order by t.seq`,
    [tenantId, plainArray([blockId])],
  );
  return rows.map(toTransferView);
}
