import type { Clock } from '../clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { rememberBriefly } from '../telemetry/remember.ts';
import type { JobStatus } from './job.ts';
import type { Run } from './runner.ts';

/**
 * When each job last succeeded, and whether it is late. Read from the database when scraped, so that a job no process runs at all shows, too; every process
 * tells the same. Answers what a process tells of its own runs.
 */
export function measureJobs(read: () => Promise<JobStatus[]>, metrics: Metrics, clock: Clock): (run: Run) => void {
  const status = rememberBriefly(read);
  const each = (name: string, help: string, value: (one: JobStatus) => number | null): void => {
    metrics.gauges(name, help, 'job', async () =>
      (await status()).flatMap((one) => {
        const number = value(one);
        return number === null ? [] : [[one.name, number] as const];
      }),
    );
  };
  each('lastro_job_last_success_seconds', 'How long ago a job last ended well; absent before the first time', ({ succeededAtMs }) =>
    succeededAtMs === null ? null : Math.max(0, clock.now() - succeededAtMs) / 1_000,
  );
  each('lastro_job_overdue_seconds', 'How long a job has been due without anybody running it', ({ overdueMs }) => overdueMs / 1_000);
  each('lastro_job_failures', 'Runs of a job in a row that failed', ({ failures }) => failures);
  const seconds = metrics.histogram('lastro_job_seconds', 'How long a run of a job took in this process', ['job', 'outcome']);
  return ({ job, outcome, seconds: took }) => seconds.observe({ job, outcome }, took);
}
