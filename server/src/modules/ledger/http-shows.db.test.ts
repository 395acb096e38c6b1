import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { idOfReference, newId, publicId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { ledgerRoutes } from './http.ts';
import { exchangeRoutes } from './http-exchange.ts';
import type { Ledger } from './index.ts';
import { customer, funded, hold, house, log, openLedger, tenant, transfer } from './test-support/fixture.ts';
import { followTenant } from './views/tag-follower.ts';

type Body = Record<string, unknown> & { code?: string; detail?: string };

describe('the ledger over HTTP shows what it does', () => {
  const ctx = tenant();
  let database: TestDatabase;
  let ledger: Ledger;
  let app: App;
  let accounts: Awaited<ReturnType<typeof funded>>;
  const U = '/v1/ledger';

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
    accounts = await funded(ledger, ctx, 1_000);
    const caller: Caller = {
      tenantId: ctx.tenantId,
      actor: { kind: 'service', id: 'backoffice' },
      scopes: new Set(['ledger:read', 'ledger:write']),
    };
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async () => caller, ratePerMinute: 0 });
    ledgerRoutes(app, ledger, database.db);
    exchangeRoutes(app, ledger, database.db);
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  async function call(method: 'GET' | 'POST' | 'PUT', url: string, payload?: object | string, headers: Record<string, string> = {}) {
    const sent = { authorization: 'Bearer x', ...(typeof payload === 'object' ? { 'content-type': 'application/json' } : {}), ...headers };
    const send = () => app.inject({ method, url, headers: sent, ...(payload === undefined ? {} : { payload }) });
    let answer = await send();
    // A machine under load makes the event loop lag, which is answered as being busy.
    for (let tries = 0; answer.statusCode === 503 && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      answer = await send();
    }
    const isJson = String(answer.headers['content-type']).includes('json') && !String(answer.headers['content-type']).includes('ndjson');
    return { status: answer.statusCode, text: answer.body, body: (isJson ? answer.json() : {}) as Body };
  }
  const post = (command: object, query = '') => call('POST', `${U}/transfers${query}`, command);

  test('a hold: open with what is held of it, its settlements, how it ended; the list of an account', async () => {
    const account = customer();
    await call('POST', `${U}/accounts`, account);
    await post(transfer(accounts.house, account, 100));
    const held = hold(account, accounts.house, 60, { expiresAt: '2099-01-01T00:00:00-03:00' });
    assert.equal((await post(held)).status, 201);
    const settle = { id: newId(), kind: 'settle', holdId: held.id, amountMinor: '25', keepRest: true };
    assert.equal((await post(settle)).status, 201);
    const open = (await call('GET', `${U}/accounts/${account.id}/holds`)).body.holds as Body[];
    assert.deepEqual(
      open.map(({ id, state, amountMinor, heldMinor, settledMinor, expiresAt }) => [
        id,
        state,
        amountMinor,
        heldMinor,
        settledMinor,
        expiresAt,
      ]),
      [[held.id, 'open', '60', '35', '25', '2099-01-01T03:00:00.000Z']],
    );
    await post({ id: newId(), kind: 'settle', holdId: publicId('trf', held.id), amountMinor: '5' });
    const ended = (await call('GET', `${U}/holds/${publicId('trf', held.id)}`)).body;
    assert.deepEqual([ended.state, ended.heldMinor, ended.settledMinor], ['settled', '0', '30']);
    assert.deepEqual(
      (ended.settles as Body[]).map(({ amountMinor }) => amountMinor),
      ['25', '5'],
    );
    assert.equal((await call('GET', `${U}/holds/${settle.id}`)).body.code, 'LEDGER_HOLD_NOT_FOUND');
    assert.deepEqual((await call('GET', `${U}/accounts/${account.id}/holds`)).body.holds, []);
    const house = (await call('GET', `${U}/accounts/${accounts.house.id}/holds?limit=1`)).body;
    assert.ok(Array.isArray(house.holds));
    assert.equal((await call('GET', `${U}/accounts/${newId()}/holds`)).status, 404);
  });

  test('who blocked an account, when and why; which periods are closed', async () => {
    const account = customer();
    await call('POST', `${U}/accounts`, account);
    await post(transfer(accounts.house, account, 10));
    const block = { id: newId(), kind: 'account', accountId: account.id, state: 'blocked', reason: 'court-order' };
    assert.equal((await post(block)).status, 201);
    for (const [from, to] of [
      [accounts.house, account],
      [account, accounts.house],
    ] as const)
      assert.equal((await post(transfer(from, to, 1))).body.code, 'LEDGER_ACCOUNT_BLOCKED');
    assert.equal((await call('GET', `${U}/accounts/${account.id}`)).body.state, 'blocked');
    const one = (await call('GET', `${U}/directives/${block.id}`)).body;
    assert.deepEqual(
      [one.kind, one.state, one.reason, one.by, one.accountId],
      ['account', 'blocked', 'court-order', 'service:backoffice', account.id],
    );
    const close = { id: newId(), kind: 'close-period', until: '2020-01-31' };
    await post(close);
    const closed = (await call('GET', `${U}/directives?kind=close-period`)).body;
    assert.deepEqual(
      [closed.closedUntil, (closed.directives as Body[]).map(({ id, until }) => [id, until])],
      ['2020-01-31', [[close.id, '2020-01-31']]],
    );
    const ofAccount = (await call('GET', `${U}/directives?accountId=${account.id}`)).body.directives as Body[];
    assert.deepEqual(
      ofAccount.map(({ id }) => id),
      [block.id],
    );
    assert.equal((await call('GET', `${U}/directives?accountId=${newId()}`)).status, 404);
    assert.equal((await call('GET', `${U}/directives/${newId()}`)).body.code, 'LEDGER_DIRECTIVE_NOT_FOUND');
  });

  test('a transfer says how much of it was taken back, and its reversals are listed', async () => {
    const moved = transfer(accounts.house, accounts.customer, 50);
    await post(moved);
    const parts = ['20', '5'].map((amountMinor) => ({ id: newId(), kind: 'reverse', transferId: moved.id, amountMinor }));
    for (const part of parts) await post(part);
    assert.equal((await call('GET', `${U}/transfers/${moved.id}`)).body.reversedMinor, '25');
    // What takes back another one has the same words.
    const another = transfer(accounts.house, accounts.customer, 50);
    await post(another);
    const metadata = { claim: 'c-1' };
    const foreign = { id: newId(), kind: 'reverse', transferId: another.id, amountMinor: '1', metadata };
    const named = { id: newId(), kind: 'reverse', transferId: moved.id, amountMinor: '1', metadata };
    for (const command of [foreign, named]) assert.equal((await post(command)).status, 201);
    while ((await followTenant(database.db, ctx.tenantId)) ?? 0);
    const both = (await call('GET', `${U}/transfers?reverses=${moved.id}&metadata=claim:c-1`)).body.transfers as Body[];
    assert.deepEqual(
      both.map(({ id }) => id),
      [named.id],
    );
    parts.push(named);
    const list = (await call('GET', `${U}/transfers?reverses=${publicId('trf', moved.id)}&order=asc`)).body.transfers as Body[];
    assert.deepEqual(
      list.map(({ id }) => id),
      parts.map(({ id }) => id),
    );
  });

  test('many at once: accounts all or none, balances and transfers by ids; repeated is 200', async () => {
    const some = [customer({ name: 'Loja 1' } as object), customer(), house()];
    const opened = await call('POST', `${U}/accounts/batch`, { accounts: some });
    assert.equal(opened.status, 201, opened.text);
    assert.equal((await call('POST', `${U}/accounts/batch`, { accounts: some })).status, 200);
    const fresh = customer();
    const clash = await call('POST', `${U}/accounts/batch`, { accounts: [fresh, { ...some[1], code: 'other' }] });
    assert.equal(clash.body.code, 'LEDGER_ACCOUNT_CONFLICT');
    const unknown = newId();
    const ids = [publicId('acc', some[0]!.id), some[2]!.id.toUpperCase(), fresh.id, unknown];
    const read = (await call('POST', `${U}/accounts/by-ids`, { ids })).body;
    assert.deepEqual(
      (read.accounts as Body[]).map(({ accountId, name }) => [accountId, name]),
      [
        [some[0]!.id, 'Loja 1'],
        [some[2]!.id, null],
      ],
    );
    assert.deepEqual(read.unknown, [fresh.id, unknown], 'none of the refused block was opened');
    const command = transfer(accounts.house, some[0]!, 5);
    assert.equal((await post(command)).status, 201);
    assert.deepEqual([(await post(command)).status, (await post(command)).body.duplicate], [200, true]);
    const found = (await call('POST', `${U}/transfers/by-ids`, { ids: [command.id, unknown] })).body;
    assert.deepEqual([(found.transfers as Body[]).map(({ id }) => id), found.unknown], [[command.id], [unknown]]);
  });

  test('ids in every spelling, and one derived from a reference', async () => {
    const account = customer();
    const body = { ...account, id: account.id.toUpperCase(), subjectId: publicId('sub', account.subjectId!) };
    assert.equal((await call('POST', `${U}/accounts`, body)).status, 201);
    const id = idOfReference('pix-in', 'E1234567820260310123456789012345');
    const command = { ...transfer(accounts.house, account, 7), id: publicId('trf', id), creditAccountId: publicId('acc', account.id) };
    const made = await post(command);
    assert.deepEqual([made.status, made.body.id, made.body.publicId], [201, id, publicId('trf', id)]);
    assert.equal((await post({ ...command, id: id.toUpperCase() })).body.duplicate, true);
    assert.equal((await post({ ...command, id: `acc_${publicId('trf', id).slice(4)}` })).status, 400, 'another kind of id');
    assert.equal((await call('GET', `${U}/accounts/${account.id}`)).body.publicId, publicId('acc', account.id));
  });

  test('balances right after, when asked for, in a dry run as well', async () => {
    const account = customer();
    await call('POST', `${U}/accounts`, account);
    const command = transfer(accounts.house, account, 9);
    const dry = await post(command, '?dryRun=true&balances=true');
    assert.deepEqual([dry.status, 'seq' in dry.body, 'recordedAt' in dry.body], [200, false, false], 'the place is not told');
    const made = await post(command, '?balances=true');
    assert.deepEqual(made.body.balances, dry.body.balances);
    assert.deepEqual((made.body.balances as Body[]).map(({ accountId, postedMinor }) => [accountId, postedMinor])[1], [account.id, '9']);
    await post(transfer(accounts.house, account, 1));
    assert.deepEqual((await post(command, '?balances=true')).body.balances, made.body.balances, 'a repetition tells those of then');
    assert.equal('balances' in (await post(transfer(accounts.house, account, 1))).body, false);
  });

  test('a condition on a balance, of an account without a limit', async () => {
    const account = house();
    await call('POST', `${U}/accounts`, account);
    const onlyIf = [{ accountId: account.id, atMostMinor: '10' }];
    assert.equal((await post(transfer(account, accounts.customer, 10, { onlyIf }))).status, 201);
    const refused = await post(transfer(account, accounts.customer, 1, { onlyIf }));
    assert.deepEqual([refused.status, refused.body.code], [422, 'LEDGER_CONDITION_NOT_MET']);
    const shown = (await call('GET', `${U}/transfers?accountId=${account.id}`)).body.transfers as Body[];
    assert.deepEqual(shown[0]!.onlyIf, [{ accountId: account.id, balance: 'posted', atMostMinor: '10' }]);
  });

  test('searches that combine, and counts; an unknown account is 404 everywhere', async () => {
    const [one, two] = [customer({ code: 'shop:1' }), house({ asset: 'USD', code: 'usd' })];
    const usd = house({ asset: 'USD', code: 'usd-2' });
    await call('POST', `${U}/accounts/batch`, { accounts: [one, two, usd] });
    const both = transfer(accounts.house, one, 3, { metadata: { order: '1', kind: 'sale' } });
    const other = transfer(accounts.house, one, 4, { metadata: { order: '1', kind: 'fee' } });
    const out = hold(one, accounts.house, 2, { metadata: { order: '1' } });
    const foreign = transfer(two, usd, 1);
    for (const command of [both, other, out, foreign]) assert.equal((await post(command)).status, 201);
    while ((await followTenant(database.db, ctx.tenantId)) ?? 0);
    const idsOf = async (query: string) => ((await call('GET', `${U}/transfers?${query}`)).body.transfers as Body[]).map(({ id }) => id);
    assert.deepEqual(await idsOf(`accountId=${one.id}&metadata=order:1`), [out.id, other.id, both.id]);
    assert.deepEqual(await idsOf('metadata=order:1&metadata=kind:sale'), [both.id]);
    assert.deepEqual(await idsOf(`accountId=${one.id}&direction=in&kind=transfer`), [other.id, both.id]);
    assert.deepEqual(await idsOf(`accountId=${one.id}&direction=out`), [out.id]);
    assert.deepEqual(await idsOf('asset=USD'), [foreign.id]);
    assert.deepEqual(await idsOf('codePrefix=shop:&kind=hold'), [out.id]);
    assert.deepEqual((await call('GET', `${U}/transfers/count?accountId=${one.id}`)).body, { count: 3, isExact: true });
    assert.deepEqual((await call('GET', `${U}/transfers/count?metadata=order:1&kind=transfer`)).body, { count: 2, isExact: true });
    assert.deepEqual((await call('GET', `${U}/accounts/count?codePrefix=usd`)).body, { count: 2, isExact: true });
    const byCode = (await call('GET', `${U}/accounts?codePrefix=usd&limit=1`)).body;
    const next = (await call('GET', `${U}/accounts?codePrefix=usd&limit=1&cursor=${byCode.next}`)).body;
    assert.deepEqual(
      [byCode, next].map((page) => (page.accounts as Body[])[0]!.code as unknown),
      ['usd', 'usd-2'],
    );
    for (const query of ['transfers?accountId=', 'transfers/count?accountId='])
      assert.equal((await call('GET', `${U}/${query}${newId()}`)).body.code, 'LEDGER_ACCOUNT_NOT_FOUND', query);
    assert.equal((await call('GET', `${U}/transfers?blockId=${both.id}&limit=5`)).body.code, 'LEDGER_QUERY_INVALID');
  });

  test('gross movement between two instants; decimals of an asset; names', async () => {
    const account = customer();
    await call('POST', `${U}/accounts`, account);
    for (const [day, amount] of [
      ['2026-01-10', 5],
      ['2026-02-10', 7],
    ] as const)
      await post(transfer(accounts.house, account, amount, { effectiveAt: `${day}T00:00:00-03:00` }));
    await post(transfer(account, accounts.house, 2, { effectiveAt: '2026-02-28T23:59:59.999-03:00' }));
    const february = '?from=2026-02-01T00:00:00-03:00&to=2026-03-01T00:00:00-03:00';
    const moved = (await call('GET', `${U}/accounts/${account.id}/movement${february.replaceAll(':', '%3A')}&by=effective`)).body;
    assert.deepEqual([moved.debitsMinor, moved.creditsMinor, moved.openingMinor, moved.closingMinor], ['2', '7', '5', '10']);
    const now = (await call('GET', `${U}/accounts/${account.id}`)).body;
    assert.deepEqual([now.postedDebitsMinor, now.postedCreditsMinor, now.assetDecimals], ['2', '12', null]);
    await call('PUT', `${U}/assets`, { assets: [{ asset: 'BRL', decimals: 2, name: 'Real' }] });
    assert.equal((await call('PUT', `${U}/assets`, { assets: [{ asset: 'BRL', decimals: 3 }] })).body.code, 'LEDGER_ASSET_CONFLICT');
    const named = await call('PUT', `${U}/accounts/${account.id}/label`, { name: 'Conta da Ana', metadata: { branch: '12' } });
    assert.deepEqual([named.body.name, named.body.metadata, named.body.assetDecimals], ['Conta da Ana', { branch: '12' }, 2]);
    assert.equal((await call('PUT', `${U}/accounts/${newId()}/label`, { name: 'x' })).status, 404);
  });

  test('an Idempotency-Key stands for one body', async () => {
    const key = { 'idempotency-key': 'key-of-sixteen-characters' };
    const command = transfer(accounts.house, accounts.customer, 1);
    assert.equal((await call('POST', `${U}/transfers`, command, key)).status, 201);
    assert.deepEqual((await call('POST', `${U}/transfers`, command, key)).status, 200);
    const other = await call('POST', `${U}/transfers`, transfer(accounts.house, accounts.customer, 1), key);
    assert.deepEqual([other.status, other.body.code], [409, 'PLATFORM_IDEMPOTENCY_CONFLICT']);
  });

  test('a malformed command is told of its own kind, in the language of the request', async () => {
    const id = newId();
    const english = { 'accept-language': 'en' };
    const cases: [object, string, RegExp][] = [
      [{ id, kind: 'release', holdId: id, amountMinor: '5' }, '/body/amountMinor', /is no field of this; the fields are .*holdId/],
      [{ id, kind: 'account', accountId: id, state: 'frozen' }, '/body/reason', /is required/],
      [{ id, kind: 'settle', holdId: id, ammountMinor: '5' }, '/body/ammountMinor', /amountMinor/],
      [{ id, kind: 'transfr' }, '/body/kind', /transfer, hold, settle, release, reverse, account, close-period/],
      [
        { ...transfer(accounts.house, accounts.customer, 1), effectiveAt: '2026-02-30T00:00:00Z' },
        '/commands/0/effectiveAt',
        /an instant that exists/,
      ],
      [{ ...transfer(accounts.house, accounts.customer, 1), effectiveAt: '0000-01-01T00:00:00Z' }, '/commands/0/effectiveAt', /years 1900/],
    ];
    for (const [payload, pointer, words] of cases) {
      const { status, body } = await call('POST', `${U}/transfers`, payload, english);
      const [error] = body.errors as { pointer: string; detail: string }[];
      assert.deepEqual([status, error?.pointer], [400, pointer], JSON.stringify(body));
      assert.match(error!.detail, words);
      const pt = (await call('POST', `${U}/transfers`, payload)).body;
      assert.doesNotMatch(`${pt.title} ${pt.detail} ${pt.action}`, /\b(is|the|must|required)\b/, JSON.stringify(pt));
    }
    const limit = await call('GET', `${U}/transfers?limit=0`);
    assert.match(limit.body.detail!, /1 a 200/);
  });

  test('a refusal comes in the language asked for, also when it is repeated, in a batch and in an import', async () => {
    const command = transfer(accounts.customer, accounts.house, 9_999_999);
    const en = { 'accept-language': 'en-US,en;q=0.9' };
    const refused = (await call('POST', `${U}/transfers`, command)).body;
    assert.match(refused.detail!, /^Faltam/);
    const again = (await call('POST', `${U}/transfers`, command, en)).body;
    assert.deepEqual([again.code, again.duplicate], ['LEDGER_INSUFFICIENT_FUNDS', true]);
    assert.match(again.detail!, /are missing in account/);
    assert.equal(again.title, 'Insufficient funds');
    const batch = (await call('POST', `${U}/transfers/batch`, { commands: [command] }, en)).body.results as Body[];
    assert.match(batch[0]!.detail!, /are missing/);
    const lines = `${JSON.stringify(command)}\n{"kind":"x"}\n`;
    const imported = await call('POST', `${U}/import`, lines, { ...en, 'content-type': 'application/x-ndjson' });
    assert.match(imported.text, /are missing/);
    assert.match(imported.text, /is no command: \/kind choose one of/);
    assert.doesNotMatch(imported.text, /[ãçõ]|não/);
  });

  test('lines of a spreadsheet: semicolons, tabs, a sep= line; what is no UTF-8 names its line', async () => {
    const row = (separator: string) => {
      const { id, kind, debitAccountId, creditAccountId, amountMinor } = transfer(accounts.house, accounts.customer, 1);
      return [id, kind, debitAccountId, creditAccountId, amountMinor].join(separator);
    };
    const header = ['id', 'kind', 'debitAccountId', 'creditAccountId', 'amountMinor'];
    const send = (payload: string) => call('POST', `${U}/import`, payload, { 'content-type': 'text/csv' });
    for (const [before, separator] of [
      ['', ';'],
      ['sep=;\r\n', ';'],
      ['\ufeffsep=\t\n', '\t'],
      ['', '\t'],
      ['', ','],
    ] as const) {
      const { text } = await send(`${before}${header.join(separator)}\r\n${row(separator)}\r\n`);
      assert.match(text, /"outcome":"done"/, `${JSON.stringify(before + separator)}: ${text}`);
    }
    assert.match((await send(`sep=|\n${header.join('|')}\n`)).text, /o separador pode ser vírgula/);
    assert.match((await send(`${header.join(';')}\n${row(';').replace(/1$/, '1,50')}\n`)).text, /só de dígitos|não tem a forma/);
    const bytes = Buffer.concat([
      Buffer.from(`${header.join(',')},metadata\n${row(',')},"{""n"":""p`),
      Buffer.from([0xe3]),
      Buffer.from('o""}"\n'),
    ]);
    const answer = await app.inject({
      method: 'POST',
      url: `${U}/import`,
      headers: { authorization: 'Bearer x', 'content-type': 'text/csv' },
      payload: bytes,
    });
    assert.match(answer.body, /"line":2,"outcome":"malformed","detail":"não está em UTF-8/);
  });
});
