import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId, publicId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { ledgerRoutes } from './http.ts';
import type { Ledger } from './index.ts';
import { customer, funded, house, log, openLedger, tenant, transfer } from './test-support/fixture.ts';

describe('the ledger over HTTP', () => {
  const ctx = tenant();
  const callers = new Map<string, Caller>();
  let database: TestDatabase;
  let ledger: Ledger;
  let app: App;
  let accounts: Awaited<ReturnType<typeof funded>>;

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
    accounts = await funded(ledger, ctx, 1_000);
    const all = new Set(['ledger:read', 'ledger:write']);
    callers.set('service', { tenantId: ctx.tenantId, actor: ctx.actor, scopes: all });
    callers.set('reader', { tenantId: ctx.tenantId, actor: ctx.actor, scopes: new Set(['ledger:read']) });
    callers.set('stranger', { tenantId: newId(), actor: ctx.actor, scopes: all });
    const owner = accounts.customer.subjectId!;
    callers.set('owner', { tenantId: ctx.tenantId, actor: { kind: 'person', id: owner }, subjectId: owner, scopes: all });
    const other = newId();
    callers.set('other', { tenantId: ctx.tenantId, actor: { kind: 'person', id: other }, subjectId: other, scopes: all });
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async (token) => callers.get(token)! });
    ledgerRoutes(app, ledger);
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  async function call(token: string, method: 'GET' | 'POST', url: string, payload?: object) {
    const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${token}` }, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.json() as Record<string, never> & { code?: string } };
  }

  test('opens an account, moves money, shows it', async () => {
    const account = customer();
    assert.equal((await call('service', 'POST', '/v1/ledger/accounts', account)).status, 201);
    const command = transfer(accounts.customer, account, 250);
    const made = await call('service', 'POST', '/v1/ledger/transfers', command);
    assert.deepEqual([made.status, made.body.outcome], [201, 'done']);
    const balance = await call('service', 'GET', `/v1/ledger/accounts/${publicId('acc', account.id)}`);
    assert.equal(balance.body.availableMinor, '250');
    const entries = await call('service', 'GET', `/v1/ledger/accounts/${account.id}/entries?limit=1&direction=in`);
    assert.equal((entries.body.lines as unknown as { transferId: string }[])[0]?.transferId, command.id);
    assert.equal((await call('service', 'GET', `/v1/ledger/transfers/${command.id}`)).body.amountMinor, '250');
    const trial = await call('service', 'GET', '/v1/ledger/trial-balance');
    assert.equal((trial.body.assets as unknown as { differenceMinor: string }[])[0]?.differenceMinor, '0');
  });

  test('a refusal is a problem that says what to do; a conflict names the field', async () => {
    const command = transfer(accounts.customer, accounts.house, 999_999);
    const refused = await call('service', 'POST', '/v1/ledger/transfers', command);
    assert.deepEqual([refused.status, refused.body.code], [422, 'LEDGER_INSUFFICIENT_FUNDS']);
    assert.ok(refused.body.action);
    const conflict = await call('service', 'POST', '/v1/ledger/transfers', { ...command, amountMinor: '1' });
    assert.deepEqual([conflict.status, conflict.body.code], [409, 'LEDGER_ID_CONFLICT']);
    assert.deepEqual(conflict.body.errors, [{ pointer: '/body/amountMinor', detail: 'difere do primeiro envio' }]);
  });

  test('a batch answers each command; atomic makes it one', async () => {
    const commands = [transfer(accounts.house, accounts.customer, 5), transfer(accounts.customer, accounts.house, 999_999)];
    const each = await call('service', 'POST', '/v1/ledger/transfers/batch', { commands });
    const results = each.body.results as unknown as { outcome: string }[];
    assert.deepEqual([each.status, results.map((one) => one.outcome)], [200, ['done', 'rejected']]);
    const fresh = commands.map((one) => ({ ...one, id: newId() }));
    const whole = await call('service', 'POST', '/v1/ledger/transfers/batch', { commands: fresh, atomic: true });
    assert.ok((whole.body.results as unknown as { outcome: string }[]).every((one) => one.outcome === 'rejected'));
  });

  test('who may not, cannot', async () => {
    const own = `/v1/ledger/accounts/${accounts.customer.id}`;
    const command = transfer(accounts.customer, accounts.house, 1);
    const expected: [string, 'GET' | 'POST', string, object | undefined, number][] = [
      ['reader', 'POST', '/v1/ledger/transfers', command, 403],
      ['owner', 'POST', '/v1/ledger/transfers', command, 403],
      ['owner', 'POST', '/v1/ledger/accounts', house(), 403],
      ['owner', 'GET', '/v1/ledger/trial-balance', undefined, 403],
      ['owner', 'GET', own, undefined, 200],
      ['owner', 'GET', `/v1/ledger/accounts/${accounts.house.id}`, undefined, 404],
      ['other', 'GET', own, undefined, 404],
      ['other', 'GET', `${own}/entries`, undefined, 404],
      ['stranger', 'GET', own, undefined, 404],
      ['stranger', 'POST', '/v1/ledger/transfers', command, 422],
    ];
    for (const [token, method, url, payload, status] of expected) {
      assert.equal((await call(token, method, url, payload)).status, status, `${token} ${method} ${url}`);
    }
  });

  test('malformed input is refused field by field', async () => {
    const good = transfer(accounts.house, accounts.customer, 1);
    const bad: object[] = [
      { ...good, amountMinor: 1 },
      { ...good, amountMinor: '1.5' },
      { ...good, amountMinor: '-1' },
      { ...good, extra: true },
      { ...good, id: 'x' },
      { ...good, kind: 'gift' },
      { ...good, metadata: { cpf: 12 } },
    ];
    for (const payload of bad) {
      const answer = await call('service', 'POST', '/v1/ledger/transfers', payload);
      assert.deepEqual([answer.status, answer.body.code], [400, 'PLATFORM_BAD_REQUEST'], JSON.stringify(payload));
    }
    const nul = await call('service', 'POST', '/v1/ledger/transfers', { ...good, metadata: { note: 'a\u0000b' } });
    assert.equal(nul.status, 400);
    const huge = await call('service', 'POST', '/v1/ledger/transfers', { ...good, amountMinor: '9'.repeat(39) });
    assert.equal(huge.body.code, 'LEDGER_AMOUNT_TOO_LARGE');
    assert.equal((await call('service', 'GET', `/v1/ledger/accounts/${accounts.customer.id}/entries?limit=201`)).status, 400);
  });
});
