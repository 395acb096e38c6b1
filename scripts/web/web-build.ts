import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const NOT_SOURCES = new Set(['dist', 'node_modules', '.angular', 'coverage']);

/** What the web app is made of, as one hash: every file of `web` and the locked versions of its dependencies. */
export function hashWebSources(root: string): string {
  const hash = createHash('sha256');
  const web = path.join(root, 'web');
  for (const file of [...filesOf(web), path.join(root, 'package-lock.json')]) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Folder with the `index.html` of the built app, if it was built from just these sources. */
export function findFreshBuild(root: string, state: string): string | undefined {
  const marker = path.join(state, 'web-build.json');
  if (!existsSync(marker)) return undefined;
  try {
    const { hash } = JSON.parse(readFileSync(marker, 'utf8')) as { hash: string };
    return hash === hashWebSources(root) ? findIndexFolder(path.join(root, 'web', 'dist', 'browser')) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Builds the web app unless the build at hand is of the same sources. `build` runs `npm run build -w web` and throws when that
 * fails. Returns the folder of `index.html`.
 */
export async function buildWebOnce(root: string, state: string, build: () => Promise<void>): Promise<string> {
  const fresh = findFreshBuild(root, state);
  if (fresh) return fresh;
  const marker = path.join(state, 'web-build.json');
  rmSync(marker, { force: true });
  const hash = hashWebSources(root);
  await build();
  const folder = findIndexFolder(path.join(root, 'web', 'dist', 'browser'));
  if (!folder) throw new Error('the web build ended well, but there is no index.html under web/dist');
  writeFileSync(marker, `${JSON.stringify({ hash, builtAt: new Date().toISOString() })}\n`);
  return folder;
}

/** The operators' app, built with the customers' and beside it. */
export const deskBesides = (folder: string): string => path.join(folder, '..', 'operacao', 'browser');

/** How npm is called from a script of npm: by the very npm that runs us, else by name. */
export function npmCommand(...args: string[]): [string, ...string[]] {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [process.execPath, cli, ...args] : ['npm', ...args];
}

function findIndexFolder(dist: string, depth = 3): string | undefined {
  if (!existsSync(dist)) return undefined;
  if (existsSync(path.join(dist, 'index.html'))) return dist;
  if (depth === 0) return undefined;
  const folders = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const found = findIndexFolder(path.join(dist, name), depth - 1);
    if (found) return found;
  }
  return undefined;
}

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (NOT_SOURCES.has(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesOf(file) : entry.isFile() ? [file] : [];
  });
}
