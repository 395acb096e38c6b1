import { execFile, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { EmbeddedPostgresError } from './failure.ts';

/** The system user that runs Postgres; undefined ids mean "whoever we are". */
export interface Account {
  uid?: number;
  gid?: number;
  name: string;
}

/** Outcome of a finished command. `code` is null when it could not be started or was killed. */
export interface CommandOutcome {
  code: number | null;
  output: string;
}

/** System users that have no rights of their own; both exist on every common Linux, `nobody` also on macOS. */
const CANDIDATES = ['postgres', 'nobody'];

export const weAreRoot = (): boolean => process.getuid?.() === 0;

/**
 * The user under whom a new cluster is made. Postgres refuses root, so root hands it to an unprivileged system user;
 * anybody else runs it as himself. Throws when root finds no such user.
 */
export function chooseAccount(): Account {
  if (!weAreRoot()) return { name: `uid ${process.getuid?.() ?? '?'}` };
  for (const name of CANDIDATES) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid && gid !== undefined) return { uid, gid, name };
  }
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, and none of the users ${CANDIDATES.join(', ')} exists here. Start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** The user who owns an existing cluster folder. Throws when we are neither he nor root. */
export function ownerAccount(folder: string): Account {
  const { uid, gid } = statSync(folder);
  if (uid === process.getuid?.()) {
    if (uid === 0)
      throw new EmbeddedPostgresError(`${folder} belongs to root, but Postgres does not run as root. Give it to another user.`);
    return { name: `uid ${uid}` };
  }
  if (!weAreRoot()) {
    throw new EmbeddedPostgresError(
      `${folder} belongs to another user (uid ${uid}), who made it. Start as that user or as root; or move .lastro away for a fresh start.`,
    );
  }
  return { uid, gid, name: `uid ${uid}` };
}

/** Runs a program as the account, with a clean environment (no PG* variable of the shell may reach it), and gathers its output. */
export function runAs(account: Account, program: string, args: readonly string[], timeoutMs = 120_000): Promise<CommandOutcome> {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve) => {
    // The working folder is / because the one we stand in may be closed to the account.
    const options = { cwd: '/', env, uid: account.uid, gid: account.gid, timeout: timeoutMs, maxBuffer: 4_000_000 };
    execFile(program, args, options, (error, stdout, stderr) => {
      const failure = error && typeof error.code !== 'number' ? `${error.message}\n` : '';
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, output: `${failure}${stdout}${stderr}`.trim() });
    });
  });
}

/** Whether the account can enter and write this folder; asked by really trying it, so that every kind of permission counts. */
export function canWrite(account: Account, folder: string): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { cwd: '/', uid: account.uid, gid: account.gid });
  return probe.status === 0;
}

function idOf(flag: string, name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  const id = Number.parseInt(answer.stdout ?? '', 10);
  return answer.status === 0 && Number.isInteger(id) ? id : undefined;
}
