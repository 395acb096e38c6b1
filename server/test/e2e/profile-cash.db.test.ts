/** The profile `cash`: its modules alone, without payments, risk, BFF or sandbox, do what its document describes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, type RunningProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
let database: TestDatabase;
let server: RunningProcess;
let port = 0;
before(async () => {
  database = await openTestDatabase();
  port = await freePort();
  server = await startServerProcess({
    databaseUrl: database.appUrl,
    port,
    sandboxUrl: 'http://127.0.0.1:9',
    env: { LASTRO_PROFILE: 'cash' },
  });
});
after(async () => {
  await server?.kill();
  await database?.close();
});

test('its demonstration passes', { timeout: 90_000 }, async () => {
  const env = { PATH: process.env.PATH ?? '', PORT: String(port) };
  const told = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ['scripts/demo-of-profile.ts', '--profile', 'cash'], { cwd: ROOT, env }, (error, stdout, stderr) =>
      error ? reject(new Error(stdout + stderr)) : resolve(stdout),
    );
  });
  assert.match(told, /tudo certo/);
});

test('what is no part of it is not there: neither routes nor their description', async () => {
  const { paths } = (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  const roots = new Set(Object.keys(paths).map((one) => one.split('/').slice(1, 3).join('/')));
  assert.ok(roots.has('v1/cashflow') && roots.has('v1/ledger'));
  for (const absent of ['v1/payments', 'v1/pix', 'v1/risk', 'bff/v1']) assert.ok(!roots.has(absent), absent);
  assert.equal((await fetch(`http://127.0.0.1:${port}/bff/v1/session`)).status, 404);
});
