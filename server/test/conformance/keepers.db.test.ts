/** Every module says what it keeps of people, gives it out and forgets it; or says why it keeps nothing of anybody. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { MODULES } from '../../src/module-list.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database?.close());

/** Columns that are about somebody, or hold what only their key opens. */
const ABOUT_SOMEBODY = `column_name in ('subject_id', 'party_id', 'account_id', 'person_id') or column_name like '%\\_sealed'`;

for (const { name, personalData, contract } of MODULES) {
  describe(`what ${name} keeps of people`, () => {
    test('is said, or why it is nothing', async () => {
      const tables = await database.admin<{ at: string }>(
        `select table_name || '.' || column_name as at from information_schema.columns where table_schema = $1 and (${ABOUT_SOMEBODY}) order by 1`,
        [name],
      );
      if (tables.length === 0) return;
      assert.ok(personalData, `${name} has ${tables.map(({ at }) => at).join(', ')}: its manifest says personalData`);
      if ('none' in personalData) assert.ok(personalData.none.length >= 40, `why ${name} keeps nothing of anybody, in a sentence`);
    });
    if (!personalData || 'none' in personalData) return;
    test('is given out and forgotten over its face', () => {
      const own = new Set(Object.keys(contract?.operations ?? {}));
      const missing = Object.keys(personalDataOperations).filter((operation) => !own.has(operation));
      assert.deepEqual(missing, [], `${name} spreads personalDataOperations into its contract`);
      assert.ok(Object.keys(personalData.parts).length > 0);
    });
  });
}

test('a table about somebody is seen', async () => {
  const found = await database.admin(
    `select from information_schema.columns where table_schema = 'payments' and table_name = 'payments' and (${ABOUT_SOMEBODY})`,
  );
  assert.ok(found.length >= 3, 'subject, account, payee');
});
