import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BffServer, startBffServer } from '../../../../test/support/bff-server.ts';
import { COMPROVANTE } from '../../../../test/support/comprovante.ts';
import { LASTRO, MARIA } from '../../../../test/support/identity-server.ts';
import type { StatementLine } from './contract.ts';

let server: BffServer;

before(async () => {
  server = await startBffServer();
  const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
  await server.identity.face!.impl.registerPerson(ctx, MARIA);
});
after(() => server?.close());

const at = (path: string) => `${server.publicUrl}/bff/v1${path}`;
const line = (id: string, day: string): StatementLine => ({
  id,
  at: `${day}T15:00:00.000Z`,
  kind: 'pix-in',
  direction: 'in',
  amountMinor: '100',
  balanceAfterMinor: '100',
  counterparty: 'Quem',
  description: null,
  paymentId: null,
  comprovanteId: null,
  status: 'done',
});

test('the statement brings the figures of its days in the same call, and shows without them', async () => {
  const browser = await server.logIn();
  server.fakes.statement = [{ lines: [line('b', '2026-01-03'), line('a', '2026-01-01')], next: null }];
  const read = async () => (await browser.send(at('/statement'))).json() as { lines: unknown[]; days: { date: string }[] };
  assert.deepEqual(
    (await read()).days.map(({ date }) => date),
    ['2026-01-03'],
  );
  assert.deepEqual(server.fakes.calls.findLast(({ name }) => name === 'getDays')!.input, {
    accountId: (server.fakes.calls.findLast(({ name }) => name === 'getDays')!.input as { accountId: string }).accountId,
    from: '2026-01-01',
    to: '2026-01-03',
  });
  server.fakes.cashflowDown = true;
  const without = await read();
  server.fakes.cashflowDown = false;
  assert.deepEqual([without.lines.length, without.days], [2, []]);
});

test('the statement as a file holds every page, under the filters asked for, for the person alone', async () => {
  const browser = await server.logIn();
  server.fakes.statement = [
    { lines: [line('b', '2026-01-03')], next: '1' },
    { lines: [line('a', '2026-01-01')], next: null },
  ];
  const file = await browser.send(at('/statement.csv?from=2026-01-01&direction=in&search=quem'));
  assert.equal(file.status, 200, file.text);
  assert.match(String(file.headers['content-type']), /^text\/csv/);
  assert.match(String(file.headers['content-disposition']), /attachment; filename="extrato-\d{4}-\d\d-\d\d\.csv"/);
  assert.equal(file.headers['cache-control'], 'no-store');
  assert.equal(file.text.trimEnd().split('\r\n').length, 3);
  const asked = server.fakes.calls.filter(({ name }) => name === 'getStatement').slice(-2);
  for (const { input } of asked) {
    const { from, direction, search } = input as Record<string, unknown>;
    assert.deepEqual([from, direction, search], ['2026-01-01', 'in', 'quem']);
  }
  assert.equal((await browser.send(at('/statement.csv?limit=1'))).status, 400);
  assert.equal((await server.browser().send(at('/statement.csv'))).status, 401);
});

test('a comprovante is shown and taken away as PDF; another’s does not exist', async () => {
  const browser = await server.logIn();
  assert.deepEqual((await browser.send(at(`/comprovantes/${COMPROVANTE.id}`))).json(), COMPROVANTE);
  const pdf = await browser.send(at(`/comprovantes/${COMPROVANTE.id}/pdf`));
  assert.equal(pdf.status, 200);
  assert.equal(pdf.headers['content-type'], 'application/pdf');
  assert.match(String(pdf.headers['content-disposition']), /filename="comprovante-pix-2026-01-01-00000a\.pdf"/);
  assert.ok(pdf.text.startsWith('%PDF-'));
  for (const path of ['/comprovantes/pay_other', '/comprovantes/pay_other/pdf']) assert.equal((await browser.send(at(path))).status, 404);
});

test('a code to receive takes an amount and a text within their limits', async () => {
  const browser = await server.logIn();
  const ask = (query: string) => browser.send(at(`/pix/receive-code${query}`));
  assert.equal((await ask('')).json().amountMinor, null);
  assert.equal((await ask('?amountMinor=1990&description=bolo')).json().amountMinor, '1990');
  for (const query of ['?amountMinor=0', '?amountMinor=-1', '?amountMinor=1e3', `?description=${'x'.repeat(38)}`, '?other=1'])
    assert.equal((await ask(query)).status, 400, query);
});
