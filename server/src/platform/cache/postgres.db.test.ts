import { openTestDatabase, sourcesOf } from '../../../test/support/test-database.ts';
import { cacheContract } from './contract-test.ts';
import { postgresDriver } from './postgres.ts';

cacheContract('Postgres', async () => {
  const database = await openTestDatabase(sourcesOf());
  return { openProcess: () => postgresDriver(database.openAnother({ poolSize: 4 })), isShared: true, close: () => database.close() };
});
