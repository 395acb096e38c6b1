import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createAsk } from './line.ts';
import { pixSandbox } from './pix-sandbox/adapter.ts';
import { openDirectory } from './pix-sandbox/directory.ts';

const servers: { close(): void; closeAllConnections(): void }[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json = (reply: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const order = {
  endToEndId: `E12345678202601010000${'a'.repeat(11)}`,
  amount: '10.00',
  payer: { ispb: '12345678', branch: '0001', account: '1', taxId: '52998224725', name: 'Ana' },
  payee: { key: 'k', ispb: '87654321', branch: '0001', account: '2' },
};

test('sending and asking hang: the directory has connections of its own and answers at once', async (t) => {
  const url = await serve((request, reply) => {
    if (request.url === '/dict/resolve') json(reply, 404, { code: 'NOT_FOUND' });
  });
  const limits = { timeoutMs: 3_000, queueMs: 3_000 };
  const rail = pixSandbox.open({ settings: { url }, secrets: { apiKey: 'k', webhookSecret: 's' }, ...limits });
  const directory = openDirectory({ url, apiKey: 'k', ...limits });
  t.after(() => Promise.all([rail.close(), directory.close()]));
  const hanging = [
    ...Array.from({ length: 100 }, () => rail.submitPayment(order, 1_000n)),
    ...Array.from({ length: 100 }, () => rail.queryPayment(order.endToEndId, 1_000n)),
  ];
  await new Promise((resolve) => setTimeout(resolve, 100));
  const began = performance.now();
  assert.deepEqual(await directory.resolveKey('k'), { kind: 'not-found' });
  assert.ok(performance.now() - began < 1_500, 'not behind those that hang');
  await Promise.all(hanging);
});

test('questions about payments are answered by pages: the statement is read all the same', async (t) => {
  const url = await serve((request, reply) => {
    if (request.url?.startsWith('/spi/statement')) return json(reply, 200, { lines: [], nextCursor: null });
    reply.writeHead(502, { 'content-type': 'text/html' }).end('<html>');
  });
  const rail = pixSandbox.open({ settings: { url }, secrets: { apiKey: 'k', webhookSecret: 's' }, timeoutMs: 3_000, queueMs: 3_000 });
  t.after(() => rail.close());
  for (let call = 0; call < 60; call++) await rail.queryPayment(order.endToEndId, 1_000n);
  const page = await rail.statementPage({ from: '2026-01-01', to: '2026-01-02' });
  assert.deepEqual(page, { kind: 'found', value: { lines: [], nextCursor: null } });
});

test('what gets no turn in time was never sent, is told so then and not later, and new payments hear that it is busy', async (t) => {
  let arrived = 0;
  const url = await serve(() => {
    arrived++;
  });
  const ask = createAsk({ url, timeoutMs: 1_500, queueMs: 300, concurrency: 2 });
  t.after(() => ask.close());
  assert.equal(ask.isBusy(), false);
  const began = performance.now();
  const answers = Promise.all(
    Array.from({ length: 30 }, async () => ({ answer: await ask('POST', '/x', {}), afterMs: performance.now() - began })),
  );
  // The first are refused after 300 ms, and it says so for as long again.
  await new Promise((resolve) => setTimeout(resolve, 450));
  assert.equal(ask.isBusy(), true);
  const refused = (await answers).filter(({ answer }) => answer.kind === 'not-sent');
  assert.equal(refused.length, 28);
  for (const { answer, afterMs } of refused) {
    assert.equal('why' in answer && answer.why, 'PROVIDER_BUSY');
    assert.ok(afterMs < 1_200, `told after ${Math.round(afterMs)} ms`);
  }
  assert.equal(arrived, 2, 'none of them was sent');
});

test('429 names the time: nothing more goes out until then, and it is no failure for the breaker', async (t) => {
  let arrived = 0;
  const url = await serve((_request, reply) => {
    arrived++;
    json(reply, 429, {}, { 'retry-after': '1' });
  });
  const ask = createAsk({ url, timeoutMs: 1_000, queueMs: 1_000, concurrency: 8 });
  t.after(() => ask.close());
  for (let call = 0; call < 50; call++) await ask('POST', '/x', { call });
  assert.equal(arrived, 2, 'two different ones were turned away');
  const answer = await ask('POST', '/x', {});
  assert.ok(answer.kind === 'not-sent' && answer.why === 'PAUSED_BY_PROVIDER' && answer.retryAfterMs! > 0 && answer.retryAfterMs! <= 1_000);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  await ask('POST', '/x', {});
  assert.equal(arrived, 3, 'and then it is asked again');
});

test('one matter that is turned away again and again holds up no other', async (t) => {
  let others = 0;
  const url = await serve((request, reply) => {
    request.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('unlucky')) return json(reply, 429, {}, { 'retry-after': '900' });
      others++;
      json(reply, 200, {});
    });
  });
  const ask = createAsk({ url, timeoutMs: 1_000, queueMs: 1_000, concurrency: 8 });
  t.after(() => ask.close());
  for (let call = 0; call < 5; call++) {
    const answers = [
      await ask('POST', '/x', { id: 'unlucky' }),
      await ask('POST', '/x', { id: 'unlucky' }),
      await ask('POST', '/x', { call }),
    ];
    assert.deepEqual(
      answers.map((answer) => answer.kind === 'answered' && answer.status),
      [429, 429, 200],
    );
  }
  assert.equal(others, 5);
});

test('refusals of any kind are answers: the breaker stays closed; pages and cut-off bodies are none', async (t) => {
  const url = await serve((request, reply) => {
    if (request.url === '/refused') return json(reply, 400, { code: 'INVALID_REQUEST' });
    if (request.url === '/page') return reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    reply.writeHead(200, { 'content-length': 100 }).write('{"a"');
    setTimeout(() => reply.destroy(), 20);
  });
  const ask = createAsk({ url, timeoutMs: 1_000, queueMs: 1_000, concurrency: 8 });
  t.after(() => ask.close());
  for (let call = 0; call < 60; call++) {
    const answer = await ask('POST', '/refused', {});
    assert.equal(answer.kind, 'answered');
  }
  assert.equal((await ask('GET', '/page')).kind, 'unclear');
  assert.equal((await ask('GET', '/cut')).kind, 'unclear');
});
