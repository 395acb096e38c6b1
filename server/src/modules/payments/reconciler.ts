import { addDays, businessDate, startOfDay } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { newId } from '#platform/id.ts';
import type { Job, JobContext } from '#platform/jobs/job.ts';
import { clearingOf, createClearingBalance, wholeDates } from './clearing-balance.ts';
import type { Rails } from './connections/rails.ts';
import { homeTenantOf, type PaymentsDeps } from './deps.ts';
import { addNets, CLASS_OF, type Difference } from './domain/reconcile.ts';
import type { Movement, Rail } from './rails/port.ts';
import { readStatement } from './rails/read-statement.ts';
import { type Comparison, compareBooks } from './reconcile.ts';
import { clearingAccountId, devolucaoPostings, paymentPostings, receiptPostings } from './record.ts';
import { closeGone, countOpen, type FoundDifference, findOpenInstants, noteDifferences } from './store/differences.ts';
import { noteNews } from './store/payments.ts';
import { findReceiptsByEndToEndIds } from './store/receipts.ts';
import {
  endRun,
  findAskedRun,
  findDaysDone,
  findRunAges,
  forgetRuns,
  insertRun,
  type Period,
  type Run,
  type RunEnd,
} from './store/reconciliation.ts';
import { advanceReading, claimReading, endsReading, RECONCILIATION } from './store/statement-readings.ts';

const MINUTE_MS = 60_000;
/** A run goes piece by piece, so that a day of millions needs the memory of minutes; a quiet one is read in few. */
const FIRST_PIECE_MS = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FEW_LINES = 2_000;
const MANY_LINES = 20_000;
/** Around a piece: what our side dated a little otherwise than the provider is not missing there. */
const MARGIN_MS = 10 * MINUTE_MS;
/** What is younger is under way. */
const GRACE_MS = 2 * MINUTE_MS;
const MOVING_WINDOW_MS = 2 * 60 * MINUTE_MS;
export const RECONCILIATION_JOB = 'payments.reconciliation';
const EVERY_MS = 5 * MINUTE_MS;
/** A business date is compared once its last lines had time to come, and again as long as something of it is open. */
const DAY_LAG_MS = 30 * MINUTE_MS;
const DAYS_BACK = 7;
const OPEN_DAYS_AGAIN_MS = 60 * MINUTE_MS;
const MAX_IDS_A_CALL = 1_000;
/** Of what seems to be missing there, so many are asked about by id in a run. */
const MOST_ASKED = 100;
/** What a run has to hold until its end. */
type Pending = {
  dated: Set<string>;
  missing: FoundDifference[];
  /** What the provider's lines come to, by business date. */
  nets: Map<string, bigint>;
};
const inModule = { module: 'payments', system: true } as const;

/**
 * Compares the provider's statement with our books again and again: every few minutes over a window that moves, each business date once it
 * is over (and again while something of it is open), and whatever stretch a person asks for. What differs is kept as a row with a life, and
 * told in the log and in metrics. One process at a time does it for a connection.
 */
export function createReconciliationJob(deps: PaymentsDeps, { rails, owner }: { rails: Pick<Rails, 'list'>; owner: string }): Job {
  /** When a connection's days of which something is open are compared again. */
  const againAt = new Map<string, number>();
  const isTimeAgain = (connection: string): boolean => {
    const isTime = performance.now() >= (againAt.get(connection) ?? 0);
    if (isTime) againAt.set(connection, performance.now() + OPEN_DAYS_AGAIN_MS);
    return isTime;
  };
  gauge(deps);
  return {
    name: RECONCILIATION_JOB,
    everyMs: EVERY_MS,
    async run(ctx) {
      const connections = new Map((await rails.list()).map(({ name, rail }) => [name, rail]));
      let isAsked = false;
      const faulty: string[] = [];
      const { goOn } = await ctx.each([...connections.keys()], async (connection, signal) => {
        const through = { rail: connections.get(connection)!, isSole: connections.size === 1 };
        const comparison = createComparison({ ...deps, db: ctx.db }, { connection, owner, signal, isTimeAgain });
        try {
          if (await comparison.look(through)) isAsked = true;
        } catch (error) {
          if (signal.aborted) throw error;
          faulty.push(connection);
          ctx.log.warn({ connection, err: (error as Error).message }, 'books and a statement could not be compared to their end');
        }
      });
      // Also while a connection is faulty: its own silence must not silence the others' alarm.
      await tell(ctx);
      // Repeated within a minute, which would compare all the others again: one faulty connection waits its turn.
      if (faulty.length > 0 && faulty.length === connections.size) throw new Error('no provider’s statement could be compared to its end');
      return { goOn: goOn || isAsked };
    },
  };
}

/** The line that an alarm is set on. */
async function tell({ db, log }: JobContext): Promise<void> {
  const open = await db.tx(inModule, (tx) => countOpen(tx));
  if (open.length > 0) log.error({ alarm: 'reconciliation', open }, 'books and the provider’s statement differ');
}

type ComparisonParts = { connection: string; owner: string; signal: AbortSignal; isTimeAgain: (connection: string) => boolean };

/** Books and statement of one connection. */
function createComparison(deps: PaymentsDeps, { connection, owner, signal, isTimeAgain }: ComparisonParts) {
  const { db, clock, config } = deps;
  const name = { connection, job: RECONCILIATION };
  const lease = { owner, leaseMs: Math.max(config.leaseMs, 60_000) };
  const graceMs = config.reconcileGraceMs ?? GRACE_MS;
  const compareClearing = createClearingBalance(deps);

  async function readLines(
    rail: Rail,
    { fromMs, toMs }: Period,
  ): Promise<{ lines: Movement[]; asOfMs: number | null; fault: string | null }> {
    const lines: Movement[] = [];
    const reading = await readStatement(rail, { fromMs, toMs }, async (page) => {
      lines.push(...page);
      return (await db.tx(inModule, (tx) => advanceReading(tx, name, lease, null))) && !signal.aborted;
    });
    return { lines, ...reading };
  }

  /** Our rows say that it is booked; whether the ledger's clearing account has it is the ledger's word. */
  async function findUnbooked({ payments, receipts, devolucoes }: Comparison, { fromMs, toMs }: Period): Promise<Difference[]> {
    const isWithin = (ms: number | null): boolean => ms !== null && ms >= fromMs && ms < toMs;
    const booked = [
      ...payments
        .filter(({ route, status, settledAtMs }) => route === 'pix' && status === 'settled' && isWithin(settledAtMs))
        .map((one) => ({ ...one, named: {}, ids: paymentPostings(one), atMs: one.settledAtMs! })),
      ...receipts
        .filter(({ status, receivedAtMs }) => status === 'credited' && isWithin(receivedAtMs))
        .map((one) => ({
          ...one,
          named: {},
          ids: receiptPostings(one.endToEndId),
          amountMinor: one.amountMinor!,
          atMs: one.receivedAtMs!,
        })),
      ...devolucoes
        .filter(({ route, status, returnedAtMs }) => route === 'pix' && status === 'settled' && isWithin(returnedAtMs))
        .map((one) => ({ ...one, named: { returnId: one.returnId }, ids: devolucaoPostings(one), atMs: one.returnedAtMs! })),
    ];
    const onClearing = new Map<string, string>();
    for (const tenantId of new Set(booked.map((one) => one.tenantId))) {
      const ids = booked.filter((one) => one.tenantId === tenantId).flatMap((one) => one.ids);
      const clearing = clearingAccountId(tenantId);
      for (let from = 0; from < ids.length; from += MAX_IDS_A_CALL) {
        const { transfers } = await deps.ledger.getTransfers(systemContext(tenantId, 'payments'), {
          ids: ids.slice(from, from + MAX_IDS_A_CALL),
        });
        for (const one of transfers)
          if (one.debitAccountId === clearing || one.creditAccountId === clearing) onClearing.set(one.id, one.amountMinor);
      }
    }
    return booked
      .filter(({ ids, amountMinor }) => !ids.some((id) => onClearing.get(id) === amountMinor.toString()))
      .map(({ endToEndId, named, status, amountMinor, atMs }) => ({
        kind: 'not-on-clearing',
        endToEndId,
        ...named,
        ours: status,
        theirs: null,
        amountMinor: amountMinor.toString(),
        atMs,
      }));
  }

  /** One piece, compared and kept. What seems to be missing there waits in `missing`: a line of another time may yet name it. */
  async function comparePiece(
    rail: Rail,
    run: Run,
    piece: Period,
    { dated, missing, nets }: Pending,
  ): Promise<{ lines: number; opened: number; asOfMs: number | null; fault: string | null }> {
    const wide = { fromMs: piece.fromMs - MARGIN_MS, toMs: piece.toMs + MARGIN_MS };
    const { lines: around, asOfMs, fault } = await readLines(rail, wide);
    if (fault !== null) return { lines: 0, opened: 0, asOfMs: null, fault };
    const lines = around.filter(({ at }) => instantMs(at) >= piece.fromMs && instantMs(at) < piece.toMs);
    const told = { ...piece, toMs: Math.min(piece.toMs, asOfMs ?? piece.toMs) };
    addNets(nets, lines);
    const comparison = await compareBooks(db, connection, lines, told, around);
    const tenants = new Map(
      [...comparison.devolucoes, ...comparison.receipts, ...comparison.payments].map(({ endToEndId, tenantId }) => [endToEndId, tenantId]),
    );
    const found = distinct([...comparison.differences, ...(await findUnbooked(comparison, told))]).map(
      ({ returnId = '', atMs, ...one }): FoundDifference => ({
        ...one,
        returnId,
        class: CLASS_OF[one.kind],
        tenantId: tenants.get(one.endToEndId) ?? homeTenantOf(config),
        occurredAtMs: atMs ?? piece.fromMs,
      }),
    );
    for (const one of found) {
      if (one.kind === 'date-differs') dated.add(one.endToEndId);
      if (one.class === 'missing-there') missing.push(one);
    }
    const sure = found.filter((one) => one.class !== 'missing-there');
    const opened = await db.tx(inModule, async (tx) => {
      // Asking again is the cure for what the provider executed and we have not followed.
      noteNews(
        tx,
        sure.flatMap(({ kind, endToEndId }) => (kind === 'executed-not-settled' ? [endToEndId] : [])),
      );
      return noteDifferences(tx, { id: run.id, connection }, sure);
    });
    return { lines: lines.length, opened, asOfMs, fault: null };
  }

  /** What is missing there after all; what the provider knows when it is asked by id has another date there. */
  async function confirmMissing(rail: Rail, { dated, missing }: Pending): Promise<FoundDifference[]> {
    const left = missing.filter(({ endToEndId }) => !dated.has(endToEndId));
    const confirmed: FoundDifference[] = [];
    for (const [at, one] of left.entries()) {
      const isThere = at < MOST_ASKED && (await isKnownThere(rail, one));
      // Such a return stands on the statement of another day, as its provider has it.
      if (isThere && one.kind === 'booked-not-returned' && rail.capabilities.statement.returns === 'arrivals-instant') continue;
      confirmed.push(isThere ? { ...one, kind: 'date-differs', class: CLASS_OF['date-differs'] } : one);
    }
    return confirmed;
  }

  async function isKnownThere(rail: Rail, { kind, endToEndId, returnId, amountMinor }: FoundDifference): Promise<boolean> {
    if (kind === 'settled-not-executed') return (await rail.queryPayment(endToEndId, BigInt(amountMinor))).fact === 'settled';
    if (kind === 'booked-not-returned' && returnId !== '')
      return (await rail.queryReturn({ returnId, endToEndId }, BigInt(amountMinor))).fact === 'settled';
    if (kind === 'booked-not-returned') return isReturnedThere(rail, endToEndId);
    return kind === 'credited-not-received' && (await rail.queryReceipt(endToEndId)).kind === 'found';
  }

  async function isReturnedThere(rail: Rail, endToEndId: string): Promise<boolean> {
    const [receipt] = await db.tx({ ...inModule, single: true }, (tx) => findReceiptsByEndToEndIds(tx, [endToEndId]));
    if (!receipt?.returnId || receipt.amountMinor === null) return false;
    return (await rail.queryReturn({ returnId: receipt.returnId, endToEndId }, receipt.amountMinor)).fact === 'settled';
  }

  /** `isSole`: the only connection. The clearing accounts are one a tenant for all connections, so that only then one statement says what is in them. */
  async function carryOut({ rail, isSole }: { rail: Rail; isSole: boolean }, run: Run): Promise<RunEnd> {
    await db.tx(inModule, (tx) => insertRun(tx, connection, run, null));
    const end: RunEnd = { reachedMs: run.fromMs, lines: 0, found: 0, closed: 0, fault: null };
    const pending: Pending = { dated: new Set(), missing: [], nets: new Map() };
    let pieceMs = FIRST_PIECE_MS;
    while (end.reachedMs < run.toMs && end.fault === null) {
      const piece = { fromMs: end.reachedMs, toMs: Math.min(end.reachedMs + pieceMs, run.toMs) };
      const { lines, opened, asOfMs, fault } = await comparePiece(rail, run, piece, pending);
      pieceMs = lines < FEW_LINES ? Math.min(4 * pieceMs, DAY_MS) : lines > MANY_LINES ? Math.max(pieceMs / 2, MINUTE_MS) : pieceMs;
      end.lines += lines;
      end.found += opened;
      end.fault = fault;
      if (fault !== null) break;
      end.reachedMs = Math.min(piece.toMs, Math.max(piece.fromMs, asOfMs ?? piece.toMs));
      // The provider has told no further: what comes then is for another run.
      if (end.reachedMs < piece.toMs) end.fault = run.kind === 'day' ? 'NOT_TOLD_YET' : null;
      if (end.reachedMs < piece.toMs) break;
    }
    const isDated = isSole && rail.capabilities.statement.returns === 'own-instant';
    const dates = isDated ? wholeDates({ fromMs: run.fromMs, toMs: end.reachedMs }, clock.now() - DAY_LAG_MS) : [];
    const last = [...(await confirmMissing(rail, pending)), ...(await compareClearing(dates, pending.nets))];
    end.found += await db.tx(inModule, (tx) => noteDifferences(tx, { id: run.id, connection }, last));
    end.closed = await db.tx(inModule, async (tx) => {
      const period = { fromMs: run.fromMs, toMs: end.reachedMs };
      const closed = await closeGone(tx, { id: run.id, connection }, period, dates.map(clearingOf));
      await endRun(tx, run.id, { ...end, closed });
      return closed;
    });
    return end;
  }

  /** The last hours, and back to the oldest open difference of the present day, so that it closes when it is gone. */
  async function movingRun(): Promise<Run> {
    const now = clock.now();
    const open = await db.tx({ ...inModule, single: true }, (tx) => findOpenInstants(tx, connection, 1_000));
    const recent = open.filter((ms) => ms >= now - 36 * 60 * MINUTE_MS);
    return { id: newId(), kind: 'moving', businessDate: null, fromMs: Math.min(now - MOVING_WINDOW_MS, ...recent), toMs: now - graceMs };
  }

  /** Days that are over and have no run, and now and then days of which something is open. */
  async function daysDue(): Promise<string[]> {
    const isAgain = isTimeAgain(connection);
    const last = addDays(businessDate(clock.now() - DAY_LAG_MS), -1);
    const first = addDays(last, 1 - DAYS_BACK);
    return db.tx(inModule, async (tx) => {
      const [done, open] = await Promise.all([findDaysDone(tx, connection, first), findOpenInstants(tx, connection, 1_000)]);
      const again = new Set(open.map((ms) => businessDate(ms)).filter((date) => date <= last));
      const fresh = Array.from({ length: DAYS_BACK }, (_, back) => addDays(last, -back)).filter((date) => !done.has(date));
      return [...new Set([...fresh, ...(isAgain ? [...again].sort().reverse().slice(0, DAYS_BACK) : [])])];
    });
  }

  async function compare(through: { rail: Rail; isSole: boolean }, asked: Run | null): Promise<{ fault: string | null }> {
    let fault: string | null = null;
    for (const run of [...(asked ? [asked] : []), await movingRun()]) fault = (await carryOut(through, run)).fault ?? fault;
    if (fault === null && config.reconcileDays !== false) {
      for (const date of await daysDue()) {
        const period = { fromMs: instantMs(startOfDay(date)), toMs: instantMs(startOfDay(addDays(date, 1))) };
        await carryOut(through, { id: newId(), kind: 'day', businessDate: date, ...period });
      }
    }
    await db.tx(inModule, (tx) => forgetRuns(tx, connection));
    return { fault };
  }

  return {
    /** Compares; true when somebody waits for another run. Throws when the statement could not be read. */
    async look(through: { rail: Rail; isSole: boolean }): Promise<boolean> {
      const claimed = await db.tx(inModule, (tx) => claimReading(tx, name, lease));
      if (!claimed) return false;
      const readAsked = () => db.tx(inModule, (tx) => findAskedRun(tx, connection));
      const { fault } = await endsReading(
        db,
        { name, owner },
        readAsked().then((asked) => compare(through, asked)),
      );
      if (fault !== null) throw new Error(`the provider’s statement could not be compared to its end: ${fault}`);
      return (await readAsked()) !== null;
    },
  };
}

/** One row per kind, id and return: a line that is there three times is one duplicate. */
function distinct(differences: readonly Difference[]): Difference[] {
  return [...new Map(differences.map((one) => [`${one.kind}/${one.endToEndId}/${one.returnId ?? ''}`, one])).values()];
}

function gauge({ db, metrics }: PaymentsDeps): void {
  const open = () => db.tx({ ...inModule, single: true }, countOpen);
  metrics.gauges('lastro_reconciliation_open', 'Differences between books and the provider’s statement that are open', 'class', async () =>
    (await open()).map((one) => [one.class, one.count] as const),
  );
  metrics.gauges('lastro_reconciliation_oldest_seconds', 'Age of the oldest open difference', 'class', async () =>
    (await open()).map((one) => [one.class, one.oldestSeconds] as const),
  );
  metrics.gauges('lastro_reconciliation_last_run_seconds', 'Since a comparison of books and statement last ended well', 'kind', () =>
    db.tx({ ...inModule, single: true }, findRunAges),
  );
}
