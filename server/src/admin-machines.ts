/** `npm run admin -- machines …`: long processes of every module, as whoever looks after the installation sees and ends them. */
import { userInfo } from 'node:os';
import type { Bus } from '#platform/bus/bus.ts';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { createLogger } from '#platform/log.ts';
import type { Inspector } from '#platform/machine/inspect.ts';
import { createSignal } from '#platform/machine/signal.ts';
import { inspectMachines } from './modules/payments/index.ts';

export const MACHINES_USAGE = `  machines                        long processes that are not over, by machine and state: how many, and the age of the oldest
  machines <machine> [state] [tenant]      the hundred that have been longest in their state: what each waits for, until when
  machine <machine> <id>                   one of them, with its steps and what may be decided
  machine <machine> <id> retry <why>       tries now what it waits for
  machine <machine> <id> <decision> <why>  ends by a person what does not end by itself; who and why are kept`;

const LISTED = 100;

async function withMachines(bus: Bus, db: Db, work: (machines: readonly Inspector[]) => Promise<void>): Promise<void> {
  const signal = createSignal(db, 'payments', createLogger({ name: 'admin', level: 'warn' }));
  await work(inspectMachines({ db, bus, clock: systemClock, wake: signal.send }));
  await signal.flush();
}

function find(machines: readonly Inspector[], name: string): Inspector {
  const found = machines.find((one) => one.name === name);
  if (!found) throw new Error(`there is no machine "${name}": ${machines.map((one) => one.name).join(', ')}`);
  return found;
}

/** Lists machines, or the runs of one. */
export function listMachines(bus: Bus, db: Db, name?: string, state?: string, tenantId?: string): Promise<void> {
  return withMachines(bus, db, async (machines) => {
    if (name === undefined) {
      const all = await Promise.all(machines.map(async (one) => (await one.summary()).map((age) => ({ machine: one.name, ...age }))));
      console.table(all.flat());
      return;
    }
    const machine = find(machines, name);
    if (state !== undefined && !machine.states.includes(state))
      throw new Error(`"${state}" is no state of it: ${machine.states.join(', ')}`);
    console.table(
      await machine.list({ limit: LISTED, ...(state === undefined ? {} : { state }), ...(tenantId === undefined ? {} : { tenantId }) }),
    );
  });
}

/** Shows one run, or carries out what a person decided about it. */
export function attendRun(bus: Bus, db: Db, name: string, id: string, order?: { decision: string; reason: string }): Promise<void> {
  return withMachines(bus, db, async (machines) => {
    const machine = find(machines, name);
    const by = { kind: 'service', id: `admin:${userInfo().username}` } as const;
    if (order === undefined) {
      const { steps, decisions, ...seen } = await machine.show(id);
      console.table([seen]);
      console.table(
        steps.map(({ startedAtMs, actor, outcome, input, ...step }) => ({
          at: new Date(startedAtMs).toISOString(),
          ...step,
          outcome: JSON.stringify(outcome),
          by: actor.id,
        })),
      );
      if (decisions.length > 0) console.log(`may be decided: ${decisions.join(', ')}`);
    } else if (order.decision === 'retry') {
      await machine.retry({ id, reason: order.reason, by });
      console.log(`${id} is due now`);
    } else {
      const { state } = await machine.resolve({ id, ...order, by });
      console.log(`${id} is ${state}`);
    }
  });
}
