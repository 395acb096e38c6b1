import { instantMs } from '#platform/dates.ts';
import { newId } from '#platform/id.ts';
import type { Job, JobContext } from '#platform/jobs/job.ts';
import type { Rails } from '../connections/rails.ts';
import { homeTenantOf, type PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import type { Measures } from '../measure.ts';
import type { Movement, Rail } from '../rails/port.ts';
import { MAX_PERIOD_MS, readStatement } from '../rails/read-statement.ts';
import { insertReceipts } from '../store/receipts.ts';
import { advanceReading, claimReading, endsReading, type StatementReading } from '../store/statement-readings.ts';
import { DAY_MS } from './ask.ts';
import type { Receiver } from './receive.ts';

const MINUTE_MS = 60_000;
const PIX_ID = /^[ED][0-9A-Za-z]{31}$/;
/** Until an arrival that no announcement told of is worth a line in the log: announcement and poll may meet. */
const LATE_MS = 5 * MINUTE_MS;

/** The two readings: what is new often, and now and then a longer stretch again, since lines may come in between later. */
const READINGS = [
  { job: 'arrivals', againMs: 15 * MINUTE_MS, everyMs: MINUTE_MS },
  { job: 'arrivals-again', againMs: 2 * DAY_MS, everyMs: 60 * MINUTE_MS },
] as const;

/**
 * Looks for arrivals in the provider's statement, so that a lost announcement loses no money: whatever arrived and is not known here is
 * noted as if it had been announced. How far it has come is an instant of the provider's, and each reading begins before it and has an end
 * that no clock of ours decides: one that is wrong makes it read too much, never too little.
 */
export function createArrivalJobs(
  deps: PaymentsDeps,
  parts: { rails: Pick<Rails, 'list'>; owner: string; measures: Measures; receiver: Pick<Receiver, 'begun' | 'wake'> },
): Job[] {
  const { clock, config } = deps;
  const { rails, owner, measures } = parts;
  const lease = { owner, leaseMs: Math.max(config.leaseMs, 30_000) };
  const inModule = { module: 'payments', system: true } as const;

  async function note({ db, log }: JobContext, lines: readonly Movement[], connection: string): Promise<void> {
    const arrived = lines.filter(
      ({ direction, status, endToEndId }) => direction === 'in' && status === 'received' && PIX_ID.test(endToEndId),
    );
    const tenantId = homeTenantOf(config);
    const receipts = arrived.map(({ endToEndId, amount }) => ({
      id: newId(),
      tenantId,
      endToEndId,
      announcedMinor: parseDecimalAmount(amount),
      foundBy: 'statement' as const,
      connection,
    }));
    const fresh = await db.tx(inModule, async (tx) => {
      const inserted = await insertReceipts(tx, receipts);
      parts.receiver.begun(tx, inserted.size);
      return inserted;
    });
    if (fresh.size === 0) return;
    measures.found(fresh.size);
    const late = arrived.filter(({ endToEndId, at }) => fresh.has(endToEndId) && clock.now() - instantMs(at) > LATE_MS).length;
    if (late > 0) log.warn({ count: late }, 'money had arrived that no announcement told of: it is brought in now');
    parts.receiver.wake();
  }

  /** Reads on from the mark; whether that came to the end of what is told, and why not. */
  async function readOn(
    ctx: JobContext,
    { rail, name, againMs, markMs }: { rail: Rail; name: StatementReading; againMs: number; markMs: number | null },
  ): Promise<{ isAtEnd: boolean; fault: string | null }> {
    const fromMs = markMs === null ? clock.now() - MAX_PERIOD_MS + DAY_MS : markMs - againMs;
    const period = { fromMs, toMs: fromMs + MAX_PERIOD_MS };
    const advance = (toMs: number | null) => ctx.db.tx(inModule, (tx) => advanceReading(tx, name, lease, toMs));
    const reading = await readStatement(rail, period, async (lines) => {
      await note(ctx, lines, name.connection);
      const lastMs = instantMs(lines.at(-1)?.at ?? '');
      // Where lines come oldest first, reading may go on after a crash where this one is. What is read again is not passed over by it.
      const isAscending = rail.capabilities.statement.order === 'oldest-first';
      const reached = !isAscending || Number.isNaN(lastMs) || (markMs !== null && lastMs < markMs) ? null : lastMs;
      return (await advance(reached)) && !ctx.signal.aborted;
    });
    if (reading.asOfMs !== null) await advance(reading.asOfMs);
    return { isAtEnd: reading.asOfMs === null || reading.asOfMs < period.toMs, fault: reading.fault };
  }

  const jobOf = ({ job, againMs, everyMs }: (typeof READINGS)[number]): Job => ({
    name: `payments.${job}`,
    everyMs,
    async run(ctx) {
      const connections = new Map((await rails.list()).map(({ name, rail }) => [name, rail]));
      let isBehind = false;
      const faulty: string[] = [];
      const { goOn } = await ctx.each([...connections.keys()], async (connection, signal) => {
        const name = { connection, job };
        const claimed = await ctx.db.tx(inModule, (tx) => claimReading(tx, name, lease));
        if (!claimed) return;
        const read = readOn({ ...ctx, signal }, { rail: connections.get(connection)!, name, againMs, markMs: claimed.markMs });
        const { isAtEnd, fault } = await endsReading(ctx.db, { name, owner }, read);
        if (fault !== null) {
          faulty.push(connection);
          ctx.log.warn({ connection, job, fault }, 'the provider’s statement could not be read to its end');
        } else if (!isAtEnd) isBehind = true;
      });
      // A run that failed is repeated within a minute, and would read the statements of all the others again: one faulty connection waits its turn.
      if (faulty.length > 0 && faulty.length === connections.size) throw new Error('no provider’s statement could be read to its end');
      return { goOn: goOn || isBehind };
    },
  });
  return READINGS.map(jobOf);
}
