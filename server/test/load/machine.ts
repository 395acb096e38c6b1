import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import pg from 'pg';
import { microsOf, readMachineTime } from './processor-time.ts';

const HOPS = 2_000_000;
/** Far more than the caches of a processor hold: 64 MiB. */
const CELLS = 16 * 1024 * 1024;
const COMMITS = 4_000;
const CONNECTIONS = 16;
/** A moment in which more than this part of the machine went to others, or to the host, says little about us. */
const MOST_OTHERS = 0.1;
const MOST_STOLEN = 0.03;

/**
 * Nanoseconds of one read from memory that no cache holds, each place telling the next. It grows when neighbours use the same memory, which
 * nothing else shows.
 */
export function measureMemoryNs(): number {
  const next = new Int32Array(CELLS);
  // One circle through all cells (Sattolo's shuffle).
  for (let at = 0; at < CELLS; at++) next[at] = at;
  let seed = 1;
  for (let at = CELLS - 1; at > 0; at--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const other = seed % at;
    [next[at], next[other]] = [next[other]!, next[at]!];
  }
  let place = 0;
  const began = performance.now();
  for (let hop = 0; hop < HOPS; hop++) place = next[place]!;
  const ns = ((performance.now() - began) * 1e6) / HOPS;
  if (place < 0) throw new Error('a circle has no such place');
  return ns;
}

/** Durable single-row commits a second with as many connections as a server has: the floor under any payment. */
export async function measureRawCommits(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  await pool.query('create table if not exists raw_limit (id uuid primary key, at timestamptz default now())');
  let left = COMMITS;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await pool.query('insert into raw_limit (id) values ($1)', [randomUUID()]);
    }),
  );
  const rate = COMMITS / ((performance.now() - began) / 1_000);
  await pool.query('drop table raw_limit');
  await pool.end();
  return rate;
}

export type Moment = { ours: Record<string, number>; others: number; stolen: number; wallMs: number; isBad: boolean };

/**
 * Measures the processor time of processes, by name, from here to the call of the answer; and what part of the machine others had meanwhile.
 * `readers`: further parts, such as all of Postgres, in microseconds so far.
 */
export function startMoment(pids: Record<string, number>, readers: Record<string, () => number>): () => Moment {
  const read = (): Record<string, number> => ({
    ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, microsOf(pid)])),
    ...Object.fromEntries(Object.entries(readers).map(([name, of]) => [name, of()])),
  });
  const [from, machine, began] = [read(), readMachineTime(), performance.now()];
  return () => {
    const [to, now, wallMs] = [read(), readMachineTime(), performance.now() - began];
    const ours = Object.fromEntries(Object.keys(to).map((name) => [name, to[name]! - from[name]!]));
    const whole = wallMs * 1_000 * cpus().length;
    const sum = Object.values(ours).reduce((all, one) => all + one, 0);
    const others = Math.max(0, now.busy - machine.busy - sum) / whole;
    const stolen = (now.stolen - machine.stolen) / whole;
    return { ours, others, stolen, wallMs, isBad: others > MOST_OTHERS || stolen > MOST_STOLEN };
  };
}
