import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './failure.ts';
import type { Instance } from './instance.ts';
import { includeSettings } from './settings.ts';

/**
 * Runs initdb unless the cluster exists. It works in `data.unfinished`, renamed to `data` as the last step: whatever has the
 * name `data` is complete and never deleted, and what a crash left half done is started over.
 */
export async function createClusterOnce(instance: Instance, binaries: Binaries, log: (line: string) => void): Promise<void> {
  if (existsSync(instance.data)) return checkMajor(instance, binaries);
  const unfinished = `${instance.data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  log('criando o banco de dados (só na primeira vez)');
  const passwordFile = path.join(instance.place, 'password.once');
  writeFileSync(passwordFile, `${instance.password}\n`, { mode: 0o600 });
  const { uid, gid } = instance.account;
  if (uid !== undefined && gid !== undefined) chownSync(passwordFile, uid, gid);
  try {
    const outcome = await runAs(
      instance.account,
      path.join(binaries.folder, 'bin', 'initdb'),
      initdbArguments(unfinished, passwordFile, binaries),
    );
    if (outcome.code !== 0) throw new EmbeddedPostgresError(explain(outcome.output, instance));
  } finally {
    rmSync(passwordFile, { force: true });
  }
  includeSettings(unfinished);
  renameSync(unfinished, instance.data);
}

function initdbArguments(data: string, passwordFile: string, { major }: Binaries): string[] {
  // From 17 on Postgres carries C.UTF-8 itself: the same order of text on every machine, whatever locales that has.
  const locale = major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C'];
  const access = ['--auth-host=scram-sha-256', '--auth-local=scram-sha-256', `--pwfile=${passwordFile}`];
  return ['-D', data, '-U', 'postgres', '--encoding=UTF8', ...locale, '--data-checksums', ...access, '--no-instructions'];
}

function checkMajor(instance: Instance, binaries: Binaries): void {
  const found = readFileSync(path.join(instance.data, 'PG_VERSION'), 'utf8').trim();
  if (found === String(binaries.major)) return;
  throw new EmbeddedPostgresError(
    `The database in ${instance.data} was made by Postgres ${found}, and the installed binaries are ${binaries.version}. Dump it with the earlier release and restore it into a fresh one.`,
  );
}

function explain(output: string, instance: Instance): string {
  const tail = output.split('\n').slice(-6).join('\n  ');
  if (/could not look up effective user ID/.test(output)) {
    return `Postgres needs a user with an entry in /etc/passwd, and uid ${process.getuid?.()} has none. Start as another user, or set DATABASE_URL.\n  ${tail}`;
  }
  if (/No space left on device/.test(output)) return `No space left for the database in ${instance.place}.\n  ${tail}`;
  return `initdb failed in ${instance.place}:\n  ${tail}`;
}
