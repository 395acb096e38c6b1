/** Real processes for end-to-end tests: the sandbox provider and one or more Lastro processes, which may be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../..');
export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
/** Signs calls between the processes of a test. */
export const INTERNAL_SECRET = Buffer.alloc(32, 9).toString('base64');

export type RunningProcess = {
  pid: number;
  /** Everything it printed so far. */
  output(): string;
  running(): boolean;
  /** The signal that ended it; null while it runs, and when it ended by itself. */
  endedBy(): NodeJS.Signals | null;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then waits for the drain. Answers the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it ends, whoever ended it. */
  ended: Promise<void>;
};

/** A port nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function run(script: string, env: Record<string, string>): RunningProcess {
  const { PATH = '', HOME = '', TMPDIR, NODE_COMPILE_CACHE } = process.env;
  const child: ChildProcess = spawn(process.execPath, [path.join(ROOT, script)], {
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = once(child, 'exit').then(() => undefined);
  return {
    pid: child.pid!,
    output: () => output,
    running: () => child.exitCode === null && child.signalCode === null,
    endedBy: () => child.signalCode,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}

/** A start takes two seconds; on a machine with much else to do it takes many times that. One that ends is noticed at once. */
const READY_WITHIN_MS = 90_000;

/** Resolves when `url` answers 2xx; fails with the process's last words when it ends first. One that does not come up is not left behind. */
async function answering(process: RunningProcess, url: string, limitMs = READY_WITHIN_MS): Promise<void> {
  await untilAnswering(process, url, limitMs).catch(async (error: unknown) => {
    await process.kill();
    throw error;
  });
}

async function untilAnswering(process: RunningProcess, url: string, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    if (!process.running()) throw new Error(`the process ended before it was ready:\n${process.output().slice(-4_000)}`);
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error(`not ready after ${limitMs} ms:\n${process.output().slice(-4_000)}`);
}

export type SandboxProcess = RunningProcess & { url: string; call<T>(method: string, path: string, body?: unknown): Promise<T> };

export async function startSandboxProcess(options: {
  dataDir: string;
  port: number;
  webhookPort: number;
  settlementDelayMs?: number;
}): Promise<SandboxProcess> {
  const url = `http://127.0.0.1:${options.port}`;
  const child = run('sandbox/src/main.ts', {
    PORT: String(options.port),
    SANDBOX_API_KEY: 'test-key',
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${options.webhookPort}/webhooks/pix/sandbox`,
    SANDBOX_WEBHOOK_SECRET: 'test-webhook-secret',
    SANDBOX_DATA: options.dataDir,
    SETTLEMENT_DELAY_MS: String(options.settlementDelayMs ?? 20),
    // What could not be delivered while Lastro was down comes soon after it is back.
    WEBHOOK_RETRY_MAX_MS: '250',
  });
  await answering(child, `${url}/health`);
  return {
    ...child,
    url,
    async call(method, at, body) {
      const answer = await fetch(`${url}${at}`, {
        method,
        headers: { authorization: 'Bearer test-key', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
      return (answer.status === 204 ? undefined : await answer.json()) as never;
    },
  };
}

export type ServerOptions = {
  databaseUrl: string;
  port: number;
  sandboxUrl: string;
  env?: Record<string, string>;
};

const NEVER = '1000000000000';
/** Most tests pay much, from browsers that are new, and are about something else. */
export const NO_PROOFS = {
  PAYMENTS_PROOF_NEW_PAYEE_FROM_MINOR: NEVER,
  PAYMENTS_PROOF_ALWAYS_FROM_MINOR: NEVER,
  PAYMENTS_PROOF_NEW_DEVICE_FROM_MINOR: NEVER,
  PAYMENTS_PROOF_NEAR_LIMIT_FROM_MINOR: NEVER,
  PAYMENTS_NEW_DEVICE_PAYMENT_MINOR: NEVER,
  PAYMENTS_NEW_DEVICE_DAY_MINOR: NEVER,
};

/** One Lastro process with everything a test needs switched on: short leases, the shared secrets of the test. */
export async function startServerProcess(options: ServerOptions): Promise<RunningProcess> {
  const internal = options.env?.INTERNAL_PORT;
  const child = run('server/src/main.ts', {
    LASTRO_MODE: 'development',
    PORT: String(options.port),
    PUBLIC_URL: `http://localhost:${options.port}`,
    DATABASE_URL: options.databaseUrl,
    LASTRO_MASTER_KEY: MASTER_KEY,
    LASTRO_INTERNAL_SECRET: INTERNAL_SECRET,
    PIX_PROVIDER_URL: options.sandboxUrl,
    PIX_PROVIDER_API_KEY: 'test-key',
    PIX_WEBHOOK_SECRET: 'test-webhook-secret',
    PIX_PROVIDER_TIMEOUT_MS: '1000',
    PAYMENTS_LEASE_MS: '500',
    RATE_PER_MINUTE: '1000000',
    PIX_LOOKUPS_PER_PERSON: '1000000',
    // Tests speak for people at many addresses.
    TRUST_PROXY: '127.0.0.1',
    LOG_LEVEL: 'info',
    ...options.env,
  });
  const isHttp = options.env?.ROLES === undefined || options.env.ROLES.includes('http');
  await answering(child, `http://127.0.0.1:${isHttp ? options.port : internal}/health/ready`);
  return child;
}
