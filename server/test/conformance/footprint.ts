/** How many rows each table holds that tells of people, money or decisions: equal before and after means that nothing happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../support/test-database.ts';

const MODULES = ['ledger', 'payments', 'risk', 'identity', 'cashflow', 'audit'];
/** Bookkeeping of log-ins, of consumers, and of the ledger's checker and the comparison of books, which go on by themselves. */
const RESTLESS =
  /^(identity\.(login_attempts|sign_ins|oidc_payloads|.*payloads|signing_keys|clients)|payments\.(reconciliation_runs|statement_jobs)|ledger\.(account_marks|check_cursors)|.*\.inbox_.*|.*\.outbox)$/;

export type Footprint = Record<string, number>;

export async function footprintOf(database: TestDatabase): Promise<Footprint> {
  const tables = await database.admin<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema = any($1) and table_type = 'BASE TABLE' order by 1`,
    [MODULES],
  );
  const counted = tables.map(({ name }) => name).filter((name) => !RESTLESS.test(name));
  const union = counted.map((name) => `select '${name}' as name, count(*)::int as rows from ${name}`).join(' union all ');
  const rows = await database.admin<{ name: string; rows: number }>(union);
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

/** The footprint once nothing changes any more: what was started before has come to its end. */
export async function restingFootprint(database: TestDatabase): Promise<Footprint> {
  let last = '';
  for (let same = 0; same < 3; ) {
    const now = await footprintOf(database);
    const text = JSON.stringify(now);
    same = text === last ? same + 1 : 0;
    if (same === 3) return now;
    last = text;
    await sleep(150);
  }
  return footprintOf(database);
}
