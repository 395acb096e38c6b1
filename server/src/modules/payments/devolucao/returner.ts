import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Change } from '#platform/machine/committer.ts';
import { createMachine, type Machine, type MachineDescription } from '#platform/machine/machine.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import { cameToNothing } from '../domain/devolucao.ts';
import { type DevolucaoRecord, devolucaoRows } from '../store/devolucoes.ts';
import { dropPart } from '../store/return-totals.ts';
import { devolucaoActions } from './actions.ts';
import { DEVOLVING, type DevolucaoAction, type DevolucaoFact } from './devolucao.ts';
import { devolucaoEvents } from './events.ts';

export type Returner = Machine<DevolucaoRecord, DevolucaoFact>;
type DevolucaoChange = Change<DevolucaoRecord, DevolucaoFact>;

/** The machine of devoluções, for whoever drives it and for whoever looks after it. */
export function devolvingMachine({
  bus,
  clock,
}: {
  bus: Bus;
  clock: Clock;
}): MachineDescription<DevolucaoRecord, DevolucaoFact, DevolucaoAction> {
  return {
    name: 'payments.devolucao',
    rows: devolucaoRows,
    definitions: [DEVOLVING],
    decisions: {
      // Of one whose time is up: what became of it at the provider.
      executed: (_run, nowMs) => ({ type: 'return-executed', atMs: nowMs }),
      'not-executed': () => ({ type: 'return-refused', code: 'DECIDED' }),
      // Of one that our ledger would not end.
      'book-again': () => ({ type: 'book-again' }),
    },
    hooks: {
      async alongside(tx, changes) {
        const moved = changes.filter(({ before, after }) => before.status !== after.status);
        const undone = moved.filter(({ after }) => cameToNothing(after.status)).map(partOf);
        // In one order for all, so that two commits never wait for each other.
        for (const part of undone.sort((a, b) => (a.endToEndId < b.endToEndId ? -1 : 1))) await dropPart(tx, part);
        const events = moved.flatMap(({ before, after }) => devolucaoEvents(before, after, clock.now()));
        if (events.length > 0) await bus.publish(tx, events);
      },
    },
  };
}

const partOf = ({ after: { endToEndId, amountMinor } }: DevolucaoChange) => ({
  endToEndId,
  direction: 'out' as const,
  amountMinor,
  partMinor: amountMinor,
});

/** Gives back what people received, step by step. */
export function createReturner(deps: PaymentsDeps, rails: Pick<Rails, 'of'>): Returner {
  const { config, log } = deps;
  const description = devolvingMachine(deps);
  return createMachine<DevolucaoRecord, DevolucaoFact, DevolucaoAction>({
    ...description,
    deps,
    actions: devolucaoActions(deps, rails),
    hooks: {
      ...description.hooks,
      after({ before, after: { id, status, trouble } }) {
        if (status !== before.status && (status === 'stuck' || status === 'unbooked'))
          log.error({ devolucaoId: id, status, code: trouble }, 'a devolução does not end by itself');
      },
    },
    leaseMs: config.leaseMs,
    ...(config.recoveryIntervalMs === undefined ? {} : { lookMs: config.recoveryIntervalMs }),
    crashPoint: deps.crashPoint,
  });
}
