/** The ledger with many transfers stored: how writes and reads compare with an empty one, in one run. */
import pg from 'pg';
import type { Ledger } from '../../src/modules/ledger/index.ts';
import { openLedger, tenant } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import { openTestDatabase, sourcesOf } from '../support/test-database.ts';
import { settle } from './ledger-bench.ts';
import { inLoop, oneTransfer, openAccounts, type Parties } from './ledger-workloads.ts';

const ROWS = Number(process.env.BENCH_ROWS ?? 20_000_000);
const MONTHS = Number(process.env.BENCH_MONTHS ?? 12);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const ACCOUNTS = 100_000;
const IN_FLIGHT = 1_024;
const READS = 2_000;
/** One at a time, and more than there are processors: the second waits for its turn, too. */
const READERS = [1, 4];

const INDEXED = ['commands', 'transfers', 'entries'];

/**
 * Transfers 1 to `rows` of a tenant, spread evenly over its accounts and over the months up to now, as a ledger would have written them:
 * every account moves once in each round of `accounts / 2`, always by 100, so its balance after it is known from its place. Only the
 * hashes are made up. The primary keys come afterwards, all at once.
 */
async function fill(adminUrl: string, tenantId: string, { from, to }: Parties, rows: number, months: number): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    await client.query(`select ledger.make_partitions((date_trunc('month', now()) - make_interval(months => $1))::date, $1 + 1)`, [
      months - 1,
    ]);
    const keys: { table: string; name: string; definition: string }[] = [];
    for (const table of INDEXED) {
      const found = await client.query<{ name: string; definition: string }>(
        `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass and contype = 'p'`,
        [`ledger.${table}`],
      );
      for (const one of found.rows) keys.push({ table, ...one });
    }
    for (const { table, name } of keys) await client.query(`alter table ledger.${table} drop constraint ${name}`);
    await client.query('create temp table party (place integer primary key, debit uuid, credit uuid)');
    await client.query('insert into party select n - 1, d, null from unnest($1::uuid[]) with ordinality x (d, n)', [
      from.map(({ id }) => id),
    ]);
    await client.query('update party set credit = c from unnest($1::uuid[]) with ordinality x (c, n) where place = n - 1', [
      to.map(({ id }) => id),
    ]);
    const half = from.length;
    const step = 500_000;
    for (let first = 1; first <= rows; first += step) {
      await client.query(
        `with t as materialized (
           select seq, gen_random_uuid() as id, d.debit, c.credit, (seq - 1) / $5 + 1 as round,
             date_trunc('milliseconds', now() - make_interval(secs => ($4 - seq) * ($6::float8 * 29 * 86400 / $4) + 60)) as at
           from generate_series($2::bigint, $3::bigint) seq
           join party d on d.place = (seq - 1) % $5 join party c on c.place = ((seq - 1) * 7) % $5
         ), command as (
           insert into ledger.commands (tenant_id, id, recorded_at, seq) select $1, id, at, seq from t
         ), transfer as (
           insert into ledger.transfers (tenant_id, recorded_at, seq, id, kind, debit_account_id, credit_account_id, amount, effective_at,
             metadata, hash)
           select $1, at, seq, id, 'transfer', debit, credit, 100, at, jsonb_build_object('paymentId', 'p-' || seq), sha256(uuid_send(id)) from t
         )
         insert into ledger.entries (tenant_id, account_id, recorded_at, seq, side, posted_change, pending_change, posted_debits,
           posted_credits, pending_debits, pending_credits)
         select $1, debit, at, seq, 'debit', 100, 0, 100 * round, 0, 0, 0 from t
         union all select $1, credit, at, seq, 'credit', 100, 0, 0, 100 * round, 0, 0 from t`,
        [tenantId, first, Math.min(first + step - 1, rows), rows, half, months],
      );
    }
    await client.query(
      `insert into ledger.batches select $1, n, (n - 1) * 1000 + 1, least(n * 1000, $2), now() - interval '1 minute', sha256(int8send(n))
       from generate_series(1, ($2::bigint + 999) / 1000) n`,
      [tenantId, rows],
    );
    await client.query(
      `insert into ledger.heads (tenant_id, batch, seq, recorded_at, hash)
       select tenant_id, batch, last_seq, recorded_at, hash from ledger.batches where tenant_id = $1 order by batch desc limit 1`,
      [tenantId],
    );
    await client.query(`set maintenance_work_mem = '1GB'`);
    for (const { table, name, definition } of keys) {
      await client.query(`alter table ledger.${table} add constraint ${name} ${definition}`);
    }
    await client.query('analyze ledger.commands, ledger.transfers, ledger.entries');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** Milliseconds of each reading, sorted. */
async function timeReads(readers: number, read: (place: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < READS) {
      const place = next++;
      const startedAt = performance.now();
      await read(place);
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return took.sort((a, b) => a - b);
}

async function readBoth(ledger: Ledger, ctx: CallContext, { from, to }: Parties, readers: number): Promise<string> {
  const account = (place: number): string => (place % 2 === 0 ? from : to)[(place * 7_919) % from.length]!.id;
  const ago = (place: number): string => new Date(Date.now() - ((place * 104_729) % 200) * 86_400_000).toISOString();
  const pages = await timeReads(readers, (place) => ledger.getStatement(ctx, { accountId: account(place), limit: 50 }));
  const balances = await timeReads(readers, (place) => ledger.getBalances(ctx, { accountIds: [account(place)], at: ago(place) }));
  const text = (times: number[]): string =>
    `p50 ${times[READS / 2]!.toFixed(1)} ms, p99 ${times[Math.floor(READS * 0.99)]!.toFixed(1)} ms, max ${times.at(-1)!.toFixed(1)} ms`;
  return `statement page of 50: ${text(pages)}; balance at an instant: ${text(balances)}`;
}

const database = await openTestDatabase(sourcesOf('ledger'));
try {
  const run = async (ledger: Ledger, ctx: CallContext, parties: Parties): Promise<number> => {
    await inLoop(oneTransfer, [ledger, ctx, parties], IN_FLIGHT, { turns: ACCOUNTS });
    await settle(database);
    return inLoop(oneTransfer, [ledger, ctx, parties], IN_FLIGHT, { ms: SECONDS * 1_000 });
  };
  const whole = (count: number): string => Math.round(count).toLocaleString('en');
  console.log(`\nLedger with ${whole(ROWS)} transfers of ${MONTHS} months, ${whole(ACCOUNTS)} accounts, ${IN_FLIGHT} in flight`);
  const ledger = openLedger(database.db, { checked: false });
  const small = tenant();
  const empty = await run(ledger, small, await openAccounts(ledger, small, ACCOUNTS));
  console.log(`  empty: ${whole(empty)} transfers/s`);
  const large = tenant();
  const parties = await openAccounts(ledger, large, ACCOUNTS);
  const startedAt = performance.now();
  await fill(database.adminUrl, large.tenantId, parties, ROWS, MONTHS);
  const [size] = await database.admin<{ size: string }>('select pg_size_pretty(pg_database_size(current_database())) as size');
  console.log(`  filled in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s; the database has ${size!.size}`);
  // A process of its own would be: nothing is in memory yet.
  const fresh = openLedger(database.openAnother(), { checked: false });
  console.log(`  idle, nothing read yet, 1 reader: ${await readBoth(fresh, large, parties, 1)}`);
  for (const readers of READERS) console.log(`  idle, ${readers} reading: ${await readBoth(fresh, large, parties, readers)}`);
  const full = await run(fresh, large, parties);
  console.log(`  full: ${whole(full)} transfers/s = ${(full / empty).toFixed(2)} of empty`);
  for (const readers of READERS) {
    let isReading = true;
    const reading = readBoth(fresh, large, parties, readers).finally(() => {
      isReading = false;
    });
    while (isReading) await inLoop(oneTransfer, [fresh, large, parties], 128, { ms: 1_000 });
    console.log(`  while 128 write, ${readers} reading: ${await reading}`);
  }
  console.log(`  resident memory of this process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
} finally {
  await database.close();
}
