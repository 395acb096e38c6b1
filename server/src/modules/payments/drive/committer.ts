import { createBatcher } from '#platform/batcher.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { CrashPoint } from '../crash-points.ts';
import { nextAction, type Pace } from '../domain/next-action.ts';
import { evolve, type Fact, isTerminal, type Verdict } from '../domain/payment.ts';
import { refusePayments } from '../errors.ts';
import type { Measures } from '../measure.ts';
import type { PaymentRecord } from '../record.ts';
import { findPayments } from '../store/payments.ts';
import type { ProviderEvent } from '../store/provider-events.ts';
import { type StepRow, type Transition, writeTransitions } from '../store/transitions.ts';
import { progressEvents } from './events.ts';

/** What was done or heard, to be kept with the change it caused. */
export type StepNote = Omit<StepRow, 'statusBefore' | 'statusAfter' | 'attempt'>;

export type Learned = {
  fact: Fact;
  step: StepNote;
  /** Who caused it; the module itself unless said otherwise. */
  actor?: Actor;
  decisionId?: string;
  providerEvent?: ProviderEvent;
  /** How many announcements were asked about with this. */
  newsHeard?: number;
};

/** The payment as it now stands. `moved`: by this very fact, so that going on is the caller's business. */
export type Applied = { record: PaymentRecord; moved: boolean; verdict: Verdict };

/** What holds for each change whoever decides it, in whichever transaction. */
export type Decided = { transition: Transition; verdict: Verdict };

export type CommitterDeps = {
  db: Db;
  bus: Bus;
  clock: Clock;
  owner: string;
  leaseMs: number;
  pace: Pace;
  crashPoint: CrashPoint;
  measures: Measures;
  /** Called after a commit of a payment about which the provider has said something meanwhile. */
  onNews: () => void;
};

type Item = { transition: Transition; learned: Learned };
const SYSTEM: Actor = { kind: 'system', id: 'payments' };
const MAX_TRIES = 12;
const UNSTORABLE = 'unstorable';

/**
 * Turns facts into committed changes: row by version, step and events in one transaction, shared by all payments that have something to
 * write at this moment. When another has changed the payment meanwhile, the fact is judged anew against what is there now.
 */
export function createCommitter(deps: CommitterDeps) {
  const { db, bus, clock, crashPoint } = deps;
  const batcher = createBatcher<Item, boolean>(writeBatch, {
    maxBatch: 300,
    maxBacklog: 50_000,
    // One that cannot be written must not keep the others from it.
    isolate: isUnstorable,
    overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }),
  });

  async function writeBatch(items: Item[]): Promise<boolean[]> {
    const tenants = [...new Set(items.map(({ transition }) => transition.before.tenantId))];
    const moves = items.flatMap(({ transition: { before, after } }) => (after && after.status !== before.status ? [after.status] : []));
    for (const status of moves) crashPoint(`commit:${status}:before`);
    const links = items.map(({ transition }) => transition.before.traceparent);
    const written = await withSpan('payments commit', { links, attributes: { 'lastro.batch': items.length } }, () =>
      db.tx({ module: 'payments', tenants }, async (tx) => {
        const now = clock.now();
        const done = await writeTransitions(
          tx,
          items.map(({ transition }) => transition),
        );
        await bus.publish(
          tx,
          items.flatMap(({ transition: { before, after }, learned }, at) =>
            after && done[at]!.isWritten ? progressEvents(before, after, learned.actor ?? SYSTEM, now) : [],
          ),
        );
        return done;
      }),
    );
    for (const status of moves) crashPoint(`commit:${status}:after`);
    for (const [at, { transition }] of items.entries())
      if (transition.after && written[at]!.isWritten) deps.measures.moved(transition.before, transition.after);
    if (written.some(({ hasNews }) => hasNews)) deps.onNews();
    return written.map(({ isWritten }) => isWritten);
  }

  /** The change a fact makes to a payment, ready to be written; the caller decides in which transaction. */
  function decide(before: PaymentRecord, learned: Learned): Decided {
    const now = clock.now();
    const { fact, newsHeard = 0 } = learned;
    const { payment, verdict } = evolve(before, fact);
    const changed = payment !== before || newsHeard > 0;
    const news = Math.max(0, before.news - newsHeard);
    const decisionId = learned.decisionId ?? before.decisionId;
    // Of a payment that has ended the tries are questions about what was announced: the next announcement begins anew.
    const attempt = isTerminal(payment.status) && news === 0 ? 0 : payment.attempt;
    const after: PaymentRecord | undefined = changed
      ? { ...before, ...payment, attempt, news, version: before.version + 1, decisionId }
      : undefined;
    const next = after && nextAction(after, now, deps.pace);
    const goesOn = next?.afterMs === 0 && verdict === 'moved';
    const dueAfterMs = next ? Math.max(next.afterMs, 'retryAfterMs' in fact ? (fact.retryAfterMs ?? 0) : 0) : null;
    const outcome = verdict === 'moved' || verdict === 'waits' ? learned.step.outcome : { ...learned.step.outcome, verdict };
    return {
      verdict,
      transition: {
        before,
        ...(after ? { after } : {}),
        dueAfterMs,
        lease: goesOn ? { owner: deps.owner, forMs: deps.leaseMs } : null,
        reviewForMs: fact.type === 'risk-wants-review' && verdict === 'moved' ? fact.untilMs - now : null,
        newsHeard,
        step: {
          ...learned.step,
          attempt: before.attempt + 1,
          outcome: after?.trouble && after.trouble !== before.trouble ? { ...outcome, finding: after.trouble } : outcome,
          statusBefore: before.status,
          statusAfter: after?.status ?? before.status,
        },
        providerEvent: learned.providerEvent ?? null,
      },
    };
  }

  return {
    decide,
    /** Writes what a fact changes. A fact that tells nothing new is written only when it contradicts, or came as an announcement. */
    async apply(record: PaymentRecord, learned: Learned): Promise<Applied> {
      let current = record;
      let heard = learned.newsHeard ?? 0;
      for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
        const { transition, verdict } = decide(current, { ...learned, newsHeard: heard });
        const isWorthKeeping = verdict !== 'ignored' || learned.providerEvent !== undefined || transition.after !== undefined;
        if (!isWorthKeeping) return { record: current, moved: false, verdict };
        if (await submit({ transition, learned: { ...learned, newsHeard: heard } })) {
          return { record: transition.after ?? current, moved: verdict === 'moved', verdict };
        }
        current = await reload(current);
        // Whoever was faster may have heard the same; what is there now may have been announced since. Asking once more is harmless.
        heard = 0;
      }
      throw new Error('a payment changed too often under a fact about it');
    },
    drain: () => batcher.drain(),
    get backlog() {
      return batcher.backlog;
    },
  };

  /** What cannot be stored as it was told is stored as untellable, so that the payment has a try behind it and not the same one for ever. */
  async function submit(item: Item): Promise<boolean> {
    try {
      return await batcher.submit(item);
    } catch (error) {
      if (!isUnstorable(error) || item.learned.step.outcome.result === UNSTORABLE) throw error;
      const { before } = item.transition;
      const { step, newsHeard = 0 } = item.learned;
      const bare = { ...step, input: {}, outcome: { result: UNSTORABLE, code: (error as { code?: string }).code ?? null } };
      const learned: Learned = { fact: { type: 'nothing-learned' }, step: bare, newsHeard };
      await batcher.submit({ transition: decide(before, learned).transition, learned });
      throw error;
    }
  }

  async function reload({ tenantId, id }: PaymentRecord): Promise<PaymentRecord> {
    const [found] = await db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findPayments(tx, [id]));
    if (!found) throw new Error('a payment that was there is gone');
    return found;
  }
}

export type Committer = ReturnType<typeof createCommitter>;
