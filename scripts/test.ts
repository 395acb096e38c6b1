/** `npm test [-- <part of a path>…]`: every test that npm alone can feed; the last line is `N passed, N failed`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from './supervisor/folders.ts';
import { takeLock } from './supervisor/lock.ts';
import { type FoundTests, findTests, PATIENT } from './testing/find-tests.ts';
import { crashed, exitCodeOf, nothing, type Outcome, renderSummary, runFailedAgain, sumOutcomes } from './testing/outcome.ts';
import { type Place, runNodeTests } from './testing/run-node-tests.ts';
import { runWebTests } from './testing/run-web-tests.ts';
import { migrateTemplate, startTestPostgres, stopTestPostgres } from './testing/template-database.ts';
import { killTestProcesses, runTestProcess } from './testing/test-process.ts';
import { buildWebOnce, npmCommand } from './web/web-build.ts';

const IDLE_LIMIT_MS = 120_000;
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const { root, state } = makeFolders();
const scratch = path.join(state, 'test');
mkdirSync(scratch, { recursive: true });

// Neither the developer's database nor his port is the tests' business.
const { DATABASE_URL: _url, DATABASE_ADMIN_URL: _owner, PORT: _port, ...inherited } = process.env;
const env: Record<string, string | undefined> = { ...inherited, NODE_ENV: 'test', NODE_COMPILE_CACHE: path.join(state, 'cache', 'node') };
const outcomes: Outcome[] = [];
/** Of files that run in Node, each apart: those that fail beside others are run again alone. */
const byFile = new Map<string, Outcome>();

function tellFile(file: string, { passed, failed, files }: Outcome): void {
  const seconds = ((files[0]?.durationMs ?? 0) / 1000).toFixed(1);
  console.log(`${failed > 0 ? '✗' : '✓'} ${file}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}  ${seconds} s`);
}

/** A part of the run that throws counts as a failure, and the others still run. */
async function part(name: string, work: () => Promise<Outcome | undefined>): Promise<void> {
  const from = performance.now();
  console.log(`\n── ${name} ──`);
  try {
    const outcome = await work();
    if (outcome) outcomes.push(outcome);
  } catch (error) {
    outcomes.push(crashed(name, `${name} could not be run`, (error as Error).message));
  }
  console.log(`── ${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

async function buildWeb(): Promise<string> {
  return buildWebOnce(root, state, async () => {
    console.log('· building the web app');
    const outputFile = path.join(scratch, 'web-build.log');
    const command = npmCommand('run', 'build', '-w', 'web');
    const end = await runTestProcess({ command, cwd: root, env: { ...env, NG_CLI_ANALYTICS: 'false' }, outputFile, idleLimitMs: 600_000 });
    if (end.code !== 0) throw new Error(`the web build failed:\n${readFileSync(outputFile, 'utf8').slice(-4_000)}`);
  });
}

async function runAll(): Promise<void> {
  const tests = findTests(root, filters);
  const envOf = new Map<string, Record<string, string>>();
  const run = (files: readonly string[], places: readonly Place[], folder: string, onFile: (file: string, outcome: Outcome) => void) => {
    const extra = envOf.get(files[0]!) ?? {};
    return runNodeTests({
      root,
      files,
      places,
      env: { ...env, ...extra },
      scratch: path.join(scratch, folder),
      idleLimitMs: IDLE_LIMIT_MS,
      onFile,
    });
  };
  const inNode = async (files: string[], places: readonly Place[], folder: string, extra: Record<string, string> = {}) => {
    for (const file of files) envOf.set(file, extra);
    await run(files, places, folder, (file, outcome) => {
      byFile.set(file, outcome);
      tellFile(file, outcome);
    });
    return undefined;
  };
  const needsDatabase = tests.node.length + tests.browser.length > 0;
  const postgres = needsDatabase ? await startTestPostgres(state, (line) => console.log(`· Postgres: ${line}`)) : undefined;
  if (postgres) stopPostgres = () => stopTestPostgres(state, postgres);
  if (postgres) {
    env.TEST_DATABASE_ADMIN_URL = postgres.adminUrl;
    const log = path.join(scratch, 'migrate.log');
    const { ok } = await migrateTemplate(root, log, postgres.adminUrl, env);
    if (!ok) outcomes.push(crashed('server/src/migrate-cli.ts', 'the migrations failed', readFileSync(log, 'utf8')));
  }
  // Files of the server wait half of their time, and two of them leave room for a third, which is the web app's first; and for one that does hardly anything but wait.
  const now = { opens: Promise.resolve() };
  const web = testWebAndBrowser(tests, filters.length === 0, (files, extra) => inNode(files, [now], 'browser', extra));
  if (tests.node.length > 0)
    await part('server, sandbox, scripts', () =>
      inNode(tests.node, [now, now, { opens: web }, { ...now, only: new Set<string>(PATIENT) }], 'node'),
    );
  await web;
  const again = await runFailedAgain(byFile, (file) => run([file], [now], 'again', tellFile));
  outcomes.push(again);
}

async function testWebAndBrowser(
  tests: FoundTests,
  isWhole: boolean,
  inBrowser: (files: string[], extra: Record<string, string>) => Promise<undefined>,
): Promise<void> {
  if (tests.web.length > 0 || isWhole) await part('web', () => testWeb(tests.web));
  if (tests.browser.length > 0) await part('browser', async () => inBrowser(tests.browser, { WEB_DIST: await buildWeb() }));
}

async function testWeb(files: string[]): Promise<Outcome> {
  if (files.length === 0) throw new Error('there is no test under web');
  return runWebTests(root, path.join(scratch, 'web'), env, filters.length > 0 ? files : []);
}

async function takeTurn(): Promise<{ release(): void }> {
  for (let isTold = false; ; isTold = true) {
    const lock = takeLock(path.join(scratch, 'lock.json'), 'npm test');
    if ('release' in lock) return lock;
    if (!isTold) console.log(`· another npm test runs in this clone (pid ${lock.pid}): waiting for it`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

let stopPostgres: () => Promise<void> = async () => undefined;
let isInterrupted = false;
const lock = await takeTurn();
const from = performance.now();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isInterrupted = true;
    killTestProcesses();
    stopPostgres()
      .catch(() => undefined)
      .finally(() => process.exit(130));
  });
}
try {
  if (!existsSync(path.join(root, 'node_modules'))) throw new Error('run "npm ci" first');
  await runAll();
} catch (error) {
  outcomes.push(crashed('scripts/test.ts', 'the run could not go on', (error as Error).stack ?? String(error)));
} finally {
  if (!isInterrupted)
    await stopPostgres().catch((error: Error) => outcomes.push(crashed('Postgres', 'could not be stopped', error.message)));
  lock.release();
}
if (!isInterrupted) {
  const total = sumOutcomes([nothing(), ...outcomes]);
  console.log(renderSummary(total, ((performance.now() - from) / 1000).toFixed(1)));
  // The last line must be out, also through a pipe, before the process ends.
  process.stdout.write('', () => process.exit(exitCodeOf(total)));
}
