/** Reads from a real hot standby: what may be asked of it, what its callers see of their own writes, and what happens when it lags or dies. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { Type } from 'typebox';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { freePort } from '../../../test/support/running-platform.ts';
import { type Standby, startStandby } from '../../../test/support/standby.ts';
import { sourcesOf, TEST_LOGIN } from '../../../test/support/test-database.ts';
import { deleteEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import type { App } from '../http/app.ts';
import { createHttpServer } from '../http/server.ts';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { migrate } from '../migrate/migrate.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createDb, type Db } from './db.ts';
import { type Seen, withSeen } from './freshness.ts';

const SQL = `create table box.things (tenant_id uuid not null, n int not null);
  select platform.tenant_table('box.things', 'select, insert');`;
const MOST_LAG_MS = 4_000;
const log = createLogger({ level: 'fatal' });
const tenant = newId();
const box = { module: 'box', tenants: [tenant] };
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-standby-'));
chmodSync(folder, 0o755);

let standby: Standby;
let primaryUrl: string;
let db: Db;
let source: Awaited<ReturnType<typeof makeUpModule>>;

before(async () => {
  source = await makeUpModule('box', { '0001_box.sql': SQL });
  const dataDir = path.join(folder, 'primary');
  const primary = await startEmbeddedPostgres({ dataDir, port: await freePort(), database: 'lastro', timeoutMs: 60_000 });
  primaryUrl = primary.adminUrl;
  await migrate({ adminUrl: primary.adminUrl, appLogin: TEST_LOGIN, sources: [...sourcesOf(), source], log });
  standby = await startStandby(primary, dataDir, path.join(folder, 'standby'));
  db = createDb({
    url: asApplication(primary.adminUrl),
    replicaUrls: [asApplication(standby.adminUrl)],
    replicaMostLagMs: MOST_LAG_MS,
    poolSize: 4,
    connectTimeoutMs: 1_000,
    log,
  });
});
after(async () => {
  await db?.close();
  await standby?.close();
  await deleteEmbeddedPostgres(path.join(folder, 'primary'));
  await source?.remove();
});

function asApplication(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.username = TEST_LOGIN.user;
  url.password = TEST_LOGIN.password;
  return url.href;
}

const showing = (position = 0n): Seen => ({ position, mayLag: true });
const write = (n: number) => db.tx(box, (tx) => tx.execute('insert into box.things values ($1, $2)', [tenant, n]));
const read = (scope: { read?: true; single?: true; snapshot?: true } = { read: true }) =>
  db.tx({ ...box, ...scope }, async (tx) => {
    const [row] = await tx.query<{ standby: boolean; ns: number[] | null }>(
      'select pg_is_in_recovery() as standby, array_agg(n order by n) as ns from box.things',
    );
    return { by: row!.standby ? 'replica' : 'primary', ns: row!.ns ?? [] };
  });

async function until<T>(what: string, ask: () => Promise<T> | T, isIt: (value: T) => boolean): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (isIt(value)) return value;
    if (performance.now() > end)
      throw new Error(
        `${what} did not happen; last seen: ${JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
const served = () =>
  until(
    'the replica serves',
    () => withSeen(showing(), () => read()),
    ({ by }) => by === 'replica',
  );

test('what only shows is read from the copy: in one statement, in several, in a snapshot; the rest is the primary’s', async () => {
  await served();
  for (const scope of [{ read: true }, { read: true, single: true }, { read: true, snapshot: true }] as const)
    assert.equal((await withSeen(showing(), () => read(scope))).by, 'replica');
  assert.equal((await withSeen(showing(), () => read({ single: true }))).by, 'primary', 'what decides does not say `read`');
  assert.equal((await withSeen({ position: 0n, mayLag: false }, () => read())).by, 'primary', 'a request that does something');
  assert.equal((await read()).by, 'primary', 'work that nobody asked for');
});

test('what says `read` cannot write, wherever it is answered', async () => {
  const attempt = () => db.tx({ ...box, read: true }, (tx) => tx.execute('insert into box.things values ($1, 0)', [tenant]));
  await assert.rejects(attempt(), /read-only/);
  await assert.rejects(withSeen(showing(), attempt), /read-only/);
});

test('a copy that stands still shows nobody less than they wrote, and serves others until it is too far behind', async () => {
  await served();
  await standby.admin('select pg_wal_replay_pause()');
  try {
    await write(1);
    const mine = await db.position!();
    assert.deepEqual(await withSeen(showing(mine), () => read()), { by: 'primary', ns: [1] });
    assert.deepEqual(await withSeen(showing(), () => read()), { by: 'replica', ns: [] }, 'who wrote nothing may see a moment ago');
    assert.ok(db.lags()[0]![1] < MOST_LAG_MS);
    await until(
      'it is too far behind',
      () => withSeen(showing(), () => read()),
      ({ by }) => by === 'primary',
    );
    assert.ok(db.lags()[0]![1] > MOST_LAG_MS);
  } finally {
    await standby.admin('select pg_wal_replay_resume()');
  }
  const mine = await db.position!();
  const found = await until(
    'it has caught up',
    () => withSeen(showing(mine), () => read()),
    ({ by }) => by === 'replica',
  );
  assert.deepEqual(found.ns, [1]);
});

test('all reads of a request are of one copy: none shows less than the one before', async () => {
  await served();
  const request = showing();
  assert.equal((await withSeen(request, () => read())).by, 'replica');
  request.position = 2n ** 62n;
  assert.equal((await withSeen(request, () => read())).by, 'replica', 'it goes on where it began');
  assert.equal((await withSeen(showing(2n ** 62n), () => read())).by, 'primary');
});

test('a copy that is killed fails no request, and serves again when it is back', async () => {
  await served();
  let failed = 0;
  let isOver = false;
  const asking = Array.from({ length: 4 }, async () => {
    while (!isOver) await withSeen(showing(), () => read()).catch(() => failed++);
  });
  standby.kill();
  await until(
    'it is out',
    () => db.lags()[0]![1],
    (ms) => ms === Infinity,
  );
  assert.equal((await withSeen(showing(), () => read())).by, 'primary');
  await standby.start();
  await served();
  isOver = true;
  await Promise.all(asking);
  assert.equal(failed, 0);
});

test('a read that stands in the way of what the primary removed is answered by the primary', async () => {
  const admin = new pg.Client(standby.adminUrl);
  await admin.connect();
  await served();
  await admin.query(`alter system set max_standby_streaming_delay = '200ms'`);
  await admin.query('select pg_reload_conf()');
  const slow = withSeen(showing(), () =>
    db.tx({ ...box, read: true, snapshot: true }, async (tx) => {
      const [first] = await tx.query<{ standby: boolean }>('select pg_is_in_recovery() as standby, count(*) from box.things');
      if (first!.standby) {
        // Takes a lock of the primary that goes against every reader.
        const owner = new pg.Client(primaryUrl);
        await owner.connect();
        await owner.query('truncate box.things');
        await owner.end();
      }
      await tx.query('select pg_sleep(2), count(*) from box.things');
      return first!.standby;
    }),
  );
  assert.equal(await slow, false, 'it was asked again, of the primary');
  await admin.end();
});

describe('over HTTP', () => {
  let app: App;
  let url: string;
  before(async () => {
    app = await createHttpServer({
      log,
      metrics: createMetrics(),
      position: db.position,
      verifyToken: async (token) => ({
        tenantId: tenant,
        actor: { kind: 'person', id: token },
        subjectId: token,
        scopes: new Set(['box']),
      }),
    });
    const config = { auth: { scopes: ['box'] }, idempotency: 'exempt: a test' } as const;
    app.post('/v1/things/:n', { config, schema: { params: Type.Object({ n: Type.String() }) } }, async ({ params }) => ({
      written: await write(Number(params.n)),
    }));
    app.get('/v1/things', { config: { auth: config.auth } }, () => read());
    url = await app.listen({ port: 0, host: '127.0.0.1' });
    await served();
    await standby.admin('select pg_wal_replay_pause()');
  });
  after(async () => {
    await standby.admin('select pg_wal_replay_resume()');
    await app?.close();
  });
  const call = async (method: string, at: string, who: string, seen?: string) => {
    const headers = { authorization: `Bearer ${who}`, ...(seen ? { 'lastro-seen': seen } : {}) };
    const answer = await fetch(url + at, { method, headers });
    assert.equal(answer.status, 200);
    return { seen: answer.headers.get('lastro-seen'), body: (await answer.json()) as { by: string; ns: number[] } };
  };

  test('whoever wrote reads it at once, here and, by what the answer told, in another process', async () => {
    const { seen } = await call('POST', '/v1/things/7', 'ana');
    assert.match(seen!, /^[0-9a-f]+$/);
    const hers = await call('GET', '/v1/things', 'ana');
    assert.deepEqual([hers.body.by, hers.body.ns.includes(7), hers.seen], ['primary', true, null]);
    const his = await call('GET', '/v1/things', 'bruno');
    assert.deepEqual([his.body.by, his.body.ns.includes(7)], ['replica', false]);
    const withHers = await call('GET', '/v1/things', 'bruno', seen!);
    assert.deepEqual([withHers.body.by, withHers.body.ns.includes(7)], ['primary', true]);
  });
});
