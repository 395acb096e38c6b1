import type { Db, Tx } from '../db/db.ts';
import type { Logger } from '../log.ts';

const CHANNEL = 'lastro_queue';
/** What is put within this time is told of together. */
const GATHER_MS = 15;
const SYSTEM = { module: 'queue', system: true } as const;

export type Doorbell = {
  /** Tells all processes, soon, that a queue has something. */
  ring(queue: string): void;
  /** Hears of queues that have something; of all of them, by an empty list, after a silence in which nothing could be heard. */
  hear(onRing: (queues: readonly string[]) => void): () => void;
  close(): Promise<void>;
};

/**
 * Saves whoever works on queues from looking often. A transaction that notifies takes a lock of the whole cluster at its commit, so the callers' own
 * never do: the bell is rung after them, once for many, and a ring that a crash swallows is made up for by the next look.
 */
export function createDoorbell(db: Db, log: Logger): Doorbell {
  const hearers = new Set<(queues: readonly string[]) => void>();
  let waiting = new Set<string>();
  let ringing: Promise<void> | undefined;
  let listening: Promise<() => Promise<void>> | undefined;
  let closed = false;

  const tell = (queues: readonly string[]): void => {
    for (const onRing of hearers) onRing(queues);
  };
  const ringAll = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    const queues = [...waiting];
    waiting = new Set();
    ringing = undefined;
    await db.tx(SYSTEM, (tx) => ringIn(tx, queues));
  };

  return {
    ring(queue) {
      tell([queue]);
      waiting.add(queue);
      if (closed) return;
      ringing ??= ringAll().catch((error: Error) =>
        log.debug({ err: error.message }, 'nobody was told of new tasks: the next look finds them'),
      );
    },
    hear(onRing) {
      hearers.add(onRing);
      listening ??= db.listen(CHANNEL, (payload) => tell(payload === '' ? [] : payload.split(',')));
      return () => hearers.delete(onRing);
    },
    async close() {
      closed = true;
      hearers.clear();
      await ringing;
      await (await listening)?.();
    },
  };
}

/** Notifies in a transaction of the queue's own, for what is rare. */
export async function ringIn(tx: Tx, queues: readonly string[]): Promise<void> {
  await tx.execute('select pg_notify($1, $2)', [CHANNEL, queues.join(',')]);
}
