import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { createInspector, type Inspector } from '#platform/machine/inspect.ts';
import { devolvingMachine } from './devolucao/returner.ts';
import { payingMachine } from './drive/machine.ts';
import { receivingMachine } from './incoming/receive.ts';
import { openingMachine } from './opening/opener.ts';

/** The long processes of this module, for whoever looks after them: lists, steps, tries and decisions, whoever drives them. */
export function inspectMachines(deps: {
  db: Db;
  bus: Bus;
  clock: Clock;
  tenants?: readonly string[];
  wake: (machine: string) => void;
}): Inspector[] {
  return [
    createInspector(payingMachine(deps), deps),
    createInspector(receivingMachine(deps), deps),
    createInspector(devolvingMachine(deps), deps),
    createInspector(openingMachine(deps), deps),
  ];
}
