import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { eventually, openProbe, probeEvent, probeSource, publishAll, quiet } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf, TEST_LOGIN } from '../../../test/support/test-database.ts';
import { newId } from '../id.ts';
import { migrate } from '../migrate/migrate.ts';
import type { LoggedEvent, NewEvent } from './bus.ts';
import { type LogQuery, readLog } from './log-reader.ts';
import { createPostgresBus } from './postgres.ts';
import { relayOnce } from './relay.ts';

const SCOPE = { module: 'probe', system: true } as const;

describe('pages of the log', () => {
  let probe: Awaited<ReturnType<typeof openProbe>>;
  let here: ReturnType<typeof probe.openProcess>;
  const [tenant, other] = [newId(), newId()];
  /** Three publications: 700 events (two rows, every tenth of another type), 3 of another tenant, 1. */
  const events: NewEvent[] = [
    ...Array.from({ length: 700 }, (_, n) => ({
      ...probeEvent(tenant, 'k', n),
      type: n % 10 === 0 ? 'probe.rare.v1' : 'probe.happened.v1',
    })),
    ...Array.from({ length: 3 }, (_, n) => probeEvent(other, 'k', n)),
    probeEvent(tenant, 'k', 700),
  ];

  before(async () => {
    probe = await openProbe(createPostgresBus);
    here = probe.openProcess();
    for (const part of [events.slice(0, 700), events.slice(700, 703), events.slice(703)]) await publishAll(here, part);
    assert.equal((await relayOnce(here.db, 'probe', 10_000)).moved, 704);
  });
  after(() => probe.close());

  const read = (query: Partial<LogQuery>) => here.db.tx(SCOPE, (tx) => readLog(tx, { after: 0n, types: ['*'], limit: 10_000, ...query }));
  const ids = (found: readonly { id: string }[]) => found.map((event) => event.id);

  test('positions are gapless, and a row keeps hundreds of events', async () => {
    const page = await read({});
    assert.deepEqual(ids(page.events), ids(events));
    assert.deepEqual(
      page.events.map((event) => event.position),
      events.map((_, n) => BigInt(n + 1)),
    );
    assert.deepEqual([page.end, page.head], [704n, 704n]);
    const [count] = await probe.database.admin<{ rows: string }>('select count(*) as rows from bus.log');
    assert.equal(count!.rows, '4');
    assert.equal(page.events[701]!.tenantId, other);
  });

  test('a reader may stand anywhere in a row, and reads the publication in which its limit is reached to the end', async () => {
    const page = await read({ after: 123n, limit: 10 });
    assert.deepEqual([page.end, page.events[0]!.position, page.events.length], [500n, 124n, 377]);
    const next = await read({ after: page.end, limit: 201 });
    assert.deepEqual([next.end, next.events.length], [703n, 203]);
    assert.deepEqual((await read({ after: 704n })).events, []);
  });

  test('who wants one type gets that, and passes over the rest', async () => {
    const page = await read({ types: ['probe.rare.v1'] });
    assert.deepEqual(ids(page.events), ids(events.filter(({ type }) => type === 'probe.rare.v1')));
    assert.equal(page.end, 704n);
    const none = await read({ types: ['probe.never.v1'] });
    assert.deepEqual([none.events.length, none.end], [0, 704n]);
  });

  test('an event a row, for people', async () => {
    const rows = await probe.database.admin<{ position: string; id: string; data: unknown }>(
      'select position, id, data from bus.events where position between 499 and 502 order by position',
    );
    assert.deepEqual(ids(rows), ids(events.slice(498, 502)));
    assert.deepEqual(rows[0]!.data, events[498]!.data);
  });
});

test('a log of the first kind becomes one of the second: positions, contents and what still waits', async () => {
  const [bus, vault] = ['bus', 'vault'].map((name) => sourcesOf().find((source) => source.module === name));
  const first = readFileSync(path.join(bus!.directory, '0001_log.sql'), 'utf8');
  const old = await makeUpModule('bus', { '0001_log.sql': first });
  const database = await openTestDatabase([old, vault!, probeSource]);
  const tenant = newId();
  try {
    const line = (n: number) => [
      newId(),
      'probe.happened.v1',
      'k',
      null,
      'system',
      'probe',
      '2026-01-02T03:04:05.678Z',
      null,
      { n, text: 'é "x"' },
    ];
    const lines = Array.from({ length: 7 }, (_, n) => line(n));
    const publish = (body: unknown[]) =>
      database.admin('insert into probe.outbox (tenant_id, events, body) values ($1, $2, $3)', [tenant, body.length, JSON.stringify(body)]);
    await publish(lines.slice(0, 4));
    await database.db.tx(SCOPE, (tx) => tx.query(`select bus.relay('probe', 100)`));
    await publish(lines.slice(4));
    const before = await database.admin('select * from bus.log order by position');
    assert.equal(before.length, 4);

    await migrate({ adminUrl: database.adminUrl, appLogin: TEST_LOGIN, sources: sourcesOf(), log: quiet });
    const now = createPostgresBus({ db: database.db, log: quiet, clock: { now: Date.now } as never });
    const kept = await database.admin(
      `select position, recorded_at, id, type, source, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent, data
       from bus.events order by position`,
    );
    assert.deepEqual(kept, before);
    const heard: LoggedEvent[] = [];
    const relay = now.startRelay('probe');
    const tail = now.tail({ types: ['probe.happened.v1'], after: 0n }, (event) => heard.push(event));
    await eventually('all are heard', async () => heard.length === 7);
    await Promise.all([relay.stop(), tail.stop()]);
    await now.close();
    assert.deepEqual(
      heard.map(({ position, id, time, data }) => [position, id, time, data]),
      lines.map(([id, , , , , , time, , data], n) => [BigInt(n + 1), id, time, data]),
    );
  } finally {
    await database.close();
    await old.remove();
  }
});
