/**
 * Postgres itself is killed with SIGKILL at moments of chance while payments run, and started again. Lastro, never restarted, recovers by
 * itself: what was acknowledged is still there and ends settled once, the books balance, the provider agrees.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { diceTest } from '../support/dice.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import {
  freePort,
  NO_PROOFS,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../support/running-platform.ts';
import { fundedPerson } from './money-checks.ts';
import { type Acknowledged, allEnded, assertAllSettledOnce, type Payer, payerOf, payMany } from './under-fire.ts';

const ROUNDS = 5;
const PAYMENTS = 20;
const FUNDS = 10_000_000n;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-kill-postgres-'));
const dataDir = path.join(folder, 'postgres');
let database: OwnPostgres;
let sandbox: SandboxProcess;
let server: RunningProcess;
const payers: Payer[] = [];

before(async () => {
  // Postgres' user must be able to pass through.
  chmodSync(folder, 0o755);
  database = await startOwnPostgres(dataDir);
  const serverPort = await freePort();
  sandbox = await startSandboxProcess({ dataDir: path.join(folder, 'sandbox'), port: await freePort(), webhookPort: serverPort });
  server = await startServerProcess({ databaseUrl: database.appUrl, port: serverPort, sandboxUrl: sandbox.url, env: NO_PROOFS });
  const baseUrl = `http://localhost:${serverPort}`;
  for (const number of [1, 2, 3]) payers.push(payerOf(await fundedPerson(baseUrl, cpfFrom(520_400_000 + number), FUNDS, sandbox), FUNDS));
});
after(async () => {
  await server?.kill();
  await sandbox?.kill();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

diceTest(`Postgres killed ${ROUNDS} times under payments: nothing acknowledged is lost`, { timeout: 180_000 }, async (dice, t) => {
  const acknowledged: Acknowledged[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const strikeAt = dice.whole(0, PAYMENTS - 1);
    let seen = 0;
    let strike: () => void = () => undefined;
    const isTime = new Promise<void>((resolve) => {
      strike = resolve;
    });
    const paid = payMany(dice, payers, { count: PAYMENTS, atOnce: 8 }, (one) => {
      acknowledged.push(one);
      if (seen++ === strikeAt) strike();
    });
    await Promise.race([isTime, paid]);
    await sleep(dice.whole(0, 80));
    const from = performance.now();
    const restartedMs = await database.killAndRestart();
    await Promise.race([paid, server.ended]);
    assert.ok(server.running(), `Lastro ended with its database:\n${server.output().slice(-3_000)}`);
    await allEnded(database);
    t.diagnostic(
      `round ${round}: killed after ${strikeAt + 1} of ${PAYMENTS}, Postgres back after ${restartedMs} ms, all ended after ${Math.round(performance.now() - from)} ms`,
    );
    await assertAllSettledOnce({ database, sandbox }, payers, acknowledged);
  }
});
