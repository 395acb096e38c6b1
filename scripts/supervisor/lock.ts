import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess, isSameProcessAlive, type ProcessIdentity } from '../../server/src/platform/embedded-postgres/process-info.ts';

export interface LockHolder extends ProcessIdentity {
  /** What it serves, for the message to whoever comes second. */
  about: string;
  /** The lock file's own path: a clone copied while it ran is another clone. */
  file: string;
}

export type Lock = { release(): void };

/**
 * Takes the lock file (an absolute path), or returns who holds it. The lock of a process that has ended counts for nothing, even when its pid
 * belongs to another program by now.
 */
export function takeLock(file: string, about: string): Lock | LockHolder {
  const mine = JSON.stringify({ ...identifyProcess(process.pid), about, file });
  const prepared = `${file}.${process.pid}`;
  writeFileSync(prepared, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(prepared, file); // unlike a write, this is whole or fails
        return { release: () => releaseIfMine(file, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = read(file);
      const holder = parse(found);
      if (holder && holder.file === file && isSameProcessAlive(holder)) return holder;
      if (found !== undefined) removeStale(file, found);
    }
    throw new Error(`cannot take the lock ${file}`);
  } finally {
    rmSync(prepared, { force: true });
  }
}

/** Takes exactly the stale lock away: what another start put there meanwhile goes back. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, file);
  } catch {
    // somebody else was quicker; the next round sees what is there
  } finally {
    rmSync(aside, { force: true });
  }
}

function releaseIfMine(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): LockHolder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Partial<LockHolder>;
    return typeof holder.pid === 'number' && typeof holder.startedAt === 'string' ? (holder as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}
