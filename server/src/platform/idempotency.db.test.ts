import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { makeUpModule } from '../../test/support/made-up-module.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../test/support/test-database.ts';
import { newId } from './id.ts';
import { bodyHash, bodyText, type IdempotencyScope, once } from './idempotency.ts';
import { deleteExpiredKeys } from './idempotency-janitor.ts';

const SQL = `select platform.idempotency_table();
  create table shop.orders (tenant_id uuid not null, id uuid primary key, name text);
  select platform.tenant_table('shop.orders', 'select, insert');`;

describe('idempotency keys', () => {
  let database: TestDatabase;
  let source: Awaited<ReturnType<typeof makeUpModule>>;
  const tenant = newId();

  before(async () => {
    source = await makeUpModule('shop', { '0001_shop.sql': SQL });
    database = await openTestDatabase([...sourcesOf(), source]);
  });
  after(async () => {
    await database.close();
    await source.remove();
  });

  const scopeOf = (more: Partial<IdempotencyScope> = {}): IdempotencyScope => ({
    tenantId: tenant,
    principal: 'person-1',
    route: 'POST /v1/orders',
    key: newId(),
    body: { name: 'a' },
    ...more,
  });
  let orders = 0;
  /** Places an order: one row, and an answer that no second run would give again. */
  const order = (scope: IdempotencyScope, fail?: () => Promise<void>) =>
    database.db.tx({ module: 'shop', tenants: [scope.tenantId] }, (tx) =>
      once(tx, scope, async () => {
        await tx.execute('insert into shop.orders (tenant_id, id, name) values ($1, $2, $3)', [scope.tenantId, newId(), scope.key]);
        await fail?.();
        return { status: 201, body: { nth: ++orders } };
      }),
    );
  const placed = async (key: string) => (await database.admin('select from shop.orders where name = $1', [key])).length;

  test('the same key and body give the first answer again, and no second effect', async () => {
    const scope = scopeOf({ body: { b: [1, { y: 1, x: 2 }], a: 'x' } });
    const first = await order(scope);
    const again = await order({ ...scope, body: { a: 'x', b: [1, { x: 2, y: 1 }] } });
    assert.deepEqual([first.replayed, again.replayed], [false, true]);
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.equal(await placed(scope.key), 1);
  });

  test('another body is refused by name, whoever comes first', async () => {
    const scope = scopeOf();
    await order(scope);
    await assert.rejects(order({ ...scope, body: { name: 'b' } }), (error: { code: string; data: { detail: { pt: string } } }) => {
      assert.equal(error.code, 'PLATFORM_IDEMPOTENCY_CONFLICT');
      assert.match(error.data.detail.pt, /POST \/v1\/orders/);
      return true;
    });
    assert.equal(await placed(scope.key), 1);
  });

  test('twenty at once: one effect, one answer for all', async () => {
    const scope = scopeOf();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => order(scope, () => new Promise((resolve) => setTimeout(resolve, 50)))),
    );
    assert.equal(answers.filter((answer) => !answer.replayed).length, 1);
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer.body))).size, 1);
    assert.equal(await placed(scope.key), 1);
  });

  test('after a failure nothing is left: the repetition is the first', async () => {
    const scope = scopeOf();
    await assert.rejects(
      order(scope, async () => {
        throw new Error('refused');
      }),
      /refused/,
    );
    assert.equal(await placed(scope.key), 0);
    assert.equal((await order(scope)).replayed, false);
  });

  test('a crash in the middle, with a repetition already waiting: the repetition does it', async () => {
    const scope = scopeOf();
    const doomed = database.openAnother({ poolSize: 1, applicationName: 'doomed' });
    let reached: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const first = doomed
      .tx({ module: 'shop', tenants: [tenant] }, (tx) =>
        once(tx, scope, async () => {
          await tx.execute('insert into shop.orders (tenant_id, id, name) values ($1, $2, $3)', [tenant, newId(), scope.key]);
          reached();
          await tx.query('select pg_sleep(30)');
          return { status: 201, body: {} };
        }),
      )
      .catch((error: Error) => error);
    await inside;
    const waiting = order(scope);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await database.admin(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'`);
    assert.ok((await first) instanceof Error);
    assert.equal((await waiting).replayed, false);
    assert.equal(await placed(scope.key), 1);
  });

  test('the janitor takes the keys of more than seven days, of any module, however many', async () => {
    const [old, young] = [scopeOf(), scopeOf()];
    await order(old);
    await order(young);
    await database.admin("update shop.idempotency_keys set created_at = now() - interval '7 days 1 hour' where key = $1", [old.key]);
    await database.admin(
      `insert into shop.idempotency_keys (tenant_id, principal, route, key, body_hash, created_at)
       select $1, 'p', 'r', n::text, '', now() - interval '8 days' from generate_series(1, 2500) n`,
      [tenant],
    );
    assert.equal(await deleteExpiredKeys(database.db, 'shop', Date.now()), 2_501);
    assert.equal(await deleteExpiredKeys(database.db, 'shop', Date.now()), 0);
    assert.equal(await deleteExpiredKeys(database.db, 'vault', Date.now()), 0, 'a module that keeps no keys');
    assert.equal((await order(young)).replayed, true);
    assert.equal((await order(old)).replayed, false);
  });

  test('one key is another key for another person, route or tenant', async () => {
    const scope = scopeOf();
    const all = [scope, { ...scope, principal: 'person-2' }, { ...scope, route: 'POST /v1/other' }, { ...scope, tenantId: newId() }];
    for (const one of all) assert.equal((await order(one)).replayed, false);
  });

  test('an answer without a body is replayed as such', async () => {
    const scope = scopeOf();
    const run = () =>
      database.db.tx({ module: 'shop', tenants: [tenant] }, (tx) => once(tx, scope, async () => ({ status: 204, body: null })));
    assert.deepEqual(
      [await run(), await run()],
      [
        { status: 204, body: null, replayed: false },
        { status: 204, body: null, replayed: true },
      ],
    );
  });
});

describe('the hash of a body', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };

  test('does not depend on the order of keys, and tells all else apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        assert.ok(bodyHash(a).equals(bodyHash(shuffled(a))));
        assert.equal(bodyHash(a).equals(bodyHash(b)), bodyText(a) === bodyText(b));
        assert.deepEqual(JSON.parse(bodyText(a)), JSON.parse(JSON.stringify(a)));
      }),
    );
    const different = [{ a: 1 }, { a: '1' }, { a: null }, {}, [], [[]], null, '', 0, { a: { b: 1 } }, { 'a.b': 1 }];
    assert.equal(new Set(different.map((body) => bodyHash(body).toString('hex'))).size, different.length);
  });
});
