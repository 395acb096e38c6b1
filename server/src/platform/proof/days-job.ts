import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import type { Job } from '../jobs/job.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Anchor } from './anchors/anchor.ts';
import { anchorDays } from './anchors/anchor-days.ts';
import { closeDays } from './day-roots.ts';
import type { ProvenChain } from './leaves.ts';

const EVERY_MS = 30_000;

type Deps = { db: Db; clock: Clock; log: Logger; metrics: Metrics; anchors?: readonly Anchor[] | undefined };

/** Gives a chain's days their roots, and the roots their anchors. */
export function daysJob(deps: Omit<Deps, 'db'>, chain: ProvenChain): Job {
  return { name: `${chain.name}.day-roots`, everyMs: EVERY_MS, run: ({ db }) => workOnDays({ ...deps, db }, chain) };
}

/** One round. A chain with a hole, or an authority that is away, keeps nothing else from being done; either is logged and counted. */
export async function workOnDays({ db, clock, log, metrics, anchors = [] }: Deps, chain: ProvenChain): Promise<void> {
  const closed = metrics.counter('lastro_days_closed_total', 'Days that got their root', ['chain']);
  const anchored = metrics.counter('lastro_days_anchored_total', 'Days put on record outside', ['chain', 'driver']);
  const failed = metrics.counter('lastro_day_failures_total', 'Rounds in which a root or an anchor could not be made', ['chain', 'step']);
  const attempt = async (step: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed.inc({ chain: chain.name, step });
      log.error({ err: (error as Error).message, chain: chain.name, step }, 'roots of days, or their anchors, could not be made');
    }
  };
  await attempt('root', async () => closed.inc({ chain: chain.name }, await closeDays(db, chain, clock.now())));
  for (const anchor of anchors) {
    const labels = { chain: chain.name, driver: anchor.driver };
    await attempt(anchor.driver, async () => anchored.inc(labels, await anchorDays(db, chain, anchor)));
  }
}
