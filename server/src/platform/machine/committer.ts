import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { Actor } from '../context.ts';
import type { Db, Tx } from '../db/db.ts';
import { isUnstorable } from '../db/unstorable.ts';
import { refusePlatform } from '../errors.ts';
import { withSpan } from '../telemetry/tracing.ts';
import { type Definition, definitionOf } from './definition.ts';
import type { Inbox, InboxEvent } from './inbox.ts';
import type { OwnedStep, Rows } from './rows.ts';
import type { CommonFact, Fact, Run, Verdict } from './run.ts';
import { insertSteps, isWorthKeeping } from './steps.ts';
import type { RowChange, RunStore } from './store.ts';
import { type MachineTable, movePoint, targetsOf } from './table.ts';

/** What was done or heard, to be kept with the change it caused. */
export type StepNote = {
  step: string;
  startedAtMs: number;
  durationMs: number;
  input?: Record<string, unknown>;
  outcome: Record<string, unknown>;
};

export type Learned<F extends Fact> = {
  fact: F;
  step: StepNote;
  /** Who caused it; the module itself unless said otherwise. */
  actor?: Actor;
  /** Who asked for it, where another has approved. */
  proposedBy?: Actor;
  /** A person's words. */
  reason?: string;
  /** How much of the run's news has been looked at with this, and the announcements among it. */
  newsHeard?: number;
  events?: readonly InboxEvent[];
};

/** A change as it is committed: what was known before, the fact, and what is known after it. */
export type Change<R extends Run, F extends Fact> = RowChange<R> & {
  fact: F;
  verdict: Verdict;
  step: OwnedStep | null;
  learned: Learned<F>;
};

/** The run as it now stands. `moved`: by this very fact, so that going on is the caller's business. */
export type Applied<R> = { run: R; moved: boolean; verdict: Verdict };

/** What a module writes and does with the changes of its runs. */
export type Hooks<R extends Run, F extends Fact> = {
  /**
   * Writes what must hold for a change to be written at all, such as a total that has a limit. Answers the fact that holds where it does
   * not; that change is not written then. By place in `changes`.
   */
  precede?(tx: Tx, changes: readonly Change<R, F>[]): Promise<ReadonlyMap<number, F>>;
  /** Takes back what `precede` wrote for changes that another was faster than. */
  withdraw?(tx: Tx, changes: readonly Change<R, F>[]): Promise<void>;
  /** In the transaction of the changes: events, rows of other tables. */
  alongside?(tx: Tx, changes: readonly Change<R, F>[]): Promise<void>;
  /** After the commit, in the process that wrote it: figures, lines in the log. Must not throw. */
  after?(change: Change<R, F>): void;
};

export type CommitterDeps<R extends Run, F extends Fact, A extends string> = {
  name: string;
  db: Db;
  clock: Clock;
  rows: Rows<R>;
  store: RunStore<R>;
  definitions: readonly Definition<R, F, A>[];
  inbox: Inbox | undefined;
  hooks: Hooks<R, F>;
  owner: string;
  leaseMs: number;
  crashPoint: (point: string) => void;
  /** Called after a commit of a run about which something was heard meanwhile. */
  onNews: () => void;
};

type Outcome<F> = 'written' | 'stale' | { otherwise: F };
type AnyFact<F extends Fact> = F | CommonFact;
const MAX_TRIES = 12;
const UNSTORABLE = 'unstorable';

/**
 * Turns facts into committed changes: row by version, step and whatever the module adds, in one transaction, shared by all runs that have
 * something to write at this moment. When another has changed the run meanwhile, the fact is judged anew against what is there now.
 */
export function createCommitter<R extends Run, F extends Fact, A extends string>(deps: CommitterDeps<R, F, A>) {
  const { name, db, clock, rows, store, definitions, inbox, hooks, crashPoint } = deps;
  const { module } = rows;
  const system: Actor = { kind: 'system', id: module };
  const batch = (rights: 'tenant' | 'module') =>
    createBatcher<Change<R, F>, Outcome<F>>((changes) => writeBatch(changes, rights), {
      maxBatch: 300,
      maxBacklog: 50_000,
      // One that cannot be written must not keep the others from it.
      isolate: isUnstorable,
      overloaded: () => refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }),
    });
  const batches = { tenant: batch('tenant'), module: batch('module') };

  async function writeBatch(changes: Change<R, F>[], rights: 'tenant' | 'module'): Promise<Outcome<F>[]> {
    const scope =
      rights === 'tenant'
        ? { module, tenants: [...new Set(changes.map(({ after }) => after.tenantId))] }
        : ({ module, system: true } as const);
    pass(changes, 'before');
    const links = changes.map(({ before }) => before.traceparent);
    let hasNews = false;
    const outcomes = await withSpan(`${name} commit`, { links, attributes: { 'lastro.batch': changes.length } }, () =>
      db.tx(scope, async (tx) => {
        const done = await write(tx, changes);
        hasNews = done.hasNews;
        return done.outcomes;
      }),
    );
    pass(changes, 'after');
    for (const [at, change] of changes.entries()) if (outcomes[at] === 'written') hooks.after?.(change);
    if (hasNews) deps.onNews();
    return outcomes;
  }

  function pass(changes: readonly Change<R, F>[], when: 'before' | 'after'): void {
    for (const { before, after } of changes)
      if (before.status !== after.status) crashPoint(movePoint(name, { from: before.status, to: after.status }, when));
  }

  async function write(tx: Tx, changes: readonly Change<R, F>[]): Promise<{ outcomes: Outcome<F>[]; hasNews: boolean }> {
    const refused = (await hooks.precede?.(tx, changes)) ?? new Map<number, F>();
    const wanted = refused.size === 0 ? changes : changes.filter((_, at) => !refused.has(at));
    const isRow = (change: Change<R, F>): boolean => change.after !== change.before;
    const updates = wanted.filter(isRow);
    const written = await store.write(tx, updates);
    const done = new Set<Change<R, F>>(wanted.filter((change) => !isRow(change)));
    let hasNews = false;
    for (const [at, one] of written) {
      done.add(updates[at]!);
      hasNews ||= one.hasNews;
    }
    const kept = done.size === changes.length ? changes : wanted.filter((change) => done.has(change));
    if (hooks.withdraw && kept.length < wanted.length)
      await hooks.withdraw(
        tx,
        wanted.filter((change) => !done.has(change)),
      );
    insertSteps(
      tx,
      rows.steps,
      kept.flatMap(({ step }) => step ?? []),
    );
    inbox?.noteHeard(
      tx,
      kept.flatMap(({ learned }) => learned.events ?? []),
    );
    if (kept.length > 0) await hooks.alongside?.(tx, kept);
    const outcomes = changes.map((change, at): Outcome<F> => {
      const otherwise = refused.get(at);
      return otherwise ? { otherwise } : done.has(change) ? 'written' : 'stale';
    });
    return { outcomes, hasNews };
  }

  /** The change a fact makes to a run, ready to be written; the caller decides in which transaction. */
  function decide(before: R, learned: Learned<F>): Change<R, F> {
    const now = clock.now();
    const { fact, newsHeard = 0, actor = system, reason = null } = learned;
    const definition = definitionOf(definitions, before);
    const { run, verdict } = definition.evolve(before, fact);
    const changed = run !== before || newsHeard > 0;
    const news = Math.max(0, before.news - newsHeard);
    const statusSinceMs = run.status === before.status ? before.statusSinceMs : now;
    // Of a run that has ended, tries are hearings of what was announced since: with the last of them they are over.
    const tries = news === 0 && isEnd(definition.table, run.status) ? 0 : run.attempt;
    const after: R = changed ? { ...run, attempt: tries, news, statusSinceMs, version: before.version + 1 } : before;
    const next = definition.next(after, now);
    const goesOn = next?.afterMs === 0 && verdict === 'moved';
    const retryAfterMs = (fact as { retryAfterMs?: number }).retryAfterMs ?? 0;
    const outcome = verdict === 'moved' || verdict === 'waits' ? learned.step.outcome : { ...learned.step.outcome, verdict };
    const attempt = before.attempt + 1;
    return {
      before,
      after,
      atMs: now,
      fact,
      verdict,
      learned,
      dueAfterMs: next ? Math.max(next.afterMs, retryAfterMs) : null,
      lease: goesOn ? { owner: deps.owner, forMs: deps.leaseMs } : null,
      isEndedByTime: !after.isOver && targetsOf(definition.table, after.status, 'time-is-up').length > 0,
      newsHeard,
      step:
        isTry(before, after, verdict) && !isWorthKeeping(attempt)
          ? null
          : {
              ...learned.step,
              tenantId: after.tenantId,
              runId: before.id,
              input: learned.step.input ?? {},
              attempt,
              outcome: after.trouble !== null && after.trouble !== before.trouble ? { ...outcome, finding: after.trouble } : outcome,
              statusBefore: before.status,
              statusAfter: after.status,
              actor,
              reason,
            },
    };
  }

  /** What cannot be stored as it was told is stored as untellable, so that the run has a try behind it and not the same one for ever. */
  async function submit(change: Change<R, F>): Promise<Outcome<F>> {
    const rights = rows.rightsFor?.(change) ?? 'tenant';
    try {
      return await batches[rights].submit(change);
    } catch (error) {
      if (!isUnstorable(error) || change.learned.step.outcome.result === UNSTORABLE) throw error;
      const { step, newsHeard = 0 } = change.learned;
      const bare = { ...step, input: {}, outcome: { result: UNSTORABLE, code: (error as { code?: string }).code ?? null } };
      await batches[rights].submit(decide(change.before, { fact: { type: 'nothing-learned' } as AnyFact<F> as F, step: bare, newsHeard }));
      throw error;
    }
  }

  async function reload({ tenantId, id }: R, rights: 'tenant' | 'module'): Promise<R> {
    const scope = rights === 'tenant' ? { module, tenants: [tenantId] } : ({ module, system: true } as const);
    const [found] = await db.tx({ ...scope, single: true }, (tx) => store.find(tx, [id]));
    if (!found) throw new Error('a run that was there is gone');
    return found;
  }

  return {
    decide,
    /** Writes what a fact changes. A fact that tells nothing new is written only when it contradicts, or when news were looked at. */
    async apply(run: R, learned: Learned<F>): Promise<Applied<R>> {
      let current = run;
      let known = learned;
      for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
        const change = decide(current, known);
        const { after, verdict } = change;
        if (verdict === 'ignored' && after === current) return { run: current, moved: false, verdict };
        const outcome = await submit(change);
        if (outcome === 'written') return { run: after, moved: verdict === 'moved', verdict };
        if (outcome === 'stale') {
          current = await reload(current, rows.rightsFor?.(change) ?? 'tenant');
          // Whoever was faster may have heard the same; what is there now may have been announced since. Hearing once more is harmless.
          known = { ...known, newsHeard: 0 };
        } else known = { ...known, fact: outcome.otherwise, step: { ...known.step, outcome: { result: outcome.otherwise.type } } };
      }
      throw new Error('a run changed too often under a fact about it');
    },
    /**
     * The same within a transaction of the caller's, who goes on with the run after the commit. Null: another was faster, or the fact moves
     * nothing. Nothing was written then.
     */
    async applyIn(tx: Tx, run: R, learned: Learned<F>): Promise<Change<R, F> | null> {
      const change = decide(run, learned);
      if (change.verdict !== 'moved') return null;
      pass([change], 'before');
      const { outcomes } = await write(tx, [change]);
      if (outcomes[0] !== 'written') return null;
      tx.afterCommit(() => {
        pass([change], 'after');
        hooks.after?.(change);
      });
      return change;
    },
    async drain(): Promise<void> {
      await Promise.all([batches.tenant.drain(), batches.module.drain()]);
    },
    get backlog() {
      return batches.tenant.backlog + batches.module.backlog;
    },
  };
}

/** Nothing came of it but that it was tried: what contradicts, what people should look at, and where it moved is always kept. */
const isTry = (before: Run, after: Run, verdict: Verdict): boolean =>
  after.status === before.status && verdict !== 'contradiction' && after.trouble === before.trouble;

const isEnd = (table: MachineTable, status: string): boolean => table[status]?.is === 'end';

export type Committer<R extends Run, F extends Fact> = {
  decide(before: R, learned: Learned<F>): Change<R, F>;
  apply(run: R, learned: Learned<F>): Promise<Applied<R>>;
  applyIn(tx: Tx, run: R, learned: Learned<F>): Promise<Change<R, F> | null>;
  drain(): Promise<void>;
  readonly backlog: number;
};
