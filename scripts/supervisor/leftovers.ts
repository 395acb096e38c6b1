import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isSameProcessAlive, type ProcessIdentity } from '../../server/src/platform/embedded-postgres/process-info.ts';
import { stopLeftover } from './child.ts';
import type { Folders } from './folders.ts';

/**
 * Stops the children that a killed supervisor of this clone left running, and returns their names. A pid that meanwhile belongs
 * to another process (other start time) is left alone, and so is a child of the clone this one was copied from.
 */
export async function stopLeftovers(folders: Folders, lockFile: string): Promise<string[]> {
  const stopped: string[] = [];
  for (const entry of readdirSync(folders.run)) {
    const file = path.join(folders.run, entry);
    if (!entry.endsWith('.json') || file === lockFile) continue;
    const identity = parse(file);
    if (identity && isSameProcessAlive(identity)) {
      await stopLeftover(identity, 5_000);
      stopped.push(path.basename(entry, '.json'));
    }
    rmSync(file, { force: true });
  }
  return stopped;
}

function parse(file: string): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity & { file: string }>;
    return identity.file === file && typeof identity.pid === 'number' && typeof identity.startedAt === 'string'
      ? (identity as ProcessIdentity)
      : undefined;
  } catch {
    return undefined;
  }
}
