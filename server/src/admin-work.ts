import type { AdminCommand } from '#platform/admin.ts';
import type { Db } from '#platform/db/db.ts';
import { createJobsAdmin } from '#platform/jobs/store.ts';
import { createQueueAdmin } from '#platform/queue/admin.ts';

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 100) / 10);

/** What operators do with jobs. @throws when there is no such job or command. */
async function jobsCommand(db: Db, command: string | undefined, name: string | undefined): Promise<void> {
  const jobs = createJobsAdmin(db);
  if (command === undefined) {
    console.table(
      (await jobs.status()).map((one) => ({
        job: one.name,
        schedule: one.schedule,
        lastEnded: time(one.endedAtMs),
        tookSeconds: seconds(one.tookMs),
        outcome: one.outcome,
        error: one.error,
        lastSuccess: time(one.succeededAtMs),
        failures: one.failures,
        next: one.runningOn ? `running on ${one.runningOn}` : time(one.dueAtMs),
        overdueSeconds: seconds(one.overdueMs),
      })),
    );
    return;
  }
  if (name === undefined || (command !== 'run' && command !== 'forget')) throw new Error('jobs, jobs run <name> or jobs forget <name>');
  const isKnown = await (command === 'run' ? jobs.runNow(name) : jobs.forget(name));
  if (!isKnown) throw new Error(`there is no job "${name}" that can be ${command === 'run' ? 'run' : 'forgotten'}; "jobs" lists them`);
  console.log(command === 'run' ? `${name} is due now` : `${name} is forgotten`);
}

/** What operators do with queues. @throws when there is no such command. */
async function queueCommand(db: Db, command: string | undefined, queue: string | undefined, id: string | undefined): Promise<void> {
  const queues = createQueueAdmin(db);
  if (command === undefined) {
    const status = await queues.status();
    console.table(status.map(({ oldestDueMs, ...one }) => ({ ...one, oldestDueSeconds: seconds(oldestDueMs) })));
    return;
  }
  if (queue === undefined || (command !== 'dead' && command !== 'redrive'))
    throw new Error('queue, queue dead <queue> or queue redrive <queue> [id]');
  if (command === 'dead') console.table((await queues.dead(queue)).map(({ diedAtMs, ...one }) => ({ ...one, died: time(diedAtMs) })));
  else console.log(`${await queues.redrive(queue, id)} dead tasks are in line again`);
}

export const workCommands: Record<string, AdminCommand> = {
  jobs: {
    takes: '[run|forget <name>]',
    about:
      'every job: when it ran last, how long, how it ended, when it runs next; runs one now, or takes one off the list that no process knows',
    run: ([command, name], { db }) => jobsCommand(db, command, name),
  },
  queue: {
    takes: '[dead <queue> | redrive <queue> [id]]',
    about: 'every queue: what waits, since when, what is dead; the tasks that died last and why; puts dead ones back in line',
    run: ([command, queue, id], { db }) => queueCommand(db, command, queue, id),
  },
};
