/**
 * `npm run bench [-- ledger|payments|cash|end-to-end|reports|ledger-large]`: figures, each as a ratio to what this machine's Postgres does in the same run.
 * `ledger-large` fills a ledger with 20 million transfers (some 15 GB, BENCH_ROWS says otherwise) and runs only when named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../server/src/platform/embedded-postgres/index.ts';
import { makeFolders } from './supervisor/folders.ts';
import { makeTemplate, migrateTemplate } from './testing/template-database.ts';

const BENCHES = {
  ledger: 'ledger-bench.ts',
  payments: 'payments-bench.ts',
  cash: 'cash-bench.ts',
  'end-to-end': 'end-to-end-bench.ts',
  reports: 'reports-bench.ts',
  'ledger-large': 'ledger-large-bench.ts',
};
const ONLY_WHEN_NAMED = new Set(['ledger-large']);
/** As on a machine that has these figures to reach: a laptop's defaults would write a checkpoint every few seconds of such load. */
const SETTINGS = { max_connections: 200, shared_buffers: '2GB', max_wal_size: '8GB', track_commit_timestamp: 'on' };
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const chosen = Object.entries(BENCHES).filter(([name]) => (wanted.length === 0 ? !ONLY_WHEN_NAMED.has(name) : wanted.includes(name)));

const { root, state } = makeFolders();
const postgres = await startEmbeddedPostgres({ dataDir: path.join(state, 'bench-pg'), settings: SETTINGS });
try {
  await makeTemplate(postgres.adminUrl);
  const { DATABASE_URL: _url, DATABASE_ADMIN_URL: _owner, PORT: _port, ...env } = process.env;
  const { ok } = await migrateTemplate(root, path.join(state, 'bench-migrate.log'), postgres.adminUrl, env);
  if (!ok) throw new Error(`the migrations failed: see ${path.join(state, 'bench-migrate.log')}`);
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, Postgres 18 with fsync on, shared_buffers ${SETTINGS.shared_buffers}, max_wal_size ${SETTINGS.max_wal_size}`,
  );
  for (const [, file] of chosen) {
    const child = spawn(process.execPath, [path.join(root, 'server/test/load', file)], {
      stdio: 'inherit',
      env: { ...env, TEST_DATABASE_ADMIN_URL: postgres.adminUrl },
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  await postgres.stop();
}
