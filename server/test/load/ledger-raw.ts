import pg from 'pg';
import { openLedger } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import type { Db, Tx } from '../../src/platform/db/db.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { bulkOfFifty, inLoop, openAccounts } from './ledger-workloads.ts';
import type { ProcessorTime } from './processor-time.ts';

type Statement = { sql: string; params: readonly unknown[] };
/** What the ledger sent for one batch of 1,000 transfers: its rows, and its events. */
export type Recorded = { rows: Statement; events: Statement; transfers: number };

const BATCHES = 40;
const BATCH = 1_000;

/** Lets a real ledger write some batches of transfers spread over `accounts`, and keeps what it sent: the very same rows, ready to send. */
export async function recordBatches(database: TestDatabase, ctx: CallContext, accounts: number): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  let rows: Statement | undefined;
  const keep = (sql: string, params: readonly unknown[] = []): void => {
    if (sql.includes('update ledger.heads')) rows = { sql: insertsOnly(sql), params };
    if (rows && sql.includes('into ledger.outbox')) {
      recorded.push({ rows, events: { sql, params }, transfers: BATCH });
      rows = undefined;
    }
  };
  const spy: Db = {
    ...database.db,
    tx: (scope, work) =>
      database.db.tx(scope, (tx) => {
        const spied: Tx = {
          ...tx,
          query(sql, params) {
            keep(sql, params);
            return tx.query(sql, params);
          },
          execute(sql, params) {
            keep(sql, params);
            return tx.execute(sql, params);
          },
        };
        return work(spied);
      }),
  };
  // Whole batches, not two halves side by side.
  const ledger = openLedger(spy, { checked: false, overlapFrom: 2 * BATCH });
  const parties = await openAccounts(openLedger(database.db, { checked: false }), ctx, accounts);
  // Twenty callers with fifty each, all of whom join every batch.
  for (let i = 0; i < BATCHES; i++) {
    const { from, to } = parties;
    const part = { from: from.slice(i * BATCH), to: to.slice(i * BATCH) };
    await inLoop(bulkOfFifty, [ledger, ctx, part], BATCH / 50, { turns: BATCH / 50 });
  }
  if (recorded.length !== BATCHES) throw new Error(`${recorded.length} batches were recorded, not ${BATCHES}`);
  return recorded;
}

/** The ledger's statement without its fence: the same rows of commands, transfers and entries, and nothing they hang on. */
function insertsOnly(sql: string): string {
  const inserts = sql.slice(sql.indexOf('new_commands as'), sql.lastIndexOf('select batch from head'));
  if (!sql.includes('new_commands as')) throw new Error('the statement of a batch is not what this expects');
  return `with ${inserts.replaceAll('where exists (select from head)', '')} select $2::bigint, $3::bytea, $4::bigint, $6::bytea, $7::bigint`;
}

/**
 * Transfers a second when nothing but the insertion happens: one connection, one transaction a batch, as the tables' owner. What lies between
 * the rounds counts in no figure.
 */
export async function insertRaw(
  database: TestDatabase,
  recorded: readonly Recorded[],
  seconds: number,
  clock: { read(): ProcessorTime },
): Promise<{ perSecond: number; micros: ProcessorTime }> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  let transfers = 0;
  let elapsedMs = 0;
  const spent = { node: 0, postgres: 0 };
  try {
    while (elapsedMs < seconds * 1_000) {
      // The rows have primary keys: they go in once, then the tables are emptied off the clock.
      await client.query('truncate ledger.commands, ledger.transfers, ledger.entries, ledger.outbox');
      await client.query('checkpoint');
      const [before, startedAt] = [clock.read(), performance.now()];
      for (const { rows, events, transfers: count } of recorded) {
        await client.query('begin');
        await client.query(rows.sql, rows.params as unknown[]);
        await client.query(events.sql, events.params as unknown[]);
        await client.query('commit');
        transfers += count;
      }
      elapsedMs += performance.now() - startedAt;
      const after = clock.read();
      spent.node += after.node - before.node;
      spent.postgres += after.postgres - before.postgres;
    }
  } finally {
    await client.end();
  }
  return { perSecond: transfers / (elapsedMs / 1_000), micros: { node: spent.node / transfers, postgres: spent.postgres / transfers } };
}
