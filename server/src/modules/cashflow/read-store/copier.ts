import type { Db } from '#platform/db/db.ts';
import type { Job } from '#platform/jobs/job.ts';
import { defineQueue, type Queue, type TaskQueue } from '#platform/queue/queue.ts';
import { countMarked, markAll, NOBODY, readMarked, readStoreInUse, setStoreInUse, unmark } from './marks.ts';
import { MOST_WRITTEN, type ReadStore } from './port.ts';

export const COPY_QUEUE = 'cashflow.copy';
const SYSTEM = { module: 'cashflow', system: true } as const;

/** One task a tenant at a time: put again while one is being worked on, it follows. */
export const copyTask = (tenantId: string) => ({ queue: COPY_QUEUE, tenantId, payload: {}, key: 'days' });

/**
 * Copies what is marked into the store. The figures are read and the mark is taken off in two transactions with the write between them: killed
 * anywhere, the same days are written again, and a day that changed meanwhile keeps its mark.
 */
export async function copyTenant(db: Db, store: ReadStore, tenantId: string, signal?: AbortSignal): Promise<number> {
  const scope = { module: 'cashflow', tenants: [tenantId] };
  for (let copied = 0; ; ) {
    const marked = await db.tx(scope, (tx) => readMarked(tx, tenantId, MOST_WRITTEN));
    if (marked.length === 0 || signal?.aborted) return copied;
    const there = marked.flatMap(({ day }) => (day ? [day] : []));
    const gone = marked.filter(({ day }) => day === null);
    if (there.length > 0) await store.put(tenantId, there);
    if (gone.length > 0) await store.remove(tenantId, gone);
    await db.tx(scope, (tx) => unmark(tx, tenantId, marked));
    copied += marked.length;
  }
}

export function copyQueue(store: ReadStore): TaskQueue {
  return defineQueue({
    name: COPY_QUEUE,
    concurrency: 4,
    perTenant: 1,
    // A store that is away is no reason to give up: its readers are told, and served from the table.
    maxAttempts: 1_000_000,
    retry: { baseMs: 500, maxMs: 30_000 },
    async run({ tenantId }, ctx) {
      await copyTenant(ctx.db, store, tenantId, ctx.signal);
    },
  });
}

/** Fills a store that is new, or was emptied: every day is marked once, and when none waits any more the store is read. */
export async function fill(db: Db, store: ReadStore, queue: Pick<Queue, 'put'>): Promise<void> {
  await db.tx(SYSTEM, (tx) => markAll(tx, null));
  await putTasks(db, queue);
  await store.setFilling('filling');
}

async function putTasks(db: Db, queue: Pick<Queue, 'put'>): Promise<number> {
  return db.tx(SYSTEM, async (tx) => {
    const { tenants, days } = await countMarked(tx);
    if (tenants.length > 0) await queue.put(tx, tenants.map(copyTask));
    return days;
  });
}

const NO_STORE = 'table';

/** Says which store the marks are for from now on; true when it was another one, or none. */
async function takesOver(db: Db, name: string): Promise<boolean> {
  return db.tx({ module: 'cashflow', tenants: [NOBODY] }, async (tx) => {
    if ((await readStoreInUse(tx)) === name) return false;
    await setStoreInUse(tx, name);
    return true;
  });
}

/** Where days are read from their table: what changes from now on, no store is told of. */
export const noStoreJob: Job = {
  name: 'cashflow.read-store',
  everyMs: 5_000,
  run: async ({ db }) => void (await takesOver(db, NO_STORE)),
};

/** Sees a new store filled: by whatever process, once. A filled one costs two questions. One that was left and is taken up again is new. */
export function fillJob(store: ReadStore, queue: Pick<Queue, 'put'>): Job {
  return {
    name: 'cashflow.read-store',
    everyMs: 5_000,
    async run({ db, log }) {
      // Before it is said to be in use, so that nobody reads what it had of an earlier time.
      if ((await db.tx({ module: 'cashflow', tenants: [NOBODY] }, readStoreInUse)) !== store.name) {
        await store.setFilling('empty');
        await takesOver(db, store.name);
      }
      const state = await store.filling();
      if (state === 'filled') return;
      if (state === 'empty') {
        log.info({ store: store.name }, 'the read store is new: it is being filled');
        return fill(db, store, queue);
      }
      const left = await putTasks(db, queue);
      log.info({ store: store.name, left }, 'the read store is being filled');
      if (left === 0) await store.setFilling('filled');
    },
  };
}
