import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf } from './test-database.ts';

test('a test database has the roles and tables of its modules, and is gone after close', async () => {
  const [one, two] = await Promise.all([openTestDatabase(sourcesOf()), openTestDatabase(sourcesOf())]);
  try {
    const row = { tenant: newId(), subject: newId() };
    await one.db.tx({ module: 'vault', tenants: [row.tenant] }, (tx) =>
      tx.execute('insert into vault.subject_keys (tenant_id, subject_id, wrapped_key) values ($1, $2, $3)', [
        row.tenant,
        row.subject,
        Buffer.of(1),
      ]),
    );
    const count = 'select count(*) from vault.subject_keys';
    assert.deepEqual(await one.admin(count), [{ count: '1' }]);
    assert.deepEqual(await two.admin(count), [{ count: '0' }]);
    await assert.rejects(
      one.db.tx({ module: 'bus', tenants: [] }, (tx) => tx.query(count)),
      /permission denied/,
    );
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
  await assert.rejects(one.admin('select 1'));
});
