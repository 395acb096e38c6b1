import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { filesToTidy, findUntidiness, readFrom } from '../../../scripts/walls/tidy.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Written in two parts, so that this file itself stays tidy. */
const MARK = `TO${'DO'}`;

describe('the style of the house', () => {
  it('holds in every file', () => {
    const files = filesToTidy(ROOT);
    assert.ok(files.length > 50);
    assert.deepEqual(
      files.flatMap((file) => findUntidiness(file, readFrom(ROOT, file))),
      [],
    );
  });

  for (const [file, text, complaint] of [
    ['server/src/a.ts', 'x\n'.repeat(401), /401 lines/],
    ['server/src/SomeThing.ts', '', /kebab-case/],
    ['server/src/some_thing.ts', '', /kebab-case/],
    ['server/src/platform/string-utils.ts', '', /"utils"/],
    ['web/app/helpers/x.ts', '', /"helpers"/],
    ['server/src/a.ts', `// ${MARK} later`, /:1: an open end/],
    ['server/src/a.ts', `class Account${'Manager'} {}`, /AccountManager says nothing/],
    ['server/src/a.ts', `export class Store${'Impl'} {}`, /StoreImpl says nothing/],
    ['server/src/a.ts', `abstract class Base${'Store'} {}`, /BaseStore says nothing/],
    ['server/src/modules/ledger/a.ts', 'const x = (12).toFixed(2);', /amounts are bigint/],
    ['web/app/a.ts', 'const x = parseFloat(text);', /amounts are bigint/],
    ['server/src/modules/ledger/a.ts', 'const ms = Date.parse(text);', /time comes from the clock/],
    ['server/src/modules/ledger/a.ts', 'const ms = Date.now();', /time comes from the clock/],
    ['server/src/modules/payments/a.ts', 'const at = new Date().toISOString();', /time comes from the clock/],
  ] as const) {
    it(`sees ${complaint} in ${file}`, () => {
      const found = findUntidiness(file, text);
      assert.equal(found.length, 1);
      assert.match(found[0]!, complaint);
    });
  }

  it('lets pass what is fine', () => {
    assert.deepEqual(findUntidiness('server/src/modules/ledger/migrations/0001_ledger.sql', 'select 1;'), []);
    assert.deepEqual(findUntidiness('web/app/features/home/home.component.ts', 'const database = base;\nconst baseUrl = 1;'), []);
    assert.deepEqual(findUntidiness('server/src/modules/payments/rails/a.ts', 'const ms = Date.parse(text);'), []);
    assert.deepEqual(findUntidiness('server/src/modules/ledger/a.ts', 'const at = new Date(clock.now());'), []);
    assert.deepEqual(findUntidiness('scripts/testing/outcome.ts', 'const seconds = (1.5).toFixed(1);'), []);
  });
});
