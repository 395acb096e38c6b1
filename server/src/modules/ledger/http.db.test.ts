import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId, publicId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { ledgerRoutes } from './http.ts';
import type { Ledger } from './index.ts';
import { customer, funded, hold, house, log, openLedger, tenant, transfer } from './test-support/fixture.ts';

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
    callers.set('freezer', { tenantId: ctx.tenantId, actor: ctx.actor, scopes: new Set([...all, 'ledger:freeze']) });
    callers.set('stranger', { tenantId: newId(), actor: ctx.actor, scopes: all });
    const owner = accounts.customer.subjectId!;
    callers.set('owner', { tenantId: ctx.tenantId, actor: { kind: 'person', id: owner }, subjectId: owner, scopes: all });
    const other = newId();
    callers.set('other', { tenantId: ctx.tenantId, actor: { kind: 'person', id: other }, subjectId: other, scopes: all });
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async (token) => callers.get(token)! });
    ledgerRoutes(app, ledger, database.db);
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  async function call(token: string, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, more: Record<string, string> = {}) {
    const headers = { authorization: `Bearer ${token}`, ...more };
    const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
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

  test('opening again is 200; of a block with one new account, 201', async () => {
    const [one, two] = [customer(), customer()];
    const status = async (url: string, body: object) => (await call('service', 'POST', `/v1/ledger/accounts${url}`, body)).status;
    assert.deepEqual([await status('', one), await status('', one)], [201, 200]);
    assert.deepEqual([await status('/batch', { accounts: [one, two] }), await status('/batch', { accounts: [one, two] })], [201, 200]);
  });

  test('a batch tells balances when the address asks for them, and refusals in the language of the request', async () => {
    const commands = [transfer(accounts.house, accounts.customer, 5), transfer(accounts.customer, accounts.house, 999_999)];
    const send = (query: string, more: Record<string, string> = {}) =>
      call('service', 'POST', `/v1/ledger/transfers/batch${query}`, { commands }, more);
    type Results = { balances?: unknown[]; detail?: string }[];
    const [bare, asked] = [(await send('')).body.results, (await send('?balances=true')).body.results] as unknown as [Results, Results];
    assert.deepEqual([bare[0]!.balances, asked[0]!.balances?.length], [undefined, 2]);
    assert.match(bare[1]!.detail!, /^Faltam/);
    const english = (await send('', { 'accept-language': 'en' })).body.results as unknown as Results;
    assert.match(english[1]!.detail!, /missing/);
  });

  test('every id of a command may be written in its readable form', async () => {
    const account = customer();
    await call('service', 'POST', '/v1/ledger/accounts', account);
    const onlyIf = [{ accountId: publicId('acc', account.id), atMostMinor: '10' }];
    const moved = transfer(accounts.house, account, 10, { onlyIf });
    const back = { id: newId(), kind: 'reverse', transferId: publicId('trf', moved.id), amountMinor: '4' };
    const limit = { id: newId(), kind: 'account', accountId: publicId('acc', account.id), overdraftLimitMinor: '77', reason: 'test' };
    for (const command of [moved, back, limit]) {
      const made = await call('service', 'POST', '/v1/ledger/transfers', command);
      assert.equal(made.status, 201, JSON.stringify(made.body));
    }
    const shown = await call('service', 'GET', `/v1/ledger/accounts/${account.id}`);
    assert.deepEqual([shown.body.postedMinor, shown.body.overdraftLimitMinor], ['6', '77']);
  });

  test('many accounts as they were at an instant, what was recorded at that very instant among it', async () => {
    const account = customer();
    await call('service', 'POST', '/v1/ledger/accounts', account);
    const { recordedAt } = (await call('service', 'POST', '/v1/ledger/transfers', transfer(accounts.house, account, 3))).body;
    const just = Date.parse(recordedAt!);
    const posted = async (at: number) => {
      const url = `/v1/ledger/accounts/by-ids?at=${new Date(at).toISOString()}`;
      const { body } = await call('reader', 'POST', url, { ids: [account.id] });
      return (body.accounts as unknown as { postedMinor: string }[])[0]?.postedMinor;
    };
    assert.deepEqual([await posted(just - 1), await posted(just)], ['0', '3']);
  });

  test('a person lists accounts of their own, whomever they ask for', async () => {
    const owner = accounts.customer.subjectId!;
    for (const query of ['', `?subjectId=${publicId('sub', newId())}`]) {
      const { body } = await call('owner', 'GET', `/v1/ledger/accounts${query}`);
      const listed = body.accounts as unknown as { accountId: string; subjectId: string }[];
      assert.deepEqual(
        listed.map(({ subjectId }) => subjectId),
        [owner],
        query,
      );
      assert.deepEqual((await call('owner', 'GET', `/v1/ledger/accounts/count${query}`)).body, { count: 1, isExact: true });
    }
    assert.deepEqual((await call('other', 'GET', `/v1/ledger/accounts?subjectId=${owner}`)).body.accounts, []);
  });

  test('a key that is none is refused, and so is a field of metadata named twice', async () => {
    const short = await call('service', 'POST', '/v1/ledger/transfers', transfer(accounts.house, accounts.customer, 1), {
      'idempotency-key': 'short',
    });
    assert.equal(short.status, 400);
    const twice = await call('service', 'GET', '/v1/ledger/transfers?metadata=order:1&metadata=order:2');
    assert.equal(twice.body.code, 'LEDGER_QUERY_INVALID');
  });

  test('a dry run answers 200, or the problem, and moves nothing', async () => {
    const command = transfer(accounts.house, accounts.customer, 5);
    const url = '/v1/ledger/transfers?dryRun=true';
    const dry = await call('service', 'POST', url, command);
    assert.deepEqual([dry.status, dry.body.outcome, dry.body.duplicate], [200, 'done', false]);
    assert.equal((await call('service', 'GET', `/v1/ledger/transfers/${command.id}`)).status, 404);
    const refused = await call('service', 'POST', url, transfer(accounts.customer, accounts.house, 999_999));
    assert.deepEqual([refused.status, refused.body.code], [422, 'LEDGER_INSUFFICIENT_FUNDS']);
    const batch = await call('service', 'POST', '/v1/ledger/transfers/batch', { commands: [command], dryRun: true });
    assert.equal((batch.body.results as unknown as { outcome: string }[])[0]?.outcome, 'done');
    assert.equal((await call('service', 'GET', `/v1/ledger/transfers/${command.id}`)).status, 404);
    assert.equal((await call('service', 'POST', '/v1/ledger/transfers?dryRun=yes', command)).status, 400);
  });

  test('blocks of a court and of MED are for whoever may freeze', async () => {
    const account = customer();
    await call('service', 'POST', '/v1/ledger/accounts', account);
    await call('service', 'POST', '/v1/ledger/transfers', transfer(accounts.house, account, 10));
    const med = hold(account, accounts.house, 10, { purpose: 'med', reference: 'MED-7' });
    const release = { id: newId(), kind: 'release', holdId: med.id };
    const steps: [string, object, number, string | undefined][] = [
      ['service', med, 403, 'PLATFORM_FORBIDDEN'],
      ['service', { ...med, reference: undefined }, 403, 'PLATFORM_FORBIDDEN'],
      ['freezer', { ...med, reference: undefined }, 400, 'LEDGER_COMMAND_MALFORMED'],
      ['freezer', med, 201, undefined],
      ['service', { ...release, reference: 'MED-7' }, 403, 'PLATFORM_FORBIDDEN'],
      ['service', { ...release, id: newId() }, 422, 'LEDGER_HOLD_REFERENCE_MISMATCH'],
      ['freezer', { ...release, reference: 'MED-7' }, 201, undefined],
    ];
    for (const [token, payload, status, code] of steps) {
      const answer = await call(token, 'POST', '/v1/ledger/transfers', payload);
      assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(payload));
    }
    const batch = await call('service', 'POST', '/v1/ledger/transfers/batch', { commands: [{ ...med, id: newId() }] });
    assert.equal(batch.status, 403);
  });

  test('a balance as known then, and as it counts then; the chart and its trial balance', async () => {
    const account = customer();
    await call('service', 'POST', '/v1/ledger/accounts', account);
    await call('service', 'POST', '/v1/ledger/transfers', transfer(accounts.house, account, 10, { effectiveAt: '2026-01-01T00:00:00Z' }));
    const posted = async (query: string) => (await call('service', 'GET', `/v1/ledger/accounts/${account.id}${query}`)).body.postedMinor;
    assert.deepEqual([await posted('?effectiveAt=2026-01-02T00:00:00Z'), await posted('?at=2026-01-02T00:00:00Z')], ['10', '0']);
    assert.equal((await call('service', 'GET', `/v1/ledger/accounts/${account.id}?at=yesterday`)).status, 400);
    const chart = { lines: [{ code: 'customer', cosif: '41110005', name: 'Depósitos' }] };
    assert.deepEqual((await call('reader', 'PUT', '/v1/ledger/chart', chart)).status, 403);
    assert.equal((await call('service', 'PUT', '/v1/ledger/chart', chart)).body.code, 'LEDGER_COSIF_INVALID');
    chart.lines[0]!.cosif = '41110007';
    assert.equal((await call('service', 'PUT', '/v1/ledger/chart', chart)).status, 200);
    assert.deepEqual((await call('reader', 'GET', '/v1/ledger/chart')).body, chart);
    const trial = await call('reader', 'GET', '/v1/ledger/trial-balance?effectiveAt=2026-01-02T00:00:00Z');
    const levels = trial.body.cosif as unknown as { cosif: string; balanceMinor: string }[];
    assert.equal(levels.find(({ cosif }) => cosif === '41110')?.balanceMinor, '-10');
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
