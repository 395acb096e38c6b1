import type { Tx } from '#platform/db/db.ts';
import type { AccountBalance } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import { readBalances } from './balances.ts';

export type AccountFilter = {
  subjectId?: string | undefined;
  code?: string | undefined;
  /** Beginning of the code. */
  codePrefix?: string | undefined;
  asset?: string | undefined;
};
export type AccountSearch = AccountFilter & { order: 'asc' | 'desc'; limit: number; cursor: string | null };

/**
 * Accounts with their balances, in the order of their ids; with the beginning of a code, in that of codes. The cursor is the last one seen:
 * every account that was there when the first page was read is seen once, however many are opened meanwhile.
 */
export async function searchAccounts(
  tx: Tx,
  tenantId: string,
  { order, limit, cursor, ...filter }: AccountSearch,
): Promise<{ accounts: AccountBalance[]; next: string | null }> {
  const params: unknown[] = [tenantId, limit + 1];
  const isByCode = filter.codePrefix !== undefined;
  const beyond = order === 'asc' ? '>' : '<';
  const place = isByCode ? `(code collate "C", id)` : 'id';
  const after = cursor === null ? '' : ` and ${place} ${beyond} ${placeOf(cursor, isByCode, params)}`;
  const rows = await tx.query<{ id: string; code: string }>(
    `select id, code from ledger.accounts where tenant_id = $1${conditionsOf(filter, params)}${after}
     order by ${isByCode ? `code collate "C" ${order}, ` : ''}id ${order} limit $2`,
    params,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? writeIdCursor(last.id, isByCode ? last.code : '') : null;
  const ids = page.map((row) => row.id);
  const { balances } = await readBalances(tx, tenantId, ids, { knownMs: null, effectiveMs: null });
  return { accounts: balances, next };
}

/** Rows a count looks at. */
const MOST_COUNTED = 100_000;

export async function countAccounts(tx: Tx, tenantId: string, filter: AccountFilter): Promise<{ count: number; isExact: boolean }> {
  const params: unknown[] = [tenantId, MOST_COUNTED + 1];
  const [row] = await tx.query<{ n: bigint }>(
    `select count(*) as n from (select from ledger.accounts where tenant_id = $1${conditionsOf(filter, params)} limit $2) found`,
    params,
  );
  return { count: Math.min(Number(row!.n), MOST_COUNTED), isExact: row!.n <= BigInt(MOST_COUNTED) };
}

function conditionsOf({ subjectId, code, codePrefix, asset }: AccountFilter, params: unknown[]): string {
  const equal = Object.entries({ subject_id: subjectId, code, asset }).flatMap(([column, value]) =>
    value === undefined ? [] : [` and ${column} = $${params.push(value)}`],
  );
  if (codePrefix === undefined) return equal.join('');
  // As a range in byte order, which the index keeps: codes have no letter beyond ~.
  const [from, to] = [params.push(codePrefix), params.push(`${codePrefix}~`)];
  return `${equal.join('')} and code collate "C" >= $${from} and code collate "C" < $${to}`;
}

/** The place of a cursor as SQL. @throws LEDGER_CURSOR_INVALID */
function placeOf(cursor: string, isByCode: boolean, params: unknown[]): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const code = bytes.subarray(16).toString('latin1');
  if (bytes.length < 16 || isByCode !== code.length > 0) throw refuseLedger('LEDGER_CURSOR_INVALID');
  const id = bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isByCode ? `($${params.push(code)}::text, $${params.push(id)}::uuid)` : `$${params.push(id)}`;
}

function writeIdCursor(id: string, code: string): string {
  return Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), Buffer.from(code, 'latin1')]).toString('base64url');
}
