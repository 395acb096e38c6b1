/** `npm run admin -- <command>`: what operators do by hand: look at consumer groups, put dead letters back, replay, dump, restore. */
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { dumpDatabase } from '#platform/bus/dump.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { restoreDatabase } from '#platform/bus/restore.ts';
import { systemClock } from '#platform/clock.ts';
import { readEdge } from '#platform/dates.ts';
import { createDb, type Db } from '#platform/db/db.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/index.ts';
import { createLogger } from '#platform/log.ts';
import { attendRun, listMachines, MACHINES_USAGE } from './admin-machines.ts';
import { createClientAdmin } from './modules/identity/index.ts';
import { openDifferencesDesk, openPaymentsDesk } from './modules/payments/index.ts';

const USAGE = `usage: npm run admin -- <command>
  events                          every consumer group: position, lag, dead letters
  redrive <group> [key]           puts dead letters back in line, all or those of one key
  pause <group> | resume <group>  holds a group still, or lets it go on
  clients                         applications that may ask for tokens
  client-disable <id>             it gets no token any more, and those it has stop counting
  client-enable <id>              it may ask for tokens again
  payments                        payments that are not over, by status: how many, and the age of the oldest
  payments <status>               the hundred that have been longest in it: stuck, disputed, unknown, …
  resolve <payment> executed|not-executed <reason>   ends a payment that is disputed or stuck; who and why are kept
  retry <payment> <reason>        tries now what a payment waits for
  reconcile [from] [to]           compares books and the provider's statement (dates or instants; the last two days) while the platform runs
  differences                     what is open between books and statement, oldest first
  difference <id> explain|compensate|close <why>   a person's word on one; who and why are kept
  receipts                        money that arrived and stands still
  receipt <id> give-back <why> | match <why> [tenant subject]   decides about one
${MACHINES_USAGE}
  dump <file>                     writes the whole database (as DATABASE_ADMIN_URL)
  restore <file>                  fills a freshly migrated database (as DATABASE_ADMIN_URL)
Without DATABASE_URL and DATABASE_ADMIN_URL the embedded Postgres of this folder is meant, running or not.`;

const [command, first, second, third, fourth, fifth] = process.argv.slice(2);
const DAY_MS = 86_400_000;
const WORDS = { explain: 'explained', compensate: 'compensated', close: 'closed' } as const;

function need(value: string | undefined, what: string): string {
  if (value) return value;
  console.error(`${what} is missing\n\n${USAGE}`);
  process.exit(2);
}

let letGo: (() => Promise<void>) | undefined;

/** The database named by the environment, or the embedded one of this folder: adopted if it runs, else started for the occasion. */
async function databaseUrl(kind: 'DATABASE_URL' | 'DATABASE_ADMIN_URL'): Promise<string> {
  const named = process.env[kind];
  if (named) return named;
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(import.meta.dirname, '../../.lastro/pg'), database: 'lastro' });
  if (!postgres.adopted) letGo = postgres.stop;
  return postgres.adminUrl;
}

async function withBus(work: (bus: ReturnType<typeof createPostgresBus>, db: Db) => Promise<void>): Promise<void> {
  const log = createLogger({ name: 'admin', level: 'warn' });
  const db = createDb({ url: await databaseUrl('DATABASE_URL'), poolSize: 2, log, applicationName: 'lastro-admin' });
  const bus = createPostgresBus({ db, log, clock: systemClock });
  try {
    await work(bus, db);
  } finally {
    await bus.close();
    await db.close();
  }
}

try {
  switch (command) {
    case 'events':
      await withBus(async (bus) => {
        console.table(
          (await bus.status()).map(({ waitingSinceMs, ...one }) => ({
            ...one,
            position: String(one.position),
            head: String(one.head),
            lag: String(one.lag),
            waitingSince: waitingSinceMs === null ? null : new Date(waitingSinceMs).toISOString(),
          })),
        );
      });
      break;
    case 'redrive':
      await withBus(async (bus) => console.log(`${await bus.redrive(need(first, 'the group'), second)} dead letters are in line again`));
      break;
    case 'pause':
    case 'resume':
      await withBus(async (bus) => {
        await bus.pause(need(first, 'the group'), command === 'pause');
        console.log(`${first} ${command === 'pause' ? 'stands still' : 'goes on'}`);
      });
      break;
    case 'payments':
      await withBus(async (bus, db) => {
        const desk = openPaymentsDesk({ db, bus, clock: systemClock });
        console.table(first === undefined ? await desk.summary() : await desk.list(first));
      });
      break;
    case 'resolve':
      await withBus(async (bus, db) => {
        const decision = need(second, 'the decision');
        if (decision !== 'executed' && decision !== 'not-executed') throw new Error('the decision is executed or not-executed');
        const desk = openPaymentsDesk({ db, bus, clock: systemClock });
        const { id, status } = await desk.resolve(need(first, 'the payment'), decision, need(third, 'the reason'));
        console.log(`${id} goes on as ${decision}; people see it as ${status}`);
      });
      break;
    case 'retry':
      await withBus(async (bus, db) => {
        const { id } = await openPaymentsDesk({ db, bus, clock: systemClock }).retry(
          need(first, 'the payment'),
          need(second, 'the reason'),
        );
        console.log(`${id} is due now`);
      });
      break;
    case 'clients':
      await withBus(async (bus, db) => console.table(await createClientAdmin({ db, bus, clock: systemClock }).list()));
      break;
    case 'client-disable':
    case 'client-enable':
      await withBus(async (bus, db) => {
        const clients = createClientAdmin({ db, bus, clock: systemClock });
        const id = need(first, 'the client');
        const known = await (command === 'client-disable' ? clients.disable(id) : clients.enable(id));
        if (!known) throw new Error(`there is no client "${id}"; "clients" lists them`);
        console.log(`${id} ${command === 'client-disable' ? 'is disabled; its tokens no longer count' : 'may ask for tokens again'}`);
      });
      break;
    case 'reconcile':
      await withBus(async (_bus, db) => {
        const fromMs = first === undefined ? Date.now() - 2 * DAY_MS : Date.parse(readEdge(first, 'from'));
        const toMs = second === undefined ? Date.now() : Date.parse(readEdge(second, 'to'));
        const desk = openDifferencesDesk({ db, clock: systemClock });
        const { lines, found, closed, fault, reachedMs } = await desk.reconcile({ fromMs, toMs });
        console.log(`${lines} lines compared up to ${new Date(reachedMs).toISOString()}: ${found} new differences, ${closed} gone`);
        console.table(await desk.summary());
        if (fault !== null) throw new Error(`the statement could not be read to its end: ${fault}`);
      });
      break;
    case 'differences':
      await withBus(async (_bus, db) => console.table(await openDifferencesDesk({ db, clock: systemClock }).differences()));
      break;
    case 'difference':
      await withBus(async (_bus, db) => {
        const status = WORDS[need(second, 'the word') as keyof typeof WORDS];
        if (!status) throw new Error('the word is explain, compensate or close');
        await openDifferencesDesk({ db, clock: systemClock }).decide(need(first, 'the difference'), status, need(third, 'the reason'));
        console.log(`${first} is ${status}`);
      });
      break;
    case 'receipts':
      await withBus(async (_bus, db) => console.table(await openDifferencesDesk({ db, clock: systemClock }).receipts()));
      break;
    case 'receipt':
      await withBus(async (_bus, db) => {
        const decision = need(second, 'the decision');
        if (decision !== 'match' && decision !== 'give-back') throw new Error('the decision is match or give-back');
        const subject = fourth && fifth ? { tenantId: fourth, subjectId: fifth } : undefined;
        const done = await openDifferencesDesk({ db, clock: systemClock }).decideReceipt(
          need(first, 'the receipt'),
          decision,
          need(third, 'the reason'),
          subject,
        );
        console.log(`${done.id} goes on as ${done.decision}`);
      });
      break;
    case 'machines':
      await withBus((bus, db) => listMachines(bus, db, first, second, third));
      break;
    case 'machine':
      await withBus(async (bus, db) => {
        const order = third === undefined ? undefined : { decision: third, reason: need(fourth, 'the reason') };
        await attendRun(bus, db, need(first, 'the machine'), need(second, 'the id'), order);
      });
      break;
    case 'dump':
      console.log(await dumpDatabase(await databaseUrl('DATABASE_ADMIN_URL'), createWriteStream(need(first, 'the file'), { mode: 0o600 })));
      break;
    case 'restore':
      console.log(await restoreDatabase(await databaseUrl('DATABASE_ADMIN_URL'), createReadStream(need(first, 'the file'))));
      break;
    default:
      console.error(USAGE);
      process.exitCode = 2;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await letGo?.();
}
