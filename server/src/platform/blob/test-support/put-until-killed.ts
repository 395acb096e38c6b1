import { createDb } from '../../db/db.ts';
import { createLogger } from '../../log.ts';
import { folderDriver } from '../folder.ts';
import { postgresDriver } from '../postgres.ts';

/** A process that stores 3 MiB, says so, and then waits for the rest of the body for ever: made to be killed. Arguments: kind, place of the driver, address, version. */
const [kind, where, address, version] = process.argv.slice(2) as [string, string, string, string];
const log = createLogger({ level: 'silent' });
const driver = kind === 'folder' ? folderDriver(where) : postgresDriver(createDb({ url: where, poolSize: 2, log }));

async function* body(): AsyncGenerator<Buffer> {
  for (let nth = 0; nth < 48; nth++) yield Buffer.alloc(65_552, nth);
  process.stdout.write('stored');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
await driver.put(JSON.parse(address), version, body(), () => Promise.reject(new Error('it was not killed')));
