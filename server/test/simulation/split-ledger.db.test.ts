/**
 * The ledger in a process of its own: the same payment works, its public routes are passed on, and while it is away callers are told so
 * and nobody gets a wrong answer. Then either process, or both, are killed at moments of chance while payments run.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpfFrom, until } from '../../../scripts/lib/person.ts';
import { MODULES } from '../../src/module-list.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { diceTest } from '../support/dice.ts';
import {
  freePort,
  NO_PROOFS,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { FULANO, fundedPerson, type Home, payAndWait } from './money-checks.ts';
import { type Acknowledged, allEnded, assertAllSettledOnce, type Payer, payerOf, payMany } from './under-fire.ts';

type Side = 'ledger' | 'main';
type Line = { paymentId: string | null; amountMinor: string; status: string; direction: string };
const FUNDS = 10_000_000n;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-split-'));
let database: TestDatabase;
let sandbox: SandboxProcess;
let ports: Record<Side, number>;
const running: Partial<Record<Side, RunningProcess>> = {};
const payers: Payer[] = [];
const acknowledged: Acknowledged[] = [];

const rest = MODULES.map(({ name }) => name).filter((name) => name !== 'ledger');

async function start(side: Side): Promise<void> {
  const common = { databaseUrl: database.appUrl, port: ports.main, sandboxUrl: sandbox.url };
  running[side] = await startServerProcess(
    side === 'ledger'
      ? { ...common, env: { MODULES: 'ledger', ROLES: 'worker', INTERNAL_PORT: String(ports.ledger) } }
      : {
          ...common,
          env: { ...NO_PROOFS, MODULES: rest.join(','), MODULE_URLS: `ledger=http://127.0.0.1:${ports.ledger}` },
        },
  );
}

before(async () => {
  database = await openTestDatabase();
  ports = { ledger: await freePort(), main: await freePort() };
  sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: ports.main });
  await Promise.all([start('ledger'), start('main')]);
  const baseUrl = `http://localhost:${ports.main}`;
  for (const number of [1, 2, 3]) payers.push(payerOf(await fundedPerson(baseUrl, cpfFrom(520_300_000 + number), FUNDS, sandbox), FUNDS));
});
after(async () => {
  await Promise.all(Object.values(running).map((process) => process.kill()));
  await sandbox?.kill();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A request of a service, with a token, to the public port. */
async function api(
  method: string,
  at: string,
  body?: unknown,
): Promise<{ status: number; type: string | null; retryAfter: string | null; body: never }> {
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const baseUrl = `http://localhost:${ports.main}`;
  const grant = await fetch(`${baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:read ledger:write' }),
  });
  assert.equal(grant.status, 200, await grant.clone().text());
  const { access_token: token } = (await grant.json()) as { access_token: string };
  const answer = await fetch(baseUrl + at, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const { status, headers } = answer;
  return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), body: (await answer.json()) as never };
}

test('sign-up, money in, a payment, statement and daily balance, as with one process', { timeout: 60_000 }, async () => {
  const payer = payers[0]!;
  const { id } = await payAndWait(payer.person, FULANO, 1_234n, { retryWhileDown: false }).settled;
  payer.spentMinor += 1_234n;
  acknowledged.push({ id, payer, amountMinor: 1_234n });
  const { lines } = await payer.person.get<{ lines: Line[] }>('/bff/v1/statement?limit=10');
  assert.deepEqual(
    lines.map(({ amountMinor, direction, status }) => `${direction} ${amountMinor} ${status}`),
    ['out 1234 done', `in ${FUNDS} done`],
  );
  assert.equal(lines[0]!.paymentId, id);
  type Today = { today: { inMinor: string; outMinor: string; closingMinor: string } };
  await until(
    'the daily balance',
    () => payer.person.get<Home & Today>('/bff/v1/home'),
    ({ today, balance }) => today.outMinor === '1234' && today.inMinor === String(FUNDS) && today.closingMinor === balance.availableMinor,
  );
});

test('the public routes of the ledger are passed on to its owner', { timeout: 30_000 }, async () => {
  const balance = await api('GET', '/v1/ledger/trial-balance');
  assert.equal(balance.status, 200, JSON.stringify(balance));
  assert.deepEqual(
    (balance.body as { assets: { differenceMinor: string }[] }).assets.map((asset) => asset.differenceMinor),
    ['0'],
  );
  const account = { id: randomUUID(), code: 'proof', asset: 'BRL', normalSide: 'credit' };
  const opened = await api('POST', '/v1/ledger/accounts', account);
  assert.deepEqual([opened.status, opened.body], [201, { id: account.id, duplicate: false }]);
  const refused = await api('POST', '/v1/ledger/accounts', { ...account, color: 'blue' });
  assert.deepEqual([refused.status, (refused.body as { code: string }).code], [400, 'PLATFORM_BAD_REQUEST']);
  const anonymous = await fetch(`http://localhost:${ports.main}/v1/ledger/trial-balance`);
  assert.equal(anonymous.status, 401);
});

test('while the ledger is away callers are told so, and the payment waits', { timeout: 60_000 }, async () => {
  const payer = payers[1]!;
  await running.ledger!.kill();
  const { quoteId } = await payer.person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: FULANO });
  type Created = { id: string; status: string };
  const created = await payer.person.post<Created>(201, '/bff/v1/payments', { quoteId, amountMinor: '777' });
  assert.equal(created.status, 'processing');
  for (const at of ['/bff/v1/home', '/bff/v1/statement']) {
    const { status, body, headers } = await payer.person.request<{ code: string }>('GET', at);
    assert.deepEqual([status, body.code, headers.get('retry-after')], [503, 'PLATFORM_UNAVAILABLE', '1'], at);
  }
  const passed = await api('GET', '/v1/ledger/trial-balance');
  assert.deepEqual([passed.status, passed.type, passed.retryAfter], [503, 'application/problem+json; charset=utf-8', '1']);
  assert.equal((passed.body as { code: string }).code, 'PLATFORM_UNAVAILABLE');
  await sleep(400);
  const waiting = await payer.person.get<{ status: string; reasons: unknown[] }>(`/bff/v1/payments/${created.id}`);
  assert.deepEqual([waiting.status, waiting.reasons], ['processing', []]);
  await start('ledger');
  payer.spentMinor += 777n;
  acknowledged.push({ id: created.id, payer, amountMinor: 777n });
  await allEnded(database);
  await assertAllSettledOnce({ database, sandbox }, payers, acknowledged);
});

const VICTIMS: Side[][] = [['ledger'], ['main'], ['ledger'], ['ledger', 'main'], ['ledger'], ['main'], ['ledger']];

diceTest('killed at moments of chance while payments run: each ends settled, once', { timeout: 150_000 }, async (dice) => {
  for (const victims of VICTIMS) {
    const count = 12;
    const moment = { acknowledged: dice.whole(0, count - 1), waitMs: dice.whole(0, 120) };
    let seen = 0;
    let strike: () => void = () => undefined;
    const isTime = new Promise<void>((resolve) => {
      strike = resolve;
    });
    const hear = (one: Acknowledged): void => {
      acknowledged.push(one);
      if (seen++ === moment.acknowledged) strike();
    };
    const paid = payMany(dice, payers, { count, atOnce: 6 }, hear);
    await Promise.race([isTime, paid]);
    await sleep(moment.waitMs);
    await Promise.all(victims.map((side) => running[side]!.kill()));
    await Promise.all(victims.map(start));
    await paid;
    await allEnded(database);
    await assertAllSettledOnce({ database, sandbox }, payers, acknowledged);
  }
});
