import type { Metrics } from '../telemetry/metrics.ts';
import { rememberBriefly } from '../telemetry/remember.ts';
import type { Attempt } from './attempt.ts';
import type { QueueStatus } from './queue.ts';

/**
 * What waits in each queue, and since when. Read from the database when scraped, so that a queue no process works on shows, too; every process tells the
 * same. Answers what a process tells of its own attempts.
 */
export function measureQueue(read: () => Promise<QueueStatus[]>, metrics: Metrics): (attempt: Attempt) => void {
  const status = rememberBriefly(read);
  const each = (name: string, help: string, value: (one: QueueStatus) => number): void => {
    metrics.gauges(name, help, 'queue', async () => (await status()).map((one) => [one.queue, value(one)] as const));
  };
  each('lastro_queue_waiting', 'Tasks that wait or are worked on, counted up to 10,000', ({ waiting }) => waiting);
  each(
    'lastro_queue_oldest_due_seconds',
    'How long the oldest task that is due has been so',
    ({ oldestDueMs }) => (oldestDueMs ?? 0) / 1_000,
  );
  each('lastro_queue_dead', 'Tasks that failed for good and wait for an operator', ({ dead }) => dead);
  const seconds = metrics.histogram('lastro_queue_attempt_seconds', 'How long an attempt at a task took in this process', [
    'queue',
    'ending',
  ]);
  const lag = metrics.histogram('lastro_queue_lag_seconds', 'From when a task was due until this process began with it', ['queue']);
  return ({ queue, ending, seconds: took, lateSeconds }) => {
    seconds.observe({ queue, ending }, took);
    lag.observe({ queue }, lateSeconds);
  };
}
