import { realpathSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { deleteEmbeddedPostgres, type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/platform/embedded-postgres/index.ts';
import { runTestProcess } from './test-process.ts';

const TEMPLATE = 'lastro_template';
/** The log-in of `server/test/support/test-database.ts`: roles belong to the whole cluster, so both must name the same. */
const LOGIN = { user: 'lastro_app', password: 'lastro_app' };

/** One Postgres for the whole run; what earlier runs left in it is dropped. */
export async function startTestPostgres(state: string, log: (line: string) => void): Promise<EmbeddedPostgres> {
  const settings = { max_connections: 200, autovacuum: false, checkpoint_timeout: '1h' };
  const dataDir = path.join(state, 'test-pg');
  const open = async (): Promise<EmbeddedPostgres> => {
    const postgres = await startEmbeddedPostgres({ dataDir, settings, log });
    await withClient(postgres.adminUrl, waitForNoDisk);
    await makeTemplate(postgres.adminUrl);
    return postgres;
  };
  return open().catch(async (error: Error) => {
    // The machine may have lost its power after all: there is nothing in this cluster that is worth repairing.
    log(`${error.message}; it is made anew`);
    await deleteEmbeddedPostgres(dataDir);
    return open();
  });
}

/** No test cuts the power: what a killed process wrote is there all the same, and a slow disk is none of the tests' business. */
async function waitForNoDisk(client: pg.Client): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes']) await client.query(`alter system set ${setting} = off`);
  await client.query('select pg_reload_conf()');
}

/** Stops it. A cluster inside the clone is kept for the next run; one that had to go elsewhere leaves nothing behind. */
export async function stopTestPostgres(state: string, postgres: EmbeddedPostgres): Promise<void> {
  await postgres.stop();
  if (!postgres.place.startsWith(realpathSync(state))) await deleteEmbeddedPostgres(path.join(state, 'test-pg'));
}

/** An empty template in a cluster that belongs to us alone; every other database in it is dropped. */
export async function makeTemplate(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where not datistemplate and datname <> 'postgres'",
    );
    for (const { name } of rows) await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`);
    await client.query(`create database ${TEMPLATE}`);
  });
}

/** Brings the template up to date by the same command as production. Returns what it printed when that failed. */
export async function migrateTemplate(
  root: string,
  scratchFile: string,
  adminUrl: string,
  env: Record<string, string | undefined>,
): Promise<{ ok: boolean }> {
  const template = new URL(adminUrl);
  template.pathname = `/${TEMPLATE}`;
  const app = new URL(template);
  app.username = LOGIN.user;
  app.password = LOGIN.password;
  const end = await runTestProcess({
    command: [process.execPath, path.join(root, 'server', 'src', 'migrate-cli.ts')],
    cwd: root,
    env: { ...env, DATABASE_ADMIN_URL: template.href, DATABASE_URL: app.href },
    outputFile: scratchFile,
    idleLimitMs: 120_000,
  });
  return { ok: end.code === 0 };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
