/** The start of the server, its memory, and reads of the home screen over HTTP, as ratios to what this machine's Postgres does in the same run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { freePort, startSandboxProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase } from '../support/test-database.ts';

const PEOPLE = 40;
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

/** So many home screens, with the balance of the day. */
const home = (count: number) =>
  measure(count, IN_FLIGHT, async (index) => {
    await people[index % people.length]!.get('/bff/v1/home');
  });

const percentile = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Primary-key reads a second over the same number of connections: the limit of any read. */
async function rawReads(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  await pool.query('create table raw_limit as select gen_random_uuid() as id from generate_series(1, 1000)');
  await pool.query('alter table raw_limit add primary key (id)');
  const { rows } = await pool.query('select id from raw_limit');
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
  // Some reads first, and the statistics that a database has after its first minute: the rest is measured.
  await home(WARM_UP);
  await database.admin('analyze');
  const restMb = residentMb(server.pid);
  const reads = await rawReads(database.adminUrl);
  const read = await home(READS);
  const loadMb = residentMb(server.pid);
  const homes = (READS / read.wallMs) * 1000;
  console.log(`\nEnd to end, ${IN_FLIGHT} in flight, server, sandbox, Postgres and load on one machine`);
  console.log(`  ready, once built                     ${(readyMs / 1000).toFixed(2)} s`);
  console.log(`  memory of the server at rest / loaded ${restMb} / ${loadMb} MB`);
  console.log(`  raw primary-key reads                 ${reads.toFixed(0)} /s`);
  console.log(
    `  home with daily balance, over HTTP    ${homes.toFixed(0)} /s = ${(homes / reads).toFixed(3)} of raw reads; p95 ${percentile(read.eachMs, 0.95).toFixed(0)} ms; lost ${read.lost}\n`,
  );
  if (read.lost > 0) process.exitCode = 1;
} finally {
  await server.stop();
  await sandbox.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}
