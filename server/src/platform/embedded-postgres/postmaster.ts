import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './failure.ts';
import type { Instance } from './instance.ts';
import {
  identifyProcess,
  isSameProcessAlive,
  type ProcessIdentity,
  processCommand,
  processesWorkingIn,
  sendSignal,
  waitForEnd,
} from './process-info.ts';

const LOG_FILE_MAX_BYTES = 10_000_000;

/** The running Postgres of a cluster, as its own pid file tells. */
export interface Postmaster extends ProcessIdentity {
  port: number;
}

/**
 * The live postmaster of this cluster, whoever started it; undefined when there is none. A pid file left by a dead one is not
 * believed: the pid may long belong to another program.
 */
export function findPostmaster(instance: Instance): Postmaster | undefined {
  const lines = pidFileLines(instance);
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  const identity = identifyProcess(pid);
  if (!identity || !Number.isInteger(port) || !isPostmasterOf(instance, pid)) return undefined;
  return { ...identity, port };
}

/**
 * Starts Postgres through pg_ctl, which puts it into a session of its own, and waits until it accepts connections (crash
 * recovery included). Returns undefined when it refused for a reason that passes: the processes of a killed one still end.
 */
export async function startPostmaster(instance: Instance, binaries: Binaries, timeoutMs: number): Promise<Postmaster | undefined> {
  dropForeignPidFile(instance);
  rotateLog(instance);
  const logFrom = sizeOf(instance.logFile);
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const args = [
    'start',
    '-D',
    instance.data,
    '-l',
    instance.logFile,
    '-w',
    '-s',
    '-t',
    seconds,
    '-p',
    path.join(binaries.folder, 'bin', 'postgres'),
  ];
  const outcome = await runAs(instance.account, path.join(binaries.folder, 'bin', 'pg_ctl'), args, timeoutMs + 10_000);
  const running = findPostmaster(instance);
  if (outcome.code === 0 && running) return running;
  const told = `${outcome.output}\n${readFrom(instance.logFile, logFrom)}`.trim();
  if (
    /lock file ".*" (already exists|is empty)|pre-existing shared memory block|could not bind|Address already in use|is another postmaster/i.test(
      told,
    )
  )
    return undefined;
  const tail = told.split('\n').slice(-12).join('\n  ');
  throw new EmbeddedPostgresError(`Postgres did not start (log file ${instance.logFile}):\n  ${tail}`);
}

/** Fast shutdown: rolls back what is open, writes a checkpoint, ends. Harsher after `timeoutMs`. Resolves when no process is left. */
export async function stopPostmaster(identity: ProcessIdentity, timeoutMs = 30_000): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', timeoutMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ];
  for (const [signal, waitMs] of steps) {
    if (!isSameProcessAlive(identity) || !sendSignal(identity.pid, signal)) return;
    if (await waitForEnd(identity, waitMs)) return;
  }
  throw new EmbeddedPostgresError(`Postgres (pid ${identity.pid}) does not end, not even by SIGKILL.`);
}

function isPostmasterOf(instance: Instance, pid: number): boolean {
  const standing = processesWorkingIn(instance.data);
  return standing ? standing.includes(pid) : processCommand(pid).includes(instance.data);
}

/**
 * After a reboot of a container the pid in the file may belong to any program, and Postgres then refuses to start for ever.
 * The file goes only when surely no Postgres process works in the folder; where that cannot be seen, Postgres has the word.
 */
function dropForeignPidFile(instance: Instance): void {
  const pid = Number(pidFileLines(instance)?.[0]);
  if (!identifyProcess(pid)) return;
  const standing = processesWorkingIn(instance.data);
  if (standing?.length === 0) rmSync(path.join(instance.data, 'postmaster.pid'), { force: true });
}

function pidFileLines(instance: Instance): string[] | undefined {
  const file = path.join(instance.data, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : undefined;
}

function rotateLog({ logFile }: Instance): void {
  if (sizeOf(logFile) > LOG_FILE_MAX_BYTES) renameSync(logFile, `${logFile}.1`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, offset: number): string {
  return existsSync(file) ? readFileSync(file).subarray(offset).toString('utf8') : '';
}
