/**
 * What payments cost, through the routes that the browser uses, in real processes: server, sandbox provider, Postgres, and customers. Requests come at a fixed
 * rate whatever becomes of those before, nobody asks meanwhile, and how long a payment took is when the commit of its end was, by Postgres. Reading codes,
 * Pix and payments on us are measured apart. Beside each rate stands the processor time of each process: on a machine that does other things it is what counts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { newId, parsePublicId, publicId } from '../../src/platform/id.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { freePort, startSandboxProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase } from '../support/test-database.ts';
import { measureMemoryNs, measureRawCommits, startMoment } from './machine.ts';
import type { Customer, LoadAnswer, LoadOrders } from './payments-load.ts';
import { createPostgresClock, microsOf } from './processor-time.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const PEOPLE = Number(process.env.BENCH_PEOPLE ?? 100);
const ratesFrom = (name: string, usual: string): number[] => (process.env[name] ?? usual).split(',').filter(Boolean).map(Number);
const RATES = {
  read: ratesFrom('BENCH_READ_RATES', '50'),
  pix: ratesFrom('BENCH_PIX_RATES', '50,50,50,100,200,400'),
  onUs: ratesFrom('BENCH_ON_US_RATES', '50,50,50,100,200,400,1000'),
};
/** A rate whose payments end so much later than they were asked for is not kept up. */
const KEPT_UP_MS = 1_500;
const WARM_UP = { rate: 50, seconds: 8 };

type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string } };
type Kind = 'read' | 'pix' | 'on-us';

const folder = mkdtempSync(path.join(tmpdir(), 'lastro-bench-'));
const database = await openTestDatabase();
const port = await freePort();
const url = `http://localhost:${port}`;
const sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port, settlementDelayMs: 5 });
const server = await startServerProcess({
  databaseUrl: database.appUrl,
  port,
  sandboxUrl: sandbox.url,
  env: {
    // As production has it; only its secrets and its https are missing.
    LASTRO_CHECK_CALLS: 'false',
    MALLOC_ARENA_MAX: '2',
    LOG_LEVEL: 'warn',
    PIX_PROVIDER_TIMEOUT_MS: '3000',
    PAYMENTS_LEASE_MS: '10000',
    RATE_PER_MINUTE: '10000000',
    ...(process.env.BENCH_NODE_OPTIONS ? { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS } : {}),
  },
});
const load = fork(path.join(import.meta.dirname, 'payments-load.ts'), { stdio: 'inherit' });
const postgres = await createPostgresClock(database);
const pids = { server: server.pid, sandbox: sandbox.pid, load: load.pid! };
/** The bench's own looks are no part of what is measured, and no stranger's either. */
const readers = { postgres: () => postgres.read(), bench: () => microsOf(process.pid) };

type Known = Customer & { pixKey: string; subject: string };
const people: Known[] = [];

/** A new customer with money in the account. */
async function join(index: number): Promise<void> {
  const address = `10.0.${index >> 8}.${index & 255}`;
  const person = new Person(url, { address });
  const cpf = cpfFrom(700_000_000 + index);
  await person.signUp({ name: 'Carga Medida Silva', cpf, email: `carga.${cpf}@exemplo.com.br`, password: 'vento-de-proa-forte' });
  // Right after the sign-up there may be no account to show yet.
  const seen = await until(
    'the account',
    () => person.request<Home>('GET', '/bff/v1/home'),
    ({ status, body }) => status === 200 && body.account.status === 'open',
    60_000,
  );
  const home = seen.body;
  const { pixKey } = home.account;
  await sandbox.call('POST', '/admin/receive', { payeeKey: pixKey, amount: '100000.00' });
  const hasMoney = (one: Home) => one.balance.availableMinor === '10000000';
  await until('the money', () => person.get<Home>('/bff/v1/home'), hasMoney, 60_000);
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  people[index] = { cookie, csrfToken: person.csrfToken, address, pixKey, subject: '' };
}

/** Quotes of one kind for each request: one that was read for each person, copied, since a quote pays only once. */
async function quotesFor(kind: 'pix' | 'on-us', count: number): Promise<{ by: number; quoteId: string }[]> {
  const wanted = Array.from({ length: count }, () => newId());
  const rows = await database.admin<{ id: string; subject_id: string }>(
    `with own as (
       select distinct on (subject_id) * from payments.quotes where route = $2 order by subject_id, id
     ), numbered as (select *, row_number() over (order by subject_id) - 1 as nth, count(*) over () as people from own
     ), asked as (select id, ord - 1 as ord from unnest($1::uuid[]) with ordinality as q (id, ord))
     insert into payments.quotes (tenant_id, id, subject_id, route, amount_minor, amount_editable, payee_sealed, payee_hash, payee_account_id,
       payee_subject_id, expires_at)
     select tenant_id, asked.id, subject_id, route, amount_minor, amount_editable, payee_sealed, payee_hash, payee_account_id, payee_subject_id,
       now() + interval '1 hour'
     from asked join numbered on numbered.nth = asked.ord % numbered.people
     returning id, subject_id`,
    [wanted, kind],
  );
  const subjects = new Map(people.map(({ subject }, at) => [subject, at]));
  return rows.map((row) => ({ by: subjects.get(row.subject_id)!, quoteId: publicId('qte', row.id) }));
}

async function ask(orders: Omit<LoadOrders, 'url' | 'customers'>): Promise<LoadAnswer[]> {
  (load as ChildProcess).send({ url, customers: people, ...orders } satisfies LoadOrders);
  const [answers] = (await once(load, 'message')) as [LoadAnswer[]];
  return answers;
}

const decodeBody = (kind: 'pix' | 'on-us', at: number): string =>
  JSON.stringify({ code: kind === 'pix' ? FULANO : people[(at + 1) % people.length]!.pixKey });

async function requestsOf(kind: Kind, count: number): Promise<LoadOrders['requests']> {
  if (kind === 'read') {
    const codes = Array.from({ length: count }, (_, at) => ({ by: at % people.length, code: at % 2 === 0 ? 'pix' : 'on-us' }) as const);
    return codes.map(({ by, code }) => ({ by, key: newId(), body: decodeBody(code, by) }));
  }
  const quotes = await quotesFor(kind, count);
  return quotes.map(({ by, quoteId }) => ({ by, key: newId(), body: JSON.stringify({ quoteId, amountMinor: '101' }) }));
}

type Figures = { wal: number; commits: number; events: number };
async function readFigures(): Promise<Figures> {
  const [row] = await database.admin<Record<keyof Figures, string>>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as wal, (select position from bus.head)::text as events,
       (select xact_commit from pg_stat_database where datname = current_database())::text as commits`,
  );
  return { wal: Number(row!.wal), commits: Number(row!.commits), events: Number(row!.events) };
}

/** When each of these payments ended, by the commit that said so, in epoch milliseconds; only ends of money moved count. */
async function endsOf(ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await database.admin<{ id: string; ms: number }>(
    `select id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as ms from payments.payments
     where id = any($1::uuid[]) and status = 'settled'`,
    [ids],
  );
  return new Map(rows.map(({ id, ms }) => [publicId('pay', id), ms]));
}

/** Waits until nothing is under way and the followers of the log have done their part: that work belongs to the payments, too. */
async function settled(): Promise<void> {
  const [head] = await database.admin<{ position: string }>('select position::text from bus.head');
  for (let quiet = 0; quiet < 2; await sleep(150)) {
    const [row] = await database.admin<{ open: string; behind: boolean }>(
      `select (select count(*) from payments.payments where status not in ('settled', 'failed', 'declined'))::text as open,
         exists (select from audit.inbox_cursors where position < $1) as behind`,
      [head!.position],
    );
    quiet = row!.open === '0' && !row!.behind ? quiet + 1 : 0;
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const perEach = (micros: number, count: number): string => (micros / 1_000 / count).toFixed(2).padStart(6);

/** One rate for so long; prints a line, and answers whether the rate was kept up. */
async function measure(kind: Kind, rate: number, seconds: number): Promise<boolean> {
  const count = Math.round(rate * seconds);
  const requests = await requestsOf(kind, count);
  const before = await readFigures();
  const moment = startMoment(pids, readers);
  const answers = await ask({ path: kind === 'read' ? '/bff/v1/pix/decode' : '/bff/v1/payments', rate, requests });
  await settled();
  const { ours, others, stolen, isBad } = moment();
  // Postgres tells its statistics a second later.
  await sleep(1_100);
  const after = await readFigures();
  const done = answers.filter(({ status }) => status === 200 || status === 201);
  const ends = await endsOf(done.flatMap(({ id }) => (id?.startsWith('pay_') ? [uuidOf(id)] : [])));
  const tookMs = done.flatMap(({ id, at, answeredMs }) => {
    if (kind === 'read') return [answeredMs];
    const end = id === null ? undefined : ends.get(id);
    return end === undefined ? [] : [end - at];
  });
  tookMs.sort((a, b) => a - b);
  const lost = count - tookMs.length;
  const last = percentile(tookMs, 1);
  const isKept = lost === 0 && percentile(tookMs, 0.95) < KEPT_UP_MS;
  const each = (name: string) => perEach(ours[name]!, count);
  const both = perEach(ours.server! + ours.postgres!, count);
  const figures = [
    `${kind.padEnd(6)} ${String(rate).padStart(5)}/s ${isKept ? 'kept' : 'LATE'}`,
    `p50 ${percentile(tookMs, 0.5).toFixed(0).padStart(5)} p99 ${percentile(tookMs, 0.99).toFixed(0).padStart(5)} most ${last.toFixed(0).padStart(5)} ms`,
    `server ${each('server')} + Postgres ${each('postgres')} = ${both} ms; sandbox ${each('sandbox')}, load ${each('load')}`,
    `${((after.wal - before.wal) / 1_024 / count).toFixed(1).padStart(5)} kB WAL, ${((after.commits - before.commits) / count).toFixed(2)} tx, ${((after.events - before.events) / count).toFixed(1)} events`,
    `${lost > 0 ? `lost ${lost}; ` : ''}others ${(others * 100).toFixed(0)} %, stolen ${(stolen * 100).toFixed(1)} %${isBad ? ' BAD MOMENT' : ''}`,
  ];
  console.log(`  ${figures.join(' | ')}`);
  return isKept;
}

const uuidOf = (id: string): string => parsePublicId('pay', id);

async function measureUp(kind: Kind, rates: readonly number[]): Promise<void> {
  for (const rate of rates) if (!(await measure(kind, rate, SECONDS))) return;
}

try {
  console.log(
    `\nPayments: memory ${measureMemoryNs().toFixed(0)} ns a read, raw durable commits ${(await measureRawCommits(database.adminUrl)).toFixed(0)}/s`,
  );
  let next = 0;
  // A few at a time: proving passwords takes memory, and the server refuses what it has no room for.
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      while (next < PEOPLE) await join(next++);
    }),
  );
  // Each reads one code of each kind: the quotes that the rest are copies of.
  for (const kind of ['pix', 'on-us'] as const) {
    const requests = people.map((_, by) => ({ by, key: newId(), body: decodeBody(kind, by) }));
    const read = await ask({ path: '/bff/v1/pix/decode', rate: 50, requests });
    const subjects = await database.admin<{ id: string; subject_id: string }>('select id, subject_id from payments.quotes');
    const byQuote = new Map(subjects.map(({ id, subject_id: subject }) => [publicId('qte', id), subject]));
    for (const { by, id } of read) people[by]!.subject = byQuote.get(id ?? '') ?? people[by]!.subject;
  }
  await database.admin('checkpoint');
  for (const kind of ['pix', 'on-us'] as const) await measure(kind, WARM_UP.rate, WARM_UP.seconds);
  await database.admin('analyze');
  console.log('  warm; from here on it counts');
  await measureUp('read', RATES.read);
  await measureUp('pix', RATES.pix);
  await measureUp('on-us', RATES.onUs);
} finally {
  load.disconnect();
  await server.stop();
  await sandbox.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}
