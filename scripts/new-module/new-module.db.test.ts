/**
 * A module by the generator, in a copy of the house: nothing but its folder and one line is added, and walls, migrations, reference, its own
 * tests and the conformance tests take it as it is.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { writeModule } from './write-module.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const NAME = 'caderneta';
const TEMPLATE = `lastro_template_${NAME}`;
const COPIED = ['package.json', 'biome.json', '.gitignore', 'server', 'sandbox', 'client', 'cli', 'scripts', 'docs', 'web'];
/** Per file of conformance tests those that ask of every operation; the others are about one module each. */
const CONFORMANCE: Record<string, RegExp> = {
  'events.test.ts': /./,
  'keepers.db.test.ts': /./,
  'languages.test.ts': /./,
  'personal-data.test.ts': /./,
  'schema.db.test.ts': /indexes/,
  'tenants.db.test.ts': /every route with an id|lists show nothing|in Postgres|caderneta/,
  'idempotency.db.test.ts': /each state-changing operation|with a key: one effect|killed after the commit/,
  'guards.db.test.ts': /every operation says|tokens: none|lacks the scope|the session: none|wants an Idempotency-Key/,
  'hostile-input.db.test.ts': /the document names|of a wrong type|that are too large|values in the path/,
};
const ENVIRONMENT = { TEST_TEMPLATE_DATABASE: TEMPLATE, CONFORMANCE_MODULE: NAME };
let copy = '';

before(async () => {
  copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'lastro-new-module-')));
  for (const name of COPIED)
    cpSync(path.join(ROOT, name), path.join(copy, name), {
      recursive: true,
      filter: (file) => !/\/(node_modules|\.lastro|dist|\.angular)$/.test(file),
    });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  await onCluster(`create database ${TEMPLATE}`);
});
after(async () => {
  await onCluster(`drop database if exists ${TEMPLATE} with (force)`);
  if (copy) rmSync(copy, { recursive: true, force: true });
});

async function onCluster(sql: string): Promise<void> {
  const client = new pg.Client(process.env.TEST_DATABASE_ADMIN_URL);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function urlOf(database: string, login?: { user: string; password: string }): string {
  const url = new URL(process.env.TEST_DATABASE_ADMIN_URL ?? '');
  url.pathname = `/${database}`;
  if (login) Object.assign(url, { username: login.user, password: login.password });
  return url.href;
}

/** Runs a program in the copy; fails with what it printed. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: copy, env: { ...inherited, ...env }, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(' ')}\n${(stdout + stderr).slice(-6_000)}`));
      else resolve(stdout);
    });
  });
}

test('a name that is taken, or that no schema can have, is refused', () => {
  for (const name of ['ledger', 'cache', 'Caderneta', 'a', 'com-traço', '../fora']) assert.throws(() => writeModule(copy, name));
});

test('its folders and a line for each are all that changes, and walls and formatter find nothing', async () => {
  await run(['scripts/new-module.ts', NAME]);
  for (const [list, line] of [
    ['server/src/modules/index.ts', `export { default as ${NAME} } from './${NAME}/module.ts';`],
    ['web/app/features/index.ts', `export { default as ${NAME} } from './${NAME}/feature';`],
  ] as const) {
    const before = readFileSync(path.join(ROOT, list), 'utf8');
    const now = readFileSync(path.join(copy, list), 'utf8');
    assert.deepEqual(
      now.split('\n').filter((one) => !before.includes(one)),
      [line],
    );
  }
  assert.match(await run(['scripts/check-walls.ts']), / 0 breaches/);
  await run(['scripts/reference.ts']);
  assert.match(
    readFileSync(path.join(copy, 'docs/reference/routes.md'), 'utf8'),
    /POST \/v1\/caderneta\/notes.*caderneta:write \| required/,
  );
  assert.match(readFileSync(path.join(copy, 'docs/reference/routes.md'), 'utf8'), /GET \/bff\/v1\/caderneta\/notes/);
  assert.match(readFileSync(path.join(copy, 'docs/reference/configuration.md'), 'utf8'), /CADERNETA_KEEP_DAYS/);
  assert.match(readFileSync(path.join(copy, 'docs/reference/openapi.json'), 'utf8'), /\/v1\/caderneta\/notes/);
});

test('the types hold', { timeout: 600_000 }, async () => {
  await run(['node_modules/typescript/bin/tsc', '-p', 'server']);
  await run(['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.app.json', '--noEmit']);
});

test('its page is in the menu of the session, and its texts are whole', async () => {
  await run(['--test', 'server/test/architecture/web-texts.test.ts']);
  const program = `import { MODULES } from './server/src/module-list.ts';
    console.log(JSON.stringify(MODULES.flatMap(({ pages = [] }) => pages).map(({ name }) => name)));`;
  assert.ok((JSON.parse(await run(['--input-type=module-typescript', '-e', program])) as string[]).includes(NAME));
});

test('its migrations and its own tests pass', { timeout: 300_000 }, async () => {
  const app = { user: 'lastro_app', password: 'lastro_app' };
  await run(['server/src/migrate-cli.ts'], { DATABASE_ADMIN_URL: urlOf(TEMPLATE), DATABASE_URL: urlOf(TEMPLATE, app) });
  await run(['--test', `server/src/modules/${NAME}/**/*.test.ts`], ENVIRONMENT);
});

for (const [file, names] of Object.entries(CONFORMANCE)) {
  test(`${file} takes it as it is, untouched`, { timeout: 300_000 }, async () => {
    const told = await run(['--test', `--test-name-pattern=${names}`, `server/test/conformance/${file}`], ENVIRONMENT);
    assert.doesNotMatch(told, /^# pass 0$/m, file);
  });
}
