import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { createCommitter } from './committer.ts';
import { createInbox } from './inbox.ts';
import type { Machine, MachineDescription } from './machine.ts';
import type { Fact, Run } from './run.ts';
import { createRunStore } from './store.ts';

/** What can be done to the runs of a machine whether or not this process drives any. */
export type Clerk<R extends Run, F extends Fact> = Pick<Machine<R, F>, 'store' | 'applyIn'>;

/** Writes changes of a machine's runs without driving any: what follows is due for whoever looks next. For desks and inspectors. */
export function createClerk<R extends Run, F extends Fact, A extends string>(
  { name, rows, definitions, inbox, hooks = {} }: MachineDescription<R, F, A>,
  { db, clock }: { db: Db; clock: Clock },
): Clerk<R, F> {
  const store = createRunStore(
    rows,
    definitions.map(({ version }) => version),
  );
  const { applyIn } = createCommitter<R, F, A>({
    ...{ name, db, clock, rows, store, definitions, hooks },
    inbox: inbox && createInbox(rows, inbox),
    owner: 'nobody',
    // A lease that has ended when it begins.
    leaseMs: 0,
    crashPoint: () => undefined,
    onNews: () => undefined,
  });
  return { store, applyIn };
}
