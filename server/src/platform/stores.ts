import type { Blobs } from './blob/blob.ts';
import { folderDriver } from './blob/folder.ts';
import { postgresDriver as blobsInPostgres } from './blob/postgres.ts';
import { createBlobs, sweepBlobs } from './blob/store.ts';
import type { Cache } from './cache/cache.ts';
import { createCache } from './cache/create-cache.ts';
import { memoryDriver } from './cache/memory.ts';
import { postgresDriver as cacheInPostgres } from './cache/postgres.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db/db.ts';
import type { Job } from './jobs/job.ts';
import { createLocks } from './lock/create-locks.ts';
import type { Locks } from './lock/lock.ts';
import { postgresDriver as locksInPostgres } from './lock/postgres.ts';
import type { Logger } from './log.ts';
import { createWorker } from './loop.ts';
import type { Worker } from './module.ts';
import type { Vault } from './vault/vault.ts';

export type StoreSettings = { LASTRO_CACHE: string; LASTRO_BLOB_FOLDER?: string | undefined };

export type Stores = {
  /** The copies this installation keeps: of all processes, or of this one. */
  cache: Cache;
  /** True when all processes see the same copies and counts. */
  isCacheShared: boolean;
  locks: Locks;
  blobsOf(module: string): Blobs;
  /** Take away what has expired of what all processes share. */
  jobs: readonly Job[];
  /** Take away what has expired of this process's own. */
  workers: readonly Worker[];
};

const SWEEP_EVERY_MS = 300_000;

/** Files, copies and locks over the drivers an installation has chosen. */
export function createStores(deps: { db: Db; vault: Vault; clock: Clock; log: Logger; config: StoreSettings }): Stores {
  const { db, vault, clock, log, config } = deps;
  const isCacheShared = config.LASTRO_CACHE === 'postgres';
  const copies = isCacheShared ? cacheInPostgres(db) : memoryDriver();
  const files = config.LASTRO_BLOB_FOLDER ? folderDriver(config.LASTRO_BLOB_FOLDER) : blobsInPostgres(db);
  const sweepCopies = async (): Promise<void> => {
    const removed = await copies.sweep();
    if (removed > 0) log.info({ removed }, 'expired copies removed');
  };
  const sweepFiles = async (): Promise<void> => {
    const removed = await sweepBlobs(files, clock);
    if (removed > 0) log.info({ removed }, 'expired files removed');
  };
  const ofFiles: Job = { name: 'blob.sweep', everyMs: SWEEP_EVERY_MS, run: sweepFiles };
  const ofCopies: Job = { name: 'cache.sweep', everyMs: SWEEP_EVERY_MS, run: sweepCopies };
  const inMemory = createWorker('cache.sweep', log, async () => {
    await sweepCopies();
    return { ms: SWEEP_EVERY_MS };
  });
  return {
    cache: createCache(copies, log),
    isCacheShared,
    locks: createLocks(locksInPostgres(db), log),
    blobsOf: (module) => createBlobs({ driver: files, vault, clock }, module),
    jobs: isCacheShared ? [ofFiles, ofCopies] : [ofFiles],
    workers: isCacheShared ? [] : [inMemory],
  };
}
