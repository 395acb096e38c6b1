import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findBreaches } from '../../../scripts/walls/find-breaches.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** A house with every kind of import that is allowed. */
const HOUSE: Record<string, string> = {
  'server/src/main.ts': "import { ledger } from './modules/index.ts';\nexport const main = ledger;",
  'server/src/modules/index.ts':
    "export { default as ledger } from './ledger/module.ts';\nexport { default as payments } from './payments/module.ts';",
  'server/src/modules/ledger/module.ts': "export default { name: 'ledger', create: () => import('./index.ts') };",
  'server/src/modules/payments/module.ts':
    "import type { Ledger } from '#ledger';\nexport type Needs = { ledger: Ledger };\nexport default { name: 'payments', create: () => import('./index.ts') };",
  'server/src/platform/money.ts': 'export const cent = 1n;',
  'server/src/platform/db/db.ts': "import { readFileSync } from 'node:fs';\nexport const db = readFileSync;",
  'server/src/modules/ledger/events.ts': "export const POSTED = 'ledger.entry-posted.v1';\nexport type Posted = { id: string };",
  'server/src/modules/ledger/store.ts': "import { db } from '#platform/db/db.ts';\nexport const store = db;",
  'server/src/modules/ledger/domain/model.ts': "import { cent } from '#platform/money.ts';\nexport const model = cent;",
  'server/src/modules/ledger/index.ts':
    "import { store } from './store.ts';\nimport { model } from './domain/model.ts';\nexport type Ledger = { model: bigint };\nexport const createLedger = () => [store, model];",
  'server/src/modules/payments/events.ts': "export const SENT = 'payments.sent.v1';\nexport type Sent = { id: string };",
  'server/src/modules/payments/domain/pay.ts': 'export const pay = 1;',
  'server/src/modules/payments/index.ts':
    "import { POSTED } from '#ledger/events';\nimport type { Ledger } from '#ledger';\nexport const createPayments = (ledger: Ledger) => [ledger, POSTED];",
  'sandbox/src/main.ts': "import { port } from './port.ts';\nexport const main = port;",
  'client/src/index.ts': "import { lines } from './lines.ts';\nexport const client = lines;",
  'client/src/lines.ts': 'export const lines = 1;',
  'cli/src/main.ts': "import { client } from '../../client/src/index.ts';\nexport const main = client;",
  'sandbox/src/port.ts': 'export const port = 4010;',
  'web/package.json': '{ "type": "module", "imports": { "#core/*": "./libs/core/*.ts", "#ui/*": "./libs/ui/*.ts" } }',
  'web/libs/core/clock.ts': 'export const clock = 1;',
  'web/libs/ui/card.ts': "import { clock } from '#core/clock';\nexport const card = clock;",
  'web/app/money/home.ts': "import { card } from '#ui/card';\nexport const home = card;",
  'web/app/features/pagar/pagar.ts': "import { home } from '../../money/home';\nexport const pagar = home;",
  'web/app/features/extrato/extrato.ts': "import { home } from '../../money/home';\nexport const extrato = home;",
  'web/app/features/index.ts': "export { pagar } from './pagar/pagar';\nexport { extrato } from './extrato/extrato';",
  'web/operacao/desk.ts': "import { card } from '#ui/card';\nexport const desk = card;",
};

/** Each planted line, the file it is appended to, and the wall that must see it. */
const BREACHES: [rule: string, file: string, line: string][] = [
  ['web-stands-alone', 'web/app/money/home.ts', "import { main } from '../../../server/src/main.ts';\nexport const x = main;"],
  ['web-libs-know-no-project', 'web/libs/ui/card.ts', "import { home } from '../../app/money/home';\nexport const x = home;"],
  ['web-core-knows-no-ui', 'web/libs/core/clock.ts', "import type { card } from '#ui/card';\nexport type X = typeof card;"],
  ['web-projects-stand-apart', 'web/operacao/desk.ts', "import { home } from '../app/money/home';\nexport const x = home;"],
  [
    'web-features-stand-apart',
    'web/app/features/pagar/pagar.ts',
    "import { extrato } from '../extrato/extrato';\nexport const x = extrato;",
  ],
  ['face-types-only', 'server/src/modules/payments/index.ts', "import { createLedger } from '#ledger';\nexport const x = createLedger;"],
  ['face-types-only', 'server/src/modules/payments/index.ts', "export { createLedger } from '../ledger/index.ts';"],
  ['face-types-only', 'server/src/modules/payments/index.ts', "export const x = () => import('#ledger');"],
  [
    'module-reaches-only-faces',
    'server/src/modules/payments/index.ts',
    "import { store } from '../ledger/store.ts';\nexport const x = store;",
  ],
  [
    'module-reaches-only-faces',
    'server/src/modules/payments/index.ts',
    "import type { model } from '../ledger/domain/model.ts';\nexport type X = typeof model;",
  ],
  ['floors-go-down', 'server/src/modules/ledger/index.ts', "import { SENT } from '#payments/events';\nexport const x = SENT;"],
  ['module-stays-inside', 'server/src/modules/payments/index.ts', "import { main } from '../../main.ts';\nexport const x = main;"],
  [
    'module-stays-inside',
    'server/src/modules/payments/index.ts',
    "import { port } from '../../../../sandbox/src/port.ts';\nexport const x = port;",
  ],
  ['platform-knows-no-module', 'server/src/platform/money.ts', "import type { Ledger } from '#ledger';\nexport type X = Ledger;"],
  [
    'domain-is-pure',
    'server/src/modules/ledger/domain/model.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
  ],
  ['domain-is-pure', 'server/src/modules/ledger/domain/model.ts', "import pg from 'pg';\nexport const x = pg;"],
  ['domain-is-pure', 'server/src/modules/ledger/domain/model.ts', "import { db } from '#platform/db/db.ts';\nexport const x = db;"],
  ['domain-is-pure', 'server/src/modules/ledger/domain/model.ts', "import { store } from '../store.ts';\nexport const x = store;"],
  ['main-knows-the-list', 'server/src/main.ts', "import { store } from './modules/ledger/store.ts';\nexport const x = store;"],
  ['main-knows-the-list', 'server/src/main.ts', "import type { Ledger } from '#ledger';\nexport type X = Ledger;"],
  ['list-of-manifests', 'server/src/modules/index.ts', "export { createLedger } from './ledger/index.ts';"],
  ['module-stays-inside', 'server/src/modules/payments/index.ts', "import { ledger } from '../index.ts';\nexport const x = ledger;"],
  ['client-stands-alone', 'client/src/lines.ts', "import { cent } from '../../server/src/platform/money.ts';\nexport const lines = cent;"],
  ['cli-goes-through-the-front', 'cli/src/main.ts', "import { cent } from '../../server/src/platform/money.ts';\nexport const x = cent;"],
  ['sandbox-stands-alone', 'sandbox/src/main.ts', "import { cent } from '../../server/src/platform/money.ts';\nexport const x = cent;"],
  ['not-unresolvable', 'server/src/modules/ledger/index.ts', "import { x } from './nowhere.ts';\nexport const y = x;"],
  ['not-unresolvable', 'server/src/modules/ledger/index.ts', "import { x } from '#nowhere';\nexport const y = x;"],
];

describe('the walls between modules', () => {
  let root = '';

  before(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'lastro-walls-')));
    cpSync(path.join(ROOT, 'server/package.json'), path.join(root, 'server/package.json'), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
    for (const [file, text] of Object.entries(HOUSE)) write(file, text);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), `${text}\n`);
  }

  it('stand in this repository', async () => {
    const { breaches, files } = await findBreaches(ROOT);
    assert.deepEqual(breaches, []);
    assert.ok(files > 50);
  });

  it('allow what is allowed', async () => {
    assert.deepEqual((await findBreaches(root)).breaches, []);
  });

  for (const [rule, file, line] of BREACHES) {
    it(`${rule} sees: ${line.split('\n')[0]} in ${file}`, async () => {
      write(file, `${HOUSE[file]}\n${line}`);
      const { breaches } = await findBreaches(root);
      write(file, HOUSE[file] ?? '');
      assert.deepEqual(
        breaches.filter((breach) => breach.rule === rule).map(({ from }) => from),
        [file],
      );
    });
  }

  it('a module without a floor and an import of a test file are seen too', async () => {
    write('server/src/modules/cellar/index.ts', "import { cent } from '#platform/money.ts';\nexport const x = cent;");
    write('server/src/modules/ledger/some.test.ts', 'export const x = 1;');
    write(
      'server/src/modules/ledger/store.ts',
      `${HOUSE['server/src/modules/ledger/store.ts']}\nimport { x } from './some.test.ts';\nexport const y = x;`,
    );
    const rules = (await findBreaches(root)).breaches.map(({ rule }) => rule);
    assert.deepEqual(rules.sort(), ['module-has-a-floor', 'not-to-tests']);
  });
});
