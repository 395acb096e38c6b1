import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MigrationSource } from '#platform/migrate/migrate.ts';

/** A module that exists for one test: its migrations are written to a folder of their own. Keys of `files` are file names. */
export async function makeUpModule(module: string, files: Record<string, string>): Promise<MigrationSource & { remove(): Promise<void> }> {
  const root = await mkdtemp(path.join(tmpdir(), 'lastro-module-'));
  const directory = path.join(root, 'migrations');
  await mkdir(directory);
  for (const [name, sql] of Object.entries(files)) await writeFile(path.join(directory, name), sql);
  return { module, directory, remove: () => rm(root, { recursive: true, force: true }) };
}
