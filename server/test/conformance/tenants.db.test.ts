/** OPF-3: what belongs to one tenant does not exist for another, over every route and in every table; nor one module's tables for another. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { MODULES } from '../../src/module-list.ts';
import { newId } from '../../src/platform/id.ts';
import { type Answer, ownHeaders, startWholePlatform, TENANT_A, TENANT_B, type WholePlatform } from '../support/whole-platform.ts';
import { ONLY } from './constants.ts';
import { type Cast, castOf } from './good-requests.ts';
import { type Ask, all, type Belongings, saying, TOLD } from './of-modules.ts';
import { type Operation, pathOf, readOperations, UNKNOWN_ID } from './operations.ts';
import { browserOf } from './tenant-browser.ts';

const today = new Date().toISOString().slice(0, 10);
const NUMBER_B = 340_000_001;
const DENIED = '42501';

let platform: WholePlatform;
let cast: Cast;
let operations: Operation[];
let of: Belongings;
/** Both kinds of callers of both tenants, and their browsers. */
let a: { service: Ask; person: Ask; browser: Ask };
let b: { service: Ask; person: Ask; browser: Ask; account: string };

before(async () => {
  platform = await startWholePlatform();
  cast = await castOf(platform);
  operations = await readOperations(platform);
  const withToken =
    (token: string): Ask =>
    (method, target, body) =>
      platform.send(method, target, { token, headers: { 'idempotency-key': randomUUID() }, ...(body === undefined ? {} : { body }) });
  a = {
    service: withToken(cast.serviceToken),
    person: withToken(cast.personToken),
    browser: (method, target, body) =>
      platform.send(method, target, { headers: ownHeaders(cast.person), ...(body === undefined ? {} : { body }) }),
  };
  of = await belongingsOfA();
  await platform.register(NUMBER_B, TENANT_B);
  const person = withToken(await platform.personToken(NUMBER_B, TENANT_B));
  const opened = await until(
    'the account of B',
    () => person('GET', '/v1/accounts/me'),
    (answer) => answer.status === 200 && (answer.body as { account: { status: string } }).account.status === 'open',
  );
  const account = (opened.body as { account: { ledgerAccountId: string } }).account.ledgerAccountId;
  b = {
    service: withToken(await platform.serviceToken({ tenantId: TENANT_B })),
    person,
    browser: await browserOf(platform, NUMBER_B),
    account,
  };
});
after(async () => {
  await platform?.close();
});

const made = <T>(answer: Answer, status: number): T => {
  assert.equal(answer.status, status, answer.text);
  return answer.body as T;
};

/** Module by module, ground floor first. */
async function belongingsOfA(): Promise<Belongings> {
  const made: Belongings = {};
  for (const { belongings } of TOLD) Object.assign(made, await belongings?.({ platform, cast, a, of: made }));
  return made;
}

describe('over HTTP', () => {
  test('every route with an id: another tenant gets the answer that an unknown id gets, its owner gets the thing', async () => {
    const paths = all('paths');
    // What anybody may call by a proof of its own asks nobody which tenant is theirs.
    const open = all('open');
    const withId = operations.filter(({ path, name }) => path.includes('{') && !name.includes('/entrar/') && !(name in open));
    assert.deepEqual(
      withId.map(({ name }) => name).toSorted(),
      Object.keys(paths).toSorted(),
      'every such operation has its line in the paths of its module’s conformance.fixture.ts',
    );
    for (const operation of withId) {
      const { by, id: belonging, also = {}, query = '', body } = paths[operation.name]!;
      const id = of[belonging];
      assert.ok(id, `${operation.name}: nobody made "${belonging}"`);
      const [param] = operation.path.match(/(?<=\{)\w+/)!;
      const others = Object.fromEntries(Object.entries(also).map(([name, one]) => [name, of[one]!]));
      const target = (value: string) => pathOf(operation, { ...others, [param]: value }) + query;
      const theirs = await b[by](operation.method, target(id), body);
      const unknown = await b[by](operation.method, target(UNKNOWN_ID), body);
      assert.equal(theirs.status, 404, `${operation.name}: ${theirs.text}`);
      assert.deepEqual(saying(theirs, [id]), saying(unknown, [UNKNOWN_ID]), operation.name);
      const own = await a[by](operation.method, target(id), body);
      // What is made is 201; what a second person has to approve is asked for, 202.
      const fine = operation.idempotency === 'required' ? [200, 201, 202] : [200];
      assert.ok(fine.includes(own.status), `${operation.name} for its owner: ${own.status} ${own.text}`);
    }
  });

  test('people of the other tenant, too, get the answer of an unknown id', async () => {
    for (const path of [
      `/v1/payments/${of.payment}`,
      `/v1/payments/${of.payment}/steps`,
      `/v1/cashflow/accounts/${of.account}/days?from=${today}&to=${today}`,
    ]) {
      assert.equal((await b.person('GET', path)).status, 404, path);
      assert.equal((await a.person('GET', path)).status, 200, path);
    }
  });

  test('another person of the same tenant is refused the same way', async () => {
    await platform.register(NUMBER_B + 1);
    const token = await platform.personToken(NUMBER_B + 1);
    for (const path of [
      `/v1/payments/${of.payment}`,
      `/v1/payments/${of.payment}/steps`,
      `/v1/cashflow/accounts/${of.account}/days?from=${today}&to=${today}`,
    ])
      assert.equal((await platform.send('GET', path, { token })).status, 404, path);
    const body = { quoteId: of.quote, amountMinor: '100' };
    const paid = await platform.send('POST', '/v1/payments', { token, body, headers: { 'idempotency-key': randomUUID() } });
    await until(
      'an account',
      () => platform.send('GET', '/v1/accounts/me', { token }),
      ({ text }) => text.includes('"open"'),
    );
    assert.ok([404, 409].includes(paid.status), paid.text);
    const again = await platform.send('POST', '/v1/payments', { token, body, headers: { 'idempotency-key': randomUUID() } });
    assert.deepEqual([again.status, (again.body as { code: string }).code], [404, 'PAYMENTS_QUOTE_NOT_FOUND']);
  });

  test('ids inside a body: the ledger and payments do not find them', async () => {
    const parties = { debitAccountId: of.account, creditAccountId: b.account, amountMinor: '1' };
    const unknown = { ...parties, debitAccountId: UNKNOWN_ID };
    const commands: [unknown, unknown][] = [
      [
        { id: newId(), kind: 'transfer', ...parties },
        { id: newId(), kind: 'transfer', ...unknown },
      ],
      [
        { id: newId(), kind: 'hold', ...parties },
        { id: newId(), kind: 'hold', ...unknown },
      ],
      [
        { id: newId(), kind: 'settle', holdId: of.hold },
        { id: newId(), kind: 'settle', holdId: UNKNOWN_ID },
      ],
      [
        { id: newId(), kind: 'release', holdId: of.hold },
        { id: newId(), kind: 'release', holdId: UNKNOWN_ID },
      ],
    ];
    for (const [theirs, none] of commands) {
      const answers = [
        await b.service('POST', '/v1/ledger/transfers', theirs),
        await b.service('POST', '/v1/ledger/transfers', none),
      ] as const;
      assert.ok(answers[0].status >= 400 && answers[0].status < 500, answers[0].text);
      const ids = [of.account!, of.hold!, UNKNOWN_ID];
      assert.deepEqual(saying(answers[0], ids), saying(answers[1], ids), JSON.stringify(theirs));
      const batch = await b.service('POST', '/v1/ledger/transfers/batch', { commands: [theirs] });
      assert.equal((batch.body as { results: { outcome: string }[] }).results[0]?.outcome, 'rejected', batch.text);
    }
    for (const [caller, target] of [
      [b.person, '/v1/payments'],
      [b.browser, '/bff/v1/payments'],
    ] as const) {
      const answer = await caller('POST', target, { quoteId: of.quote, amountMinor: '100' });
      assert.deepEqual([answer.status, (answer.body as { code: string }).code], [404, 'PAYMENTS_QUOTE_NOT_FOUND'], target);
    }
    // The owner's hold is still open, and can still be released.
    assert.equal((await a.service('POST', '/v1/ledger/transfers', { id: newId(), kind: 'release', holdId: of.hold })).status, 201);
  });

  test('the same id, idempotency key or CPF in both tenants are two things', async () => {
    const account = { id: newId(), asset: 'BRL' };
    made(await a.service('POST', '/v1/ledger/accounts', { ...account, code: 'one', normalSide: 'credit' }), 201);
    made(await b.service('POST', '/v1/ledger/accounts', { ...account, code: 'another', normalSide: 'debit' }), 201);
    assert.match((await a.service('GET', `/v1/ledger/accounts/${account.id}`)).text, /"code":"one"/);
    assert.match((await b.service('GET', `/v1/ledger/accounts/${account.id}`)).text, /"code":"another"/);
    const number = NUMBER_B + 2;
    const body = { name: 'Mesma Pessoa', cpf: cpfFrom(number), email: 'mesma@exemplo.com.br', password: 'uma-senha-comprida' };
    const headers = { 'idempotency-key': 'the-same-key-in-both-tenants' };
    const ids = [];
    for (const tenantId of [TENANT_A, TENANT_B]) {
      const answer = await platform.send('POST', '/v1/people', { token: await platform.serviceToken({ tenantId }), headers, body });
      ids.push(made<{ subjectId: string }>(answer, 201).subjectId);
    }
    assert.notEqual(ids[0], ids[1]);
  });

  test('a payment from B to a key of A goes through the provider, as to any other bank', async () => {
    const { quoteId } = made<{ quoteId: string }>(await b.person('POST', '/v1/pix/decode', { code: of.pixKey }), 200);
    const [quote] = await platform.database.admin<{ route: string; payee_account_id: string | null }>(
      'select route, payee_account_id from payments.quotes where tenant_id = $1',
      [TENANT_B],
    );
    assert.ok(quoteId);
    assert.deepEqual(quote, { route: 'pix', payee_account_id: null });
  });

  test('lists show nothing of the other tenant', async () => {
    const names = Object.values(of);
    const lists = Object.entries(all('lists')).map(([target, who]): [Ask, Ask, string] => [a[who], b[who], target]);
    const looked = new Set([...Object.keys(all('lists')).map((target) => target.split('?')[0]!), ...Object.keys(all('unlisted'))]);
    const rest = operations.filter(({ method, path }) => method === 'GET' && !path.includes('{') && !looked.has(path));
    assert.deepEqual(rest, [], 'every list is looked at: `lists` of its module’s conformance.fixture.ts');
    for (const [own, other, target] of lists) {
      const [mine, theirs] = [await own('GET', target), await other('GET', target)];
      assert.equal(mine.status, 200, `${target}: ${mine.text}`);
      assert.equal(theirs.status, 200, `${target}: ${theirs.text}`);
      for (const name of [...names, TENANT_A]) assert.ok(!theirs.text.includes(name), `${target} of B names ${name}`);
    }
  });

  test('counts, the trail and the statement: nothing for the other tenant, and the own for A', async () => {
    for (const target of ['/v1/ledger/accounts/count?codePrefix=other', '/v1/ledger/transfers/count?kind=hold']) {
      const counts = [await a.service('GET', target), await b.service('GET', target)].map(({ body }) => (body as { count: number }).count);
      assert.ok(counts[0]! > 0 && counts[1] === 0, `${target}: ${counts}`);
    }
    const records = await b.service('GET', `/v1/audit/records?entityKey=${of.account}`);
    assert.deepEqual((records.body as { records: unknown[] }).records, []);
    const trail = await a.service('GET', `/v1/audit/records?entityKey=${of.payment}`);
    assert.ok((trail.body as { records: unknown[] }).records.length >= 2, trail.text);
    const statement = await a.browser('GET', '/bff/v1/statement');
    assert.ok(statement.text.includes(of.payment!), 'A’s own list does show it');
  });

  test('a session of one tenant opens nothing on the other’s host name', async () => {
    const headers = { ...ownHeaders(cast.person), host: `outra.localhost:${platform.port}` };
    const answer = await platform.send('GET', '/bff/v1/home', { headers });
    assert.equal(answer.status, 401, answer.text);
    const unknown = await platform.send('GET', '/bff/v1/home', { headers: { ...headers, host: 'ninguem.example' } });
    assert.ok(unknown.status >= 400 && unknown.status < 500, unknown.text);
    const still = new Person(platform.baseUrl);
    for (const [name, value] of cast.person.cookies) still.cookies.set(name, value);
    assert.equal((await still.request('GET', '/bff/v1/home')).status, 200);
  });
});

describe('in Postgres', () => {
  type Table = { schema: string; name: string; hasTenant: boolean; isGuarded: boolean; isPart: boolean };
  const modules = MODULES.map(({ name }) => name);
  let tables: Table[];

  before(async () => {
    tables = await platform.database.admin<Table>(
      // A view with the rights of who asks is guarded by the tables below it.
      `select n.nspname as schema, c.relname as name, c.relispartition as "isPart",
         c.relrowsecurity or coalesce('security_invoker=true' = any(c.reloptions), false) as "isGuarded",
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as "hasTenant"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') order by 1, 2`,
      [modules],
    );
  });

  for (const reader of modules) {
    test(`${reader} cannot read or write a table of any other module`, async () => {
      const foreign = tables.filter(({ schema }) => schema !== reader);
      assert.ok(foreign.length > 20, String(foreign.length));
      for (const { schema, name } of foreign) {
        for (const scope of [
          { module: reader, tenants: [TENANT_A] },
          { module: reader, system: true as const },
        ]) {
          for (const sql of [
            `select * from ${schema}.${name} limit 1`,
            `delete from ${schema}.${name}`,
            `insert into ${schema}.${name} default values`,
          ]) {
            await assert.rejects(
              platform.database.db.tx(scope, (tx) => tx.query(sql)),
              (error: { code?: string }) => error.code === DENIED,
              `${reader}${'system' in scope ? '_system' : ''}: ${sql}`,
            );
          }
        }
      }
    });
  }

  test('the log-in role itself reads nothing, and a module’s role reads its own', async () => {
    for (const { schema, name } of tables) {
      const own = { module: schema, tenants: [TENANT_A] };
      const [found] = await platform.database.admin<{ login: boolean }>(
        `select has_table_privilege('lastro_app', $1, 'select, insert, update, delete') as login`,
        [`${schema}.${name}`],
      );
      assert.equal(found!.login, false, `${schema}.${name}`);
      if (ONLY || (name !== 'entries' && name !== 'payments')) continue;
      const rows = await platform.database.db.tx(own, (tx) => tx.query(`select * from ${schema}.${name} limit 1`));
      assert.equal(rows.length, 1, `${schema}.${name} as ${schema}`);
    }
  });

  test('every table that names a tenant shows a transaction the rows of its own tenants only', async () => {
    const withTenant = tables.filter(({ hasTenant }) => hasTenant);
    let full = 0;
    for (const { schema, name, isGuarded, isPart } of withTenant) {
      const table = `${schema}.${name}`;
      if (isPart) {
        // Past its table a part has no policy, and so nobody may reach it there: not even the module it belongs to.
        for (const scope of [
          { module: schema, tenants: [TENANT_A] },
          { module: schema, system: true as const },
        ])
          await assert.rejects(
            platform.database.db.tx(scope, (tx) => tx.query(`select from ${table}`)),
            (error: { code?: string }) => error.code === DENIED,
            table,
          );
        continue;
      }
      assert.ok(isGuarded, `${table} has no row-level security`);
      const count = (scope: { module: string; tenants: string[] }) =>
        platform.database.db
          .tx(scope, (tx) => tx.query<{ n: number }>(`select count(*)::int as n from ${table} where tenant_id = '${TENANT_A}'`))
          .then(([row]) => row!.n)
          // What its own module may only add to (an outbox) shows nobody anything.
          .catch((error: { code?: string }) => (error.code === DENIED ? 0 : Promise.reject(error)));
      assert.equal(await count({ module: schema, tenants: [TENANT_B] }), 0, `${table} under tenant B`);
      assert.equal(await count({ module: schema, tenants: [] }), 0, `${table} under no tenant`);
      if ((await count({ module: schema, tenants: [TENANT_A] })) > 0) full += 1;
    }
    assert.ok(full >= (ONLY ? 1 : 15), `only ${full} tables had something to hide`);
  });
});
