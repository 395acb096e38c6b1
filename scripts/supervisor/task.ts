import { type ChildPlan, startChild } from './child.ts';
import type { Folders } from './folders.ts';
import { lastLines, rotateLog } from './log-file.ts';
import type { Shutdown } from './shutdown.ts';

/**
 * Runs a program to its end. Throws, with the last lines of its log, when it fails or takes longer than `timeoutMs`; ends it when
 * the supervisor is to end.
 */
export async function runTask(folders: Folders, shutdown: Shutdown, plan: ChildPlan & { timeoutMs: number }): Promise<void> {
  rotateLog(`${folders.logs}/${plan.name}.log`);
  const child = startChild(folders, plan);
  const tooLong = setTimeout(() => void child.stop(2_000), plan.timeoutMs);
  const giveUp = () => void child.stop(2_000, shutdown.hurry);
  shutdown.wanted.addEventListener('abort', giveUp, { once: true });
  const { code, signal } = await child.ended;
  clearTimeout(tooLong);
  shutdown.wanted.removeEventListener('abort', giveUp);
  shutdown.wanted.throwIfAborted();
  if (code === 0) return;
  const lines = lastLines(child.logFile, 25).map((line) => `    ${line.slice(0, 400)}`);
  throw new Error(`${plan.name} falhou (${signal ?? `código ${code}`}). Últimas linhas de ${child.logFile}:\n${lines.join('\n')}`);
}
