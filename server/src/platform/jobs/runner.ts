import { hostname } from 'node:os';
import { describeError } from '../bus/handling.ts';
import type { Db, Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { newId } from '../id.ts';
import { startLeaseKeeper } from '../lease-keeper.ts';
import type { Logger } from '../log.ts';
import { type Loop, type Pause, startLoop } from '../loop.ts';
import { settle } from '../settle.ts';
import { withSpan } from '../telemetry/tracing.ts';
import { withinTime } from '../time-limit.ts';
import { ProcessStops, UnderWay } from '../under-way.ts';
import { createRounds, type Rounds } from './each.ts';
import type { Job } from './job.ts';
import { checkSchedule, describeSchedule, dueAfterFailure, firstDue, nextDue } from './schedule.ts';
import { claimJobs, type Ending, endJob, hearAsked, type LeasedJob, readNextLooks, readNow, registerJobs, renewJobs } from './store.ts';

export type Run = { job: string; outcome: Ending['outcome'] | 'lost'; seconds: number };

export type RunnerOptions = {
  /** How long a job is this process's without a sign of life; 30 s unless told. */
  leaseMs?: number;
  /** How long after its time another process than the one that ran a job last looks whether it did; 5 s unless told. */
  standbyMs?: number;
  /** The longest without looking; 60 s unless told. */
  idleMs?: number;
  /** How long a run waits for those that are slow. */
  patienceWithEachMs?: number;
  onRun?: ((run: Run) => void) | undefined;
  graceMs?: number;
  patienceMs?: number;
};
export type RunnerDeps = RunnerOptions & { db: Db; log: Logger };

const SYSTEM = { module: 'jobs', system: true } as const;
const NAME = /^[a-z][a-z_]{0,40}\.[a-z][a-z0-9-]{0,60}$/;
const LEASE_MS = 30_000;
const STANDBY_MS = 5_000;
const IDLE_MS = 60_000;
const TIMEOUT_MS = 600_000;
/** Between two looks at the least, whatever the table says. */
const LEAST_MS = 50;

/** Runs the jobs that this process knows, those that no other process is running at the moment. Starts by telling the table of them. */
export function startJobs(deps: RunnerDeps, jobs: readonly Job[]): { stop(): Promise<void> } {
  const { db, log, leaseMs = LEASE_MS, standbyMs = STANDBY_MS, idleMs = IDLE_MS } = deps;
  const owner = `${hostname()}/${process.pid}/${newId().slice(-6)}`;
  const byName = new Map(jobs.map((job) => [job.name, job]));
  assert(byName.size === jobs.length, 'no two jobs have one name');
  for (const job of jobs) {
    assert(NAME.test(job.name), `a job is named after its module, as in ledger.expiry, not ${job.name}`);
    checkSchedule(job.name, job);
  }
  const underWay = new UnderWay<LeasedJob>(deps);
  const rounds = new Map<string, Rounds>(jobs.map(({ name }) => [name, createRounds()]));
  let isRegistered = false;
  /** When each job that is not under way here is worth a look, by this process's own time; in between the table is not asked. */
  const lookAt = new Map<string, number>();
  /** Somebody asked for a job, or one was lost: what is remembered does not count. */
  let isTold = true;

  async function register(): Promise<void> {
    await db.tx(SYSTEM, async (tx) => {
      const now = await readNow(tx);
      const rows = jobs.map((job) => ({ name: job.name, schedule: describeSchedule(job), dueAtMs: firstDue(now, job) }));
      // In one order everywhere, so that two processes that start together wait for each other and not crosswise.
      await registerJobs(
        tx,
        rows.sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    });
    isRegistered = true;
  }

  async function step(): Promise<Pause> {
    if (!isRegistered) await register();
    const idle = [...byName.keys()].filter((name) => !underWay.get(name));
    const asleep = (): Pause => {
      const nextMs = Math.min(...idle.map((name) => lookAt.get(name) ?? Number.NEGATIVE_INFINITY)) - performance.now();
      return { ms: Math.min(idleMs, Math.max(0, Math.ceil(nextMs))), restMs: LEAST_MS };
    };
    if (!isTold && asleep().ms > 0) return asleep();
    isTold = false;
    const { taken, looks } = await db
      .tx(SYSTEM, async (tx) => {
        const [taken, looks] = await Promise.all([claimJobs(tx, idle, { owner, leaseMs }), readNextLooks(tx, idle, owner)]);
        return { taken, looks };
      })
      .catch((error: unknown) => {
        isTold = true;
        throw error;
      });
    const now = performance.now();
    // One that was taken off the list comes back with a start.
    for (const name of idle) lookAt.set(name, now + idleMs);
    for (const { name, inMs, mine } of looks) lookAt.set(name, now + Math.min(idleMs, Math.max(LEAST_MS, mine ? inMs : inMs + standbyMs)));
    for (const job of taken) begin(job);
    return asleep();
  }

  function begin(leased: LeasedJob): void {
    const { name, takenOverFrom } = leased;
    if (takenOverFrom) log.warn({ job: name, from: takenOverFrom }, 'a job is taken over from a process that gave no sign of life');
    const timeOut = (reason: Error): void => underWay.abort(name, reason);
    underWay.begin(
      name,
      leased,
      (signal) => run(byName.get(name)!, leased, signal, timeOut),
      () => loop.wake(),
    );
    keeper.wake();
  }

  async function run(job: Job, leased: LeasedJob, signal: AbortSignal, timeOut: (reason: Error) => void): Promise<void> {
    const from = performance.now();
    const each = rounds.get(job.name)!.each({ log, signal, patienceMs: deps.patienceWithEachMs });
    const ctx = { db, log, signal, dueAtMs: leased.dueAtMs, each };
    let ending: Pick<Ending, 'outcome' | 'error'> & { goOn?: boolean | undefined };
    try {
      const work = withSpan(`job ${job.name}`, {}, async () => job.run(ctx));
      const told = await withinTime(job.timeoutMs ?? TIMEOUT_MS, timeOut, work);
      ending = { outcome: 'done', error: null, goOn: told?.goOn };
    } catch (error) {
      if (signal.reason instanceof ProcessStops) ending = { outcome: 'given-back', error: null };
      else ending = { outcome: 'failed', error: describeError(error) };
      if (ending.error) log.warn({ job: job.name, failures: leased.failures + 1, err: ending.error }, 'a job failed and is tried again');
    }
    await end(job, leased, ending, performance.now() - from);
  }

  /** Writes down what a run came to, and when the job is due next. */
  async function end(
    job: Job,
    leased: LeasedJob,
    { outcome, error, goOn }: Pick<Ending, 'outcome' | 'error'> & { goOn?: boolean | undefined },
    tookMs: number,
  ): Promise<void> {
    const write = (): Promise<number | null> =>
      db.tx(SYSTEM, async (tx) => {
        const now = await readNow(tx);
        const planned = outcome === 'failed' ? dueAfterFailure(now, leased.failures + 1) : nextDue(now, job);
        return endJob(tx, leased, { outcome, error, tookMs, dueAtMs: goOn || outcome === 'given-back' ? now : planned });
      });
    const nextInMs = await settle(leaseMs, write).catch((fault: Error) => {
      log.error({ job: job.name, err: fault.message }, 'what came of a job could not be written down: its lease has to run out');
      return null;
    });
    lookAt.set(job.name, nextInMs === null ? Number.NEGATIVE_INFINITY : performance.now() + Math.min(idleMs, nextInMs));
    deps.onRun?.({ job: job.name, outcome: nextInMs === null ? 'lost' : outcome, seconds: tookMs / 1_000 });
  }

  async function renew(held: readonly LeasedJob[]): Promise<Set<LeasedJob>> {
    const kept = await db.tx(SYSTEM, (tx) => renewJobs(tx, held, leaseMs));
    return new Set(held.filter(({ name }) => kept.has(name)));
  }

  function lose(leased: LeasedJob): void {
    if (underWay.get(leased.name) !== leased) return;
    log.warn({ job: leased.name }, 'the lease of a job was lost while it ran');
    underWay.forget(leased.name, new Error('the lease was lost'));
    lookAt.delete(leased.name);
    loop.wake();
  }

  const loop: Loop = startLoop('jobs', log, step);
  const keeper: Loop = startLeaseKeeper<LeasedJob>({ name: 'job leases', log, leaseMs, held: () => underWay.values(), renew, lose });
  const listening = hearAsked(db, () => {
    isTold = true;
    loop.wake();
  });

  return {
    async stop() {
      await loop.stop();
      const [left] = await Promise.all([underWay.stop(), ...[...rounds.values()].map((one) => one.stop())]);
      await keeper.stop();
      await (await listening)();
      for (const leased of left) {
        log.warn({ job: leased.name }, 'a job did not end in time: another process may run it');
        const giveBack = async (tx: Tx) =>
          endJob(tx, leased, { outcome: 'given-back', error: null, tookMs: 0, dueAtMs: await readNow(tx) });
        await db.tx(SYSTEM, giveBack).catch(() => undefined);
      }
    },
  };
}
