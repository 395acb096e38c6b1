import type { Clock } from '../clock.ts';
import type { Actor } from '../context.ts';
import type { Db, Tx } from '../db/db.ts';
import { refusePlatform } from '../errors.ts';
import { flawOfWords } from '../text.ts';
import { createClerk } from './clerk.ts';
import type { Change } from './committer.ts';
import { definitionOf } from './definition.ts';
import type { MachineDescription } from './machine.ts';
import { openRuns, readAges, type StateAge } from './measure.ts';
import type { OwnedStep, Step } from './rows.ts';
import type { Fact, Run } from './run.ts';
import { findSteps, insertSteps } from './steps.ts';
import { statesThatAre } from './table.ts';

/** A run as whoever looks after the installation sees it. */
export type RunSeen = {
  id: string;
  tenantId: string;
  state: string;
  since: string;
  attempt: number;
  trouble: string | null;
  /** What is due, or null: it waits for a fact from elsewhere, or for people. */
  waitsFor: string | null;
  /** When that is due. */
  until: string | null;
  /** When its time is up. */
  endsBy: string | null;
  /** Who works on it at this moment. */
  heldBy: string | null;
};
export type RunShown = RunSeen & { steps: Step[] /** What people may decide about it now. */; decisions: string[] };

export type ListQuery = { state?: string; tenantId?: string; after?: { sinceMs: number; id: string }; limit: number };
/** A person's decision: who, what, why. Kept with the change it makes; a second person's approval has its place beside it. */
export type Resolution = { id: string; decision: string; reason: string; by: Actor };

/** What people see and do of one machine, whatever it is about; the tenants named, or all of them. */
export type Inspector = {
  name: string;
  states: readonly string[];
  /** How many runs of each state are not over, and how long the oldest has been in it. */
  summary(): Promise<StateAge[]>;
  /** Runs that are not over, those first that have been longest in their state. */
  list(query: ListQuery): Promise<RunSeen[]>;
  /** One run with its steps. @throws PLATFORM_NOT_FOUND */
  show(id: string): Promise<RunShown>;
  /** Makes a run due now, whatever it waits for. @throws PLATFORM_NOT_FOUND, PLATFORM_BAD_REQUEST when nothing is due for it. */
  retry(order: { id: string; reason: string; by: Actor }): Promise<void>;
  /** Ends by a person what does not end by itself. @throws PLATFORM_NOT_FOUND, PLATFORM_BAD_REQUEST when it is not for people to decide. */
  resolve(order: Resolution): Promise<{ state: string }>;
};

type InspectorDeps = {
  db: Db;
  clock: Clock;
  /** Whose runs: all, for whoever looks after the installation, unless told. */
  tenants?: readonly string[];
  /** Called after a commit that made something due. */
  wake: (machine: string) => void;
};

type Extra = { id: string; next_attempt_at: Date | null; must_end_by: Date | null; lease_owner: string | null; is_held: boolean };

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** @returns the face of a machine for people. It decides and writes; what follows is driven by the installation's own processes. */
export function createInspector<R extends Run, F extends Fact, A extends string>(
  description: MachineDescription<R, F, A>,
  { db, clock, tenants, wake }: InspectorDeps,
): Inspector {
  const { name, rows, definitions, decisions = {} } = description;
  const { module, table, id: idColumn } = rows;
  const newest = definitions.at(-1)!;
  const { store, applyIn } = createClerk(description, { db, clock });
  const scope = tenants ? { module, tenants } : ({ module, system: true } as const);
  const isOpen = openRuns(newest);
  const isForPeople = (state: string): boolean => statesThatAre(newest.table, 'people').includes(state);

  async function seen(tx: Tx, found: readonly R[]): Promise<RunSeen[]> {
    const extras = await tx.query<Extra>(
      `select p.${idColumn} as id, p.next_attempt_at, p.must_end_by, p.lease_owner, p.lease_until > now() as is_held
       from ${table} p where p.${idColumn} = any($1::uuid[])`,
      [found.map(({ id }) => id)],
    );
    const byId = new Map(extras.map((extra) => [extra.id, extra]));
    return found.map((run) => {
      const extra = byId.get(run.id);
      const known = definitions.some(({ version }) => version === run.definition);
      return {
        id: run.id,
        tenantId: run.tenantId,
        state: run.status,
        since: new Date(run.statusSinceMs).toISOString(),
        attempt: run.attempt,
        trouble: run.trouble,
        waitsFor: known ? (definitionOf(definitions, run).next(run, clock.now())?.action ?? null) : `definition ${run.definition}`,
        until: iso(extra?.next_attempt_at ?? null),
        endsBy: iso(extra?.must_end_by ?? null),
        heldBy: extra?.is_held ? extra.lease_owner : null,
      };
    });
  }

  async function find(tx: Tx, id: string): Promise<R> {
    const [run] = await store.find(tx, [id]);
    if (!run) throw refusePlatform('PLATFORM_NOT_FOUND');
    return run;
  }

  const stepOf = (step: string, outcome: string, nowMs: number) => ({
    step,
    startedAtMs: nowMs,
    durationMs: 0,
    outcome: { result: outcome },
  });

  return {
    name,
    states: Object.keys(newest.table),
    summary: () => db.tx({ ...scope, single: true }, (tx) => readAges(tx, rows, isOpen)),
    list: ({ state, tenantId, after, limit }) =>
      db.tx(scope, async (tx) => {
        const found = await tx.query<{ id: string }>(
          `select p.${idColumn} as id from ${table} p where ${isOpen}
             and ($1::text is null or p.status = $1) and ($2::uuid is null or p.tenant_id = $2)
             and (date_trunc('milliseconds', p.status_since), p.${idColumn}) > ($3::timestamptz, $4::uuid)
           order by date_trunc('milliseconds', p.status_since), p.${idColumn} limit $5`,
          [state ?? null, tenantId ?? null, new Date(after?.sinceMs ?? 0), after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
        );
        const ids = found.map(({ id }) => id);
        const runs = new Map((await store.find(tx, ids)).map((run) => [run.id, run]));
        return seen(
          tx,
          ids.flatMap((id) => runs.get(id) ?? []),
        );
      }),
    show: (id) =>
      db.tx(scope, async (tx) => {
        const run = await find(tx, id);
        const [one] = await seen(tx, [run]);
        const steps = await findSteps(tx, rows.steps, run);
        return { ...one!, steps, decisions: isForPeople(run.status) ? Object.keys(decisions) : [] };
      }),
    async retry({ id, reason, by }) {
      demandWords(reason);
      await db.tx(scope, async (tx) => {
        const run = await find(tx, id);
        if (!(await store.makeDue(tx, id))) throw refuse('Nada está agendado para este processo.', 'Nothing is due for this process.');
        const status = run.status;
        const step: OwnedStep = {
          ...stepOf('retry', 'due', clock.now()),
          ...{
            tenantId: run.tenantId,
            runId: id,
            input: {},
            attempt: run.attempt + 1,
            statusBefore: status,
            statusAfter: status,
            actor: by,
            reason,
          },
        };
        insertSteps(tx, rows.steps, [step]);
      });
      wake(name);
    },
    async resolve({ id, decision, reason, by }) {
      demandWords(reason);
      const factOf = decisions[decision];
      if (!factOf)
        throw refuse(`As decisões são: ${Object.keys(decisions).join(', ')}.`, `Decisions are: ${Object.keys(decisions).join(', ')}.`);
      const [{ tenantId } = { tenantId: null }] = await db.tx({ ...scope, single: true }, (tx) => store.find(tx, [id]));
      if (tenantId === null) throw refusePlatform('PLATFORM_NOT_FOUND');
      // What a change tells others is the tenant's, whose outbox it is.
      const change = await db.tx({ module, tenants: [tenantId] }, async (tx): Promise<Change<R, F> | null> => {
        const run = await store.lock(tx, id);
        if (!run) throw refusePlatform('PLATFORM_NOT_FOUND');
        if (!isForPeople(run.status)) return null;
        const nowMs = clock.now();
        return applyIn(tx, run, { fact: factOf(run, nowMs), step: stepOf('resolve', decision, nowMs), actor: by, reason });
      });
      if (!change) throw refuse('Este processo não espera esta decisão.', 'This process does not wait for this decision.');
      wake(name);
      return { state: change.after.status };
    },
  };
}

const refuse = (pt: string, en: string) => refusePlatform('PLATFORM_BAD_REQUEST', { detail: { pt, en } });

/** A decision without a reason is none. */
function demandWords(reason: string): void {
  const flaw = flawOfWords(reason);
  if (flaw !== undefined || reason.trim().length < 3)
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: flaw ?? { pt: 'Diga o motivo.', en: 'Say why.' } });
}
