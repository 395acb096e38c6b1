import { setTimeout as sleep } from 'node:timers/promises';
import { createDb } from '../../db/db.ts';
import { createLogger } from '../../log.ts';
import { createLocks } from '../create-locks.ts';
import { postgresDriver } from '../postgres.ts';

/** A process that takes a lock, says its token, and keeps it until it is killed. Arguments: database, name, lease in milliseconds. */
const [url, name, leaseMs] = process.argv.slice(2) as [string, string, string];
const log = createLogger({ level: 'silent' });
const held = await createLocks(postgresDriver(createDb({ url, poolSize: 2, log })), log).tryAcquire(name, Number(leaseMs));
process.stdout.write(String(held!.token));
await sleep(60_000);
