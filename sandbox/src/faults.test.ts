import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultSwitches } from './faults.ts';
import { call, eventually, newOrder, startReceiver, startSandbox } from './testing.ts';

test('counts strike so many times, probabilities by the seed, and both show in the view', () => {
  const draw = (seed: number) => {
    const faults = new FaultSwitches(seed);
    faults.set({ error500: { probability: 0.3 }, timeoutAfterExecute: 2, webhook: { never: true }, dict: { error500: 0.5 } });
    const row = Array.from({ length: 1000 }, () => faults.strikes('error500'));
    const timeouts = Array.from({ length: 5 }, () => faults.strikes('timeoutAfterExecute'));
    assert.deepEqual(timeouts, [true, true, false, false, false]);
    assert.ok(faults.strikes('webhook.never') && !faults.strikes('blocklist.lie'));
    assert.deepEqual(faults.view().remaining, { timeoutAfterExecute: 0 });
    return row;
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  const struck = draw(7).filter(Boolean).length;
  assert.ok(struck > 240 && struck < 360, String(struck));
});

test('500 before executing leaves no payment; 500 after executing leaves one', async (t) => {
  const { base } = await startSandbox(t);
  await call(base, 'PUT', '/admin/faults', { error500: { count: 1 }, error500AfterExecute: { count: 1 } });
  const order = newOrder();
  const post = () => call(base, 'POST', '/spi/payments', order);
  const find = () => call(base, 'GET', `/spi/payments/${order.endToEndId}`);
  assert.deepEqual([(await post()).status, (await find()).status], [500, 404]);
  assert.deepEqual([(await post()).status, (await find()).status], [500, 200]);
  assert.equal((await post()).status, 200);
  assert.deepEqual((await call(base, 'GET', '/admin/faults')).body.injected, { error500: 1, error500AfterExecute: 1 });
});

test('a time-out after executing executes, gives no answer, and is found when asked', async (t) => {
  const { base, sandbox } = await startSandbox(t);
  await call(base, 'PUT', '/admin/faults', { timeoutAfterExecute: { count: 1 } });
  const order = newOrder();
  const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
  const attempt = fetch(`${base}/spi/payments`, { method: 'POST', headers, body: JSON.stringify(order), signal: AbortSignal.timeout(300) });
  await assert.rejects(attempt, { name: 'TimeoutError' });
  await eventually(async () => (await call(base, 'GET', `/spi/payments/${order.endToEndId}`)).body.status === 'settled', 'settled');
  assert.equal((await call(base, 'POST', '/spi/payments', order)).status, 200);

  await call(base, 'PUT', '/admin/faults', { timeoutAfterExecute: true });
  const hanging = call(base, 'POST', '/spi/payments', newOrder());
  hanging.catch(() => undefined);
  await eventually(async () => (await call<{ lines: unknown[] }>(base, 'GET', '/admin/statement')).body.lines.length === 2, 'received');
  await sandbox.close();
  await assert.rejects(hanging);
});

test('latency delays the answer, not the payment', async (t) => {
  const { base } = await startSandbox(t);
  await call(base, 'PUT', '/admin/faults', { latencyMs: 400 });
  const order = newOrder();
  const started = Date.now();
  const answer = call(base, 'POST', '/spi/payments', order);
  await eventually(async () => (await call(base, 'GET', `/spi/payments/${order.endToEndId}`)).body.status === 'settled', 'settled');
  assert.ok(Date.now() - started < 350);
  assert.equal((await answer).status, 201);
  assert.ok(Date.now() - started >= 390);
});

test('the webhook before the answer', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url, settlementDelayMs: 60_000 });
  await call(base, 'PUT', '/admin/faults', { webhook: { beforeAnswer: true } });
  assert.equal((await call(base, 'POST', '/spi/payments', newOrder())).status, 201);
  assert.equal(receiver.events.length, 1);
});

test('webhooks twice, never, late, and overtaken', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  const send = async (webhook: unknown) => {
    await call(base, 'PUT', '/admin/faults', { webhook });
    const order = newOrder();
    await call(base, 'POST', '/spi/payments', order);
    await eventually(async () => (await call(base, 'GET', `/spi/payments/${order.endToEndId}`)).body.status === 'settled', 'settled');
    return order.endToEndId;
  };
  const came = (id: string) => receiver.events.filter((event) => event.data.endToEndId === id).length;
  const twice = await send({ duplicate: { count: 1 } });
  await eventually(() => came(twice) === 2, 'twice');
  assert.equal(receiver.events[0]!.id, receiver.events[1]!.id);
  const started = Date.now();
  const late = await send({ delayMs: 400 });
  const never = await send({ never: true });
  const first = await send({ reorder: { count: 1 } });
  const second = await send({});
  await eventually(() => came(first) === 1 && came(second) === 1 && came(late) === 1, 'all');
  assert.ok(Date.now() - started >= 390);
  assert.equal(came(never), 0);
  const order = receiver.events.map((event) => event.data.endToEndId);
  assert.ok(order.indexOf(second) < order.indexOf(first));
  assert.equal(receiver.forged, 0);
});

test('an overtaken webhook that nothing overtakes comes by itself', async (t) => {
  const receiver = await startReceiver(t);
  const { base } = await startSandbox(t, { webhookUrl: receiver.url });
  await call(base, 'PUT', '/admin/faults', { webhook: { reorder: true } });
  await call(base, 'POST', '/spi/payments', newOrder());
  await eventually(() => receiver.events.length === 1, 'the webhook');
});

test('directory, queries and block list have switches of their own; DELETE resets', async (t) => {
  const { base } = await startSandbox(t);
  const error500 = { count: 1 };
  await call(base, 'PUT', '/admin/faults', {
    query: { error500 },
    dict: { error500, latencyMs: 50 },
    blocklist: { error500, lie: { count: 1 } },
  });
  const resolve = () => call(base, 'POST', '/dict/resolve', { key: 'maria@exemplo.com.br' });
  const check = () => call(base, 'POST', '/blocklist/check', { key: 'golpe@exemplo.com.br' });
  assert.deepEqual([(await resolve()).status, (await resolve()).status], [500, 200]);
  assert.equal((await check()).status, 500);
  assert.deepEqual([(await check()).body, (await check()).body], [{ listed: false }, { listed: true, reason: 'FRAUD_REPORTED' }]);
  const order = newOrder();
  await call(base, 'POST', '/spi/payments', order);
  const find = () => call(base, 'GET', `/spi/payments/${order.endToEndId}`);
  assert.deepEqual([(await find()).status, (await find()).status], [500, 200]);
  assert.equal((await call(base, 'DELETE', '/admin/faults')).status, 204);
  assert.deepEqual((await call(base, 'GET', '/admin/faults')).body, { faults: {}, remaining: {}, injected: {} });
  for (const wrong of [{ latency: 1 }, { error500: -1 }, { error500: { count: 1.5 } }, { webhook: { twice: true } }, { error500: 'x' }]) {
    assert.equal((await call(base, 'PUT', '/admin/faults', wrong)).status, 400, JSON.stringify(wrong));
  }
});
