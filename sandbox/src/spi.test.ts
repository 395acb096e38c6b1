import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, eventually, newEndToEndId, newOrder, startReceiver, startSandbox } from './testing.ts';

const statusOf = async (base: string, id: string) => (await call<{ status: string }>(base, 'GET', `/spi/payments/${id}`)).body.status;

test('a payment is accepted, then settled and announced', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  const order = newOrder({ txid: 'Pedido7', remittance: 'almoço' });
  const answer = await call(base, 'POST', '/spi/payments', order);
  assert.equal(answer.status, 201);
  assert.deepEqual(Object.keys(answer.body), ['endToEndId', 'status', 'acceptedAt']);
  await eventually(() => receiver.events.length === 1, 'the webhook');
  const [event] = receiver.events;
  assert.deepEqual([event!.type, event!.data], ['pix.settled', { endToEndId: order.endToEndId, amount: '12.34', txid: 'Pedido7' }]);
  const found = await call(base, 'GET', `/spi/payments/${order.endToEndId}`);
  assert.equal(found.body.status, 'settled');
  assert.equal(found.body.settledAt, event!.at);
  assert.partialDeepStrictEqual(found.body, { amount: '12.34', payee: { name: 'Maria Aparecida Souza', taxIdMasked: '***.982.247-**' } });
});

test('the same order again, also at the same time, is one payment with one answer; another body is refused', async (t) => {
  const { base } = await startSandbox(t);
  const order = newOrder();
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(base, 'POST', '/spi/payments', order)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 200).length, 19);
  for (const { body } of answers) assert.deepEqual(body, answers[0]!.body);
  const spelledOut = { currency: 'BRL', ...Object.fromEntries(Object.entries(order).reverse()) };
  assert.equal((await call(base, 'POST', '/spi/payments', spelledOut)).status, 200);
  const other = await call(base, 'POST', '/spi/payments', { ...order, amount: '12.35' });
  assert.deepEqual([other.status, other.body.code], [409, 'E2E_CONFLICT']);
  await eventually(async () => (await statusOf(base, order.endToEndId)) === 'settled', 'settled');
  const statement = await call<{ lines: unknown[] }>(base, 'GET', '/admin/statement');
  assert.equal(statement.body.lines.length, 1);
});

test('a payment that never came is not found, with authority', async (t) => {
  const { base } = await startSandbox(t);
  const answer = await call(base, 'GET', `/spi/payments/${newEndToEndId()}`);
  assert.deepEqual([answer.status, answer.body.code], [404, 'NOT_FOUND']);
});

test('rejections by the well-known key, an unknown key and the switch', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  await call(base, 'PUT', '/admin/faults', { rejectKeys: ['joao@exemplo.com.br'] });
  for (const key of ['rejeita@exemplo.com.br', 'naoexiste@exemplo.com.br', 'joao@exemplo.com.br']) {
    const order = newOrder({ payee: { key } });
    assert.equal((await call(base, 'POST', '/spi/payments', order)).status, 201);
    await eventually(async () => (await statusOf(base, order.endToEndId)) === 'rejected', key);
    assert.equal((await call(base, 'GET', `/spi/payments/${order.endToEndId}`)).body.reason, 'AC03');
  }
  await eventually(() => receiver.events.length === 3, 'three webhooks');
  for (const event of receiver.events) assert.deepEqual([event.type, event.data.reason], ['pix.rejected', 'AC03']);
  const { body } = await call<{ sums: unknown }>(base, 'GET', '/admin/statement');
  assert.deepEqual(body.sums, { out: { count: 0, amount: '0.00' }, in: { count: 0, amount: '0.00' } });
});

test('wrong input and a wrong key of the API are refused, and nothing is executed', async (t) => {
  const { base } = await startSandbox(t);
  const order = newOrder();
  const wrong: unknown[] = [
    { ...order, amount: 12.34 },
    { ...order, amount: '0.00' },
    { ...order, amount: '12,34' },
    { ...order, currency: 'USD' },
    { ...order, extra: 1 },
    { ...order, payee: { key: 'a@b', extra: 1 } },
    { ...order, endToEndId: `${order.endToEndId}x` },
    { ...order, payer: undefined },
    [],
    'text',
  ];
  for (const body of wrong) assert.equal((await call(base, 'POST', '/spi/payments', body)).status, 400, JSON.stringify(body));
  const semantic = {
    INVALID_PAYEE: { payee: {} },
    INVALID_KEY: { payee: { key: 'Maria' } },
    E2E_ISPB_MISMATCH: { payer: { ...order.payer, ispb: '87654321' } },
  };
  for (const [code, change] of Object.entries(semantic)) {
    const answer = await call(base, 'POST', '/spi/payments', { ...order, ...change });
    assert.deepEqual([answer.status, answer.body.code], [422, code]);
  }
  assert.equal((await call(base, 'POST', '/spi/payments', order, 'wrong')).status, 401);
  assert.equal((await call(base, 'GET', '/health', undefined, 'wrong')).status, 200);
  assert.equal((await call(base, 'GET', '/nothing')).body.code, 'NO_SUCH_ROUTE');
  assert.equal((await call(base, 'GET', `/spi/payments/${order.endToEndId}`)).status, 404);
});

test('the statement tells what happened, with sums and by time', async (t) => {
  const { base } = await startSandbox(t);
  const amounts = ['0.01', '10.99', '9999999999.99'];
  for (const amount of amounts) await call(base, 'POST', '/spi/payments', newOrder({ amount }));
  await call(base, 'POST', '/spi/payments', newOrder({ amount: '5.00', payee: { key: 'rejeita@exemplo.com.br' } }));
  await call(base, 'POST', '/spi/payments', newOrder({ amount: '7.00', payee: { key: 'lento@exemplo.com.br' } }));
  await call(base, 'POST', '/admin/receive', { payeeKey: 'maria@exemplo.com.br', amount: '250.00' });
  type Statement = { lines: { status: string; direction: string; at: string }[]; sums: unknown };
  const read = async (query = '') => (await call<Statement>(base, 'GET', `/admin/statement${query}`)).body;
  const count = async (status: string) => (await read()).lines.filter((line) => line.status === status).length;
  await eventually(async () => (await count('settled')) === 3 && (await count('rejected')) === 1, 'all executed');
  const { lines, sums } = await read();
  assert.deepEqual(sums, { out: { count: 3, amount: '10000000010.99' }, in: { count: 1, amount: '250.00' } });
  assert.deepEqual(lines.map((line) => line.status).sort(), ['accepted', 'received', 'rejected', 'settled', 'settled', 'settled']);
  assert.equal((await read('?from=2000-01-01&to=2001-01-01')).lines.length, 0);
  const times = lines.map((line) => line.at).sort();
  assert.equal((await read(`?from=${times[0]}`)).lines.length, 6);
  assert.equal((await read(`?to=${times[0]}`)).lines.length, 0);
  assert.equal((await call(base, 'GET', '/admin/statement?from=2026-99-99')).status, 400);
  assert.equal((await call(base, 'GET', '/admin/statement?since=2026-01-01')).status, 400);
});

test('an incoming Pix is announced and can be asked about; a request id makes asking twice one Pix', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  const wish = { payeeKey: '+5511987654321', amount: '100.00', requestId: 'welcome-1' };
  const [first, second] = await Promise.all([call(base, 'POST', '/admin/receive', wish), call(base, 'POST', '/admin/receive', wish)]);
  assert.equal(first.status, 201);
  assert.deepEqual(first.body, second.body);
  await eventually(() => receiver.events.length === 1, 'the webhook');
  assert.equal(receiver.events[0]!.type, 'pix.received');
  const receipt = await call(base, 'GET', `/spi/receipts/${first.body.endToEndId}`);
  assert.partialDeepStrictEqual(receipt.body, { amount: '100.00', payeeKey: '+5511987654321' });
  assert.equal((await call(base, 'POST', '/admin/receive', { payeeKey: 'naoexiste@exemplo.com.br', amount: '1.00' })).status, 404);
  const payer = { name: 'Rui Melo', taxId: '52998224725', ispb: '60701190' };
  const given = await call(base, 'POST', '/admin/receive', { payeeKey: '+5511987654321', amount: '1.00', payer });
  assert.deepEqual((await call(base, 'GET', `/spi/receipts/${given.body.endToEndId}`)).body.payer, payer);
});

test('a Pix to a key of the platform arrives there, under the same id', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  const owner = { name: 'Bia Reis', taxId: '52998224725' };
  await call(base, 'PUT', '/dict/keys/bia%40lastro.example', { ispb: '12345678', branch: '1', account: '2000-2', owner });
  const order = newOrder({ payee: { key: 'bia@lastro.example' } });
  await call(base, 'POST', '/spi/payments', order);
  await eventually(() => receiver.events.length === 2, 'both webhooks');
  assert.deepEqual(receiver.events.map((event) => event.type).sort(), ['pix.received', 'pix.settled']);
  assert.equal((await call(base, 'GET', `/spi/receipts/${order.endToEndId}`)).body.payeeKey, 'bia@lastro.example');
});
