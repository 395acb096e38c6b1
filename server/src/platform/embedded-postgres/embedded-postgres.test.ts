import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import {
  deleteEmbeddedPostgres,
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from './index.ts';
import { processesWorkingIn, processStart } from './process-info.ts';

const settings = { shared_buffers: '16MB' };

async function query<T>(postgres: EmbeddedPostgres, sql: string): Promise<T[]> {
  const client = new pg.Client(postgres.adminUrl);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

function assertNoProcess(postgres: EmbeddedPostgres): void {
  assert.equal(processStart(postgres.pid), undefined);
  assert.deepEqual(processesWorkingIn(path.join(postgres.place, 'data')) ?? [], []);
}

/** The whole life of one cluster, in order; each step stands on the one before. */
function lifeOf(title: string, makeFolder: () => string): void {
  describe(title, () => {
    const root = makeFolder();
    const dataDir = path.join(root, '.lastro', 'pg');
    let postgres: EmbeddedPostgres;
    before(async () => {
      postgres = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
    });
    after(async () => {
      await deleteEmbeddedPostgres(dataDir);
      assertNoProcess(postgres);
      rmSync(root, { recursive: true, force: true });
    });

    it('starts fresh, with checksums, UTF-8, an order of text that is the same everywhere, and fsync', async () => {
      const [row] = await query(
        postgres,
        `select current_database() as database, current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
                current_setting('shared_buffers') as buffers, d.datlocprovider as provider, d.datlocale as locale, pg_encoding_to_char(d.encoding) as encoding
         from pg_database d where datname = 'lastro'`,
      );
      const expected = {
        database: 'lastro',
        checksums: 'on',
        fsync: 'on',
        buffers: '16MB',
        provider: 'b',
        locale: 'C.UTF-8',
        encoding: 'UTF8',
      };
      assert.deepEqual({ ...(row as object) }, expected);
      await query(postgres, 'create table money as select 42 as cents');
    });

    it('keeps its secrets to itself', async () => {
      assert.equal(statSync(path.join(dataDir, 'instance.json')).mode & 0o777, 0o600);
      assert.equal(statSync(postgres.place).mode & 0o777, 0o700);
      const url = new URL(postgres.adminUrl);
      url.password = 'wrong';
      await assert.rejects(new pg.Client(url.href).connect(), { code: '28P01' });
    });

    it('runs in a session of its own, as no root', () => {
      const stat = readFileSync(`/proc/${postgres.pid}/stat`, 'utf8');
      assert.equal(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]), postgres.pid);
      assert.notEqual(statSync(`/proc/${postgres.pid}`).uid, 0);
    });

    it('is adopted while it runs, whoever started it', async () => {
      const again = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
      assert.deepEqual([again.pid, again.port, again.adopted], [postgres.pid, postgres.port, true]);
    });

    it('restarts on the same port, with the data, after a kill -9 of Postgres', async () => {
      process.kill(postgres.pid, 'SIGKILL');
      const earlier = postgres;
      postgres = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
      assert.notEqual(postgres.pid, earlier.pid);
      assert.equal(postgres.port, earlier.port);
      assert.deepEqual(await query(postgres, 'select cents from money'), [{ cents: 42 }]);
    });

    it('restarts when the settings asked for are others', async () => {
      const earlier = postgres;
      postgres = await startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '24MB' }, database: 'lastro' });
      assert.notEqual(postgres.pid, earlier.pid);
      assert.deepEqual(await query(postgres, "select current_setting('shared_buffers') as buffers"), [{ buffers: '24MB' }]);
    });

    it('stop leaves no process, and the next start finds the data', async () => {
      await postgres.stop();
      assertNoProcess(postgres);
      assert.equal(existsSync(path.join(postgres.place, 'data', 'postmaster.pid')), false);
      assert.equal(await stopEmbeddedPostgres(dataDir), false);
      postgres = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
      assert.deepEqual(await query(postgres, 'select cents from money'), [{ cents: 42 }]);
    });

    it('starts although the stale pid file names a live process of another program', async () => {
      await postgres.stop();
      const { uid, gid } = statSync(postgres.place);
      const other = spawn('sleep', ['60'], { cwd: '/', uid, gid, stdio: 'ignore' });
      try {
        const data = path.join(postgres.place, 'data');
        writeFileSync(path.join(data, 'postmaster.pid'), `${other.pid}\n${data}\n1\n${postgres.port}\n\n127.0.0.1\n1 1\nready\n`, {
          mode: 0o600,
        });
        postgres = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
        assert.notEqual(postgres.pid, other.pid);
      } finally {
        other.kill('SIGKILL');
        await once(other, 'exit');
      }
    });

    it('moves with its clone', async () => {
      await postgres.stop();
      const moved = `${root}-moved`;
      renameSync(root, moved);
      const there = await startEmbeddedPostgres({ dataDir: path.join(moved, '.lastro', 'pg'), settings, database: 'lastro' });
      assert.deepEqual(await query(there, 'select cents from money'), [{ cents: 42 }]);
      await there.stop();
      renameSync(moved, root);
      postgres = await startEmbeddedPostgres({ dataDir, settings, database: 'lastro' });
    });
  });
}

function folder(mode: number): string {
  const made = mkdtempSync(path.join(tmpdir(), 'lastro-pg-'));
  chmodSync(made, mode);
  return made;
}

lifeOf('embedded Postgres in a folder everybody can reach', () => folder(0o755));
lifeOf('embedded Postgres in a folder closed to others, as /root is', () => folder(0o700));

describe('embedded Postgres, when something is in the way', () => {
  const root = folder(0o755);
  const dataDir = path.join(root, 'pg');
  const cluster = path.join(dataDir, 'cluster');
  const refused = (wanted: RegExp, options = {}, dir = dataDir) =>
    assert.rejects(startEmbeddedPostgres({ dataDir: dir, settings, ...options }), (error: Error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.match(error.message, wanted);
      return true;
    });
  after(async () => {
    await deleteEmbeddedPostgres(dataDir);
    rmSync(root, { recursive: true, force: true });
  });

  it('refuses to weaken durability', () => refused(/keeps committed money on disk/, { settings: { fsync: false } }));

  it('starts over after a half-finished initdb', async () => {
    mkdirSync(path.join(cluster, 'data.unfinished', 'base'), { recursive: true });
    await startEmbeddedPostgres({ dataDir, settings });
    assert.equal(existsSync(path.join(cluster, 'data', 'PG_VERSION')), true);
    assert.equal(existsSync(path.join(cluster, 'data.unfinished')), false);
  });

  it('refuses a copy made while it was running', async () => {
    const copy = path.join(root, 'copy');
    cpSync(dataDir, copy, { recursive: true, filter: (file) => !path.basename(file).startsWith('.s.PGSQL') });
    await refused(/copied from .* while its Postgres was running/, {}, copy);
  });

  it('two starts at the same time end in one Postgres', async () => {
    await stopEmbeddedPostgres(dataDir);
    const [a, b] = await Promise.all([startEmbeddedPostgres({ dataDir, settings }), startEmbeddedPostgres({ dataDir, settings })]);
    assert.equal(a.pid, b.pid);
    await a.stop();
  });

  it('names a taken port, another major version, and a lost password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    await refused(/meant for Postgres, is in use/, { port: (server.address() as AddressInfo).port });
    server.close();
    const version = path.join(cluster, 'data', 'PG_VERSION');
    const found = readFileSync(version, 'utf8');
    writeFileSync(version, '12\n');
    await refused(/made by Postgres 12/);
    writeFileSync(version, found);
    const secret = path.join(dataDir, 'instance.json');
    renameSync(secret, `${secret}.away`);
    await refused(/with its password is missing/);
    renameSync(`${secret}.away`, secret);
  });
});
