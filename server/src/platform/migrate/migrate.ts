import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { backoffMs } from '../backoff.ts';
import type { Logger } from '../log.ts';

/** A module as the migrator sees it: its schema's name and the folder of its numbered SQL files. */
export type MigrationSource = { module: string; directory: string };

export type MigrateOptions = {
  /** Owner of all schemas; never used by the running application. */
  adminUrl: string;
  /** The application's log-in role, created or updated when given. */
  appLogin?: { user: string; password: string };
  sources: readonly MigrationSource[];
  log: Logger;
};

/** Serialises migrators of several processes; any constant will do, as long as it stays the same. */
const LOCK_KEY = 7_205_140_001;
const FILE = /^\d{4}_[a-z0-9-]+\.sql$/;
/** First line of a file with one statement that cannot run in a transaction (`create index concurrently`). */
const OUTSIDE = '-- lastro: outside a transaction';
/** What waits for a lock makes everybody else wait behind it: give up soon, and try again. */
const LOCK_MS = 2_000;
const LOCK_TRIES = 30;
/** How often a migrator asks whether those before it are done. */
const TURN_MS = 100;
/** Released with the same number before this was looked at. */
const SAME_NUMBER = new Set(['ledger/0003_checker.sql', 'ledger/0003_reads.sql']);

/**
 * Brings every module's schema up to date, in the order given (ground floor first). Each file runs once, in its own
 * transaction (unless its first line says `-- lastro: outside a transaction`), remembered with its checksum: a file changed after it ran stops the start, since two installations would differ.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'lastro-migrate' });
  await client.connect();
  const applied: string[] = [];
  try {
    await takeTurn(client);
    await client.query(await readFile(path.join(import.meta.dirname, 'bootstrap.sql'), 'utf8'));
    if (options.appLogin) await ensureLogin(client, options.appLogin);
    const known = await knownMigrations(client);
    for (const source of options.sources) {
      await ensureModule(client, source.module, options.appLogin?.user);
      const files = await migrationFiles(source.directory);
      checkNumbers(source.module, files, known);
      for (const file of files) {
        const name = `${source.module}/${file}`;
        const sql = await readFile(path.join(source.directory, file), 'utf8');
        const checksum = createHash('sha256').update(sql).digest('hex');
        const before = known.get(name);
        if (before === checksum) continue;
        if (before) throw new Error(`migration ${name} was changed after it ran; add a new file instead`);
        await applyPatiently(client, { module: source.module, name, sql, checksum });
        options.log.info({ migration: name }, 'migrated');
        applied.push(name);
      }
    }
    return { applied };
  } finally {
    await client.end();
  }
}

/** Asks again and again: a statement that waited for the lock would hold up an index that is being built beside others' work, for ever. */
async function takeTurn(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK_KEY]);
    if (rows[0]?.mine) return;
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
}

async function knownMigrations(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from platform.migrations');
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

async function migrationFiles(directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  const odd = files.find((file) => !FILE.test(file));
  if (odd) throw new Error(`migration file names look like 0001_what-it-does.sql, not ${odd}`);
  return files;
}

/** Two files of one number have no order, and one below a number that has run would run late on old installations only. */
function checkNumbers(module: string, files: readonly string[], known: ReadonlyMap<string, string>): void {
  const numberOf = (file: string): string => file.slice(0, 4);
  for (const [nth, file] of files.entries()) {
    const before = files[nth - 1];
    if (before && numberOf(before) === numberOf(file) && !SAME_NUMBER.has(`${module}/${file}`))
      throw new Error(`migrations ${module}/${before} and ${file} have the same number`);
  }
  const last = files.findLast((file) => known.has(`${module}/${file}`));
  const late = last && files.find((file) => !known.has(`${module}/${file}`) && numberOf(file) < numberOf(last));
  if (late) throw new Error(`migration ${module}/${late} comes too late: ${last} has run already; give it the next number`);
}

type MigrationFile = { module: string; name: string; sql: string; checksum: string };

/** Applies a file; what it cannot lock in two seconds is let go, so that others get on, and tried again for some minutes. */
async function applyPatiently(client: pg.Client, file: MigrationFile): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await applyFile(client, file);
      return;
    } catch (error) {
      const isLocked = ((error as Error).cause as { code?: string } | undefined)?.code === '55P03';
      if (!isLocked || attempt >= LOCK_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, 200, 10_000)));
    }
  }
}

async function applyFile(client: pg.Client, { module, name, sql, checksum }: MigrationFile): Promise<void> {
  const inTransaction = !sql.startsWith(OUTSIDE);
  // An index that is built beside others' work waits for them without holding anybody up.
  await client.query('select set_config($1, $2, false)', ['lock_timeout', String(inTransaction ? LOCK_MS : 0)]);
  if (inTransaction) await client.query('begin');
  else await dropUnfinished(client, module);
  try {
    await client.query(`select set_config('platform.module', $1, $2)`, [module, inTransaction]);
    await client.query(sql);
    await client.query('insert into platform.migrations (name, checksum) values ($1, $2)', [name, checksum]);
    if (inTransaction) await client.query('commit');
  } catch (error) {
    if (inTransaction) await client.query('rollback');
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
  } finally {
    await client.query('reset lock_timeout');
  }
}

/** An index whose building was broken off is there, and of no use: `if not exists` would take it for the real one. */
async function dropUnfinished(client: pg.Client, module: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind = 'i' and not i.indisvalid`,
    [module],
  );
  for (const { name } of rows) await client.query(`drop index concurrently ${pg.escapeIdentifier(module)}.${pg.escapeIdentifier(name)}`);
}

async function ensureRole(client: pg.Client, name: string, attributes: string): Promise<void> {
  const role = pg.escapeIdentifier(name);
  // Roles belong to the whole cluster: another database's migrator may create the same one at this moment.
  await client.query(
    `do $$ begin create role ${role} ${attributes}; exception when duplicate_object or unique_violation then null; end $$`,
  );
}

async function ensureModule(client: pg.Client, module: string, loginUser: string | undefined): Promise<void> {
  for (const role of [module, `${module}_system`]) {
    await ensureRole(client, role, 'nologin noinherit');
    if (loginUser) await grantMembership(client, role, loginUser);
  }
  const schema = pg.escapeIdentifier(module);
  await client.query(`create schema if not exists ${schema}`);
  await client.query(`grant usage on schema ${schema} to ${schema}, ${pg.escapeIdentifier(`${module}_system`)}`);
}

async function grantMembership(client: pg.Client, role: string, user: string): Promise<void> {
  const sql = `grant ${pg.escapeIdentifier(role)} to ${pg.escapeIdentifier(user)} with inherit false, set true`;
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(sql);
      return;
    } catch (error) {
      // "tuple concurrently updated": another database's migrator granted the same at this moment.
      if (attempt >= 5 || (error as { code?: string }).code !== 'XX000') throw error;
    }
  }
}

async function ensureLogin(client: pg.Client, login: { user: string; password: string }): Promise<void> {
  await ensureRole(client, login.user, 'login noinherit');
  await client.query(`alter role ${pg.escapeIdentifier(login.user)} login noinherit password ${pg.escapeLiteral(login.password)}`);
  const database = client.database ?? 'postgres';
  await client.query(`grant connect on database ${pg.escapeIdentifier(database)} to ${pg.escapeIdentifier(login.user)}`);
}
