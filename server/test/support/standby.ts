/** A hot standby of an embedded Postgres: a real copy that follows the log, for tests of what is read from replicas. */
import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { deleteEmbeddedPostgres, type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres/index.ts';
import { freePort } from './running-platform.ts';

const SLOT = 'standby';

export type Standby = {
  adminUrl: string;
  port: number;
  /** Runs one statement on the standby. */
  admin<R = Record<string, unknown>>(sql: string): Promise<R[]>;
  /** SIGKILL. */
  kill(): void;
  /** Up again after a kill. */
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Copies the running cluster of `dataDir` into `folder`, as pg_basebackup would, and starts it there. Both must be where Postgres' user can pass through. */
export async function startStandby(
  primary: Pick<EmbeddedPostgres, 'adminUrl' | 'place' | 'port'>,
  dataDir: string,
  folder: string,
): Promise<Standby> {
  const source = path.join(primary.place, 'data');
  const place = path.join(folder, 'cluster');
  const data = path.join(place, 'data');
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const client = new pg.Client(primary.adminUrl);
  await client.connect();
  try {
    await client.query('select pg_create_physical_replication_slot($1, true)', [SLOT]);
    await client.query(`select pg_backup_start('standby', true)`);
    await promisify(execFile)('cp', ['-a', source, data]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)');
    writeFileSync(path.join(data, 'backup_label'), rows[0]!.labelfile);
  } finally {
    await client.end();
  }
  for (const name of ['postmaster.pid', 'postmaster.opts', `pg_replslot/${SLOT}`])
    rmSync(path.join(data, name), { recursive: true, force: true });
  const memory = JSON.parse(readFileSync(path.join(dataDir, 'instance.json'), 'utf8')) as { password: string };
  const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres password=${memory.password}`;
  appendFileSync(
    path.join(data, 'postgresql.auto.conf'),
    `primary_conninfo = '${conninfo}'\nprimary_slot_name = '${SLOT}'\nwal_retrieve_retry_interval = '200ms'\n`,
  );
  writeFileSync(path.join(data, 'standby.signal'), '');
  const { uid, gid } = statSync(data);
  for (const at of [place, path.join(data, 'backup_label'), path.join(data, 'standby.signal')]) chownSync(at, uid, gid);
  writeFileSync(path.join(folder, 'instance.json'), JSON.stringify({ home: folder, place, password: memory.password }), { mode: 0o600 });

  const port = await freePort();
  const start = () => startEmbeddedPostgres({ dataDir: folder, port, database: 'lastro', timeoutMs: 60_000 });
  let running = await start();
  return {
    adminUrl: running.adminUrl,
    port,
    async admin(sql) {
      const asking = new pg.Client(running.adminUrl);
      asking.on('error', () => undefined);
      await asking.connect();
      try {
        return (await asking.query(sql)).rows as never;
      } finally {
        await asking.end();
      }
    },
    kill: () => void process.kill(running.pid, 'SIGKILL'),
    async start() {
      running = await start();
    },
    close: () => deleteEmbeddedPostgres(folder),
  };
}
