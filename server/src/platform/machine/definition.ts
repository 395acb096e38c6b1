import { backoffMs } from '../backoff.ts';
import type { Due, Fact, Judged, Run } from './run.ts';
import { checkTable, type MachineTable, type StateRule, targetsOf } from './table.ts';

/** What the engine does by itself when a run's time is up: the fact `time-is-up`, by no call to anybody. */
export const GIVE_UP = 'give-up';

/** One version of a machine: pure decisions over plain data. A run ends on the version it began with. */
export type Definition<R extends Run, F extends Fact, A extends string> = {
  version: number;
  begins: R['status'];
  table: MachineTable<R['status'], F['type'], A>;
  /** Never throws: a fact that does not fit is data, too. */
  evolve(run: R, fact: F): Judged<R>;
  /** Null when nothing is due: it has ended, or a fact must come from elsewhere. */
  next(run: R, nowMs: number): Due<A | typeof GIVE_UP> | null;
};

export type Pace = {
  /** Pause before the second try of an action, in milliseconds; doubles with each. */
  retryBaseMs: number;
  retryMaxMs: number;
  /** Where the scatter of pauses comes from; tests want it still. */
  random?: () => number;
};
export const DEFAULT_PACE: Pace = { retryBaseMs: 250, retryMaxMs: 30_000 };

/** What a machine says beyond its table. Everything is optional: the table alone is a machine. */
export type DefinitionSpec<R extends Run, F extends Fact, A extends string> = {
  version: number;
  begins: R['status'];
  table: MachineTable<R['status'], F['type'], A>;
  pace?: Pace;
  /** Judges a fact before the table does: contradictions, refusals with a next way. Null: the table decides. */
  judge?(run: R, fact: F): Judged<R> | null;
  /** Chooses where the table names several states; `undefined`: the fact moves nothing now. */
  choose?(run: R, fact: F): R['status'] | undefined;
  /** What a fact adds to what is known when it moves the run. `moved` has the new status already. */
  learn?(moved: R, fact: F, before: R): R;
  /** What a fact adds that moves nothing: the present action was tried and is to be tried again. Null: nothing was tried. */
  note?(run: R, fact: F): R | null;
  /** Facts that lead round in a circle: each counts as a try, so that rounds grow apart. */
  goesRound?: readonly F['type'][];
  /** What is due, where the table does not say it all. `undefined`: the table does. */
  next?(run: R, nowMs: number, pause: (attempt: number) => number): Due<A | typeof GIVE_UP> | null | undefined;
};

/** Trouble of a run whose time was up. */
export const TIME_IS_UP = 'TIME_IS_UP';

/** Makes a machine of a table and what is to be said beyond it. @throws when runs could get lost in the table. */
export function define<R extends Run, F extends Fact, A extends string>(spec: DefinitionSpec<R, F, A>): Definition<R, F, A> {
  const { version, begins, pace = DEFAULT_PACE } = spec;
  const table = spec.table as MachineTable;
  const rounds: ReadonlySet<string> = new Set(spec.goesRound);
  checkTable(table, begins);
  const ruleOf = (status: string): StateRule<string, string, A> => table[status] as StateRule<string, string, A>;
  const pauseAt = (attempt: number): number =>
    attempt === 0 ? 0 : backoffMs(attempt, pace.retryBaseMs, pace.retryMaxMs, pace.random ?? Math.random);

  function targetOf(run: R, fact: F): R['status'] | undefined {
    const targets = targetsOf(table, run.status, fact.type) as readonly R['status'][];
    if (targets.length === 0) return undefined;
    return targets.length > 1 && spec.choose ? spec.choose(run, fact) : targets[0];
  }

  function decide(run: R, fact: F): Judged<R> {
    const judged = spec.judge?.(run, fact);
    if (judged) return judged;
    const to = targetOf(run, fact);
    if (to !== undefined) {
      const attempt = rounds.has(fact.type) ? run.attempt + 1 : 0;
      const trouble = fact.type === 'time-is-up' ? TIME_IS_UP : run.trouble;
      const moved: R = { ...run, status: to, attempt, trouble };
      return { run: spec.learn?.(moved, fact, run) ?? moved, verdict: 'moved' };
    }
    const noted = fact.type === 'nothing-learned' ? run : (spec.note?.(run, fact) ?? null);
    if (noted) return { run: { ...noted, attempt: run.attempt + 1 }, verdict: 'waits' };
    return { run, verdict: 'ignored' };
  }

  return {
    version,
    begins,
    table: spec.table,
    evolve(run, fact) {
      const judged = decide(run, fact);
      const { status } = judged.run;
      // What is not in the table is struck at by no test and shown to nobody: no code may invent it.
      if (status !== run.status && !targetsOf(table, run.status, fact.type).includes(status))
        throw new Error(`${fact.type} leads from ${run.status} to ${status}, which the table of moves does not say`);
      return judged;
    },
    next(run, nowMs) {
      const own = spec.next?.(run, nowMs, pauseAt);
      if (own !== undefined) return own;
      const { is, does, hears, on } = ruleOf(run.status);
      if (is === 'end') return null;
      if (run.news > 0 && hears !== undefined) return { action: hears, afterMs: pauseAt(run.attempt) };
      if (run.isOver && on?.['time-is-up'] !== undefined) return { action: GIVE_UP, afterMs: 0 };
      const action = (Array.isArray(does) ? does[0] : does) as A | undefined;
      return action === undefined ? null : { action, afterMs: pauseAt(run.attempt) };
    },
  };
}

/** The definition a run began with. @throws for a version this process does not know: a newer one's run is not this process's to judge. */
export function definitionOf<R extends Run, F extends Fact, A extends string>(
  definitions: readonly Definition<R, F, A>[],
  run: R,
): Definition<R, F, A> {
  const found = definitions.find(({ version }) => version === run.definition);
  if (!found) throw new Error(`definition ${run.definition} of a run is not known here: ${definitions.map(({ version }) => version)} are`);
  return found;
}
