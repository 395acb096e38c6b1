import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { customer, house } from '../../src/modules/ledger/test-support/fixture.ts';
import { freePort, type RunningProcess, startServerProcess } from '../support/running-platform.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { LoadOrders, LoadReport } from './http-load.ts';

export type HttpFigure = LoadReport & { name: string; transfersPerSecond: number; serverMicros: number };

const CONNECTIONS = 128;
const BULK = 50;

/**
 * The ledger over HTTP in a real process: PS256 tokens from the issuer, validation, commands with ids, each answer after its commit. The load
 * comes from another process on the same processors; the relay moves the events meanwhile.
 */
export async function benchHttp(options: {
  seconds: number;
  accounts: number;
  env?: Record<string, string>;
}): Promise<{ figures: HttpFigure[]; residentMb: number }> {
  const database = await openTestDatabase();
  const port = await freePort();
  const server = await startServerProcess({
    databaseUrl: database.appUrl,
    port,
    sandboxUrl: 'http://127.0.0.1:1',
    env: { MODULES: 'identity,ledger', INTERNAL_PORT: '0', LOG_LEVEL: 'warn', RATE_PER_MINUTE: '10000000', ...options.env },
  });
  try {
    const token = await serviceToken(port);
    const from = Array.from({ length: options.accounts / 2 }, () => house());
    const to = Array.from({ length: options.accounts / 2 }, () => customer());
    const [tenant] = await database.admin<{ id: string }>(`select id from identity.tenants where slug = 'lastro'`);
    await database.admin(
      `insert into ledger.accounts (tenant_id, id, code, asset, normal_side, debits_must_not_exceed_credits, credits_must_not_exceed_debits, created_at)
       select $1, a.id, 'bench', 'BRL', a.side, false, false, now() from unnest($2::uuid[], $3::text[]) a (id, side)`,
      [tenant!.id, [...from, ...to].map((one) => one.id), [...from.map(() => 'debit'), ...to.map(() => 'credit')]],
    );
    const orders: Omit<LoadOrders, 'path' | 'transfers' | 'connections'> = {
      port,
      token,
      warmUpMs: 4_000,
      durationMs: options.seconds * 1_000,
      from: from.map((one) => one.id),
      to: to.map((one) => one.id),
    };
    const figures: HttpFigure[] = [];
    const single = { ...orders, path: '/v1/ledger/transfers', transfers: 1, connections: CONNECTIONS };
    figures.push(await measure(`HTTP, one a request, ${CONNECTIONS} connections`, single, server.pid));
    const bulk = { ...orders, path: '/v1/ledger/transfers/batch', transfers: BULK, connections: 32 };
    figures.push(await measure(`HTTP, ${BULK} a request, 32 connections`, bulk, server.pid));
    return { figures, residentMb: residentMb(server) };
  } finally {
    await server.stop();
    await database.close();
  }
}

async function measure(name: string, orders: LoadOrders, pid: number): Promise<HttpFigure> {
  const before = cpuMicros(pid);
  const child = fork(path.join(import.meta.dirname, 'http-load.ts'), { stdio: 'inherit' });
  child.send(orders);
  const [report] = (await once(child, 'message')) as [LoadReport];
  if (report.failed > 0) throw new Error(`${report.failed} requests failed, the first so: ${report.firstFailure}`);
  const transfersPerSecond = (report.requests * orders.transfers) / report.seconds;
  // Of the warm-up, too: no answer is left out of the count, only out of the times.
  const serverMicros = (cpuMicros(pid) - before) / (report.answered * orders.transfers);
  return { ...report, name, transfersPerSecond, serverMicros };
}

async function serviceToken(port: number): Promise<string> {
  const answer = await fetch(`http://localhost:${port}/oidc/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:read ledger:write' }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Processor time of a process so far, all its threads; Linux counts it in hundredths of a second. */
function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function residentMb({ pid }: RunningProcess | { pid: number }): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
