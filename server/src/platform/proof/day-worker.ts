import { type Loop, startLoop } from '../bus/loop.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import type { Worker } from '../module.ts';
import { closeDays } from './day-roots.ts';
import type { ProvenChain } from './leaves.ts';

const PAUSE_MS = 30_000;

/** Gives a chain's days their roots, for as long as the process runs. */
export function dayWorker({ db, clock, log }: { db: Db; clock: Clock; log: Logger }, chain: ProvenChain): Worker {
  const name = `${chain.name}.day-roots`;
  let loop: Loop | undefined;
  return {
    name,
    start() {
      loop = startLoop(name, log, async () => {
        await closeDays(db, chain, clock.now());
        return { ms: PAUSE_MS };
      });
    },
    stop: async () => loop?.stop(),
  };
}
