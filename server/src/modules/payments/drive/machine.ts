import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Change } from '#platform/machine/committer.ts';
import type { Definition } from '#platform/machine/definition.ts';
import type { Action as MachineAction, Actions as MachineActions } from '#platform/machine/driver.ts';
import { createMachine, type Machine, type MachineDescription } from '#platform/machine/machine.ts';
import type { AccountBook } from '../account-book.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import { ACTIONS, type Action, DEFAULT_PACE, type Pace } from '../domain/next-action.ts';
import { definePaying } from '../domain/paying.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import type { Measures } from '../measure.ts';
import type { PaymentRecord } from '../record.ts';
import { paymentRows } from '../store/payments.ts';
import { insertResolution } from '../store/resolutions.ts';
import { createActions } from './actions.ts';
import { progressEvents } from './events.ts';

type PaymentChange = Change<PaymentRecord, Fact>;
export type PaymentMachine = Machine<PaymentRecord, Fact>;

export const PAYMENT_MACHINE = 'payments.payment';
/** They decide here, and call nobody. */
export const INSIDE = { 'expire-review': { inside: true }, 'give-up': { inside: true } } as const;

const RESOLVED: Reason = {
  code: 'PAYMENTS_RESOLVED_NOT_EXECUTED',
  message: 'Conferimos com o banco: este Pix não foi executado. O dinheiro voltou para a sua conta.',
};
/** What people decide about a payment that did not end by itself. */
export const DECISIONS = {
  executed: (_payment: PaymentRecord, nowMs: number): Fact => ({ type: 'resolved-executed', atMs: nowMs }),
  'not-executed': (): Fact => ({ type: 'resolved-not-executed', reasons: [RESOLVED] }),
} as const;
export type Decision = keyof typeof DECISIONS;

const decisionIn = ({ fact, verdict }: PaymentChange): Decision | null => {
  if (verdict !== 'moved' || !fact.type.startsWith('resolved-')) return null;
  return fact.type === 'resolved-executed' ? 'executed' : 'not-executed';
};

/** The machine of payments, for whoever drives it and for whoever looks after it. */
export function payingMachine(
  { bus }: { bus: Bus; clock: Clock },
  pace: Pace = DEFAULT_PACE,
): MachineDescription<PaymentRecord, Fact, Action> {
  return {
    name: PAYMENT_MACHINE,
    rows: paymentRows,
    // What a record carries beyond a payment every fact leaves as it is.
    definitions: [definePaying(pace) as Definition<PaymentRecord, Fact, Action>],
    hooks: { alongside },
    decisions: DECISIONS,
  };

  /** Events of what others see of a change; and of a person's decision who, what and why. */
  async function alongside(tx: Tx, changes: readonly PaymentChange[]): Promise<void> {
    for (const change of changes) {
      const decision = decisionIn(change);
      if (decision === null) continue;
      const { before: payment, learned } = change;
      const by = actorOf(change);
      const { reason = '', proposedBy = by } = learned;
      await insertResolution(tx, { id: newId(), payment, decision, reason, proposedBy, approvedBy: learned.proposedBy ? by : null });
    }
    const events = changes.flatMap((change) => progressEvents(change.before, change.after, actorOf(change), change.atMs));
    if (events.length > 0) await bus.publish(tx, events);
  }
}

const actorOf = ({ after, learned }: PaymentChange) => learned.actor ?? systemContext(after.tenantId, 'payments').actor;

/** Takes payments to their end: one call to another party for each action, one commit for each change. */
export function createPaymentMachine(
  deps: PaymentsDeps,
  { rails, book, measures }: { rails: Pick<Rails, 'forPayment'>; book: AccountBook; measures: Measures },
): PaymentMachine {
  const { config } = deps;
  const description = payingMachine(deps, { ...DEFAULT_PACE, ...config.pace });
  return createMachine<PaymentRecord, Fact, Action>({
    ...description,
    deps,
    actions: actionsOf(createActions(deps, rails, book)),
    hooks: {
      ...description.hooks,
      after(change) {
        measures.moved(change.before, change.after);
        const decision = decisionIn(change);
        if (decision !== null) measures.resolved(decision);
      },
    },
    leaseMs: config.leaseMs,
    ...(config.recoveryIntervalMs === undefined ? {} : { lookMs: config.recoveryIntervalMs }),
    crashPoint: deps.crashPoint,
  });
}

function actionsOf(steps: ReturnType<typeof createActions>): MachineActions<PaymentRecord, Fact, Action> {
  const of = (name: Action): MachineAction<PaymentRecord, Fact> => ({
    ...(name in INSIDE ? { inside: true } : {}),
    run: (payment, { ctx }) => steps[name](payment, ctx),
  });
  return Object.fromEntries(ACTIONS.map((name) => [name, of(name)])) as Record<Action, MachineAction<PaymentRecord, Fact>>;
}
