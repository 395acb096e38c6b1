import { pathToFileURL } from 'node:url';
import { openLedger, tenant } from '../../src/modules/ledger/test-support/fixture.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../support/test-database.ts';
import { benchHttp } from './http-bench.ts';
import { insertRaw, recordBatches } from './ledger-raw.ts';
import { transferOneByOne } from './ledger-row-locks.ts';
import { bulkOfFifty, holdThenSettle, inLoop, oneTransfer, openAccounts, type Parties, type Workload } from './ledger-workloads.ts';
import { createProcessorClock, type ProcessorTime } from './processor-time.ts';

export type Figure = {
  name: string;
  inFlight: number;
  perSecond: number;
  ofRaw: number;
  timesRowLocks: number | null;
  /** Microseconds of processor time a command. */
  micros: ProcessorTime;
};

const ACCOUNTS = 100_000;
const SETTLE_MS = 500;

/**
 * Commands a second of the ledger in this process, as a part of what Postgres takes when the very same rows are inserted raw (no
 * decisions, no fence, no row-level security, prepared beforehand, in a database of its own), and as a multiple of one transaction per
 * transfer with row locks.
 */
export async function benchLedger(options: { seconds: number }): Promise<Figure[]> {
  const { seconds } = options;
  const [database, rawDatabase] = [await openTestDatabase(sourcesOf('ledger')), await openTestDatabase(sourcesOf('ledger'))];
  try {
    const ctx = tenant();
    const ledger = openLedger(database.db, { checked: false });
    const spread = await openAccounts(ledger, ctx, ACCOUNTS);
    const hot: Parties = { from: spread.from.slice(0, 1), to: spread.to };
    const recorded = await recordBatches(rawDatabase, tenant(), ACCOUNTS);
    const clock = await createProcessorClock(database);
    const timed = async (work: () => Promise<number>): Promise<{ perSecond: number; micros: ProcessorTime }> => {
      const [before, startedAt] = [clock.read(), performance.now()];
      const perSecond = await work();
      const [after, count] = [clock.read(), (perSecond * (performance.now() - startedAt)) / 1_000];
      return { perSecond, micros: { node: (after.node - before.node) / count, postgres: (after.postgres - before.postgres) / count } };
    };
    const measureRaw = () => insertRaw(rawDatabase, recorded, Math.max(1, seconds / 3), clock);
    // Every account is in memory, and the compiler has seen everything.
    await inLoop(oneTransfer, [ledger, ctx, spread], 1_024, { turns: ACCOUNTS });

    const locks = { spread: 0, hot: 0 };
    const figures: Figure[] = [];
    const { perSecond: firstRaw, micros: rawMicros } = await measureRaw();
    let raw = firstRaw;
    const raws = [raw];
    for (const [where, parties] of [
      ['spread', spread],
      ['hot', hot],
    ] as const) {
      const { perSecond, micros } = await timed(() => transferOneByOne(database, ctx.tenantId, parties, 16, seconds));
      locks[where] = perSecond;
      figures.push({ name: `row locks, ${where}`, inFlight: 16, perSecond, ofRaw: perSecond / raw, timesRowLocks: 1, micros });
    }
    const runs: [name: string, workload: Workload, parties: Parties, inFlight: number[], locks: number][] = [
      ['transfers, spread', oneTransfer, spread, [1, 16, 128, 1_024], locks.spread],
      ['transfers, one hot account', oneTransfer, hot, [1, 16, 128, 1_024], locks.hot],
      ['hold, then settle', holdThenSettle, spread, [1_024], locks.spread],
      ['bulk of 50, spread', bulkOfFifty, spread, [32], locks.spread],
    ];
    for (const [name, workload, parties, callers, rowLocks] of runs) {
      for (const inFlight of callers) {
        await inLoop(workload, [ledger, ctx, parties], inFlight, { ms: 500 });
        await settle(database);
        const { perSecond, micros } = await timed(() => inLoop(workload, [ledger, ctx, parties], inFlight, { ms: seconds * 1_000 }));
        // The limit is measured before and after, so that a machine that is busy with something else slows both.
        const before = raw;
        raw = (await measureRaw()).perSecond;
        raws.push(raw);
        figures.push({ name, inFlight, perSecond, ofRaw: perSecond / ((before + raw) / 2), timesRowLocks: perSecond / rowLocks, micros });
      }
    }
    const mean = raws.reduce((sum, one) => sum + one, 0) / raws.length;
    figures.unshift({ name: 'raw unnest insert', inFlight: 1, perSecond: mean, ofRaw: 1, timesRowLocks: null, micros: rawMicros });
    return figures;
  } finally {
    await Promise.all([database.close(), rawDatabase.close()]);
  }
}

/** What the run before left to be written to disk is not the next one's burden. */
export async function settle(database: TestDatabase): Promise<void> {
  await database.admin('checkpoint');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

export function printFigures(figures: readonly Figure[]): string {
  const line = (cells: string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(28) : cell.padStart(13))).join('');
  const rows = figures.map((one) =>
    line([
      one.name,
      String(one.inFlight),
      Math.round(one.perSecond).toLocaleString('en'),
      one.ofRaw.toFixed(2),
      one.timesRowLocks?.toFixed(1) ?? '',
      one.micros.node.toFixed(0),
      one.micros.postgres.toFixed(0),
    ]),
  );
  return [line(['', 'in flight', 'commands/s', 'of raw', '× row locks', 'Node µs', 'Postgres µs']), ...rows].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const seconds = Number(process.env.BENCH_SECONDS ?? 4);
  console.log(`\nLedger in one process, ${ACCOUNTS.toLocaleString('en')} accounts, durable commits`);
  const figures = await benchLedger({ seconds });
  console.log(printFigures(figures));
  console.log(`  resident memory of this process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
  const locks = figures.find((one) => one.name === 'row locks, spread')!.perSecond;
  const raw = figures[0]!.perSecond;
  console.log('\nLedger over HTTP, the load from a process of its own on the same processors');
  const http = await benchHttp({ seconds, accounts: ACCOUNTS });
  for (const one of http.figures) {
    const rate = Math.round(one.transfersPerSecond).toLocaleString('en');
    const ratios = `${(one.transfersPerSecond / raw).toFixed(2)} of raw, ${(one.transfersPerSecond / locks).toFixed(1)} × row locks`;
    const times = `p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(1)} ms`;
    console.log(
      `  ${one.name}: ${rate} transfers/s = ${ratios}; ${times}; ${one.serverMicros.toFixed(0)} µs of the server's processor a transfer`,
    );
  }
  console.log(`  resident memory of the server: ${http.residentMb} MiB`);
}
