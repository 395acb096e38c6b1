/**
 * What every run of a machine has, whatever it is about: one payment, one arrival, one account opening. A module's own record adds what
 * carrying it out needs.
 */
export type Run<S extends string = string> = {
  tenantId: string;
  id: string;
  /** Grows with each change; a change is written only on top of the version it was decided on. */
  version: number;
  /** Version of the definition it began with, and ends with. */
  definition: number;
  status: S;
  /** Epoch milliseconds since when it has been in its status. */
  statusSinceMs: number;
  /** Tries of the present action that led nowhere; begins again when the run gets further. */
  attempt: number;
  /** Its time is up, by the database's clock when it was read. */
  isOver: boolean;
  /** Code of what people should look at. It stays when the run ends. */
  trouble: string | null;
  /** What was heard about it that no action has looked at yet. */
  news: number;
  /** W3C trace context of whoever began it. */
  traceparent: string | null;
};

/** A run of which nothing is known but that it begins. */
export const freshRun = <S extends string>(begin: { tenantId: string; id: string; status: S; definition: number }): Run<S> => ({
  ...begin,
  version: 1,
  statusSinceMs: 0,
  attempt: 0,
  isOver: false,
  trouble: null,
  news: 0,
  traceparent: null,
});

/** What can be learned about a run: a type, and what comes with it. */
export type Fact = { type: string };

/** Facts every machine knows. */
export type CommonFact =
  /** The action could not be carried out or told nothing new; it is to be tried again, and not before `retryAfterMs` have passed. */
  | { type: 'nothing-learned'; retryAfterMs?: number }
  /** `must_end_by` has passed. */
  | { type: 'time-is-up' };

/** `ignored`: known already. `contradiction`: cannot be true together with what was acted upon; kept in the steps for people to look at. */
export type Verdict = 'moved' | 'waits' | 'ignored' | 'contradiction';

/** What is known after a fact, and what the fact was worth. */
export type Judged<R> = { run: R; verdict: Verdict };

/** What is to be done, and how long after the last step. */
export type Due<A> = { action: A; afterMs: number };
