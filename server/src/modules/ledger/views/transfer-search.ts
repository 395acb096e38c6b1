import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { TransferView } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import { TRANSFER_COLUMNS, type TransferRow } from '../store/rows.ts';
import { AFTER_ALL, BEFORE_ALL, moment, readCursor, writeCursor } from './cursor.ts';
import { effectiveParams, effectivePlaces, type Order, readKnown } from './effective-order.ts';
import { transferAt } from './seek.ts';
import { toTransferView } from './transfers.ts';

export type TransferSearch = {
  /** Both sides of it. */
  accountId?: string | undefined;
  /** Metadata; found as soon as the tags have followed (see tag-follower.ts). */
  tag?: { key: string; value: string } | undefined;
  /** Epoch milliseconds, of recording or of effect; from inclusive, to exclusive. */
  fromMs: number | null;
  toMs: number | null;
  by: 'recorded' | 'effective';
  order: Order;
  limit: number;
  cursor: string | null;
};

type Criteria = { accountId?: string; key?: string; value?: string; blockId?: string; by?: string; cursor?: string };

/** What has an index of its own is one criterion at a time. @throws LEDGER_QUERY_INVALID */
export function refuseMixture({ accountId, key, value, blockId, by, cursor }: Criteria): void {
  const refuse = (detail: string): never => {
    throw refuseLedger('LEDGER_QUERY_INVALID', { detail });
  };
  if ((key === undefined) !== (value === undefined)) refuse('key e value vão juntos.');
  if ([accountId, key, blockId].filter((one) => one !== undefined).length > 1) refuse('accountId, key e blockId não vão juntos.');
  if (by === 'effective' && key !== undefined) refuse('A busca por metadados é por data de registro.');
  if (blockId !== undefined && (by === 'effective' || cursor !== undefined)) refuse('Um bloco vem inteiro e na sua ordem.');
}

export type TransferPage = { transfers: TransferView[]; next: string | null };

/** Transfers of a tenant, by account, metadata, or time alone. Pages neither skip nor repeat while others write. */
export function searchTransfers(tx: Tx, tenantId: string, search: TransferSearch): Promise<TransferPage> {
  return search.by === 'effective' ? byEffect(tx, tenantId, search) : byRecording(tx, tenantId, search);
}

async function byRecording(tx: Tx, tenantId: string, search: TransferSearch): Promise<TransferPage> {
  const { accountId, tag, order, limit } = search;
  const [ms, seq] = search.cursor === null ? [] : readCursor(search.cursor, 2);
  const start = order === 'desc' ? AFTER_ALL : BEFORE_ALL;
  const [beyond, upTo] = order === 'desc' ? ['<', '<='] : ['>', '>='];
  const [source, chosen] = sourceOf(accountId, tag);
  const rows = await tx.query<TransferRow>(
    `select ${TRANSFER_COLUMNS} from (
       select s.recorded_at, s.seq from ${source}
         and s.recorded_at >= $2 and s.recorded_at < $3 and s.recorded_at ${upTo} $5 and (s.recorded_at, s.seq) ${beyond} ($5, $6)
       order by s.recorded_at ${order}, s.seq ${order} limit $4
     ) p ${transferAt('p')}
     order by t.recorded_at ${order}, t.seq ${order}`,
    [
      tenantId,
      moment(search.fromMs ?? BEFORE_ALL.ms),
      moment(search.toMs ?? AFTER_ALL.ms),
      limit + 1,
      moment(ms ?? start.ms),
      seq ?? start.seq,
      ...chosen,
    ],
  );
  return pageOf(rows, limit, (last) => writeCursor(last.recorded_at.getTime(), last.seq));
}

function sourceOf(accountId: string | undefined, tag: TransferSearch['tag']): [sql: string, params: string[]] {
  if (tag) return ['ledger.tags s where s.tenant_id = $1 and s.key = $7 and s.value = $8', [tag.key, tag.value]];
  if (accountId) return ['ledger.entries s where s.tenant_id = $1 and s.account_id = $7', [accountId]];
  return ['ledger.transfers s where s.tenant_id = $1', []];
}

/** In the order of effective dates, as known when the first page was read: what is backdated meanwhile shows up in the next search. */
async function byEffect(tx: Tx, tenantId: string, search: TransferSearch): Promise<TransferPage> {
  const { accountId, order, limit } = search;
  const at = search.cursor === null ? undefined : readCursor(search.cursor, 5);
  const known = at ? { ms: at[3]!, seq: at[4]! } : await readKnown(tx, tenantId, null);
  const after = at ? { effectiveMs: at[0]!, ms: at[1]!, seq: at[2]! } : order === 'desc' ? AFTER_ALL : BEFORE_ALL;
  const [fromMs, toMs] = [search.fromMs ?? BEFORE_ALL.ms, search.toMs ?? AFTER_ALL.ms];
  const rows = await tx.query<TransferRow>(
    `select ${TRANSFER_COLUMNS} from (${effectivePlaces(accountId ? 'entries' : 'transfers', order)}) p
     ${transferAt('p')}
     order by t.effective_at ${order}, t.recorded_at ${order}, t.seq ${order}`,
    effectiveParams({ tenantId, fromMs, toMs, limit: limit + 1, known, after, ...(accountId ? { accountId } : {}) }),
  );
  const cursorOf = (last: TransferRow) =>
    writeCursor(last.effective_at.getTime(), last.recorded_at.getTime(), last.seq, known.ms, known.seq);
  return pageOf(rows, limit, cursorOf);
}

function pageOf(rows: TransferRow[], limit: number, cursorOf: (last: TransferRow) => string): TransferPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { transfers: page.map(toTransferView), next: rows.length > limit && last ? cursorOf(last) : null };
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
