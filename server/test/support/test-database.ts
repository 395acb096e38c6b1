import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { createDb, type Db, type DbOptions } from '#platform/db/db.ts';
import { createLogger } from '#platform/log.ts';
import { type MigrationSource, migrate } from '#platform/migrate/migrate.ts';
import { platformSources } from '#platform/migrate/platform-sources.ts';

/** The database every module is migrated into once per run; `scripts/test.ts` makes it. */
export const TEMPLATE_DATABASE = process.env.TEST_TEMPLATE_DATABASE ?? 'lastro_template';
/** The application's log-in role in tests. Whoever makes the template must use the same. */
export const TEST_LOGIN = { user: 'lastro_app', password: 'lastro_app' };

/** Serialises what touches the whole cluster (roles, log-ins): several test files and runs share it. */
const CLUSTER_LOCK = 7_205_140_002;
const NAME_PREFIX = 'lastro_test_';
const ABANDONED_AFTER_S = 3_600;
const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });

export type TestDatabase = {
  /** As the application sees it: log-in without tables of its own, roles per transaction. */
  db: Db;
  /** Owner of everything in this one database; for assertions across modules and for planting faults. */
  adminUrl: string;
  appUrl: string;
  /** A further pool, as another process would have; closed with the rest. */
  openAnother(options?: Partial<DbOptions>): Db;
  /** Runs one statement as the owner, past row-level security. */
  admin<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Closes every pool and drops the database. */
  close(): Promise<void>;
};

/** Migration sources of some modules by name, with the platform's own in front, as the composition root orders them. */
export function sourcesOf(...modules: string[]): MigrationSource[] {
  const source = path.join(import.meta.dirname, '../../src');
  return [...platformSources(), ...modules.map((module) => ({ module, directory: path.join(source, 'modules', module, 'migrations') }))];
}

/**
 * A database of its own for one test file. Without arguments it is a clone of the template, with all modules; with `sources`
 * it holds just those, so that a module is seen to need no other. Needs TEST_DATABASE_ADMIN_URL, which `npm test` provides.
 */
export async function openTestDatabase(sources?: readonly MigrationSource[]): Promise<TestDatabase> {
  const clusterUrl = process.env.TEST_DATABASE_ADMIN_URL;
  if (!clusterUrl) throw new Error('database tests need a Postgres: run them with `npm test -- <filter>`, or set TEST_DATABASE_ADMIN_URL');
  const name = `${NAME_PREFIX}${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
  const adminUrl = urlOf(clusterUrl, name);
  const appUrl = urlOf(clusterUrl, name, TEST_LOGIN);
  await withCluster(clusterUrl, async (cluster) => {
    await dropAbandoned(cluster);
    await createDatabase(cluster, name, sources ? await templateOf(cluster, clusterUrl, sources) : TEMPLATE_DATABASE);
  });

  const opened: Db[] = [];
  const openAnother = (options: Partial<DbOptions> = {}): Db => {
    const db = createDb({ url: appUrl, poolSize: 8, log, ...options });
    opened.push(db);
    return db;
  };
  const adminPool = new pg.Pool({ connectionString: adminUrl, max: 2 });
  adminPool.on('error', () => undefined);
  return {
    db: openAnother(),
    adminUrl,
    appUrl,
    openAnother,
    admin: async (sql, params) => (await adminPool.query(sql, params as unknown[])).rows as never,
    async close() {
      await Promise.all([...opened.map((db) => db.close().catch(() => undefined)), adminPool.end()]);
      await withCluster(clusterUrl, (cluster) => cluster.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** The template with just these migrations: made by the first file that asks, cloned by all. Its name tells what is in it. */
async function templateOf(cluster: pg.Client, clusterUrl: string, sources: readonly MigrationSource[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { module, directory } of sources) {
    hash.update(`\0${module}\0`);
    for (const file of readdirSync(directory).sort()) hash.update(`${file}\0`).update(readFileSync(path.join(directory, file)));
  }
  const name = `${TEMPLATE_DATABASE}_${hash.digest('hex').slice(0, 16)}`;
  const isThere = async () => (await cluster.query('select from pg_database where datname = $1', [name])).rows.length > 0;
  if (await isThere()) return name;
  await cluster.query('select pg_advisory_lock($1)', [CLUSTER_LOCK]);
  try {
    if (await isThere()) return name;
    // Under another name until it is whole: whoever is killed on the way leaves nothing that looks like a template.
    const unfinished = `${NAME_PREFIX}${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
    await createDatabase(cluster, unfinished, undefined);
    await migrate({ adminUrl: urlOf(clusterUrl, unfinished), appLogin: TEST_LOGIN, sources, log });
    await cluster.query(`alter database ${unfinished} rename to ${name}`);
    return name;
  } finally {
    await cluster.query('select pg_advisory_unlock($1)', [CLUSTER_LOCK]);
  }
}

function urlOf(base: string, database: string, login?: { user: string; password: string }): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  if (login) {
    url.username = login.user;
    url.password = login.password;
  }
  return url.href;
}

async function withCluster<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'lastro-test-support' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function createDatabase(cluster: pg.Client, name: string, template: string | undefined): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await cluster.query(`create database ${name} ${template ? `template ${template}` : ''}`);
      return;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === '3D000') throw new Error(`there is no database ${template}: run \`npm test -- <filter>\`, or name the modules wanted`);
      // 55006: somebody is connected to the template at this moment. XX000: another file creates a database at the same time.
      if (attempt >= 40 || (code !== '55006' && code !== 'XX000')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A test process that was killed leaves its database behind; the next run takes it away. */
async function dropAbandoned(cluster: pg.Client): Promise<void> {
  const { rows } = await cluster.query<{ datname: string }>(
    `select datname from pg_database d where datname like $1 || '%' and not exists (select from pg_stat_activity a where a.datid = d.oid)`,
    [NAME_PREFIX.replaceAll('_', '\\_')],
  );
  for (const { datname } of rows) {
    const bornAt = Number(datname.slice(NAME_PREFIX.length).split('_')[0]);
    if (bornAt > Date.now() / 1000 - ABANDONED_AFTER_S) continue;
    await cluster.query(`drop database if exists ${pg.escapeIdentifier(datname)}`).catch(() => undefined);
  }
}
