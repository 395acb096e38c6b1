import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const held = new Set<string>();

/**
 * Keeps a second sandbox from writing the same journal. The lock names the process and when it started, so that what a kill -9
 * left behind, or another process that got the same id since, does not count.
 *
 * @returns the function that gives the lock back. @throws Error when a living process holds it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'journal.lock');
  const owner = readLock(file);
  const isOurs = owner?.pid === process.pid;
  if (owner && (isOurs ? held.has(file) : startOf(owner.pid) === owner.startedAt)) {
    throw new Error(`the folder ${folder} is in use by process ${owner.pid}`);
  }
  writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

function readLock(file: string): { pid: number; startedAt: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startedAt: string };
  } catch {
    return null;
  }
}

/** Start of a process in the kernel's ticks (Linux); elsewhere only whether it lives; empty when it does not. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? '' : `${rest[18]}`;
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return '';
  }
}
