import pg from 'pg';
import { openLedger, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import type { Db, Tx } from '../../src/platform/db/db.ts';
import type { TestDatabase } from '../support/test-database.ts';

export type Recorded = { batch: readonly unknown[]; outbox: readonly unknown[]; outboxSql: string; transfers: number };

const BATCHES = 40;
const BATCH = 1_000;

/** Lets a real ledger write some batches and keeps the parameters of its two statements: the very same rows, ready to send. */
export async function recordBatches(
  database: TestDatabase,
  ctx: CallContext,
  parties: { from: { id: string }[]; to: { id: string }[] },
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  let batch: readonly unknown[] = [];
  const keep = (sql: string, params: readonly unknown[] = []): void => {
    if (sql.includes('update ledger.heads')) batch = params;
    if (sql.includes('ledger.outbox')) recorded.push({ batch, outbox: params, outboxSql: sql, transfers: BATCH });
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

const RAW = `
with command as (
  insert into ledger.commands (tenant_id, id, recorded_at, seq, code, detail, content)
  select $1, c.* from (select id, $2::timestamptz, seq, code, detail, content
    from unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::jsonb[]) c (id, seq, code, detail, content)) c
), transfer as (
  insert into ledger.transfers (tenant_id, recorded_at, seq, id, kind, debit_account_id, credit_account_id, amount, held, hold_id, reason,
    effective_at, expires_at, metadata, hash)
  select $1, $2, t.seq, t.id, t.kind, t.debit, t.credit, t.amount, t.held, t.hold_id, t.reason, coalesce(t.effective_at, $2), t.expires_at,
    t.metadata, t.hash
  from unnest($8::bigint[], $9::uuid[], $10::text[], $11::uuid[], $12::uuid[], $13::numeric[], $14::numeric[], $15::uuid[], $16::text[],
    $17::timestamptz[], $18::timestamptz[], $19::jsonb[], $20::bytea[])
    t (seq, id, kind, debit, credit, amount, held, hold_id, reason, effective_at, expires_at, metadata, hash)
)
insert into ledger.entries (tenant_id, account_id, recorded_at, seq, side, posted_change, pending_change, posted_debits, posted_credits,
  pending_debits, pending_credits)
select $1, e.account_id, $2, e.seq, e.side, e.posted, e.pending, e.pd, e.pc, e.hd, e.hc
from unnest($21::uuid[], $22::bigint[], $23::text[], $24::numeric[], $25::numeric[], $26::numeric[], $27::numeric[], $28::numeric[],
  $29::numeric[]) e (account_id, seq, side, posted, pending, pd, pc, hd, hc)`;

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
        const [tenantId, , , , recordedAt] = one.batch;
        await client.query('begin');
        await client.query(RAW, [tenantId, recordedAt, ...one.batch.slice(7)]);
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
