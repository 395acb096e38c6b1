import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** Where everything of one clone is. All but the sources is under `.lastro`, and deleting that is a fresh start. */
export interface Folders {
  root: string;
  state: string;
  logs: string;
  run: string;
}

export const rootFolder = path.resolve(import.meta.dirname, '..', '..');

/** Makes the folders. `.lastro` itself may be passed through, since Postgres' user must reach its own part; the rest is ours alone. */
export function makeFolders(root = rootFolder): Folders {
  const state = path.join(root, '.lastro');
  const folders = { root, state, logs: path.join(state, 'logs'), run: path.join(state, 'run') };
  mkdirSync(state, { recursive: true, mode: 0o755 });
  for (const folder of [folders.logs, folders.run]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}
