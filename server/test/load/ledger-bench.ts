import { pathToFileURL } from 'node:url';
import type { Ledger } from '../../src/modules/ledger/index.ts';
import { customer, house, openLedger, tenant, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import type { CallContext } from '../../src/platform/context.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../support/test-database.ts';
import { insertRaw, recordBatches } from './ledger-raw.ts';
import { transferOneByOne } from './ledger-row-locks.ts';

export type Figure = { name: string; inFlight: number; perSecond: number; ofRaw: number; timesRowLocks: number | null };

const IN_FLIGHT = [1, 16, 128, 1_024];
const ACCOUNTS = 10_000;
const SETTLE_MS = 500;

type Parties = { from: { id: string }[]; to: { id: string }[] };

/**
 * Transfers a second of the ledger in this process, as a part of what Postgres takes when the very same rows are inserted raw
 * (no decisions, no fence, no row-level security, prepared beforehand), and as a multiple of one transaction per transfer with row locks.
 */
export async function benchLedger(options: { seconds?: number } = {}): Promise<Figure[]> {
  const seconds = options.seconds ?? 4;
  const database = await openTestDatabase(sourcesOf('ledger'));
  try {
    const ctx = tenant();
    const ledger = openLedger(database.db, { checked: false });
    const spread = await openAccounts(ledger, ctx, ACCOUNTS);
    const hot: Parties = { from: spread.from.slice(0, 1), to: spread.to };
    await inLoop(ledger, ctx, spread, 1_024, 1);
    const recorded = await recordBatches(database, ctx, spread);
    const measureRaw = () => insertRaw(database, recorded, Math.max(1, seconds / 3));
    const lockSpread = await transferOneByOne(database, ctx.tenantId, spread, 16, seconds);
    const lockHot = await transferOneByOne(database, ctx.tenantId, hot, 16, seconds);
    let raw = await measureRaw();
    const figures: Figure[] = [
      { name: 'row locks, spread', inFlight: 16, perSecond: lockSpread, ofRaw: lockSpread / raw, timesRowLocks: 1 },
      { name: 'row locks, hot', inFlight: 16, perSecond: lockHot, ofRaw: lockHot / raw, timesRowLocks: 1 },
    ];
    const raws = [raw];
    for (const [name, parties, locks] of [
      ['ledger, spread', spread, lockSpread],
      ['ledger, hot', hot, lockHot],
    ] as const) {
      for (const inFlight of IN_FLIGHT) {
        // Emptying the tables for the raw measure emptied the ledger's cache, too: it reads its accounts again off the clock.
        await inLoop(ledger, ctx, parties, 1_024, 1);
        await settle(database);
        const perSecond = await inLoop(ledger, ctx, parties, inFlight, seconds);
        // The limit is measured before and after, so that a machine that is busy with something else slows both.
        const before = raw;
        raw = await measureRaw();
        raws.push(raw);
        figures.push({ name, inFlight, perSecond, ofRaw: perSecond / ((before + raw) / 2), timesRowLocks: perSecond / locks });
      }
    }
    const mean = raws.reduce((sum, one) => sum + one, 0) / raws.length;
    figures.unshift({ name: 'raw unnest insert', inFlight: 1, perSecond: mean, ofRaw: 1, timesRowLocks: null });
    return figures;
  } finally {
    await database.close();
  }
}

async function openAccounts(ledger: Ledger, ctx: CallContext, count: number): Promise<Parties> {
  const from = Array.from({ length: count / 2 }, () => house());
  const to = Array.from({ length: count / 2 }, () => customer());
  const all = [...from, ...to];
  for (let i = 0; i < all.length; i += 1_000) await ledger.createAccounts(ctx, { accounts: all.slice(i, i + 1_000) });
  return { from, to };
}

/** What the run before left to be written to disk is not the next one's burden. */
async function settle(database: TestDatabase): Promise<void> {
  await database.admin('checkpoint');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

async function inLoop(ledger: Ledger, ctx: CallContext, { from, to }: Parties, inFlight: number, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  let next = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const place = next++;
      const command = transfer(from[place % from.length]!, to[(place * 7) % to.length]!, 1 + (place % 1_000), {
        metadata: { paymentId: `p-${place}` },
      });
      const { results } = await ledger.submit(ctx, { commands: [command] });
      if (results[0]?.outcome !== 'done') throw new Error(`refused: ${results[0]?.code}`);
      done++;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, one));
  return done / ((performance.now() - startedAt) / 1_000);
}

export function printFigures(figures: readonly Figure[]): string {
  const line = (cells: string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(12))).join('');
  const rows = figures.map((one) =>
    line([
      one.name,
      String(one.inFlight),
      Math.round(one.perSecond).toLocaleString('en'),
      one.ofRaw.toFixed(2),
      one.timesRowLocks?.toFixed(1) ?? '',
    ]),
  );
  return [line(['', 'in flight', 'transfers/s', 'of raw', '× row locks']), ...rows].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(printFigures(await benchLedger({ seconds: Number(process.env.BENCH_SECONDS ?? 4) })));
}
