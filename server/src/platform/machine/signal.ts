import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';

const CHANNEL = 'lastro_machine';
/** Wakes of a machine that follow each other are one: NOTIFY makes commits wait for each other. */
const GATHER_MS = 50;

export type Signal = {
  /** Tells other processes that runs of the machine are due. Never throws: who misses it looks by itself before long. */
  send(machine: string): void;
  listen(machine: string, wake: () => void): Promise<() => Promise<void>>;
  /** Waits until everything was said. */
  flush(): Promise<void>;
};

/** Wakes between processes, by NOTIFY. After a gap in the connection everybody looks. */
export function createSignal(db: Db, module: string, log: Logger): Signal {
  const waiting = new Set<string>();
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    const names = [...waiting];
    waiting.clear();
    sending = undefined;
    await db
      .tx({ module, system: true, single: 'writes' }, (tx) =>
        tx.query('select pg_notify($1, name) from unnest($2::text[]) as name', [CHANNEL, names]),
      )
      .catch((error: Error) => log.warn({ err: error.message }, 'other processes were not woken and will look by themselves'));
  }

  return {
    send(machine) {
      waiting.add(machine);
      sending ??= send();
    },
    listen: (machine, wake) =>
      db.listen(CHANNEL, (name) => {
        if (name === '' || name === machine) wake();
      }),
    async flush() {
      await sending;
    },
  };
}
