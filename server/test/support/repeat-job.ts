import type { Db } from '#platform/db/db.ts';
import { createRounds } from '#platform/jobs/each.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { Logger } from '#platform/log.ts';
import { createWorker } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';

/** Runs a job again and again, with next to no pause between its runs and beside other processes that do: nothing of a job may rest on being the only one. */
export function repeatJob(job: Job, { db, log }: { db: Db; log: Logger }, pauseMs = 50): Worker {
  const rounds = createRounds();
  const stopping = new AbortController();
  const each = rounds.each({ log, signal: stopping.signal });
  const worker = createWorker(job.name, log, async () => {
    await job.run({ db, log, signal: stopping.signal, dueAtMs: Date.now(), each });
    return { ms: pauseMs };
  });
  return {
    ...worker,
    async stop() {
      stopping.abort(new Error('stopped'));
      await Promise.all([worker.stop(), rounds.stop()]);
    },
  };
}
