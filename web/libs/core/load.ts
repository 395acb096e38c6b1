import { computed, DestroyRef, effect, inject, type Signal, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Live, type LiveEvent } from './live/live';
import { type Problem, toProblem } from './problem';

export type Loaded<T> = {
  /** The newest answer; null as long as there is none for what is asked now. */
  data: Signal<T | null>;
  /** Why the last reading failed; what was read before stays. */
  problem: Signal<Problem | null>;
  loading: Signal<boolean>;
  reload(): Promise<void>;
};

type Options<K, T> = {
  /** What is asked for; when it changes, everything begins anew. Null asks nothing. */
  of: () => K | null;
  read: (of: K) => Promise<T>;
  /** Live events after which it is read again. It is, too, when a lost line comes back. */
  hears?: (event: LiveEvent, of: K) => boolean;
  /** How long until it is asked again, by the newest answer and how often that was done already; null: no more. Each call keeps a session alive. */
  pollMs?: (data: T | null, problem: Problem | null, polls: number) => number | null;
  /** What stays of an old answer and a new one, which may have overtaken each other. */
  merge?: (before: T, now: T) => T;
};

/**
 * One reading of the server and its life on a screen: begun when what is asked for is known, read again when a live event says so, asked
 * again by the clock, and never answered by an answer to an older question. Called where things are injected.
 */
export function load<K, T>({ of, read, hears, pollMs, merge }: Options<K, T>): Loaded<T> {
  const live = inject(Live);
  const data = signal<T | null>(null);
  const problem = signal<Problem | null>(null);
  const underWay = signal(0);
  let turn = 0;
  let polls = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  async function reload(): Promise<void> {
    const wanted = untracked(of);
    const mine = ++turn;
    clearTimeout(timer);
    if (wanted === null) return;
    underWay.update((n) => n + 1);
    try {
      const answer = await read(wanted);
      if (mine !== turn) return;
      data.update((before) => (before !== null && merge ? merge(before, answer) : answer));
      problem.set(null);
    } catch (error) {
      if (mine !== turn) return;
      problem.set(toProblem(error));
    } finally {
      underWay.update((n) => n - 1);
    }
    const again = isOver ? null : pollMs?.(data(), problem(), polls);
    if (again == null) return;
    polls += 1;
    timer = setTimeout(() => void reload(), again);
  }

  effect(() => {
    of();
    untracked(() => {
      data.set(null);
      problem.set(null);
      polls = 0;
      void reload();
    });
  });
  if (hears) {
    let seen = untracked(live.resumed);
    effect(() => {
      const now = live.resumed();
      if (now !== seen) untracked(() => void reload());
      seen = now;
    });
    live.events.pipe(takeUntilDestroyed()).subscribe((event) => {
      const wanted = untracked(of);
      if (wanted !== null && hears(event, wanted)) void reload();
    });
  }
  inject(DestroyRef).onDestroy(() => {
    isOver = true;
    turn += 1;
    clearTimeout(timer);
  });
  return { data, problem, loading: computed(() => underWay() > 0), reload };
}
