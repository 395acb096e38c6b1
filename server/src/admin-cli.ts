/** `npm run admin -- <command>`: what operators do by hand: look at consumer groups, put dead letters back, replay, dump, restore. */
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AdminCommand, type House, Missing, needed } from '#platform/admin.ts';
import { dumpDatabase } from '#platform/bus/dump.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { restoreDatabase } from '#platform/bus/restore.ts';
import { systemClock } from '#platform/clock.ts';
import { createDb, type Db } from '#platform/db/db.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/index.ts';
import { createLogger } from '#platform/log.ts';
import { createVault } from '#platform/vault/vault.ts';
import { machineCommands } from './admin-machines.ts';
import { workCommands } from './admin-work.ts';
import { MODULES, scopesOf } from './module-list.ts';

/** Where `npm start` keeps what belongs to this clone. */
const STATE = path.join(import.meta.dirname, '../../.lastro');
let letGo: (() => Promise<void>) | undefined;

/** The database named by the environment, or the embedded one of this folder: adopted if it runs, else started for the occasion. */
async function databaseUrl(kind: 'DATABASE_URL' | 'DATABASE_ADMIN_URL'): Promise<string> {
  const named = process.env[kind];
  if (named) return named;
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(STATE, 'pg'), database: 'lastro' });
  if (!postgres.adopted) letGo = postgres.stop;
  return postgres.adminUrl;
}

/** What the environment says of the installation; of one on this machine, the file of its secrets. */
function houseOf(db: Db): House {
  const kept = path.join(STATE, 'secrets.json');
  const made = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as { LASTRO_MASTER_KEY?: string }) : {};
  const key = process.env.LASTRO_MASTER_KEY ?? made.LASTRO_MASTER_KEY;
  if (!key) throw new Error('this needs LASTRO_MASTER_KEY, as the installation has it');
  const publicUrl = new URL(process.env.PUBLIC_URL ?? `http://localhost:${process.env.PORT ?? 3000}`).origin;
  return { publicUrl, scopes: scopesOf(MODULES), vault: createVault({ db, masterKey: Buffer.from(key, 'base64') }) };
}

/** Runs a command on the database as the application sees it. */
async function runOnBus(command: AdminCommand, args: readonly string[]): Promise<void> {
  const log = createLogger({ name: 'admin', level: 'warn' });
  const db = createDb({ url: await databaseUrl('DATABASE_URL'), poolSize: 2, log, applicationName: 'lastro-admin' });
  const bus = createPostgresBus({ db, log, clock: systemClock });
  try {
    await command.run(args, { db, bus, clock: systemClock, house: () => houseOf(db) });
  } finally {
    await bus.close();
    await db.close();
  }
}

const hold = (paused: boolean): AdminCommand['run'] => {
  return async ([group], { bus }) => {
    await bus.pause(needed(group, 'the group'), paused);
    console.log(`${group} ${paused ? 'stands still' : 'goes on'}`);
  };
};

const onEvents: Record<string, AdminCommand> = {
  events: {
    about: 'every consumer group: position, lag, dead letters',
    async run(_args, { bus }) {
      console.table(
        (await bus.status()).map(({ waitingSinceMs, ...one }) => ({
          ...one,
          position: String(one.position),
          head: String(one.head),
          lag: String(one.lag),
          waitingSince: waitingSinceMs === null ? null : new Date(waitingSinceMs).toISOString(),
        })),
      );
    },
  },
  redrive: {
    takes: '<group> [key]',
    about: 'puts dead letters back in line, all or those of one key',
    run: async ([group, key], { bus }) =>
      console.log(`${await bus.redrive(needed(group, 'the group'), key)} dead letters are in line again`),
  },
  pause: { takes: '<group>', about: 'holds a group still', run: hold(true) },
  resume: { takes: '<group>', about: 'lets it go on', run: hold(false) },
};

/** These need the owner of the database, and no bus. */
const onDatabase: Record<string, Omit<AdminCommand, 'run'> & { run(file: string): Promise<unknown> }> = {
  dump: {
    takes: '<file>',
    about: 'writes the whole database (as DATABASE_ADMIN_URL)',
    run: async (file) => dumpDatabase(await databaseUrl('DATABASE_ADMIN_URL'), createWriteStream(file, { mode: 0o600 })),
  },
  restore: {
    takes: '<file>',
    about: 'fills a freshly migrated database (as DATABASE_ADMIN_URL)',
    run: async (file) => restoreDatabase(await databaseUrl('DATABASE_ADMIN_URL'), createReadStream(file)),
  },
};

const ofModules = await Promise.all(MODULES.map(async (module) => (await module.commands?.()) ?? {}));
const commands: Record<string, AdminCommand> = Object.assign({}, onEvents, ...ofModules, machineCommands, workCommands);

function usage(): string {
  const lines = Object.entries({ ...commands, ...onDatabase }).map(
    ([name, { takes = '', about }]) => `  ${`${name} ${takes}`.padEnd(31)} ${about}`,
  );
  return `usage: npm run admin -- <command>\n${lines.join('\n')}\nWithout DATABASE_URL and DATABASE_ADMIN_URL the embedded Postgres of this folder is meant, running or not.`;
}

const [name = '', ...args] = process.argv.slice(2);
try {
  if (Object.hasOwn(commands, name)) await runOnBus(commands[name]!, args);
  else if (Object.hasOwn(onDatabase, name)) console.log(await onDatabase[name]!.run(needed(args[0], 'the file')));
  else throw new Missing('');
} catch (error) {
  const { message } = error as Error;
  const isUse = error instanceof Missing;
  console.error(isUse ? `${message}\n\n${usage()}`.trim() : message);
  process.exitCode = isUse ? 2 : 1;
} finally {
  await letGo?.();
}
