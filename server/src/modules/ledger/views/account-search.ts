import type { Tx } from '#platform/db/db.ts';
import type { AccountBalance } from '../contract.ts';
import { refuseLedger } from '../errors.ts';
import { readBalances } from './balances.ts';

export type AccountSearch = {
  subjectId?: string | undefined;
  code?: string | undefined;
  asset?: string | undefined;
  limit: number;
  cursor: string | null;
};

/**
 * Accounts with their balances, in the order of their ids. The cursor is the last id seen: every account that was there when the first
 * page was read is seen once, however many are opened meanwhile.
 */
export async function searchAccounts(
  tx: Tx,
  tenantId: string,
  { subjectId, code, asset, limit, cursor }: AccountSearch,
): Promise<{ accounts: AccountBalance[]; next: string | null }> {
  const chosen: unknown[] = [];
  const filters = Object.entries({ subject_id: subjectId, code, asset }).flatMap(([column, value]) => {
    if (value === undefined) return [];
    chosen.push(value);
    return [` and ${column} = $${chosen.length + 3}`];
  });
  const rows = await tx.query<{ id: string }>(
    `select id from ledger.accounts where tenant_id = $1 and id > $2${filters.join('')} order by id limit $3`,
    [tenantId, cursor === null ? NONE : readIdCursor(cursor), limit + 1, ...chosen],
  );
  const ids = rows.slice(0, limit).map((row) => row.id);
  const last = ids.at(-1);
  const next = rows.length > limit && last ? writeIdCursor(last) : null;
  const { balances } = await readBalances(tx, tenantId, ids, { knownMs: null, effectiveMs: null });
  return { accounts: balances, next };
}

const NONE = '00000000-0000-0000-0000-000000000000';

function writeIdCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function readIdCursor(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  if (hex.length !== 32) throw refuseLedger('LEDGER_CURSOR_INVALID');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
