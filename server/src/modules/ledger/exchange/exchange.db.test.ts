import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Db } from '#platform/db/db.ts';
import type { App } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { exchangeRoutes } from '../http-exchange.ts';
import type { CommandInput, Ledger } from '../index.ts';
import { verifyExport } from '../proof/verify-export.ts';
import { customer, funded, hold, house, log, openLedger, tenant, transfer } from '../test-support/fixture.ts';
import { csvCells } from './csv.ts';
import { type ExportOptions, exportLedger } from './export-ledger.ts';

const WHOLE: ExportOptions = { fromSeq: 1, toSeq: null, leaves: true, balances: true };
type Line = Record<string, never> & {
  line: number;
  outcome: string;
  code?: string;
  detail?: string;
  duplicate?: boolean;
  end?: Record<string, unknown>;
};

describe('the ledger in lines', () => {
  let database: TestDatabase;
  let ledger: Ledger;
  let app: App;
  let base: string;

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
    app = await createHttpServer({
      log,
      metrics: createMetrics(),
      verifyToken: async (token) => {
        const [tenantId, ...scopes] = token.split('.');
        const kind = scopes.includes('person') ? 'person' : 'service';
        return { tenantId: tenantId!, actor: { kind, id: 'test' }, scopes: new Set(scopes.map((scope) => `ledger:${scope}`)) };
      },
    });
    exchangeRoutes(app, ledger, database.db);
    await app.listen({ port: 0, host: '127.0.0.1' });
    base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  /** Some life: batches of several sizes, holds in all states, refusals, a batch of refusals alone, directives. */
  async function livedIn(ctx: ReturnType<typeof tenant>) {
    const accounts = await funded(ledger, ctx, 10_000);
    const submit = async (...commands: CommandInput[]) => (await ledger.submit(ctx, { commands })).results;
    const holds = [1, 2, 3].map((amount) => hold(accounts.customer, accounts.house, amount));
    await submit(
      ...holds,
      transfer(accounts.house, accounts.customer, 7, { metadata: { note: 'diz "olá", e\nmais', '10': 'x', '9': 'y' } }),
    );
    await submit({ id: newId(), kind: 'settle', holdId: holds[0]!.id }, { id: newId(), kind: 'release', holdId: holds[1]!.id });
    await submit(transfer(accounts.customer, accounts.house, 999_999));
    await submit({ id: newId(), kind: 'account', accountId: accounts.customer.id, overdraftLimitMinor: '5', reason: 'test' });
    await submit(
      transfer(accounts.customer, accounts.house, 2, { effectiveAt: '2026-01-02T00:00:00Z' }),
      transfer(accounts.customer, accounts.house, 999_999),
    );
    return accounts;
  }
  const ask = async (path: string, token: string) => {
    const answer = await fetch(`${base}/v1/ledger/export${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  const linesOf = (text: string) => text.trimEnd().split('\n');
  const collect = async (db: Db, tenantId: string, options = WHOLE) => {
    const lines: string[] = [];
    for await (const line of exportLedger(db, tenantId, options)) lines.push(line);
    return lines;
  };

  test('an export verifies by itself, whatever happened in the ledger', async () => {
    const ctx = tenant();
    await livedIn(ctx);
    const { status, type, text } = await ask('', `${ctx.tenantId}.read`);
    assert.deepEqual([status, type], [200, 'application/x-ndjson']);
    const report = await verifyExport(linesOf(text));
    assert.deepEqual([report.problems, report.ok, report.notes], [[], true, []]);
    assert.deepEqual([report.records, report.openHolds, report.assets.length], [9, 1, 1]);
    const end = JSON.parse(linesOf(text).at(-1)!).end;
    assert.deepEqual([end.records, end.lastSeq, end.lastBatch], [9, 9, report.lastBatch]);
    const tampered = text.replace('"amountMinor":"7"', '"amountMinor":"8"');
    assert.notEqual(tampered, text);
    assert.ok(!(await verifyExport(linesOf(tampered))).ok, 'the check would see a change');
  });

  test('an export of nothing says so, and verifies', async () => {
    const report = await verifyExport(await collect(database.db, newId()));
    assert.deepEqual([report.problems, report.records, report.batches], [[], 0, 0]);
  });

  test('it goes on from where it ended: every place begins at its batch, and the parts follow each other', async () => {
    const ctx = tenant();
    await livedIn(ctx);
    const whole = await collect(database.db, ctx.tenantId);
    const isRecord = (line: string) => line.includes('"seq":');
    for (let fromSeq = 2; fromSeq <= 9; fromSeq++) {
      const rest = await collect(database.db, ctx.tenantId, { ...WHOLE, fromSeq, balances: false });
      const report = await verifyExport(rest);
      assert.deepEqual(report.problems, [], `from ${fromSeq}`);
      assert.ok(report.fromSeq <= fromSeq);
      const records = rest.filter(isRecord);
      assert.deepEqual(records, whole.filter(isRecord).slice(-records.length));
      const part = await collect(database.db, ctx.tenantId, { ...WHOLE, toSeq: report.fromSeq - 1 });
      const first = await verifyExport(part);
      assert.deepEqual([first.problems, first.lastSeq], [[], report.fromSeq - 1]);
      assert.equal(JSON.parse(rest[0]!).previousHash, first.head, 'the second part follows the first');
    }
    const beyond = await verifyExport(await collect(database.db, ctx.tenantId, { ...WHOLE, fromSeq: 10, balances: false }));
    assert.deepEqual([beyond.problems, beyond.records], [[], 0]);
  });

  test('an export taken while others write and open accounts verifies, and holds little in memory', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 0);
    const many = (n: number) => Array.from({ length: n }, () => transfer(accounts.house, accounts.customer, 1));
    await ledger.submit(ctx, { commands: many(4_000) });
    let transactions = 0;
    const counting: Db = {
      ...database.db,
      tx: (scope, work) =>
        database.db.tx(scope, (tx) => {
          transactions += 1;
          return work(tx);
        }),
    };
    const lines: string[] = [];
    for await (const line of exportLedger(counting, ctx.tenantId, WHOLE)) {
      lines.push(line);
      if (lines.length === 50) assert.ok(transactions <= 6, `${transactions} pages were read for 50 lines`);
      if (lines.length % 500 === 0) {
        const account = customer();
        await ledger.createAccounts(ctx, { accounts: [account] });
        await ledger.submit(ctx, { commands: [...many(20), transfer(accounts.house, account, 1)] });
      }
    }
    const report = await verifyExport(lines);
    assert.deepEqual([report.problems, report.records], [[], 4_000]);
  });

  test('CSV of transfers and of a statement, with a last line that says where it ended', async () => {
    const ctx = tenant();
    const accounts = await livedIn(ctx);
    const token = `${ctx.tenantId}.read`;
    const { type, text } = await ask('?format=csv', token);
    assert.equal(type, 'text/csv; charset=utf-8');
    // A cell may hold a line break: only here, in metadata written by the test.
    const rows = linesOf(text.replaceAll('\\n', ' ')).map((line) => csvCells(line));
    assert.deepEqual(rows[0]!.slice(0, 6), ['seq', 'id', 'kind', 'debitAccountId', 'creditAccountId', 'amountMinor']);
    assert.equal(rows.length, 1 + 8 + 1, 'a header, eight transfers, the end');
    assert.deepEqual(rows.at(-1), ['# end lines=8 lastSeq=9']);
    const statement = await ask(`?format=csv&accountId=${accounts.customer.id}&fromSeq=2&toSeq=6`, token);
    const lines = linesOf(statement.text);
    assert.deepEqual(
      lines.slice(1, -1).map((line) => csvCells(line)![0]),
      ['2', '3', '4', '5', '6'],
    );
    const { lines: shown } = await ledger.getStatement(ctx, { accountId: accounts.customer.id, include: 'all' });
    const last = csvCells(lines.at(-2)!)!;
    const same = shown.find((line) => line.seq === 6)!;
    assert.deepEqual(last.slice(3, 8), [same.direction, same.amountMinor, same.postedMinor, same.heldMinor, same.availableMinor]);
    assert.equal((await ask(`?format=csv&accountId=${newId()}`, token)).status, 404);
    assert.equal((await ask(`?accountId=${accounts.customer.id}`, token)).status, 400);
    assert.equal((await ask('?fromSeq=5&toSeq=4', token)).status, 400);
    assert.equal((await ask('', `${ctx.tenantId}.read.person`)).status, 403);
    assert.equal((await ask('', `${ctx.tenantId}.write`)).status, 403);
  });

  async function send(token: string, body: string, type = 'application/x-ndjson') {
    const answer = await fetch(`${base}/v1/ledger/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body,
    });
    const text = await answer.text();
    const lines = answer.ok ? linesOf(text).map((line) => JSON.parse(line) as Line) : [];
    return { status: answer.status, lines: lines.slice(0, -1), end: lines.at(-1)?.end, text };
  }

  test('import: each line is answered with its number, and sending again changes nothing', async () => {
    const ctx = tenant();
    const token = `${ctx.tenantId}.write`;
    const [payer, payee] = [house(), customer()];
    const block = [transfer(payer, payee, 5), transfer(payee, payer, 2)];
    const failing = [transfer(payer, payee, 5), transfer(payee, payer, 999)];
    const sent = [
      JSON.stringify({ account: payer }),
      JSON.stringify({ account: payee }),
      JSON.stringify(transfer(payer, payee, 100)),
      '',
      JSON.stringify(transfer(payee, payer, 1_000)),
      JSON.stringify({ commands: block }),
      JSON.stringify({ commands: failing }),
      '{"id":"x"',
      JSON.stringify({ ...transfer(payer, payee, 1), amountMinor: 1 }),
      JSON.stringify({ ...transfer(payer, payee, 1), effectiveAt: '2026-13-45T00:00:00Z' }),
      JSON.stringify({ ...transfer(payer, payee, 1), metadata: { note: 'a\u0000b' } }),
      JSON.stringify({ account: { ...payer, asset: 'USD' } }),
      JSON.stringify(hold(payee, payer, 3)),
    ].join('\n');
    const first = await send(token, sent);
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(
      first.lines.map(({ line, outcome, code }) => [line, outcome, code]),
      [
        [1, 'done', undefined],
        [2, 'done', undefined],
        [3, 'done', undefined],
        [5, 'rejected', 'LEDGER_INSUFFICIENT_FUNDS'],
        [6, 'done', undefined],
        [7, 'rejected', undefined],
        [8, 'malformed', undefined],
        [9, 'malformed', undefined],
        [10, 'malformed', undefined],
        [11, 'malformed', undefined],
        [12, 'rejected', 'LEDGER_ACCOUNT_CONFLICT'],
        [13, 'done', undefined],
      ],
    );
    assert.match(String(first.lines[7]!.detail), /amountMinor/);
    assert.match(String(first.lines[8]!.detail), /effectiveAt/);
    assert.deepEqual(first.end, { lines: 12, done: 5, duplicates: 0, rejected: 3, malformed: 4 });
    const again = await send(token, sent);
    assert.deepEqual(
      again.lines.map(({ line, outcome, code }) => [line, outcome, code]),
      first.lines.map(({ line, outcome, code }) => [line, outcome, code]),
    );
    assert.equal(again.end!.duplicates, 7);
    const { balances } = await ledger.getBalances(ctx, { accountIds: [payee.id] });
    assert.deepEqual([balances[0]!.postedMinor, balances[0]!.heldMinor], ['103', '3']);
  });

  test('import: CSV with named columns', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 0);
    const ids = [newId(), newId()];
    const { house: payer, customer: payee } = accounts;
    const csv = [
      'id,kind,debitAccountId,creditAccountId,amountMinor,metadata',
      `${ids[0]},transfer,${payer.id},${payee.id},41,"{""order"":""a,1""}"`,
      '# a comment',
      `${ids[1]},transfer,${payer.id},${payee.id},1,`,
      `${newId()},transfer,${payer.id}`,
      `${newId()},transfer,${payer.id},${payee.id},1,"{`,
    ].join('\r\n');
    const { lines, end } = await send(`${ctx.tenantId}.write`, csv, 'text/csv; charset=utf-8');
    assert.deepEqual(
      lines.map(({ line, outcome }) => [line, outcome]),
      [
        [2, 'done'],
        [4, 'done'],
        [5, 'malformed'],
        [6, 'malformed'],
      ],
    );
    assert.equal(end!.done, 2);
    const { transfers } = await ledger.getTransfers(ctx, { ids });
    assert.deepEqual([transfers[0]!.metadata, transfers[0]!.amountMinor], [{ order: 'a,1' }, '41']);
    const wrong = await send(`${ctx.tenantId}.write`, 'id,valor\n1,2', 'text/csv');
    assert.match(String(wrong.lines[0]!.detail), /"valor"/);
  });

  test('import: cut off in the middle and sent again, everything happens once', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 0);
    const commands = Array.from({ length: 6_000 }, () => transfer(accounts.house, accounts.customer, 1));
    const body = commands.map((command) => JSON.stringify(command)).join('\n');
    const headers = { authorization: `Bearer ${ctx.tenantId}.write`, 'content-type': 'application/x-ndjson' };
    const cut = request(`${base}/v1/ledger/import`, { method: 'POST', headers });
    cut.on('error', () => undefined);
    cut.write(body.slice(0, body.length / 2));
    const [answer] = (await once(cut, 'response')) as [NodeJS.ReadableStream];
    answer.on('error', () => undefined);
    await once(answer, 'data');
    cut.destroy();
    const { end } = await send(`${ctx.tenantId}.write`, body);
    assert.deepEqual([end!.lines, end!.done, end!.rejected], [6_000, 6_000, 0]);
    assert.ok(Number(end!.duplicates) >= 1_000, `${end!.duplicates} had been done before`);
    const { balances } = await ledger.getBalances(ctx, { accountIds: [accounts.customer.id] });
    assert.equal(balances[0]!.postedMinor, '6000');
  });

  test('import: who may not, cannot; blocks of courts want their scope; other formats are refused', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 50);
    const line = JSON.stringify(transfer(accounts.house, accounts.customer, 1));
    assert.equal((await send(`${ctx.tenantId}.read`, line)).status, 403);
    assert.equal((await send(`${ctx.tenantId}.write.person`, line)).status, 403);
    for (const type of ['application/json', 'text/plain', 'application/xml']) {
      const refused = await send(`${ctx.tenantId}.write`, line, type);
      assert.deepEqual([refused.status, JSON.parse(refused.text).code], [415, 'PLATFORM_UNSUPPORTED_MEDIA'], type);
    }
    const empty = await fetch(`${base}/v1/ledger/import`, { method: 'POST', headers: { authorization: `Bearer ${ctx.tenantId}.write` } });
    assert.equal(empty.status, 415);
    const judicial = JSON.stringify(hold(accounts.customer, accounts.house, 5, { purpose: 'judicial', reference: 'p-1' }));
    const stopped = await send(`${ctx.tenantId}.write`, `${line}\n${judicial}`);
    assert.equal((stopped.end as { error: { code: string } }).error.code, 'PLATFORM_FORBIDDEN');
    assert.equal((await send(`${ctx.tenantId}.write.freeze`, judicial)).end!.done, 1);
    const long = await send(`${ctx.tenantId}.write`, `{"id":"${'x'.repeat(3 * 1024 * 1024)}"}`);
    assert.equal((long.end as { error: { code: string } }).error.code, 'PLATFORM_TOO_LARGE');
  });
});
