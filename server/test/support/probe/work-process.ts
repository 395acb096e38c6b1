import { createDb } from '#platform/db/db.ts';
import { startJobs } from '#platform/jobs/runner.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import { quiet } from './probe.ts';
import { recordAndFinish, sleep } from './queue-probe.ts';

/**
 * A process of its own that takes tasks and runs jobs, made to be killed at any moment. Arguments: database URL, queue or job, hours its clock is ahead.
 * A queue's tasks take 20 ms and leave an effect; a job prints that it began, and never ends by itself.
 */
const [url, kind, name, hoursAhead = '0'] = process.argv.slice(2) as [string, 'queue' | 'job', string, string?];
const now = Date.now;
Date.now = () => now() + Number(hoursAhead) * 3_600_000;

const db = createDb({ url, poolSize: 4, log: quiet });
if (kind === 'queue') {
  const run: Parameters<typeof createPostgresQueue>[0] = { db, log: quiet, leaseMs: 1_500, idleMs: 300 };
  createPostgresQueue(run).work([
    {
      name,
      concurrency: 4,
      perTenant: 4,
      async run(task, ctx) {
        console.log(task.id);
        await sleep(20);
        await recordAndFinish(task, ctx);
      },
    },
  ]);
} else {
  const run = async (): Promise<void> => {
    console.log('begun');
    await new Promise(() => undefined);
  };
  startJobs({ db, log: quiet, leaseMs: 1_500, standbyMs: 200 }, [{ name, everyMs: 1_000, run }]);
}
