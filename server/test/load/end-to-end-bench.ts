/** Payments and reads against real processes over HTTP, as ratios to what this machine's Postgres does in the same run. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { freePort, startSandboxProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase } from '../support/test-database.ts';

/** So many that each pays less often than the risk rules allow without a person's review. */
const PEOPLE = 120;
const PAYMENTS = 1_500;
const WARM_UP = 500;
const READS = 6_000;
const IN_FLIGHT = 64;

type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string } };

/** Runs `count` pieces of work, `inFlight` at a time; answers milliseconds of each and of the whole. */
async function measure(
  count: number,
  inFlight: number,
  work: (index: number) => Promise<void>,
): Promise<{ wallMs: number; eachMs: number[]; lost: number }> {
  const eachMs: number[] = [];
  let next = 0;
  let lost = 0;
  let firstLoss: unknown;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) {
        const index = next++;
        const began = performance.now();
        await work(index).catch((error: unknown) => {
          lost += 1;
          firstLoss ??= error;
        });
        eachMs.push(performance.now() - began);
      }
    }),
  );
  if (firstLoss) console.error('the first loss:', firstLoss);
  return { wallMs: performance.now() - start, eachMs: eachMs.sort((a, b) => a - b), lost };
}

/** A new customer with money in the account. */
async function join(index: number): Promise<Person> {
  const person = new Person(`http://localhost:${port}`, { address: `10.0.0.${index + 1}` });
  const cpf = cpfFrom(700_000_000 + index);
  await person.signUp({ name: 'Carga Medida Silva', cpf, email: `carga.${cpf}@exemplo.com.br`, password: 'vento-de-proa-forte' });
  const home = await until(
    'the account',
    () => person.get<Home>('/bff/v1/home'),
    (one) => one.account.status === 'open',
    60_000,
  );
  await sandbox.call('POST', '/admin/receive', { payeeKey: home.account.pixKey, amount: '100000.00' });
  await until(
    'the money',
    () => person.get<Home>('/bff/v1/home'),
    (one) => one.balance.availableMinor === '10000000',
    60_000,
  );
  return person;
}

/** So many payments, each from the reading of its code to its end. */
async function pay(count: number) {
  let declined = 0;
  const paid = await measure(count, IN_FLIGHT, async (index) => {
    const person = people[index % people.length]!;
    const quote = await person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: FULANO });
    const created = await person.post<{ id: string }>(201, '/bff/v1/payments', { quoteId: quote.quoteId, amountMinor: '101' });
    const ended = await until(
      'the end',
      () => person.get<{ status: string }>(`/bff/v1/payments/${created.id}`),
      (one) => !['processing', 'sent', 'unknown'].includes(one.status),
      60_000,
    );
    if (ended.status !== 'settled') declined += 1;
  });
  return { ...paid, declined };
}

const percentile = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Durable single-row commits a second with as many connections as the server has: the floor under any payment. */
async function rawCommits(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  await pool.query('create table raw_limit (id uuid primary key, at timestamptz default now())');
  const { wallMs } = await measure(4_000, 16, async () => {
    await pool.query('insert into raw_limit (id) values ($1)', [randomUUID()]);
  });
  await pool.end();
  return (4_000 / wallMs) * 1000;
}

/** Primary-key reads a second over the same number of connections: the limit of any read. */
async function rawReads(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  const { rows } = await pool.query('select id from raw_limit limit 1000');
  const { wallMs } = await measure(READS, IN_FLIGHT, async (index) => {
    await pool.query('select * from raw_limit where id = $1', [rows[index % rows.length].id]);
  });
  await pool.end();
  return (READS / wallMs) * 1000;
}

const folder = mkdtempSync(path.join(tmpdir(), 'lastro-bench-'));
const database = await openTestDatabase();
const port = await freePort();
const sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port, settlementDelayMs: 5 });
const people: Person[] = [];
const began = performance.now();
const server = await startServerProcess({
  databaseUrl: database.appUrl,
  port,
  sandboxUrl: sandbox.url,
  // As `npm start` runs it.
  env: { MALLOC_ARENA_MAX: '2', LOG_LEVEL: 'warn', PIX_PROVIDER_TIMEOUT_MS: '3000', PAYMENTS_LEASE_MS: '10000' },
});
const readyMs = performance.now() - began;
try {
  // A few at a time: proving passwords takes memory, and the server refuses what it has no room for.
  const joined = await measure(PEOPLE, 8, async (index) => {
    people[index] = await join(index);
  });
  if (joined.lost > 0) throw new Error(`${joined.lost} people could not sign up`);
  // Some payments first, and the statistics that a database has after its first minute: the rest is measured.
  await pay(WARM_UP);
  await database.admin('analyze');
  const restMb = residentMb(server.pid);
  const commits = await rawCommits(database.adminUrl);
  const reads = await rawReads(database.adminUrl);
  const paid = await pay(PAYMENTS);
  const loadMb = residentMb(server.pid);
  const read = await measure(READS, IN_FLIGHT, async (index) => {
    await people[index % people.length]!.get('/bff/v1/home');
  });
  const perSecond = (count: number, ms: number) => (count / ms) * 1000;
  const pays = perSecond(PAYMENTS, paid.wallMs);
  const homes = perSecond(READS, read.wallMs);
  console.log(`\nEnd to end, ${IN_FLIGHT} in flight, server, sandbox, Postgres and load on one machine`);
  console.log(`  ready, once built                     ${(readyMs / 1000).toFixed(2)} s`);
  console.log(`  memory of the server at rest / loaded ${restMb} / ${loadMb} MB`);
  console.log(`  raw durable commits (16 connections)  ${commits.toFixed(0)} /s`);
  console.log(
    `  payments, decode to settled           ${pays.toFixed(0)} /s = ${(pays / commits).toFixed(3)} of raw commits; p50 ${percentile(paid.eachMs, 0.5).toFixed(0)} ms, p95 ${percentile(paid.eachMs, 0.95).toFixed(0)} ms; lost ${paid.lost}, not settled ${paid.declined}`,
  );
  console.log(`  raw primary-key reads                 ${reads.toFixed(0)} /s`);
  console.log(
    `  home with daily balance, over HTTP    ${homes.toFixed(0)} /s = ${(homes / reads).toFixed(3)} of raw reads; p95 ${percentile(read.eachMs, 0.95).toFixed(0)} ms; lost ${read.lost}\n`,
  );
  if (read.lost > 0 || paid.lost > 0) process.exitCode = 1;
} finally {
  await server.stop();
  await sandbox.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}
