/** A Postgres cluster of the simulation's own, to be killed and started again as it likes. */
import pg from 'pg';
import { createLogger } from '#platform/log.ts';
import { migrate } from '#platform/migrate/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/embedded-postgres/index.ts';
import { freePort } from '../../support/running-platform.ts';
import { sourcesOf, TEST_LOGIN } from '../../support/test-database.ts';

const DATABASE = 'simulation';
/** Nothing here gets old enough to be vacuumed, and the tables are emptied after each world. */
const SETTINGS = { max_connections: 60, autovacuum: false, checkpoint_timeout: '1h' };

export class Stage {
  readonly #dataDir: string;
  readonly #port: number;
  #postgres: EmbeddedPostgres;

  private constructor(dataDir: string, port: number, postgres: EmbeddedPostgres) {
    this.#dataDir = dataDir;
    this.#port = port;
    this.#postgres = postgres;
  }

  /** Starts the cluster in this folder with the ledger's tables, empty. */
  static async open(dataDir: string): Promise<Stage> {
    const port = await freePort();
    const postgres = await startEmbeddedPostgres({ dataDir, port, database: 'postgres', settings: SETTINGS });
    const stage = new Stage(dataDir, port, postgres);
    await stage.#make();
    return stage;
  }

  /** As the application logs in. */
  get appUrl(): string {
    const url = new URL(this.#urlOf(DATABASE));
    url.username = TEST_LOGIN.user;
    url.password = TEST_LOGIN.password;
    return url.href;
  }

  /** One statement as the owner of everything, over a connection of its own; every value as text. */
  async query(sql: string, params: readonly unknown[] = []): Promise<Record<string, string | null>[]> {
    const types = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
    const client = new pg.Client({ connectionString: this.#urlOf(DATABASE), types, application_name: 'lastro-simulator' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql, params as unknown[])).rows as Record<string, string | null>[];
    } finally {
      await client.end();
    }
  }

  /** Breaks every connection of the writers. */
  async terminateWriters(): Promise<void> {
    await this.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lastro-simulated-writer'`);
  }

  /** SIGKILL, and up again. */
  async killPostgres(): Promise<void> {
    process.kill(this.#postgres.pid, 'SIGKILL');
    this.#postgres = await startEmbeddedPostgres({ dataDir: this.#dataDir, port: this.#port, database: 'postgres', settings: SETTINGS });
    if (this.#postgres.adopted) throw new Error('Postgres was not gone');
  }

  empty(): Promise<void> {
    return emptyLedger((sql) => this.query(sql));
  }

  async close(): Promise<void> {
    await this.#postgres.stop();
  }

  async #make(): Promise<void> {
    const client = new pg.Client(this.#urlOf('postgres'));
    await client.connect();
    await client.query(`drop database if exists ${DATABASE} with (force)`);
    await client.query(`create database ${DATABASE}`);
    await client.end();
    const log = createLogger({ level: 'fatal' });
    await migrate({ adminUrl: this.#urlOf(DATABASE), appLogin: TEST_LOGIN, sources: sourcesOf('ledger'), log });
  }

  #urlOf(database: string): string {
    const url = new URL(this.#postgres.adminUrl);
    url.pathname = `/${database}`;
    return url.href;
  }
}

/** Takes away every row of the ledger, of all tenants. */
export async function emptyLedger(query: (sql: string) => Promise<Record<string, unknown>[]>): Promise<void> {
  const tables = await query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ledger' and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  await query(`truncate ${tables.map((row) => row.name).join(', ')}`);
}
