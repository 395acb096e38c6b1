/** A process of its own with the made-up machine, for tests that kill it: database, other party and point of death by environment. */
import { request } from 'undici';
import { createDb } from '#platform/db/db.ts';
import { createLogger } from '#platform/log.ts';
import { type Outside, openErrands } from './errands.ts';

const { DATABASE_URL = '', OUTSIDE_URL = '', DIE_AT } = process.env;

async function ask(step: string, id: string): Promise<string> {
  const { body } = await request(`${OUTSIDE_URL}/${step}/${id}`, { method: 'POST' });
  return body.text();
}

const outside: Outside = {
  reserve: async (id) => {
    await ask('reserve', id);
  },
  send: async (id) => (await ask('send', id)) as 'taken' | 'refused' | 'answer-missing',
  query: async (id) => (await ask('query', id)) as 'taken' | 'not-found',
};

const db = createDb({ url: DATABASE_URL, poolSize: 4, log: createLogger({ level: 'fatal' }) });
const { machine, close } = openErrands(db, {
  outside,
  leaseMs: 1_000,
  crashPoint: (point) => {
    if (point === DIE_AT) process.kill(process.pid, 'SIGKILL');
  },
});
machine.worker.start();
process.on('SIGTERM', () => void close().then(() => db.close()));
process.stdout.write('working\n');
