import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock, systemClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { eventually } from '../../../test/support/probe/probe.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { createAudit } from './index.ts';

const log = createLogger({ level: 'silent' });
const [tenant, other] = [newId(), newId()];
const auditor: Caller = { tenantId: tenant, actor: { kind: 'service', id: 'auditor' }, scopes: new Set(['audit:read']) };
const callers: Record<string, Caller> = {
  auditor,
  foreign: { ...auditor, tenantId: other },
  nobody: { ...auditor, scopes: new Set() },
};

describe('audit', () => {
  let database: TestDatabase;
  let bus: ReturnType<typeof createPostgresBus>;
  let audit: ReturnType<typeof createAudit>;
  let app: App;

  before(async () => {
    database = await openTestDatabase(sourcesOf('audit'));
    const { db } = database;
    const metrics = createMetrics();
    bus = createPostgresBus({ db, log, clock: systemClock });
    audit = createAudit({ db, bus, clock: manualClock(Date.parse('2026-03-10T12:00:00Z')), log, metrics, vault: undefined as never });
    app = await createHttpServer({ log, metrics, verifyToken: async (token) => callers[token]! });
    await audit.routes!(app);
    await app.ready();
    bus.startRelay('audit');
    for (const subscription of audit.subscriptions ?? []) bus.subscribe(subscription);
  });
  after(async () => {
    await app.close();
    await bus.close();
    await database.close();
  });

  const publish = (tenantId: string, type: string, key: string, data: unknown, time = '2026-03-10T12:00:00.000Z') =>
    database.db.tx({ module: 'audit', tenants: [tenantId] }, (tx) =>
      bus.publish(tx, [{ id: newId(), type, tenantId, key, actor: { kind: 'system', id: 'ledger' }, time, data }]),
    );
  const settled = () =>
    eventually('the trail is complete', async () => {
      const [row] = await database.admin<{ waiting: boolean }>('select exists (select from audit.outbox) as waiting');
      const groups = await bus.status();
      // Before it has begun, a group has no lag, nor is it there.
      return !row!.waiting && groups.length > 0 && groups.every((status) => status.lag === 0n);
    });
  const get = async (query: string, token = 'auditor') => {
    const answer = await app.inject({ url: `/v1/audit/records${query}`, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.statusCode, body: answer.json() };
  };

  test('who, what and when of every event, without what a careless field brings along', async () => {
    await publish(tenant, 'ledger.entry-posted.v1', 'entry-1', { amountMinor: '100', payer: { name: 'Ana' } });
    await settled();
    const { status, body } = await get('?entity=ledger.entry&entityKey=entry-1');
    assert.equal(status, 200);
    assert.equal(body.records.length, 1);
    const { position, eventId, ...record } = body.records[0];
    assert.match(position, /^\d+$/);
    assert.match(eventId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(record, {
      at: '2026-03-10T12:00:00.000Z',
      actor: { kind: 'system', id: 'ledger' },
      entity: 'ledger.entry',
      entityKey: 'entry-1',
      action: 'posted',
      eventType: 'ledger.entry-posted.v1',
      subjectId: null,
      traceId: null,
      data: { amountMinor: '100', payer: { name: '[removed]' } },
    });
  });

  test('a sensitive read is recorded with the person who read', async () => {
    const person = newId();
    const ctx: CallContext = { tenantId: tenant, actor: { kind: 'person', id: person } };
    await audit.face!.impl.recordAccess(ctx, { entity: 'payments.payment', entityId: 'p-1', operation: 'GET /v1/payments/{id}' });
    await settled();
    const { body } = await get(`?actor=${person}`);
    assert.deepEqual(
      body.records.map((record: Record<string, unknown>) => [record.entity, record.entityKey, record.action]),
      [['payments.payment', 'p-1', 'read']],
    );
  });

  test('pages of the cursor hold every record once, newest first, while new ones arrive', async () => {
    for (let n = 0; n < 7; n++) await publish(tenant, 'ledger.page-turned.v1', `page-${n}`, { n });
    await settled();
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page++) {
      const { body } = await get(`?entity=ledger.page&limit=2${cursor}`);
      seen.push(...body.records.map((record: { entityKey: string }) => record.entityKey));
      await publish(tenant, 'ledger.page-turned.v1', `late-${page}`, {});
      await settled();
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    assert.deepEqual(
      seen,
      [6, 5, 4, 3, 2, 1, 0].map((n) => `page-${n}`),
    );
  });

  test('a period is bounded by instants', async () => {
    await publish(tenant, 'ledger.time-passed.v1', 't', {}, '2026-01-01T00:00:00.000Z');
    await settled();
    const count = async (query: string) => (await get(`?entity=ledger.time${query}`)).body.records.length;
    assert.equal(await count('&from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:01Z'), 1);
    assert.equal(await count('&to=2026-01-01T00:00:00Z'), 0);
    assert.equal(await count('&from=2026-01-01T00:00:01Z'), 0);
  });

  test('bad queries are refused by name, and other tenants and callers without the scope see nothing', async () => {
    assert.equal((await get('?cursor=1%20or%201')).body.code, 'AUDIT_CURSOR_INVALID');
    assert.equal((await get('?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z')).body.code, 'AUDIT_RANGE_INVALID');
    assert.equal((await get('?from=2026-99-02T00:00:00Z')).body.code, 'AUDIT_RANGE_INVALID');
    for (const query of ['?limit=0', '?limit=201', '?colour=red', '?from=yesterday'])
      assert.equal((await get(query)).body.code, 'PLATFORM_BAD_REQUEST', query);
    assert.deepEqual((await get('', 'foreign')).body.records, []);
    assert.equal((await get('', 'nobody')).status, 403);
  });

  test('replaying the log adds nothing', async () => {
    await settled();
    const count = async () => (await database.admin<{ n: string }>('select count(*) as n from audit.records'))[0]!.n;
    const before = await count();
    await bus.rewind('audit.records', 0n);
    await settled();
    assert.equal(await count(), before);
  });

  test('nobody changes or removes a record: not the module, not its jobs, not the owner of the table', async () => {
    const statements = ['update audit.records set actor_id = $1', 'delete from audit.records where actor_id <> $1'];
    for (const sql of statements) {
      for (const scope of [
        { module: 'audit', tenants: [tenant] },
        { module: 'audit', system: true as const },
      ]) {
        await assert.rejects(
          database.db.tx(scope, (tx) => tx.execute(sql, ['x'])),
          /permission denied/,
        );
      }
      await assert.rejects(database.admin(sql, ['x']), /never changed or removed/);
    }
    await assert.rejects(database.admin('truncate audit.records'), /never changed or removed/);
    const grants = await database.admin<{ privilege_type: string }>(
      `select distinct privilege_type from information_schema.role_table_grants
       where table_schema = 'audit' and table_name = 'records' and grantee in ('audit', 'audit_system', 'public', 'lastro_app')
       order by 1`,
    );
    assert.deepEqual(
      grants.map((grant) => grant.privilege_type),
      ['INSERT', 'SELECT'],
    );
  });

  test('a record of another tenant cannot be planted', async () => {
    const insert = `insert into audit.records (tenant_id, position, event_id, at, actor_kind, actor_id, entity, entity_key, action, event_type, data)
      values ($1, 1, $2, now(), 'system', 'x', 'x', 'x', 'x', 'x', '{}')`;
    await assert.rejects(
      database.db.tx({ module: 'audit', tenants: [tenant] }, (tx) => tx.execute(insert, [other, newId()])),
      /row-level security/,
    );
  });
});
