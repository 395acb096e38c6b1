import { existsSync } from 'node:fs';
import path from 'node:path';
import { firstFreePort } from '../../server/src/platform/embedded-postgres/free-port.ts';
import { type Child, startChild } from './child.ts';
import type { Folders } from './folders.ts';
import { guardChild } from './guard.ts';
import { keepRunning } from './keeper.ts';
import { rotateLog } from './log-file.ts';
import { waitForHttp } from './readiness.ts';
import type { Secrets } from './secrets.ts';
import type { Shutdown } from './shutdown.ts';

export type Environment = Record<string, string | undefined>;

/** What the services have in common. */
export interface Surroundings {
  folders: Folders;
  shutdown: Shutdown;
  env: Environment;
  tell: (line: string) => void;
  onLine?: (name: string) => (line: string) => void;
}

const READY_WITHIN_MS = 60_000;
const SERVER_DRAIN_MS = 20_000;
const SANDBOX_STOP_MS = 5_000;
/** Where the sandbox answers unless that is taken or SANDBOX_PORT says otherwise. */
export const SANDBOX_PORT = 4010;
const LEDGER_PORT = 4001;

/** Starts the sandbox payment provider and returns its address. */
export async function startSandbox(around: Surroundings, secrets: Secrets, port: number): Promise<string> {
  const { folders, env } = around;
  const sandboxPort = await firstFreePort(Number(env.SANDBOX_PORT ?? SANDBOX_PORT));
  const url = `http://127.0.0.1:${sandboxPort}`;
  await keepService(around, {
    name: 'sandbox',
    entry: path.join(folders.root, 'sandbox', 'src', 'main.ts'),
    stopMs: SANDBOX_STOP_MS,
    env: {
      ...env,
      DATABASE_URL: undefined, // none of its business
      PORT: String(sandboxPort),
      SANDBOX_DATA: path.join(folders.state, 'sandbox'),
      SANDBOX_API_KEY: secrets.SANDBOX_API_KEY,
      SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/pix/sandbox`,
      SANDBOX_WEBHOOK_SECRET: secrets.PIX_WEBHOOK_SECRET,
    },
    healthUrl: `${url}/health`,
    liveUrl: `${url}/health`,
  });
  return url;
}

/** Starts the server and waits until it serves. */
export function startServer(around: Surroundings, env: Environment): Promise<void> {
  return keepService(around, {
    name: 'servidor',
    entry: path.join(around.folders.root, 'server', 'src', 'main.ts'),
    stopMs: SERVER_DRAIN_MS,
    env,
    healthUrl: `http://${addressOf(env.HOST)}:${env.PORT}/health/ready`,
    liveUrl: `http://${addressOf(env.HOST)}:${env.PORT}/health/live`,
  });
}

/**
 * Starts the ledger in a process of its own and returns what the environment of the other process gains by it: the rest of the modules,
 * and where the ledger answers.
 */
export async function startLedgerApart(around: Surroundings, env: Environment, modules: readonly string[]): Promise<Environment> {
  const port = await firstFreePort(LEDGER_PORT);
  await keepService(around, {
    name: 'ledger',
    entry: path.join(around.folders.root, 'server', 'src', 'main.ts'),
    stopMs: SERVER_DRAIN_MS,
    env: {
      ...env,
      MODULES: 'ledger',
      ROLES: 'worker',
      INTERNAL_PORT: String(port),
      // Who was logged out is asked there.
      MODULE_URLS: `identity=http://${addressOf(env.INTERNAL_HOST)}:${env.INTERNAL_PORT}`,
    },
    healthUrl: `http://${addressOf(env.INTERNAL_HOST)}:${port}/health/ready`,
    liveUrl: `http://${addressOf(env.INTERNAL_HOST)}:${port}/health/live`,
  });
  const rest = modules.filter((name) => name !== 'ledger');
  return { MODULES: rest.join(','), MODULE_URLS: `ledger=http://${addressOf(env.INTERNAL_HOST)}:${port}` };
}

type Service = {
  name: 'servidor' | 'ledger' | 'sandbox';
  entry: string;
  env: Environment;
  stopMs: number;
  healthUrl: string;
  liveUrl: string;
};

/** Where this machine reaches what listens on an address: one that means all of them is none to go to. */
function addressOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function keepService(around: Surroundings, service: Service): Promise<void> {
  const { folders, shutdown, tell } = around;
  const { name, entry, env, stopMs, healthUrl, liveUrl } = service;
  if (!existsSync(entry)) throw new Error(`falta ${path.relative(folders.root, entry)}: o clone não está completo`);
  shutdown.wanted.throwIfAborted();
  rotateLog(path.join(folders.logs, `${name}.log`));
  let current: Child | undefined;
  shutdown.add(name, async (hurry) => {
    if (!current || current.hasEnded()) return;
    if (name === 'servidor') tell('Encerrando: o servidor termina o que está em andamento (Ctrl-C de novo para não esperar)');
    await current.stop(stopMs, hurry);
    tell(`${name} parado`);
  });
  await keepRunning({
    name,
    start: () => {
      current = startChild(folders, {
        name,
        command: [process.execPath, '--enable-source-maps', entry],
        cwd: folders.root,
        env,
        onLine: around.onLine?.(name),
      });
      return current;
    },
    ready: (child) => waitForHttp(healthUrl, child, shutdown.wanted, READY_WITHIN_MS),
    guard: (child) => guardChild(child, { url: liveUrl, wanted: shutdown.wanted, tell }),
    wanted: shutdown.wanted,
    tell,
    giveUp: (reason) => {
      tell(reason);
      shutdown.request(1);
    },
  });
}
