import type { Clock } from '#platform/clock.ts';
import type { Job } from '#platform/jobs/job.ts';
import { createWorker } from '#platform/loop.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { IDLE_MS } from './domain/session-rules.ts';
import type { Hub } from './live/hub.ts';
import { deleteExpiredSessions, livingSessions } from './store.ts';

const BEAT_MS = 15_000;
const SWEEP_EVERY_BEATS = 4;

/** Removes sessions that are over. */
export function sessionsJob(clock: Clock): Job {
  return {
    name: 'bff.expired-sessions',
    everyMs: 60_000,
    run: ({ db }) =>
      db.tx({ module: 'bff', system: true }, async (tx) => {
        const nowMs = clock.now();
        await deleteExpiredSessions(tx, new Date(nowMs), new Date(nowMs - IDLE_MS));
      }),
  };
}

/** Keeps the lines of this process warm, and once a minute ends those whose session is over. */
export function createPulse({ db, clock, log }: Pick<PlatformDeps, 'db' | 'clock' | 'log'>, hub: Hub, beatMs = BEAT_MS) {
  let beats = 0;

  const sweep = async (): Promise<void> => {
    const now = new Date(clock.now());
    const idleSince = new Date(now.getTime() - IDLE_MS);
    const open = [...new Set(hub.all().map((stream) => stream.sessionId))];
    if (open.length === 0) return;
    const ids = open.map((id) => Buffer.from(id, 'hex'));
    const living = await db.tx({ module: 'bff', system: true }, (tx) => livingSessions(tx, ids, now, idleSince));
    for (const id of open) if (!living.has(id)) hub.endSession(id, 'expired');
  };
  const worker = createWorker('bff.pulse', log, async () => {
    // Nothing is done at the start: lines have just been opened.
    if (beats > 0) hub.beat();
    if (beats++ % SWEEP_EVERY_BEATS === SWEEP_EVERY_BEATS - 1) await sweep();
    return { ms: beatMs };
  });
  return { ...worker, sweep };
}
