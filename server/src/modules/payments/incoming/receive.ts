import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { Change, Hooks } from '#platform/machine/committer.ts';
import type { Action } from '#platform/machine/driver.ts';
import { createMachine, type Machine, type MachineDescription } from '#platform/machine/machine.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { Measures } from '../measure.ts';
import { type ReceiptRecord, receiptRows } from '../store/receipts.ts';
import { dropPart, type PartReturned, takePart } from '../store/return-totals.ts';
import { createReceiptAsker } from './ask.ts';
import { createCredit } from './credit.ts';
import { createGiveBack } from './give-back.ts';
import { nextReturnId, RECEIVING, type ReceiptAction, type ReceiptFact } from './receipt.ts';
import { eventOf } from './receipt-events.ts';

type ReceiptChange = Change<ReceiptRecord, ReceiptFact>;
export type Receiver = Machine<ReceiptRecord, ReceiptFact>;

const MOST_AT_ONCE = 200;

/** The machine of arrivals, for whoever drives it and for whoever looks after it. */
export function receivingMachine({
  bus,
  clock,
}: {
  bus: Bus;
  clock: Clock;
}): MachineDescription<ReceiptRecord, ReceiptFact, ReceiptAction> {
  const decided = (decision: 'match' | 'give-back'): ReceiptFact => ({ type: 'decided', decision, tenantId: null, subjectId: null });
  return {
    name: 'payments.arrival',
    rows: receiptRows,
    definitions: [RECEIVING],
    hooks: { precede, withdraw, alongside },
    decisions: {
      'give-back': () => decided('give-back'),
      'return-again': (receipt, nowMs) => ({ type: 'return-again', returnId: nextReturnId(receipt, nowMs) }),
      keep: () => ({ type: 'kept' }),
      match({ status }) {
        if (status === 'mismatched') return decided('match');
        const detail = { pt: 'Diga de quem é: admin receipt <id> match.', en: 'Say whose it is: admin receipt <id> match.' };
        throw refusePlatform('PLATFORM_BAD_REQUEST', { detail });
      },
    },
  };

  async function alongside(tx: Tx, changes: readonly ReceiptChange[]): Promise<void> {
    const events = changes.flatMap(({ before, after }) => (before.status === after.status ? [] : (eventOf(after, clock.now()) ?? [])));
    if (events.length > 0) await bus.publish(tx, events);
  }
}

/** Of a payment of ours, come back: counted in the commit that matches it. */
function partOf({ after, fact }: ReceiptChange): PartReturned | null {
  if (fact.type !== 'found-ours' || fact.limit === undefined || fact.returnOf === null || after.status !== 'matched') return null;
  return { endToEndId: fact.returnOf, direction: 'in', amountMinor: fact.limit.amountMinor, partMinor: fact.amountMinor };
}

/** With a part that would make it more than was paid, another fact holds. */
async function precede(tx: Tx, changes: readonly ReceiptChange[]): Promise<Map<number, ReceiptFact>> {
  const exceeding = new Map<number, ReceiptFact>();
  const parts = changes.flatMap((change, at) => {
    const part = partOf(change);
    return part && change.fact.type === 'found-ours' ? [{ part, at, otherwise: change.fact.limit!.otherwise }] : [];
  });
  // In one order for all, so that two commits never wait for each other.
  parts.sort((a, b) => (a.part.endToEndId < b.part.endToEndId ? -1 : 1));
  for (const { part, at, otherwise } of parts) if (!(await takePart(tx, part))) exceeding.set(at, otherwise);
  return exceeding;
}

async function withdraw(tx: Tx, changes: readonly ReceiptChange[]): Promise<void> {
  for (const change of changes) {
    const part = partOf(change);
    if (part) await dropPart(tx, part);
  }
}

/**
 * Brings announced money in: asks the provider what really arrived, finds whose it is, credits with one ledger transfer named after the
 * end-to-end id. What the ledger refuses for good is given back instead. Each step is on record, commits by itself (together with those of
 * other arrivals) and is harmless to repeat, as for payments.
 */
export function createReceiver(deps: PaymentsDeps, rails: Pick<Rails, 'of'>, measures: Measures): Receiver {
  const { log, config } = deps;
  const ask = action(createReceiptAsker(deps, rails));
  const giveBack = createGiveBack(deps, rails);
  const description = receivingMachine(deps);
  return createMachine<ReceiptRecord, ReceiptFact, ReceiptAction>({
    ...description,
    deps,
    actions: {
      'ask-receipt': ask,
      decide: { ...ask, inside: true },
      credit: action(createCredit(deps)),
      'set-aside': action(giveBack.setAside),
      return: action(giveBack.send),
      'query-return': action(giveBack.ask),
      'book-return': action(giveBack.bookReturn),
    },
    hooks: { ...(description.hooks as Hooks<ReceiptRecord, ReceiptFact>), after: tell },
    leaseMs: config.leaseMs,
    most: MOST_AT_ONCE,
    ...(config.recoveryIntervalMs === undefined ? {} : { lookMs: config.recoveryIntervalMs }),
    crashPoint: deps.crashPoint,
  });

  function tell({ before, after }: ReceiptChange): void {
    const { id, status, returnRefusal, receivedAtMs } = after;
    if (status === before.status) return;
    if (status === 'unmatched' || status === 'mismatched') log.error({ receiptId: id, status }, 'money arrived that cannot be credited');
    if (status === 'return-refused')
      log.error({ receiptId: id, code: returnRefusal }, 'money that arrived can neither be credited nor returned');
    if (status === 'credited') measures.credited(receivedAtMs);
    if (status === 'returned') measures.returned(receivedAtMs);
  }
}

const action = (act: (receipt: ReceiptRecord) => Promise<ReceiptFact>): Action<ReceiptRecord, ReceiptFact> => ({
  async run(receipt) {
    const fact = await act(receipt);
    return { fact, outcome: 'code' in fact ? { code: fact.code } : {} };
  },
});
