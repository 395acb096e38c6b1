import { rmSync } from 'node:fs';
import path from 'node:path';
import { provideBinaries } from './binaries.ts';
import { adminUrl, ensureDatabase, waitForAnswer } from './connection.ts';
import { createClusterOnce } from './create-cluster.ts';
import { EmbeddedPostgresError } from './failure.ts';
import { isPortFree, pickFreePort } from './free-port.ts';
import { findInstance, type Instance, openInstance, remember } from './instance.ts';
import { findPostmaster, type Postmaster, startPostmaster, stopPostmaster } from './postmaster.ts';
import { checkSettings, currentSettings, renderSettings, type Settings, writeSettings } from './settings.ts';

export { EmbeddedPostgresError } from './failure.ts';
export type { Settings } from './settings.ts';

export interface EmbeddedPostgresOptions {
  /** Folder that remembers the cluster, made when missing; the cluster itself is in it or, when its user cannot reach it, elsewhere. */
  dataDir: string;
  /** TCP port on 127.0.0.1; by default the one of last time, or a free one. A port named here and taken is an error. */
  port?: number;
  /** Database of `adminUrl`, created when missing; `postgres` by default. */
  database?: string;
  settings?: Settings;
  /** Receives a line for each thing worth telling. */
  log?: (line: string) => void;
  /** How long to wait for a start, crash recovery included, and for a killed one's processes to end. */
  timeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** Connection string of the superuser. Holds the password: not for logs. */
  adminUrl: string;
  port: number;
  pid: number;
  /** Kernel's start time of `pid`, to tell it from a later process of the same number. */
  startedAt: string;
  /** Folder of the cluster. */
  place: string;
  logFile: string;
  /** True when it was already running: left by a killed process of ours. */
  adopted: boolean;
  /** Fast shutdown; resolves when the process has ended, also when it already had. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that npm brought, or adopts the one still running, and returns once it accepts connections. It lives in a
 * session of its own and outlives the caller until `stop`. Recovers by itself from a kill -9 of the caller, of Postgres, or both.
 * Throws EmbeddedPostgresError with a message for people.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const timeoutMs = options.timeoutMs ?? 60_000;
  checkSettings(options.settings);
  const instance = openInstance(path.resolve(options.dataDir), log);
  const { postmaster, adopted } = (await adopt(instance, options, timeoutMs, log)) ?? (await start(instance, options, timeoutMs, log));
  const { port, pid, startedAt } = postmaster;
  remember({ ...instance, port });
  const database = options.database ?? 'postgres';
  await ensureDatabase(instance, port, database);
  const { place, logFile } = instance;
  return {
    adminUrl: adminUrl(instance, port, database),
    port,
    pid,
    startedAt,
    place,
    logFile,
    adopted,
    stop: () => stopPostmaster(postmaster),
  };
}

/** Stops the Postgres of this folder if it runs, whoever started it. False when there was none. */
export async function stopEmbeddedPostgres(dataDir: string): Promise<boolean> {
  const instance = findInstance(path.resolve(dataDir));
  const running = instance && findPostmaster(instance);
  if (running) await stopPostmaster(running);
  return running !== undefined;
}

/** Stops the Postgres of this folder and deletes folder and cluster with all data, for ever. */
export async function deleteEmbeddedPostgres(dataDir: string): Promise<void> {
  const instance = findInstance(path.resolve(dataDir));
  await stopEmbeddedPostgres(dataDir);
  if (instance) rmSync(instance.place, { recursive: true, force: true });
  rmSync(path.resolve(dataDir), { recursive: true, force: true });
}

type Found = { postmaster: Postmaster; adopted: boolean };

async function adopt(
  instance: Instance,
  options: EmbeddedPostgresOptions,
  timeoutMs: number,
  log: (line: string) => void,
): Promise<Found | undefined> {
  const running = findPostmaster(instance);
  if (!running) return undefined;
  const wanted = renderSettings(instance, options.port ?? running.port, options.settings);
  if (wanted !== currentSettings(instance)) {
    log('Postgres is running with other settings: restarting it');
    await stopPostmaster(running);
    return undefined;
  }
  try {
    await waitForAnswer(instance, running, timeoutMs);
  } catch (error) {
    // It may have been about to end; if it still runs, the failure is a real one.
    if (findPostmaster(instance)) throw error;
    return undefined;
  }
  log(`adopted the running Postgres (pid ${running.pid}, port ${running.port})`);
  return { postmaster: running, adopted: true };
}

async function start(instance: Instance, options: EmbeddedPostgresOptions, timeoutMs: number, log: (line: string) => void): Promise<Found> {
  const binaries = await provideBinaries(instance.account);
  await createClusterOnce(instance, binaries, log);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const port = await choosePort(instance, options.port);
    writeSettings(instance, renderSettings(instance, port, options.settings));
    const postmaster = await startPostmaster(instance, binaries, timeoutMs);
    if (postmaster) {
      await waitForAnswer(instance, postmaster, timeoutMs);
      return { postmaster, adopted: false };
    }
    // Either another start of ours was quicker, which is as good, or a killed one has not wholly ended yet.
    const found = await adopt(instance, { ...options, port }, timeoutMs, log);
    if (found) return found;
    if (performance.now() > deadline)
      throw new EmbeddedPostgresError(`Postgres could not start for ${timeoutMs / 1000} s; see ${instance.logFile}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function choosePort(instance: Instance, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isPortFree(wanted)) return wanted;
    throw new EmbeddedPostgresError(`Port ${wanted} on 127.0.0.1, meant for Postgres, is in use.`);
  }
  if (instance.port !== undefined && (await isPortFree(instance.port))) return instance.port;
  return pickFreePort();
}
