import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/platform/embedded-postgres/index.ts';
import { isSameProcessAlive } from '../../server/src/platform/embedded-postgres/process-info.ts';
import type { Folders } from './folders.ts';
import type { Shutdown } from './shutdown.ts';

export interface Database {
  /** For migrations; never handed to the server. */
  adminUrl: string;
  /** For the application, whose role owns no table. */
  appUrl: string;
  /** Where it is, in words; without secrets. */
  about: string;
}

const WATCH_EVERY_MS = 1_000;
const RESTARTS_A_MINUTE = 5;

/**
 * The database named by DATABASE_URL (owner) or DATABASE_ADMIN_URL and DATABASE_URL, or an embedded Postgres, which is stopped
 * last and restarted when it dies.
 */
export async function openDatabase(
  folders: Folders,
  shutdown: Shutdown,
  appPassword: string,
  env: Record<string, string | undefined>,
  tell: (line: string) => void,
): Promise<Database> {
  const { DATABASE_URL: url, DATABASE_ADMIN_URL: ownerUrl } = env;
  if (url) {
    const appUrl = ownerUrl ? url : withLogin(url, appPassword);
    return { adminUrl: ownerUrl ?? url, appUrl, about: `${new URL(url).host} (DATABASE_URL)` };
  }
  const dataDir = path.join(folders.state, 'pg');
  const postgres = await startEmbeddedPostgres({ dataDir, database: 'lastro', log: (line) => tell(`Postgres: ${line}`) });
  keepAlive(dataDir, postgres, shutdown, tell);
  const about = `127.0.0.1:${postgres.port}, dados em ${path.relative(folders.root, postgres.place).startsWith('..') ? postgres.place : path.relative(folders.root, postgres.place)}`;
  return { adminUrl: postgres.adminUrl, appUrl: withLogin(postgres.adminUrl, appPassword), about };
}

/** Same database, with the log-in role of the application. */
export function withLogin(url: string, password: string): string {
  const changed = new URL(url);
  changed.username = 'lastro_app';
  changed.password = password;
  return changed.href;
}

function keepAlive(dataDir: string, first: EmbeddedPostgres, shutdown: Shutdown, tell: (line: string) => void): void {
  let postgres = first;
  let restarting: Promise<void> | undefined;
  const restarts: number[] = [];

  const restart = async () => {
    tell(`Postgres (pid ${postgres.pid}) terminou sem ser pedido; reiniciando`);
    restarts.push(performance.now());
    while (performance.now() - restarts[0]! > 60_000) restarts.shift();
    if (restarts.length > RESTARTS_A_MINUTE)
      throw new Error(`Postgres caiu ${restarts.length} vezes em um minuto; veja ${postgres.logFile}`);
    // The port must stay: the server holds the address.
    postgres = await startEmbeddedPostgres({ dataDir, port: postgres.port, database: 'lastro' });
    tell(`Postgres está de volta (pid ${postgres.pid})`);
  };

  const timer = setInterval(() => {
    if (restarting || shutdown.wanted.aborted || isSameProcessAlive(postgres)) return;
    restarting = restart()
      .catch((error: Error) => {
        tell(error.message);
        shutdown.request(1);
      })
      .finally(() => {
        restarting = undefined;
      });
  }, WATCH_EVERY_MS);

  shutdown.add('Postgres', async () => {
    clearInterval(timer);
    await restarting;
    await postgres.stop();
    tell('Postgres parado');
  });
}
