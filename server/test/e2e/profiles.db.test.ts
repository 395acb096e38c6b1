/** Each profile by itself: its modules alone do what its demonstration shows, and what is no part of it is not there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { MODULES } from '../../src/module-list.ts';
import { PROFILES } from '../../src/profiles.ts';
import { freePort, INTERNAL_SECRET, type SandboxProcess, startSandboxProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase } from '../support/test-database.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
let sandbox: SandboxProcess;
let folder = '';
let port = 0;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lastro-profiles-'));
  port = await freePort();
  sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
});
after(async () => {
  await sandbox?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function runDemo(name: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['scripts/demo-of-profile.ts', '--profile', name], { cwd: ROOT, env }, (error, stdout, stderr) =>
      error ? reject(new Error(stdout + stderr)) : resolve(stdout),
    );
  });
}

/** The first parts of the public addresses of a module that the browser or a program would ask for. */
const prefixesOf = (modules: readonly string[]): string[] =>
  MODULES.filter(({ name }) => modules.includes(name)).flatMap(({ publicPaths = [] }) =>
    publicPaths.map((one) => (typeof one === 'string' ? one : one.prefix)),
  );

for (const [name, { modules, sandboxes }] of Object.entries(PROFILES)) {
  test(`${name}: its demonstration passes, and what is no part of it is not there`, { timeout: 120_000 }, async () => {
    const database = await openTestDatabase();
    const internalPort = String(await freePort());
    // Without a sandbox of its own a profile reaches none.
    const sandboxUrl = sandboxes.length > 0 ? sandbox.url : 'http://127.0.0.1:9';
    const server = await startServerProcess({
      databaseUrl: database.appUrl,
      port,
      sandboxUrl,
      env: { LASTRO_PROFILE: name, INTERNAL_PORT: internalPort },
    });
    try {
      const env = {
        PATH: process.env.PATH ?? '',
        PORT: String(port),
        INTERNAL_PORT: internalPort,
        LASTRO_INTERNAL_SECRET: INTERNAL_SECRET,
      };
      const told = await runDemo(name, env);
      assert.ok((told.match(/ ✓ /g)?.length ?? 0) >= 4, told);
      const origin = `http://127.0.0.1:${port}`;
      const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as { paths: Record<string, unknown> };
      const absent = prefixesOf(MODULES.map((one) => one.name).filter((one) => !modules.includes(one)));
      const own = prefixesOf(modules);
      for (const at of Object.keys(paths)) {
        const isOwn = own.some((prefix) => at.startsWith(prefix));
        assert.ok(isOwn || !absent.some((prefix) => at.startsWith(prefix)), `${at} is described, and its module is not here`);
      }
      const session = await fetch(`${origin}/bff/v1/session`);
      assert.equal(session.status, modules.includes('bff') ? 200 : 404);
    } finally {
      await server.stop();
      await database.close();
    }
  });
}
