import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identifyProcess, sendSignal, waitForEnd } from '../../server/src/platform/embedded-postgres/process-info.ts';
import type { Folders } from './folders.ts';
import { followLog, lastLines } from './log-file.ts';

export interface ChildPlan {
  /** Names its log file, its pid file and its lines on the console. */
  name: string;
  /** Program and arguments. */
  command: readonly [string, ...string[]];
  cwd: string;
  env: Record<string, string | undefined>;
  /** Shows its log lines on the console as they come. */
  onLine?: (line: string) => void;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves once it has ended, for whatever reason; never rejects. */
  ended: Promise<Ending>;
  hasEnded(): boolean;
  lastLines(count: number): string[];
  /** SIGTERM, then SIGKILL to all its group after `graceMs`, or at once when `hurry` is raised. */
  stop(graceMs: number, hurry?: AbortSignal): Promise<void>;
  /** SIGKILL to all its group: for what does not listen any more. */
  kill(): void;
}

/**
 * Starts a program in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor. It writes into a log file
 * and not into a pipe, so that it outlives a killed supervisor unharmed; the pid file lets the next start find it then.
 */
export function startChild(folders: Folders, plan: ChildPlan): Child {
  const logFile = path.join(folders.logs, `${plan.name}.log`);
  const pidFile = path.join(folders.run, `${plan.name}.json`);
  const stopFollowing = plan.onLine ? followLog(logFile, plan.onLine) : () => undefined;
  const output = openSync(logFile, 'a', 0o600);
  const [program, ...args] = plan.command;
  const child = spawn(program, args, { cwd: plan.cwd, env: plan.env, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const pid = child.pid ?? 0;
  const identity = identifyProcess(pid);
  if (identity) writeFileSync(pidFile, JSON.stringify({ ...identity, file: pidFile }), { mode: 0o600 });
  let isOver = false;
  const ended = endingOf(child).then((ending) => {
    isOver = true;
    rmSync(pidFile, { force: true });
    stopFollowing();
    return ending;
  });
  return {
    name: plan.name,
    pid,
    logFile,
    ended,
    hasEnded: () => isOver,
    lastLines: (count) => lastLines(logFile, count),
    stop: async (graceMs, hurry) => {
      if (isOver) return;
      sendSignal(pid, 'SIGTERM');
      await Promise.race([ended, delay(graceMs), raised(hurry)]);
      if (!isOver) killGroup(pid);
      await ended;
    },
    kill: () => {
      if (!isOver) killGroup(pid);
    },
  };
}

/** Stops a process that an earlier supervisor left behind. */
export async function stopLeftover(identity: { pid: number; startedAt: string }, graceMs: number): Promise<void> {
  sendSignal(identity.pid, 'SIGTERM');
  if (await waitForEnd(identity, graceMs)) return;
  killGroup(identity.pid);
  await waitForEnd(identity, 5_000);
}

function killGroup(pid: number): void {
  // The child leads its group: with it goes whatever it had started.
  if (!sendSignal(-pid, 'SIGKILL')) sendSignal(pid, 'SIGKILL');
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function raised(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
