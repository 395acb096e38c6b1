import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { sendSignal } from '../../server/src/platform/embedded-postgres/process-info.ts';

export interface TestProcessPlan {
  command: readonly [string, ...string[]];
  cwd: string;
  env: Record<string, string | undefined>;
  /** Gets stdout and stderr. */
  outputFile: string;
  /** Files whose growth shows that it is alive, beside its output. */
  signsOfLife?: readonly string[];
  idleLimitMs: number;
}

export interface TestProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  durationMs: number;
  idleSeconds?: number;
}

const running = new Set<number>();

/** Runs a program to its end, or until it shows no sign of life for too long; then it and all it started are killed. */
export function runTestProcess(plan: TestProcessPlan): Promise<TestProcessEnd> {
  const from = performance.now();
  const output = openSync(plan.outputFile, 'w');
  const [program, ...args] = plan.command;
  const child = spawn(program, args, { cwd: plan.cwd, env: plan.env, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const pid = child.pid ?? 0;
  running.add(pid);
  let isIdle = false;
  const startedAt = Date.now();
  const watchdog = setInterval(() => {
    const seen = [plan.outputFile, ...(plan.signsOfLife ?? [])].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (Date.now() - Math.max(startedAt, ...seen) < plan.idleLimitMs) return;
    isIdle = true;
    sendSignal(-pid, 'SIGKILL');
  }, 1_000);
  return new Promise((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      clearInterval(watchdog);
      running.delete(pid);
      if (pid > 0) sendSignal(-pid, 'SIGKILL'); // whatever it started and left behind
      resolve({ code, signal, durationMs: performance.now() - from, ...(isIdle ? { idleSeconds: plan.idleLimitMs / 1000 } : {}) });
    };
    child.once('error', () => end(null, null));
    child.once('exit', end);
  });
}

/** Kills what is running, for an interrupted run. */
export function killTestProcesses(): void {
  for (const pid of running) sendSignal(-pid, 'SIGKILL');
}
