/**
 * What a shop's books cost, over HTTP with a token, in real processes: entries accepted and durable, days read, how far consolidation is behind meanwhile, and what
 * becomes of three times the load. Requests come at a fixed rate whatever becomes of those before. Beside each rate stand the processor time of each process and
 * what Postgres alone does on this machine in the same run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cnpjFrom } from '../../src/modules/accounts/cnpj.fixture.ts';
import { firstPlaceId } from '../../src/modules/books/domain/places.ts';
import { DEMO_CLIENT_ID } from '../../src/modules/identity/seed.ts';
import { businessDate } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/id.ts';
import { startWholePlatform } from '../support/whole-platform.ts';
import { residentMb } from './http-bench.ts';
import { measureMemoryNs, measureRawCommits, startMoment } from './machine.ts';
import type { OpenAnswers, OpenLoad } from './open-load.ts';
import { createPostgresClock, microsOf } from './processor-time.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const SHOPS = Number(process.env.BENCH_SHOPS ?? 20);
const ratesFrom = (name: string, usual: string): number[] => (process.env[name] ?? usual).split(',').filter(Boolean).map(Number);
const RATES = { days: ratesFrom('BENCH_DAYS_RATES', '50,500,1000,2000'), entries: ratesFrom('BENCH_ENTRY_RATES', '50,250,500,1000') };
/** Beside the last rate of entries that was kept up. */
const OVERLOAD = 3;
const RAW_READS = 20_000;
const TODAY = businessDate(Date.now());

const platform = await startWholePlatform({
  // As production has it; only its secrets and its https are missing.
  LASTRO_CHECK_CALLS: 'false',
  MALLOC_ARENA_MAX: '2',
  LOG_LEVEL: 'warn',
  RATE_PER_MINUTE: '10000000',
});
const { database, baseUrl: url } = platform;
const load = fork(path.join(import.meta.dirname, 'open-load.ts'), { stdio: 'inherit' });
const postgres = await createPostgresClock(database);
const pids = { server: platform.server().pid, sandbox: platform.sandbox.pid, load: load.pid! };
const readers = { postgres: () => postgres.read(), bench: () => microsOf(process.pid) };

const send = async (method: string, at: string, token: string, body: unknown, wanted: number): Promise<Record<string, unknown>> => {
  const answer = await platform.send(method, at, { token, headers: { 'idempotency-key': newId() }, body });
  if (answer.status !== wanted) throw new Error(`${method} ${at}: ${answer.status} ${answer.text}`);
  return answer.body as Record<string, unknown>;
};

/** A shop whose books a service keeps. */
async function openShop(at: number): Promise<string> {
  await platform.signUp(900_000 + at);
  const token = await platform.personToken(900_000 + at);
  const company = { cnpj: cnpjFrom(900_000 + at), legalName: `Padaria da Carga ${at} Ltda` };
  const { accountId } = await send('POST', '/v1/companies', token, company, 201);
  const grant = { role: 'operator', limits: { perPaymentMinor: null, perDayMinor: null } };
  await send('PUT', `/v1/memberships/of/${accountId}/clients/${DEMO_CLIENT_ID}`, token, grant, 200);
  return String(accountId);
}

async function ask(orders: Omit<OpenLoad, 'url' | 'headers'>): Promise<OpenAnswers> {
  const headers = { authorization: `Bearer ${await platform.serviceToken()}` };
  load.send({ url, headers, ...orders } satisfies OpenLoad);
  const [answers] = (await once(load, 'message')) as [OpenAnswers];
  return answers;
}

const sale = (nth: number): string =>
  JSON.stringify({
    kind: 'in',
    place: 'drawer',
    method: 'cash',
    date: TODAY,
    lines: [{ category: 'sales', amountMinor: String(100 + (nth % 5_000)) }],
    text: 'Pães',
  });
const entriesOf = (shops: readonly string[], count: number): OpenLoad['requests'] =>
  Array.from({ length: count }, (_, nth) => ({
    method: 'POST' as const,
    path: `/v1/books/of/${shops[nth % shops.length]}/entries`,
    key: newId(),
    body: sale(nth),
  }));
const daysOf = (shops: readonly string[], count: number): OpenLoad['requests'] =>
  Array.from({ length: count }, (_, nth) => ({
    method: 'GET' as const,
    path: `/v1/cashflow/accounts/${firstPlaceId(shops[nth % shops.length]!, 'drawer')}/days?from=${TODAY}&to=${TODAY}`,
  }));

/** Seconds that consolidation is behind, as the server says, every so often until told to stop. */
function watchLag(): () => Promise<number[]> {
  let isOver = false;
  const seen: number[] = [];
  const watching = (async () => {
    while (!isOver) {
      seen.push(await lagNow());
      await sleep(200);
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return seen.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  };
}

const lagNow = async (): Promise<number> =>
  Number(/^lastro_cashflow_lag_seconds (\S+)$/m.exec(await platform.figures())?.[1] ?? Number.NaN);

async function caughtUp(): Promise<void> {
  for (let isBehind = true; isBehind; await sleep(100)) {
    const [row] = await database.admin<{ waits: boolean }>(
      `select exists (select from books.entries where position is null and refusal is null) or exists (select from ledger.outbox) as waits`,
    );
    isBehind = row!.waits || (await lagNow()) > 0;
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const perEach = (micros: number, count: number): string => (micros / 1_000 / count).toFixed(2);
const counts = (status: readonly number[]): string =>
  [...Map.groupBy(status, (one) => one)].map(([one, all]) => `${all.length} × ${one}`).join(', ');

/** One rate for so long; prints a line, and answers whether it was kept up: nothing lost, and answered within `limitMs` at this share. */
async function measure(name: string, rate: number, requests: OpenLoad['requests'], limit: { share: number; ms: number }): Promise<boolean> {
  const moment = startMoment(pids, readers);
  const stopWatching = watchLag();
  const answers = await ask({ rate, requests });
  const lag = await stopWatching();
  const { ours, others, stolen, isBad } = moment();
  const took = answers.tookMs.toSorted((a, b) => a - b);
  const lost = answers.status.filter((one) => one >= 300 || one === 0).length;
  const isKept = lost === 0 && percentile(took, limit.share) <= limit.ms;
  const figures = [
    `${name.padEnd(8)} ${String(rate).padStart(5)}/s ${isKept ? 'kept' : 'LATE'}`,
    `p50 ${percentile(took, 0.5).toFixed(1)} p95 ${percentile(took, 0.95).toFixed(1)} p99 ${percentile(took, 0.99).toFixed(1)} ms`,
    `server ${perEach(ours.server!, requests.length)} + Postgres ${perEach(ours.postgres!, requests.length)} ms; load ${perEach(ours.load!, requests.length)}`,
    `lag p99 ${percentile(lag, 0.99).toFixed(2)} s`,
    `${lost > 0 ? `lost ${lost} (${counts(answers.status)}); ` : ''}others ${(others * 100).toFixed(0)} %, stolen ${(stolen * 100).toFixed(1)} %${isBad ? ' BAD MOMENT' : ''}`,
  ];
  console.log(`  ${figures.join(' | ')}`);
  return isKept;
}

/** The highest rate that was kept up. */
async function measureUp(
  name: string,
  rates: readonly number[],
  make: (count: number) => OpenLoad['requests'],
  limit: { share: number; ms: number },
): Promise<number> {
  let kept = 0;
  for (const rate of rates) {
    if (!(await measure(name, rate, make(rate * SECONDS), limit))) break;
    kept = rate;
    await caughtUp();
  }
  return kept;
}

/** More than can be done: what was acknowledged is there, what was refused was told when to come again, and memory stays. */
async function overload(shops: readonly string[], rate: number): Promise<void> {
  const [known] = await database.admin<{ n: string }>('select count(*)::text as n from books.entries');
  const before = residentMb({ pid: platform.server().pid });
  const answers = await ask({ rate, requests: entriesOf(shops, rate * SECONDS) });
  const during = residentMb({ pid: platform.server().pid });
  await caughtUp();
  const [now] = await database.admin<{ n: string }>('select count(*)::text as n from books.entries');
  const acknowledged = answers.status.filter((one) => one === 201).length;
  const rude = answers.status.filter((one, nth) => one >= 300 && !answers.polite[nth]).length;
  const stored = Number(now!.n) - Number(known!.n);
  console.log(
    `  overload ${rate}/s | ${counts(answers.status)} | acknowledged ${acknowledged}, stored ${stored} | refused without Retry-After ${rude} | server ${before} → ${during} MB`,
  );
  // What got no answer may be stored; what was acknowledged must be.
  if (stored < acknowledged || rude > 0) process.exitCode = 1;
}

/** Primary-key reads a second over 16 connections: the limit of any read. */
async function rawReads(): Promise<number> {
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 16 });
  await pool.query('create table raw_reads as select gen_random_uuid() as id from generate_series(1, 1000)');
  await pool.query('alter table raw_reads add primary key (id)');
  const { rows } = await pool.query<{ id: string }>('select id from raw_reads');
  let left = RAW_READS;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left-- > 0) await pool.query('select * from raw_reads where id = $1', [rows[left % rows.length]?.id ?? rows[0]!.id]);
    }),
  );
  const rate = RAW_READS / ((performance.now() - began) / 1_000);
  await pool.query('drop table raw_reads');
  await pool.end();
  return rate;
}

try {
  const [reads, commits] = [await rawReads(), await measureRawCommits(database.adminUrl)];
  console.log(
    `\nCash: memory ${measureMemoryNs().toFixed(0)} ns a read; raw Postgres: ${reads.toFixed(0)} reads/s, ${commits.toFixed(0)} durable commits/s`,
  );
  const shops: string[] = [];
  for (let at = 0; at < SHOPS; at++) shops.push(await openShop(at));
  const warm = await ask({ rate: 50, requests: [...entriesOf(shops, 400), ...daysOf(shops, 400)] });
  if (warm.status.some((one) => one !== 200 && one !== 201)) throw new Error(`the warm-up: ${counts(warm.status)}`);
  await caughtUp();
  await database.admin('analyze');
  console.log('  warm; from here on it counts');
  const days = await measureUp('days', RATES.days, (count) => daysOf(shops, count), { share: 0.95, ms: 20 });
  const entries = await measureUp('entries', RATES.entries, (count) => entriesOf(shops, count), { share: 0.99, ms: 200 });
  await overload(shops, OVERLOAD * (entries || RATES.entries[0]!));
  console.log(
    `  days ${days}/s = ${(days / reads).toFixed(3)} of raw reads; entries ${entries}/s = ${(entries / commits).toFixed(3)} of raw commits\n`,
  );
} finally {
  load.disconnect();
  await platform.close();
}
