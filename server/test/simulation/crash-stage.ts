/** A whole platform whose one process can be told at which point to die, and is started again afterwards. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  freePort,
  NO_PROOFS,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

export type CrashStage = {
  baseUrl: string;
  /** Where its modules' faces are for other processes. */
  internalUrl: string;
  database: TestDatabase;
  sandbox: SandboxProcess;
  /**
   * Does `act` while the process dies at `point` the next time it passes there, and starts it again. Fails when `act` ends first:
   * then the point was never passed. `act` must bear that the server is away for a while.
   */
  dieAt<T>(point: string, act: () => Promise<T>): Promise<T>;
  /** The provider behaves again. */
  clearFaults(): Promise<unknown>;
  close(): Promise<void>;
};

export async function openCrashStage(): Promise<CrashStage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-kill-'));
  const order = path.join(folder, 'crash-at');
  writeFileSync(order, '');
  const closings: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closing of closings.reverse()) await closing();
  };
  try {
    return await openIn(folder, order, closings, close);
  } catch (error) {
    // Whatever was begun would keep the file from its end.
    await close();
    throw error;
  }
}

async function openIn(
  folder: string,
  order: string,
  closings: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<CrashStage> {
  const database = await openTestDatabase();
  closings.push(() => database.close());
  const port = await freePort();
  const internal = await freePort();
  const sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
  closings.push(() => sandbox.kill());
  const start = (): Promise<RunningProcess> =>
    startServerProcess({
      databaseUrl: database.appUrl,
      port,
      sandboxUrl: sandbox.url,
      env: { ...NO_PROOFS, LASTRO_CRASH_AT: `@${order}`, INTERNAL_PORT: String(internal) },
    });
  let server = await start();
  closings.push(() => server.kill());
  return {
    baseUrl: `http://localhost:${port}`,
    internalUrl: `http://127.0.0.1:${internal}`,
    database,
    sandbox,
    async dieAt(point, act) {
      // The test before may have failed with nobody to start it again.
      if (!server.running()) server = await start();
      writeFileSync(order, point);
      try {
        const done = act();
        // What the process did last may be seen before its end is.
        const overtaken = done.then(async () => {
          await Promise.race([server.ended, new Promise((resolve) => setTimeout(resolve, 3_000))]);
          assert.ok(!server.running(), `${point} was never passed`);
        });
        await Promise.race([server.ended, overtaken]);
        assert.equal(server.endedBy(), 'SIGKILL', server.output().slice(-2_000));
        writeFileSync(order, '');
        [server] = await Promise.all([start(), done]);
        return await done;
      } finally {
        writeFileSync(order, '');
      }
    },
    clearFaults: () => sandbox.call('DELETE', '/admin/faults'),
    close,
  };
}
