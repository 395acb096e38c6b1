import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Account, canWrite, chooseAccount, ownerAccount } from './account.ts';
import { REACHABLE_PARENTS } from './binaries.ts';
import { codeOf, EmbeddedPostgresError, messageOf } from './failure.ts';

/** What is remembered about one cluster, in `<dataDir>/instance.json` (mode 0600: it holds the password). */
interface Memory {
  /** Real path of the folder this file was written in: tells a moved clone from a copied one. */
  home: string;
  /** Folder of the cluster: inside `home`, or elsewhere when Postgres' user cannot reach that. */
  place: string;
  password: string;
  port?: number;
}

/** One cluster on disk: where it is, who runs it, and its secrets. */
export interface Instance extends Memory {
  account: Account;
  /** PGDATA; exists only once initdb has finished, because it is renamed into place at the very end. */
  data: string;
  logFile: string;
}

/** The longest path a Unix socket may have, less the name Postgres gives the socket and its lock file. */
const SOCKET_FOLDER_MAX = 107 - '/.s.PGSQL.65535.lock'.length;

/** Folder of the cluster's Unix socket; undefined where there can be none, and TCP is left. */
export function socketFolder({ place }: Instance): string | undefined {
  return process.platform !== 'win32' && Buffer.byteLength(place) <= SOCKET_FOLDER_MAX ? place : undefined;
}

/** Opens the cluster remembered in this folder, or chooses a place and a password for a new one. */
export function openInstance(dataDir: string, log: (line: string) => void): Instance {
  makeHome(dataDir);
  const home = realpathSync(dataDir);
  const remembered = recall(home);
  if (!remembered) return createInstance(home, log);
  const place = placeSeenFrom(remembered, home);
  if (place && existsSync(place)) {
    const memory = { ...remembered, home, place };
    if (remembered.home !== home) remember(memory);
    return withPaths(memory, ownerAccount(place));
  }
  if (place) log(`the Postgres folder ${place} is gone: starting with an empty one`);
  else log(`this folder is a copy of ${remembered.home}, whose database stays with the original: starting with an empty one`);
  return createInstance(home, log);
}

/** The cluster remembered in this folder, if there is one; creates nothing. */
export function findInstance(dataDir: string): Instance | undefined {
  if (!existsSync(dataDir)) return undefined;
  const home = realpathSync(dataDir);
  const memory = recall(home);
  if (!memory || memory.home !== home || !existsSync(memory.place)) return undefined;
  return withPaths(memory, ownerAccount(memory.place));
}

/** Writes the memory whole or not at all. */
export function remember({ home, place, password, port }: Memory): void {
  const file = path.join(home, 'instance.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ home, place, password, port }, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

function createInstance(home: string, log: (line: string) => void): Instance {
  const account = chooseAccount();
  const inside = path.join(home, 'cluster');
  if (existsSync(inside) && readdirSync(inside).includes('data')) {
    throw new EmbeddedPostgresError(
      `${inside} holds a database, but ${path.join(home, 'instance.json')} with its password is missing or is of another clone. Put that file back, or move the folder away to start with an empty database.`,
    );
  }
  const place = makePlace(account, inside, home, log);
  const memory: Memory = { home, place, password: randomBytes(24).toString('base64url') };
  remember(memory);
  return withPaths(memory, account);
}

function makePlace(account: Account, inside: string, home: string, log: (line: string) => void): string {
  if (claim(account, inside)) return inside;
  const stem = `lastro-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
  for (const parent of REACHABLE_PARENTS) {
    const earlier = existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith(`${stem}-`)) : [];
    for (const name of earlier)
      log(`an earlier database of this folder is left in ${path.join(parent, name)}; remove it when you no longer want it`);
    // A name never used before: `rm -rf .lastro` means a fresh start, and old data is not ours to delete.
    const place = path.join(parent, `${stem}-${randomBytes(3).toString('hex')}`);
    if (claim(account, place)) {
      log(`user ${account.name} cannot reach ${home}: the database is in ${place}`);
      return place;
    }
  }
  throw new EmbeddedPostgresError(
    `User ${account.name}, under whom Postgres runs, can reach neither ${home} nor ${REACHABLE_PARENTS.join(' nor ')}. Set DATABASE_URL to use a Postgres of your own.`,
  );
}

/** Makes the folder for the account alone; false, leaving nothing behind, when the account cannot work there. */
function claim(account: Account, place: string): boolean {
  const existed = existsSync(place);
  try {
    mkdirSync(place, { mode: 0o700, recursive: true });
    chmodSync(place, 0o700);
    if (account.uid !== undefined && account.gid !== undefined) chownSync(place, account.uid, account.gid);
  } catch {
    return false;
  }
  if (canWrite(account, place)) return true;
  if (!existed) rmdirSync(place);
  return false;
}

function makeHome(dataDir: string): void {
  try {
    // Others may pass through, not look: Postgres' user must reach `cluster`, and the password file is 0600.
    if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new EmbeddedPostgresError(`Cannot create ${dataDir}: ${messageOf(error)}`);
  }
}

function recall(home: string): Memory | undefined {
  const file = path.join(home, 'instance.json');
  try {
    const memory = JSON.parse(readFileSync(file, 'utf8')) as Partial<Memory>;
    if (!memory.home || !memory.place || !memory.password) throw new Error('home, place or password is missing in it');
    return memory as Memory;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(`Cannot read ${file}: ${messageOf(error)}. It was made by whoever started Postgres here first.`);
  }
}

/**
 * Where the remembered cluster is for a folder that may have been moved or copied since; undefined when it stays with the original
 * (two folders using one cluster would take it for their own). Throws on a torn copy.
 */
function placeSeenFrom(memory: Memory, home: string): string | undefined {
  if (memory.home === home) return memory.place;
  const isInside = memory.place.startsWith(`${memory.home}${path.sep}`);
  const isCopied = existsSync(path.join(memory.home, 'instance.json'));
  if (!isInside) return isCopied ? undefined : memory.place;
  const place = path.join(home, path.relative(memory.home, memory.place));
  if (isCopied && existsSync(path.join(place, 'data', 'postmaster.pid'))) {
    throw new EmbeddedPostgresError(
      `${place} was copied from ${memory.home} while its Postgres was running; such a copy is not whole. Remove ${home}, or copy it again after a stop.`,
    );
  }
  return place;
}

function withPaths(memory: Memory, account: Account): Instance {
  return { ...memory, account, data: path.join(memory.place, 'data'), logFile: path.join(memory.place, 'postgres.log') };
}
