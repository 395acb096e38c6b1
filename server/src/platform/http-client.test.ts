import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';

const closes: (() => unknown)[] = [];
after(() => Promise.all(closes.map((close) => close())));

async function open(listener: RequestListener, options: Partial<HttpClientOptions> = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 2,
    queue: 2,
    ...options,
  });
  closes.push(
    () => client.destroy(),
    () => server.close(),
  );
  return client;
}
const ask = { method: 'GET', path: '/', headers: {} } as const;

test('an answer longer than agreed is no answer, however it comes', async () => {
  for (const chunked of [true, false]) {
    const client = await open(
      (_request, response) => {
        if (!chunked) response.setHeader('content-length', 2_000);
        response.end('x'.repeat(2_000));
      },
      { mostBytes: 1_000 },
    );
    assert.equal((await client.send(ask, 5_000)).kind, 'unclear');
  }
  const client = await open((_request, response) => response.end('x'.repeat(1_000)), { mostBytes: 1_000 });
  const sent = await client.send(ask, 5_000);
  assert.ok(sent.kind === 'answered' && sent.body.length === 1_000);
});

test('answers that say the other side is ill are answers, and open the breaker', async () => {
  let asked = 0;
  const client = await open((_request, response) => response.writeHead(++asked && 503).end('no'), {
    isIll: (status) => status >= 500,
    breaker: { threshold: 0.5, duration: 1_000, minimumRps: 1, halfOpenAfter: 60_000 },
  });
  const first = await client.send(ask, 5_000);
  assert.ok(first.kind === 'answered' && first.status === 503);
  for (let nth = 0; nth < 20; nth++) await client.send(ask, 5_000);
  assert.ok(asked < 10, `${asked} requests`);
  assert.equal((await client.send(ask, 5_000)).kind, 'not-sent');
});

test('time counts from the call; what waits too many deep is refused at once', async () => {
  const client = await open(() => undefined, { connections: 1, queue: 1 });
  const from = performance.now();
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => client.send(ask, 300)));
  assert.ok(performance.now() - from < 5_000);
  assert.ok(first!.kind === 'unclear' && first!.late);
  assert.ok(second!.kind !== 'answered');
  assert.equal(third!.kind, 'not-sent');
});
