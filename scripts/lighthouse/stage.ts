/** A platform with demo data for measuring screens: processes, Postgres and folder of its own, so that nothing of `npm start` is touched. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { startOwnPostgres } from '../../server/test/support/own-postgres.ts';
import { freePort, startSandboxProcess, startServerProcess } from '../../server/test/support/running-platform.ts';
import { type DemoLogin, readDemoLogins } from '../supervisor/banner.ts';
import { rootFolder } from '../supervisor/folders.ts';

export type Stage = { origin: string; login: DemoLogin; close(): Promise<void> };

/** `folder` is emptied first, and must be where Postgres' own user can pass through. */
export async function openStage(folder: string, webDist: string): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
    rmSync(path.join(folder, 'sandbox'), { recursive: true, force: true });
  };
  try {
    const postgres = await startOwnPostgres(path.join(folder, 'postgres'));
    closing.push(() => postgres.close());
    const port = await freePort();
    const sandbox = await startSandboxProcess({ dataDir: path.join(folder, 'sandbox'), port: await freePort(), webhookPort: port });
    closing.push(() => sandbox.stop());
    const env = { WEB_DIST: webDist, LOG_LEVEL: 'warn' };
    const server = await startServerProcess({ databaseUrl: postgres.appUrl, port, sandboxUrl: sandbox.url, env });
    closing.push(() => server.stop());
    await loadDemoData(folder, port, sandbox.url);
    const login = readDemoLogins(folder)[0];
    if (!login) throw new Error('the demo data brought nobody who can log in');
    return { origin: `http://localhost:${port}`, login, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function loadDemoData(folder: string, port: number, sandboxUrl: string): Promise<void> {
  const script = path.join(rootFolder, 'scripts/demo-data.ts');
  const env = {
    ...process.env,
    PORT: String(port),
    PIX_PROVIDER_URL: sandboxUrl,
    PIX_PROVIDER_API_KEY: 'test-key',
    DEMO_LOGINS_IN: folder,
  };
  const child = spawn(process.execPath, [script], { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the demo data did not get in');
}
