import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { call, eventually, makeFolder, newOrder, startReceiver, startSandbox } from './testing.ts';

type Line = { endToEndId: string; returnId?: string; direction: string; amount: string; status: string };
type Statement = { lines: Line[]; sums: { out: { count: number; amount: string }; in: { count: number; amount: string } } };
const statement = async (base: string) => (await call<Statement>(base, 'GET', '/admin/statement')).body;
const returnId = (last: string) => `D12345678202611211200${last.padStart(11, '0')}`;

/** A sandbox at which 10.00 arrived, and an order to give them back. */
async function arrived(t: TestContext, dataDir = makeFolder(t)) {
  const { base, sandbox } = await startSandbox(t, { dataDir });
  const { body } = await call<{ endToEndId: string }>(base, 'POST', '/admin/receive', {
    payeeKey: 'maria@exemplo.com.br',
    amount: '10.00',
  });
  return { base, sandbox, order: { returnId: returnId('1'), endToEndId: body.endToEndId, amount: '10.00', reason: 'BE08' } };
}

test('a return executes once whatever is sent again, is in the statement, and survives a restart', async (t) => {
  const dataDir = makeFolder(t);
  const { base, sandbox, order } = await arrived(t, dataDir);
  const answers = await Promise.all(Array.from({ length: 10 }, () => call(base, 'POST', '/spi/returns', order)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(9).fill(200), 201]);
  for (const { body } of answers) assert.deepEqual(body, answers[0]!.body);
  assert.partialDeepStrictEqual(answers[0]!.body, { ...order, status: 'settled' });
  const other = await call(base, 'POST', '/spi/returns', { ...order, amount: '9.99' });
  assert.deepEqual([other.status, other.body.code], [409, 'RETURN_CONFLICT']);
  const told = await statement(base);
  assert.deepEqual(told.sums, { in: { count: 1, amount: '10.00' }, out: { count: 1, amount: '10.00' } });
  const { endToEndId } = order;
  assert.partialDeepStrictEqual(told.lines[1], {
    endToEndId,
    returnId: order.returnId,
    direction: 'out',
    amount: '10.00',
    status: 'returned',
  });
  await sandbox.close();
  const second = await startSandbox(t, { dataDir });
  assert.deepEqual(await statement(second.base), told);
  assert.equal((await call(second.base, 'POST', '/spi/returns', order)).status, 200);
  assert.deepEqual((await call(second.base, 'GET', `/spi/returns/${order.returnId}`)).body, answers[0]!.body);
  const more = await call(second.base, 'POST', '/spi/returns', { ...order, returnId: returnId('2'), amount: '0.01' });
  assert.equal(more.body.code, 'RETURN_EXCEEDS_RECEIPT');
});

test('no more is given back than arrived, also at the same time and in parts, and nothing for what never arrived', async (t) => {
  const { base, order } = await arrived(t);
  const parts = Array.from({ length: 5 }, (_, n) => ({ ...order, returnId: returnId(`p${n}`), amount: '4.00' }));
  const answers = await Promise.all(parts.map((part) => call(base, 'POST', '/spi/returns', part)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 422, 422, 422]);
  assert.equal((await statement(base)).sums.out.amount, '8.00');
  const alien = { ...order, returnId: returnId('x'), endToEndId: order.endToEndId.replace(/.$/, 'Z') };
  assert.equal((await call(base, 'POST', '/spi/returns', alien)).body.code, 'RECEIPT_UNKNOWN');
  for (const wrong of [{ reason: 'XX00' }, { returnId: order.endToEndId }, { amount: '0.00' }, { extra: 1 }]) {
    assert.equal((await call(base, 'POST', '/spi/returns', { ...order, ...wrong })).status, 400, JSON.stringify(wrong));
  }
  const unknown = await call(base, 'GET', `/spi/returns/${returnId('x')}`);
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'NOT_FOUND']);
});

test('the switches of sending strike returns too, and nothing is announced', async (t) => {
  const { base, order } = await arrived(t);
  const receiver = await startReceiver(t);
  await call(base, 'PUT', '/admin/webhook', { url: receiver.url });
  await call(base, 'PUT', '/admin/faults', {
    error500: { count: 1 },
    timeoutAfterExecute: { count: 1 },
    error500AfterExecute: { count: 1 },
    query: { error500: { count: 1 } },
  });
  const find = async () => (await call(base, 'GET', `/spi/returns/${order.returnId}`)).status;
  assert.equal((await call(base, 'POST', '/spi/returns', order)).status, 500);
  assert.deepEqual([await find(), await find()], [500, 404], 'a 500 before executing gives nothing back');
  const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
  const lost = fetch(`${base}/spi/returns`, { method: 'POST', headers, body: JSON.stringify(order), signal: AbortSignal.timeout(300) });
  await assert.rejects(lost, { name: 'TimeoutError' });
  assert.equal(await find(), 200, 'a time-out after executing does');
  assert.equal((await call(base, 'POST', '/spi/returns', order)).status, 500);
  await call(base, 'PUT', '/admin/faults', { latencyMs: 200 });
  const began = Date.now();
  assert.equal((await call(base, 'POST', '/spi/returns', order)).status, 200);
  assert.ok(Date.now() - began >= 190);
  assert.equal((await statement(base)).sums.out.count, 1);
  assert.equal(receiver.events.length, 0);
});

test('a return of what the platform itself sent arrives there: announced, asked about, in the statement, and not given back again', async (t) => {
  const dataDir = makeFolder(t);
  const receiver = await startReceiver(t);
  const { base, sandbox } = await startSandbox(t, { dataDir, webhookUrl: receiver.url });
  const owner = { name: 'Bia Reis', taxId: '52998224725' };
  await call(base, 'PUT', '/dict/keys/bia%40lastro.example', { ispb: '12345678', branch: '1', account: '2000-2', owner });
  const { endToEndId } = newOrder();
  await call(base, 'POST', '/spi/payments', newOrder({ endToEndId, payee: { key: 'bia@lastro.example' } }));
  await eventually(() => receiver.events.length === 2, 'paid and arrived');
  const back = { returnId: returnId('1'), endToEndId, amount: '12.34', reason: 'BE08' };
  await Promise.all([call(base, 'POST', '/spi/returns', back), call(base, 'POST', '/spi/returns', back)]);
  await eventually(() => receiver.events.length === 3, 'announced');
  assert.partialDeepStrictEqual(receiver.events[2], { type: 'pix.received', data: { endToEndId: back.returnId, amount: '12.34' } });
  const payer = { ...owner, ispb: '12345678' };
  const receipt = await call(base, 'GET', `/spi/receipts/${back.returnId}`);
  assert.partialDeepStrictEqual(receipt.body, { returnOf: endToEndId, amount: '12.34', payer });
  const told = await statement(base);
  assert.deepEqual(told.sums, { in: { count: 2, amount: '24.68' }, out: { count: 2, amount: '24.68' } });
  const again = await call(base, 'POST', '/spi/returns', { ...back, returnId: returnId('2'), endToEndId: back.returnId });
  assert.deepEqual([again.status, again.body.code], [422, 'RETURN_OF_RETURN']);
  await sandbox.close();
  const second = await startSandbox(t, { dataDir });
  assert.deepEqual(await statement(second.base), told);
});
