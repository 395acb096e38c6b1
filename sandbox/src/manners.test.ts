import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { call, eventually, makeFolder, newOrder, startReceiver, startSandbox } from './testing.ts';

type Told = { status: string; reason?: string; amount?: unknown; code?: string };
const statement = async (base: string) =>
  (await call<{ lines: { endToEndId: string; status: string; direction: string }[] }>(base, 'GET', '/admin/statement')).body.lines;
const faults = (base: string, body: unknown) => call(base, 'PUT', '/admin/faults', body);
const send = (base: string, order = newOrder()) => call<Told>(base, 'POST', '/spi/payments', order);
const ask = (base: string, id: string) => call<Told>(base, 'GET', `/spi/payments/${id}`);
const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
const post = (base: string, body: unknown, timeoutMs = 5_000) =>
  fetch(`${base}/spi/payments`, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) });

test('a repeated order is answered 422 AM05, or 409, and is one payment', async (t) => {
  const { base } = await startSandbox(t);
  for (const [fault, status, code] of [
    ['duplicate422', 422, 'AM05'],
    ['duplicate409', 409, 'DUPLICATE'],
  ] as const) {
    await faults(base, { [fault]: true });
    const order = newOrder();
    assert.equal((await send(base, order)).status, 201);
    const again = await send(base, order);
    assert.deepEqual([again.status, again.body.code], [status, code]);
  }
  await eventually(async () => (await statement(base)).filter((line) => line.status === 'settled').length === 2, 'two payments');
});

test('a query says 404 while the replica lags, and not for what it knew long ago', async (t) => {
  const { base } = await startSandbox(t);
  const old = newOrder();
  await send(base, old);
  await faults(base, { query: { notFoundMs: 400 } });
  const order = newOrder();
  await send(base, order);
  assert.equal((await ask(base, order.endToEndId)).status, 404);
  await eventually(async () => (await ask(base, order.endToEndId)).status === 200, 'seen later');
  assert.equal((await ask(base, old.endToEndId)).status, 200);
});

test('the final answer at once', async (t) => {
  const { base } = await startSandbox(t, { settlementDelayMs: 60_000 });
  await faults(base, { finalInPost: true });
  const settled = await send(base);
  assert.deepEqual([settled.status, settled.body.status, settled.body.amount], [201, 'settled', '12.34']);
  const rejected = await send(base, newOrder({ payee: { key: 'rejeita@exemplo.com.br' } }));
  assert.deepEqual([rejected.body.status, rejected.body.reason], ['rejected', 'AC03']);
});

test('turned away: 400, 401, 403, 429 with Retry-After; nothing is taken', async (t) => {
  const { base } = await startSandbox(t);
  for (const status of [400, 401, 403, 429]) {
    await faults(base, { [`error${status}`]: true, query: { [`error${status}`]: 1 }, retryAfterS: 7 });
    const order = newOrder();
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await post(base, order);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('retry-after'), status === 400 ? null : '7');
      await answer.arrayBuffer();
    }
    assert.equal((await ask(base, order.endToEndId)).status, status);
    assert.equal((await ask(base, order.endToEndId)).status, 404);
  }
  assert.equal((await statement(base)).length, 0);
});

test('hanging before executing takes nothing; an order held up in the network comes later', async (t) => {
  const { base } = await startSandbox(t);
  await faults(base, { timeoutBeforeExecute: true });
  const lost = newOrder();
  await assert.rejects(post(base, lost, 200), { name: 'TimeoutError' });
  await faults(base, { arriveLate: 1, arriveLateMs: 300 });
  const late = newOrder();
  await assert.rejects(post(base, late, 100), { name: 'TimeoutError' });
  assert.equal((await ask(base, late.endToEndId)).status, 404);
  await eventually(async () => (await ask(base, late.endToEndId)).body.status === 'settled', 'it came');
  assert.equal((await ask(base, lost.endToEndId)).status, 404);
});

test('accepted and forgotten', async (t) => {
  const { base } = await startSandbox(t);
  await faults(base, { forget: 1 });
  const order = newOrder();
  const answer = await send(base, order);
  assert.deepEqual([answer.status, answer.body.status], [201, 'accepted']);
  assert.equal((await ask(base, order.endToEndId)).status, 404);
  assert.equal((await statement(base)).length, 0);
});

test('amounts, ids, statuses and reasons that are not as they should be', async (t) => {
  const { base } = await startSandbox(t);
  const order = newOrder();
  await send(base, order);
  await eventually(async () => (await ask(base, order.endToEndId)).body.status === 'settled', 'settled');
  const odd = async (fault: string) => {
    await faults(base, { query: { [fault]: 1 } });
    const { body } = await ask(base, order.endToEndId);
    assert.equal((await ask(base, order.endToEndId)).body.amount, '12.34');
    return body as Record<string, unknown>;
  };
  assert.ok(!('amount' in (await odd('amountMissing'))));
  assert.equal((await odd('amountOther')).amount, '12.35');
  assert.equal((await odd('amountNumber')).amount, 12.34);
  assert.equal((await odd('amountDecimals')).amount, '12.345');
  assert.ok(!('endToEndId' in (await odd('ownIdMissing'))));
  const other = (await odd('ownIdOther')).endToEndId as string;
  assert.ok(other !== order.endToEndId && other.length === 32);
  assert.equal((await odd('statusUnknown')).status, 'em-analise-parcial');
  assert.ok(((await odd('reasonNul')).reason as string).includes('\u0000'));
  assert.ok(!((await odd('reasonSurrogate')).reason as string).isWellFormed());
  assert.ok(((await odd('reasonLong')).reason as string).length > 20_000);
  // The same of the answer to an order.
  await faults(base, { answer: { statusUnknown: true } });
  assert.equal((await send(base)).body.status, 'em-analise-parcial');
});

test('a page instead of JSON, a failure inside a success, a code nobody knows; the order was taken', async (t) => {
  const { base } = await startSandbox(t);
  const expected: [string, number, RegExp][] = [
    ['html200', 200, /^<!DOCTYPE html>/],
    ['html502', 502, /^<!DOCTYPE html>/],
    ['failureInside', 201, /"error":\{"code":"QIT000500"/],
    ['unknownCode', 422, /"code":"ZZ99"/],
  ];
  for (const [fault, status, text] of expected) {
    await faults(base, { answer: { [fault]: true } });
    const order = newOrder();
    const answer = await post(base, order);
    assert.equal(answer.status, status);
    assert.match(await answer.text(), text);
    assert.equal((await ask(base, order.endToEndId)).status, 200);
  }
  for (const [path, group] of [
    [`/spi/statement?from=2026-01-01&to=2026-01-02`, 'statement'],
    ['/dict/resolve', 'dict'],
    ['/blocklist/check', 'blocklist'],
  ] as const) {
    await faults(base, { [group]: { html200: 1 } });
    const body = group === 'statement' ? undefined : JSON.stringify({ key: 'maria@exemplo.com.br' });
    const answer = await fetch(base + path, {
      method: body ? 'POST' : 'GET',
      headers: body ? headers : { authorization: headers.authorization },
      body,
    });
    assert.match(await answer.text(), /^<!DOCTYPE html>/, group);
  }
});

test('a body that is cut off, and one that drips', async (t) => {
  const { base } = await startSandbox(t);
  await faults(base, { answer: { cutOff: 1 } });
  const order = newOrder();
  await assert.rejects(post(base, order).then((answer) => answer.text()));
  assert.equal((await ask(base, order.endToEndId)).status, 200);
  await faults(base, { query: { dripMs: 5 } });
  const chunks = await new Promise<number>((resolve, reject) => {
    request(`${base}/spi/payments/${order.endToEndId}`, { headers }, (answer) => {
      let count = 0;
      answer.on('data', () => count++).on('end', () => resolve(count));
    })
      .on('error', reject)
      .end();
  });
  assert.ok(chunks > 20, String(chunks));
});

for (const [fault, first, then, lines] of [
  ['settledThenRejected', 'settled', 'rejected', ['out settled', 'in reversed']],
  ['rejectedThenSettled', 'rejected', 'settled', ['out rejected', 'out settled']],
] as const) {
  test(`${fault}: final, and then not; announced both times; in the statement; also over a restart`, async (t) => {
    const receiver = await startReceiver(t);
    const dataDir = makeFolder(t);
    const before = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
    await faults(before.base, { [fault]: 1, turnAfterMs: 400 });
    const order = newOrder();
    await send(before.base, order);
    await eventually(async () => (await ask(before.base, order.endToEndId)).body.status === first, first);
    await before.sandbox.close();
    const { base } = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
    await eventually(async () => (await ask(base, order.endToEndId)).body.status === then, then);
    await eventually(() => receiver.events.length === 2, 'both webhooks');
    assert.deepEqual(
      receiver.events.map(({ type }) => type),
      [`pix.${first}`, `pix.${then}`],
    );
    assert.deepEqual(
      (await statement(base)).map((line) => `${line.direction} ${line.status}`),
      lines,
    );
  });
}

test('switches for one payment or arrival alone, by payee key or request id', async (t) => {
  const { base } = await startSandbox(t);
  await faults(base, {
    error500: 1,
    only: { 'ana@exemplo.com.br': { error400: 2 }, 'bia@exemplo.com.br': {}, 'pedido-1': { query: { amountOther: true } } },
  });
  const own = newOrder({ payee: { key: 'ana@exemplo.com.br' } });
  assert.deepEqual([(await send(base, own)).status, (await send(base, own)).status, (await send(base, own)).status], [400, 400, 201]);
  // Those that are named there are spared what is meant for all.
  assert.equal((await send(base, newOrder({ payee: { key: 'bia@exemplo.com.br' } }))).status, 201);
  assert.equal((await send(base)).status, 500);
  const wish = { payeeKey: 'maria@exemplo.com.br', amount: '5.00', requestId: 'pedido-1' };
  const { body } = await call<{ endToEndId: string }>(base, 'POST', '/admin/receive', wish);
  assert.equal((await call(base, 'GET', `/spi/receipts/${body.endToEndId}`)).body.amount, '5.01');
  assert.deepEqual((await call(base, 'GET', '/admin/faults')).body.injected, { error400: 2, error500: 1, 'query.amountOther': 1 });
});

test('sent again after a restart, to be executed at once: it was executed, and is not again', async (t) => {
  const receiver = await startReceiver(t);
  const dataDir = makeFolder(t);
  const before = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
  const orders = [newOrder(), newOrder()];
  for (const order of orders) await send(before.base, order);
  await eventually(async () => (await statement(before.base)).filter((line) => line.status === 'settled').length === 2, 'settled');
  await before.sandbox.close();
  const { base } = await startSandbox(t, { webhookUrl: receiver.url, dataDir });
  for (const [at, switched] of [{ finalInPost: true }, { webhook: { beforeAnswer: true } }].entries()) {
    await faults(base, switched);
    assert.equal((await send(base, orders[at])).status, 200);
  }
  assert.equal((await statement(base)).length, 2);
});
