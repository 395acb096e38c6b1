/** `npm start`: everything Lastro needs on one machine, from nothing to a running platform, and safely back. */
import path from 'node:path';
import { firstFreePort, isPortFree } from '../server/src/platform/embedded-postgres/free-port.ts';
import { readDemoLogins, renderBanner } from './supervisor/banner.ts';
import { type Database, openDatabase } from './supervisor/database.ts';
import { makeFolders } from './supervisor/folders.ts';
import { stopLeftovers } from './supervisor/leftovers.ts';
import { takeLock } from './supervisor/lock.ts';
import { INTERNAL_OFFSET } from './supervisor/ports.ts';
import { chooseProfile } from './supervisor/profile.ts';
import { readSecrets, type Secrets } from './supervisor/secrets.ts';
import { type Environment, SANDBOX_PORT, type Surroundings, startLedgerApart, startSandbox, startServer } from './supervisor/services.ts';
import { createShutdown } from './supervisor/shutdown.ts';
import { runTask } from './supervisor/task.ts';
import { buildWebOnce, deskBesides, npmCommand } from './web/web-build.ts';

const profile = chooseProfile(process.argv, process.env);
const isVerbose = process.argv.includes('--verbose') || process.env.LOG === '1';
const tell = (line: string) => console.log(line);
const seconds = (ms: number) => (ms / 1000).toLocaleString('pt-BR', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const folders = makeFolders();
const shutdown = createShutdown(tell);
const port = Number(process.env.PORT ?? 3000);
const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${port}`;
const lockFile = path.join(folders.run, 'supervisor.json');

/** Tells how long a step took. */
async function timed<T>(title: string, work: Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work;
  tell(`✓ ${title} (${seconds(performance.now() - from)} s)`);
  return result;
}

/** Tells the first failure and asks for the end; what fails because of that stays silent. */
function fail(error: Error): never {
  if (!shutdown.wanted.aborted) {
    console.error(`\n✗ ${error.message}\n`);
    shutdown.request(1);
  }
  throw error;
}

/** The demo account was opened by a script, so that each browser is a new device to it: such a one may pay what a demonstration pays. */
const ROOMY: Environment = {
  PAYMENTS_NEW_DEVICE_PAYMENT_MINOR: '100000',
  PAYMENTS_NEW_DEVICE_DAY_MINOR: '500000',
  PAYMENTS_PROOF_NEW_DEVICE_FROM_MINOR: '50000',
};

function baseEnvironment(): Environment {
  // Compiled code is kept between starts; the owner's connection string is for the migrations alone.
  const { DATABASE_ADMIN_URL: _owner, ...rest } = process.env;
  // glibc gives each thread an arena of its own and keeps what password hashing once filled: two are enough, and save some 80 MB.
  return { MALLOC_ARENA_MAX: '2', ...rest, NODE_COMPILE_CACHE: path.join(folders.state, 'cache', 'node') };
}

/** The built web app, where something in the profile serves it. */
async function buildWeb(around: Surroundings): Promise<string | undefined> {
  if (!profile.hasScreens) return undefined;
  return buildWebOnce(folders.root, folders.state, async () => {
    tell('· Montando o aplicativo web (só na primeira vez ou quando ele muda)…');
    const from = performance.now();
    const heartbeat = setInterval(() => tell(`·   ainda montando o aplicativo web… ${seconds(performance.now() - from)} s`), 20_000);
    try {
      const env = { ...around.env, NG_CLI_ANALYTICS: 'false' };
      const command = npmCommand('run', 'build', '-w', 'web');
      await runTask(folders, shutdown, {
        name: 'web-build',
        command,
        cwd: folders.root,
        env,
        timeoutMs: 600_000,
        onLine: around.onLine?.('web-build'),
      });
    } finally {
      clearInterval(heartbeat);
    }
    tell(`✓ Aplicativo web montado (${seconds(performance.now() - from)} s)`);
  });
}

async function runScript(around: Surroundings, name: string, file: string, env: Environment, timeoutMs: number): Promise<void> {
  const command = [process.execPath, path.join(folders.root, file)] as const;
  await runTask(folders, shutdown, { name, command, cwd: folders.root, env, timeoutMs, onLine: around.onLine?.(name) });
}

async function prepareDatabase(around: Surroundings, secrets: Secrets): Promise<Database> {
  const opening = openDatabase(folders, shutdown, secrets.DATABASE_APP_PASSWORD, process.env, (line) => tell(`· ${line}`));
  const database = await timed('Postgres', opening);
  const env = { ...around.env, DATABASE_ADMIN_URL: database.adminUrl, DATABASE_URL: database.appUrl };
  await timed('Migrações', runScript(around, 'migrate', 'server/src/migrate-cli.ts', env, 300_000));
  return database;
}

async function provideSandbox(around: Surroundings, secrets: Secrets): Promise<string | undefined> {
  if (!profile.sandboxes.includes('pix')) return undefined;
  return process.env.PIX_PROVIDER_URL ?? timed('Sandbox de pagamentos', startSandbox(around, secrets, port));
}

async function loadDemoData(around: Surroundings, env: Environment): Promise<void> {
  if (!profile.fill) return;
  try {
    await timed('Dados de demonstração', runScript(around, 'demo-data', `scripts/${profile.fill}`, env, 120_000));
  } catch (error) {
    if (!shutdown.wanted.aborted)
      tell(`! Os dados de demonstração não ficaram completos; a plataforma funciona sem eles. ${(error as Error).message}`);
  }
}

async function bringUp(): Promise<void> {
  for (const name of await stopLeftovers(folders, lockFile)) tell(`· ${name} ficara de um início anterior interrompido: parado`);
  if (!(await isPortFree(port, process.env.HOST ?? '127.0.0.1'))) {
    throw new Error(`A porta ${port} já está em uso por outro programa. Escolha outra: PORT=${port + 1} npm start`);
  }
  const secrets = readSecrets(folders.state);
  const env = baseEnvironment();
  const around: Surroundings = {
    folders,
    shutdown,
    env,
    tell,
    onLine: isVerbose ? (name) => (line) => tell(`[${name}] ${line}`) : undefined,
  };

  // Each failure is told at once and ends the others; all are awaited, so that nothing is being started when the end begins.
  const [web, data, provider] = await Promise.allSettled([
    buildWeb(around).catch(fail),
    prepareDatabase(around, secrets).catch(fail),
    provideSandbox(around, secrets).catch(fail),
  ]);
  if (web.status === 'rejected' || data.status === 'rejected' || provider.status === 'rejected') return;

  const internalPort = process.env.INTERNAL_PORT ?? String(await firstFreePort(Math.min(port + INTERNAL_OFFSET, 60_000)));
  const serverEnv: Environment = {
    LASTRO_MODE: 'development',
    LASTRO_MASTER_KEY: secrets.LASTRO_MASTER_KEY,
    LASTRO_INTERNAL_SECRET: secrets.LASTRO_INTERNAL_SECRET,
    PIX_PROVIDER_API_KEY: secrets.SANDBOX_API_KEY,
    PIX_WEBHOOK_SECRET: secrets.PIX_WEBHOOK_SECRET,
    ...ROOMY,
    ...env,
    PORT: String(port),
    INTERNAL_PORT: internalPort,
    PUBLIC_URL: publicUrl,
    DATABASE_URL: data.value.appUrl,
    ...(provider.value ? { PIX_PROVIDER_URL: provider.value } : {}),
    ...(web.value ? { WEB_DIST: web.value, DESK_DIST: deskBesides(web.value) } : {}),
    MODULES: process.env.MODULES ?? profile.modules.join(','),
    LASTRO_PROFILE: undefined,
  };
  const apart = process.env.LEDGER_APART
    ? await timed('Razão em processo próprio', startLedgerApart(around, serverEnv, profile.modules))
    : {};
  await timed('Servidor', startServer(around, { ...serverEnv, ...apart }));
  const readySeconds = seconds(performance.now());
  await loadDemoData(around, serverEnv);
  if (shutdown.wanted.aborted) return;
  const logs = path.relative(folders.root, folders.logs);
  const { about } = data.value;
  const metricsUrl = `http://localhost:${internalPort}/metrics`;
  const wanted = Number(process.env.SANDBOX_PORT ?? SANDBOX_PORT);
  const isWhereWanted = !provider.value || process.env.PIX_PROVIDER_URL || new URL(provider.value).port === String(wanted);
  tell(
    renderBanner({
      publicUrl,
      profile,
      metricsUrl,
      ...(provider.value ? { sandboxUrl: provider.value } : {}),
      database: about,
      logs,
      logins: profile.hasScreens ? readDemoLogins(folders.state) : [],
      readySeconds,
      ...(isWhereWanted ? {} : { movedFrom: wanted }),
    }),
  );
}

const lock = takeLock(lockFile, publicUrl);
if (!('release' in lock)) {
  console.error(`Lastro já está rodando neste clone (pid ${lock.pid}, ${lock.about}). Encerre aquele com Ctrl-C ou: kill ${lock.pid}`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => shutdown.request(0));
process.on('uncaughtException', (error) => {
  console.error(`\n✗ ${error.stack}\n`);
  shutdown.request(1);
});
process.stdout.on('error', () => undefined); // the terminal may be gone before us
const startUp = bringUp()
  .catch(fail)
  .catch(() => undefined);
await shutdown.requested;
await startUp;
const exitCode = await shutdown.unwind();
lock.release();
process.exit(exitCode);
