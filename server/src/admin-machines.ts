/** `npm run admin -- machines …`: long processes of every module, as whoever looks after the installation sees and ends them. */
import { userInfo } from 'node:os';
import { type AdminCommand, needed } from '#platform/admin.ts';
import { createLogger } from '#platform/log.ts';
import type { Inspector } from '#platform/machine/inspect.ts';
import { createSignal } from '#platform/machine/signal.ts';
import { MODULES } from './module-list.ts';

const LISTED = 100;

type Parts = Parameters<AdminCommand['run']>[1];

async function withMachines({ db, bus, clock }: Parts, work: (machines: readonly Inspector[]) => Promise<void>): Promise<void> {
  const log = createLogger({ name: 'admin', level: 'warn' });
  const offered = MODULES.flatMap(({ name, machines }) => (machines ? [{ machines, signal: createSignal(db, name, log) }] : []));
  const found = await Promise.all(offered.map(({ machines, signal }) => machines({ db, bus, clock, wake: signal.send })));
  await work(found.flat());
  for (const { signal } of offered) await signal.flush();
}

function find(machines: readonly Inspector[], name: string): Inspector {
  const found = machines.find((one) => one.name === name);
  if (!found) throw new Error(`there is no machine "${name}": ${machines.map((one) => one.name).join(', ')}`);
  return found;
}

/** Lists machines, or the runs of one. */
function listMachines(parts: Parts, name?: string, state?: string, tenantId?: string): Promise<void> {
  return withMachines(parts, async (machines) => {
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
function attendRun(parts: Parts, name: string, id: string, order?: { decision: string; reason: string }): Promise<void> {
  return withMachines(parts, async (machines) => {
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

export const machineCommands: Record<string, AdminCommand> = {
  machines: {
    takes: '[machine] [state] [tenant]',
    about: 'long processes that are not over, by machine and state; or the hundred of one that have been longest in theirs',
    run: ([machine, state, tenantId], parts) => listMachines(parts, machine, state, tenantId),
  },
  machine: {
    takes: '<machine> <id> [retry|<decision> <why>]',
    about: 'one of them, with its steps and what may be decided; or tries it now, or ends it by a person’s word',
    async run([machine, id, decision, why], parts) {
      const order = decision === undefined ? undefined : { decision, reason: needed(why, 'the reason') };
      await attendRun(parts, needed(machine, 'the machine'), needed(id, 'the id'), order);
    },
  },
};
