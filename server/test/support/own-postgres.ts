/** A Postgres of a test's own, with all modules in it, to be killed and started again. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import pg from 'pg';
import { deleteEmbeddedPostgres, type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { freePort } from './running-platform.ts';
import { TEST_LOGIN, type TestDatabase } from './test-database.ts';

export type OwnPostgres = Pick<TestDatabase, 'admin' | 'appUrl' | 'adminUrl'> & {
  /** SIGKILL, and up again. Answers how long until it accepted connections, in milliseconds. */
  killAndRestart(): Promise<number>;
  /** Stops it and deletes its cluster. */
  close(): Promise<void>;
};

/** `dataDir` must be where Postgres' own user can pass through. */
export async function startOwnPostgres(dataDir: string): Promise<OwnPostgres> {
  const port = await freePort();
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, port, database: 'lastro', timeoutMs: 60_000 });
  let postgres = await start();
  const appUrl = new URL(postgres.adminUrl);
  appUrl.username = TEST_LOGIN.user;
  appUrl.password = TEST_LOGIN.password;
  await migrate(postgres.adminUrl, appUrl.href);
  return {
    adminUrl: postgres.adminUrl,
    appUrl: appUrl.href,
    // A new connection for each question: the one of a moment ago may have died with the server.
    async admin(sql, params) {
      const client = new pg.Client(postgres.adminUrl);
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(sql, params as unknown[])).rows as never;
      } finally {
        await client.end();
      }
    },
    async killAndRestart() {
      process.kill(postgres.pid, 'SIGKILL');
      const from = performance.now();
      postgres = await start();
      assert.equal(postgres.adopted, false, 'it was really gone');
      return Math.round(performance.now() - from);
    },
    async close() {
      await deleteEmbeddedPostgres(dataDir);
    },
  };
}

async function migrate(adminUrl: string, appUrl: string): Promise<void> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const script = path.join(import.meta.dirname, '../../src/migrate-cli.ts');
  const env = { PATH, HOME, NODE_COMPILE_CACHE, DATABASE_ADMIN_URL: adminUrl, DATABASE_URL: appUrl, LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [script], { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0, 'the migrations ran');
}
