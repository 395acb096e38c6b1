import pg from 'pg';
import { openLedger, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import type { Db, Tx } from '../../src/platform/db/db.ts';
import type { TestDatabase } from '../support/test-database.ts';

export type Recorded = { batchSql: string; batch: readonly unknown[]; outbox: readonly unknown[]; outboxSql: string; transfers: number };

const BATCHES = 40;
const BATCH = 1_000;

/** Lets a real ledger write some batches and keeps the parameters of its two statements: the very same rows, ready to send. */
export async function recordBatches(
  database: TestDatabase,
  ctx: CallContext,
  parties: { from: { id: string }[]; to: { id: string }[] },
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  let batchSql = '';
  let batch: readonly unknown[] = [];
  const keep = (sql: string, params: readonly unknown[] = []): void => {
    if (sql.includes('update ledger.heads')) [batchSql, batch] = [sql, params];
    if (sql.includes('ledger.outbox')) recorded.push({ batchSql, batch, outbox: params, outboxSql: sql, transfers: BATCH });
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
  const ledger = openLedger(spy, { checked: false });
  for (let i = 0; i < BATCHES; i++) {
    const commands = Array.from({ length: BATCH }, (_, j) => {
      const place = i * BATCH + j;
      const from = parties.from[place % parties.from.length]!;
      return transfer(from, parties.to[(place * 7) % parties.to.length]!, 1 + (place % 1_000), { metadata: { paymentId: `p-${place}` } });
    });
    await ledger.submit(ctx, { commands });
  }
  return recorded;
}

/** The batch's statement without its head and its link of the chain: what is left are the inserts of its rows. */
function rawOf(batchSql: string): string {
  const inserts = batchSql.slice(batchSql.indexOf('new_commands as ('));
  return `with head as (select $2::bigint as batch, $3::bytea, $4::bigint, $6::bytea, $7::bigint), ${inserts}`;
}

/** Transfers a second when nothing but the insertion happens: one connection, one transaction a batch, as the tables' owner. */
export async function insertRaw(database: TestDatabase, recorded: readonly Recorded[], seconds: number): Promise<number> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  const tables = 'ledger.commands, ledger.transfers, ledger.entries, ledger.outbox';
  let transfers = 0;
  let elapsedMs = 0;
  try {
    while (elapsedMs < seconds * 1_000) {
      // The rows have primary keys: they go in once, then the tables are emptied off the clock.
      await client.query(`truncate ${tables}`);
      await client.query('checkpoint');
      const startedAt = performance.now();
      for (const one of recorded) {
        await client.query('begin');
        await client.query(rawOf(one.batchSql), one.batch as unknown[]);
        await client.query(one.outboxSql, one.outbox as unknown[]);
        await client.query('commit');
        transfers += one.transfers;
      }
      elapsedMs += performance.now() - startedAt;
    }
    await client.query(`truncate ${tables}, ledger.heads, ledger.batches, ledger.hold_resolutions, ledger.open_holds`);
  } finally {
    await client.end();
  }
  return transfers / (elapsedMs / 1_000);
}
