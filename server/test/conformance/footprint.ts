/** How many rows each table holds that tells of people, money or decisions: equal before and after means that nothing happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../support/test-database.ts';

const MODULES = ['ledger', 'payments', 'risk', 'identity', 'cashflow', 'audit'];
/**
 * Bookkeeping of log-ins, of consumers, and of the ledger's checker and the comparison of books, which go on by themselves; and what is done for a payment or an arrival that
 * stands still: the provider is asked again and again, and each question is a step.
 */
const RESTLESS =
  /^(payments\.(lookups|steps|receipt_steps|reconciliation_runs|statement_jobs)|identity\.(login_attempts|sign_ins|oidc_payloads|.*payloads|signing_keys|clients)|ledger\.(account_marks|check_cursors)|.*\.inbox_.*|.*\.outbox)$/;

/** So many looks in a row without a change mean rest: longer than a worker's pause, also on a slow machine. */
const STILL_LOOKS = 5;
const LOOK_MS = 300;

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

/** Payments and arrivals about which something is to be done within the minute. */
async function isBusy(database: TestDatabase): Promise<boolean> {
  const soon = `next_attempt_at < now() + interval '1 minute'`;
  const [row] = await database.admin<{ busy: boolean }>(
    `select exists (select from payments.payments where ${soon}) or exists (select from payments.receipts where ${soon}) as busy`,
  );
  return row!.busy;
}

/** The footprint once nothing changes any more: what was started before has come to its end. */
export async function restingFootprint(database: TestDatabase): Promise<Footprint> {
  let last = '';
  for (let same = 0; same < STILL_LOOKS; ) {
    const busy = await isBusy(database);
    const now = await footprintOf(database);
    const text = JSON.stringify(now);
    same = text === last && !busy ? same + 1 : 0;
    if (same === STILL_LOOKS) return now;
    last = text;
    await sleep(LOOK_MS);
  }
  return footprintOf(database);
}
