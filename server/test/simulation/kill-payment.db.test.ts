/**
 * The kill test (PAY-1, PAY-3, LED-1): the process is killed with SIGKILL right before and right after every step of a payment, then
 * started again. The payment ends settled exactly once, the books balance, and the provider's own statement agrees.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { CRASH_POINTS } from '../../src/modules/payments/crash-points.ts';
import {
  freePort,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { assertBooksBalance, FULANO, fundedPerson, payAndWait, type Statement } from './money-checks.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lastro-kill-'));
const order = path.join(folder, 'crash-at');
let database: TestDatabase;
let sandbox: SandboxProcess;
let server: RunningProcess | undefined;
let port: number;
let person: Person;
let spent = 0n;

const startServer = async (): Promise<RunningProcess> =>
  startServerProcess({ databaseUrl: database.appUrl, port, sandboxUrl: sandbox.url, env: { LASTRO_CRASH_AT: `@${order}` } });

before(async () => {
  database = await openTestDatabase();
  port = await freePort();
  writeFileSync(order, '');
  sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
  server = await startServer();
  person = await fundedPerson(`http://localhost:${port}`, cpfFrom(520_000_001), 10_000_000n, sandbox);
});

after(async () => {
  await server?.kill();
  await sandbox?.kill();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const point of CRASH_POINTS) {
  test(`killed at ${point}: the payment ends settled, once`, { timeout: 60_000 }, async () => {
    server ??= await startServer();
    const amount = BigInt(1_000 + Math.floor(Number(spent % 97n)) + CRASH_POINTS.indexOf(point));
    writeFileSync(order, point);
    const running = server;
    const paid = payAndWait(person, FULANO, amount, { retryWhileDown: true });
    await Promise.race([running.ended, paid.settled.then(() => assert.fail(`${point} was never passed`))]);
    writeFileSync(order, '');
    server = await startServer();
    await paid.settled;
    spent += amount;
    await until(
      'the balance',
      () => person.get<{ balance: { availableMinor: string; heldMinor: string } }>('/bff/v1/home'),
      ({ balance }) => {
        return balance.availableMinor === String(10_000_000n - spent) && balance.heldMinor === '0';
      },
    );
    await assertBooksBalance(database);
    const statement = await sandbox.call<Statement>('GET', '/admin/statement');
    const out = statement.lines.filter((entry) => entry.direction === 'out' && entry.status === 'settled');
    assert.equal(new Set(out.map((entry) => entry.endToEndId)).size, out.length, 'the provider executed each end-to-end id once');
    assert.equal(
      out.reduce((sum, entry) => sum + BigInt(entry.amount.replace('.', '')), 0n),
      spent,
    );
  });
}
