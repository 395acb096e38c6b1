import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
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

/**
 * Brings every module's schema up to date, in the order given (ground floor first). Each file runs once, in its own
 * transaction, remembered with its checksum: a file changed after it ran stops the start, since two installations would differ.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'lastro-migrate' });
  await client.connect();
  const applied: string[] = [];
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    await client.query(await readFile(path.join(import.meta.dirname, 'bootstrap.sql'), 'utf8'));
    if (options.appLogin) await ensureLogin(client, options.appLogin);
    const known = await knownMigrations(client);
    for (const source of options.sources) {
      await ensureModule(client, source.module, options.appLogin?.user);
      for (const file of await migrationFiles(source.directory)) {
        const name = `${source.module}/${file}`;
        const sql = await readFile(path.join(source.directory, file), 'utf8');
        const checksum = createHash('sha256').update(sql).digest('hex');
        const before = known.get(name);
        if (before === checksum) continue;
        if (before) throw new Error(`migration ${name} was changed after it ran; add a new file instead`);
        await applyFile(client, source.module, name, sql, checksum);
        options.log.info({ migration: name }, 'migrated');
        applied.push(name);
      }
    }
    return { applied };
  } finally {
    await client.end();
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

async function applyFile(client: pg.Client, module: string, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select set_config('platform.module', $1, true)`, [module]);
    await client.query(sql);
    await client.query('insert into platform.migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
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
