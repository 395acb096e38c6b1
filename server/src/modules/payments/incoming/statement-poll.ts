import { instantMs } from '#platform/dates.ts';
import { newId } from '#platform/id.ts';
import { createWorker } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';
import type { Connection, Rails } from '../connections/rails.ts';
import { homeTenantOf, type PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import type { Measures } from '../measure.ts';
import type { Movement, Rail } from '../rails/port.ts';
import { MAX_PERIOD_MS, readStatement } from '../rails/read-statement.ts';
import { insertReceipts } from '../store/receipts.ts';
import { advanceJob, claimJob, endJob, type StatementJob } from '../store/statement-jobs.ts';
import { DAY_MS } from './ask.ts';
import type { Receiver } from './receive.ts';

const MINUTE_MS = 60_000;
const PIX_ID = /^[ED][0-9A-Za-z]{31}$/;
/** Until an arrival that no announcement told of is worth a line in the log: announcement and poll may meet. */
const LATE_MS = 5 * MINUTE_MS;

/** The two readings: what is new often, and now and then a longer stretch again, since lines may come in between later. */
const JOBS = [
  { job: 'arrivals', againMs: 15 * MINUTE_MS, defaultPauseMs: MINUTE_MS },
  { job: 'arrivals-again', againMs: 2 * DAY_MS, defaultPauseMs: 60 * MINUTE_MS },
] as const;

/**
 * Looks for arrivals in the provider's statement, so that a lost announcement loses no money: whatever arrived and is not known here is
 * noted as if it had been announced. How far it has come is an instant of the provider's, and each reading begins before it and has an end
 * that no clock of ours decides: one that is wrong makes it read too much, never too little.
 */
export function createStatementPoll(
  deps: PaymentsDeps,
  parts: { rails: Pick<Rails, 'list'>; owner: string; measures: Measures; receiver: Pick<Receiver, 'begun' | 'wake'> },
): Worker {
  const { db, clock, log, config } = deps;
  const { rails, owner, measures } = parts;
  const lease = { owner, leaseMs: Math.max(config.leaseMs, 30_000) };
  const inModule = { module: 'payments', system: true } as const;
  const pauses = [config.statementPollMs, config.statementRereadMs];

  async function note(lines: readonly Movement[], connection: string): Promise<void> {
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

  /** Reads on from the mark; answers after which pause to go on. */
  async function run(
    rail: Rail,
    name: StatementJob,
    markMs: number | null,
    againMs: number,
  ): Promise<{ isAtEnd: boolean; fault: string | null }> {
    const fromMs = markMs === null ? clock.now() - MAX_PERIOD_MS + DAY_MS : markMs - againMs;
    const period = { fromMs, toMs: fromMs + MAX_PERIOD_MS };
    const reading = await readStatement(rail, period, async (lines) => {
      await note(lines, name.connection);
      const lastMs = instantMs(lines.at(-1)?.at ?? '');
      // Where lines come oldest first, reading may go on after a crash where this one is. What is read again is not passed over by it.
      const isAscending = rail.capabilities.statement.order === 'oldest-first';
      const reached = !isAscending || Number.isNaN(lastMs) || (markMs !== null && lastMs < markMs) ? null : lastMs;
      return db.tx(inModule, (tx) => advanceJob(tx, name, lease, reached));
    });
    if (reading.asOfMs !== null) await db.tx(inModule, (tx) => advanceJob(tx, name, lease, reading.asOfMs));
    return { isAtEnd: reading.asOfMs === null || reading.asOfMs < period.toMs, fault: reading.fault };
  }

  const intervalMs = Math.min(5_000, ...pauses.map((pauseMs) => pauseMs ?? 5_000));
  return createWorker('payments.statement-poll', log, async () => ({ ms: (await look()) > 0 ? 0 : intervalMs }));

  async function look(): Promise<number> {
    let goesOn = 0;
    for (const connection of await rails.list()) goesOn += await lookAt(connection);
    return goesOn;
  }

  async function lookAt({ name: connection, rail }: Connection): Promise<number> {
    let goesOn = 0;
    for (const [at, { job, againMs, defaultPauseMs }] of JOBS.entries()) {
      const name = { connection, job };
      const claimed = await db.tx(inModule, (tx) => claimJob(tx, name, lease));
      if (!claimed) continue;
      const { isAtEnd, fault } = await run(rail, name, claimed.markMs, againMs).catch((error: Error) => {
        log.warn({ connection, job, err: error.message }, 'reading the statement for arrivals failed and is tried again');
        return { isAtEnd: true, fault: 'FAILED' };
      });
      const pauseMs = isAtEnd ? (pauses[at] ?? defaultPauseMs) : 0;
      await db.tx(inModule, (tx) => endJob(tx, name, owner, { pauseMs, fault }));
      if (fault !== null) log.warn({ connection, job, fault }, 'the provider’s statement could not be read to its end');
      if (!isAtEnd) goesOn += 1;
    }
    return goesOn;
  }
}
