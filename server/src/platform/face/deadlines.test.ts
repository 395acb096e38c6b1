import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Type } from 'typebox';
import { createHttpServer } from '../http/server.ts';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { connectFace } from './call.ts';
import { defineContract } from './contract.ts';
import { LEFT_HEADER, serveFace } from './serve.ts';
import { createServiceTokens } from './service-token.ts';

const contract = defineContract('echo', {
  say: { input: Type.Object({ text: Type.String() }), output: Type.Object({ got: Type.Unknown() }) },
});
const tokens = createServiceTokens(Buffer.alloc(32, 7), Date.now);
const ctx = { tenantId: newId(), actor: { kind: 'system', id: 'test' } } as const;

async function served(strict: boolean, log: string[] = [], now = Date.now) {
  const app = await createHttpServer({
    log: createLogger({ level: 'warn', write: (line) => log.push(line) }),
    metrics: createMetrics(),
    verifyToken: async () => assert.fail(),
    ratePerMinute: 0,
  });
  serveFace(app, contract, { say: async (_ctx, got) => ({ got }) }, tokens, now, { strict });
  return app;
}
const headers = () => ({ 'content-type': 'application/json', authorization: `Bearer ${tokens.sign({ audience: 'echo', ...ctx })}` });

test('a call ends when its time is over, also while it waits in line behind others', { timeout: 30_000 }, async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const face = connectFace(contract, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, tokens, Date.now);
  const times = await Promise.all(
    Array.from({ length: 160 }, async () => {
      const from = performance.now();
      await assert.rejects(face.say({ ...ctx, deadlineMs: Date.now() + 1_000 }, { text: 'x' }), /PLATFORM_(DEADLINE|UNAVAILABLE)/);
      return performance.now() - from;
    }),
  );
  assert.ok(Math.max(...times) < 2_500, `the last one after ${Math.round(Math.max(...times))} ms`);
  silent.close();
});

test('the line has an end: what is more is refused at once', { timeout: 30_000 }, async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const face = connectFace(contract, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, tokens, Date.now);
  const waiting = Array.from({ length: 2_032 }, () =>
    face.say({ ...ctx, deadlineMs: Date.now() + 3_000 }, { text: 'x' }).catch(() => undefined),
  );
  const from = performance.now();
  await assert.rejects(face.say({ ...ctx, deadlineMs: Date.now() + 3_000 }, { text: 'x' }), { code: 'PLATFORM_UNAVAILABLE' });
  assert.ok(performance.now() - from < 1_000);
  await Promise.all(waiting);
  silent.close();
});

test('time travels as what is left: another machine a day ahead, or behind, answers all the same', async () => {
  for (const skewMs of [86_400_000, -86_400_000]) {
    const app = await served(true, [], () => Date.now() + skewMs);
    const send = (left: string) =>
      app.inject({ method: 'POST', url: '/_face/echo/say', payload: { text: 'x' }, headers: { ...headers(), [LEFT_HEADER]: left } });
    // The token's own minute is another clock's affair; here both sign and check with one.
    assert.equal((await send('5000')).statusCode, 200);
    for (const left of ['0', '-5', 'soon', 'NaN']) assert.equal((await send(left)).statusCode, 504, left);
    await app.close();
  }
});

test('without a token nothing of a body is read, and nothing of its shape is told', async () => {
  const app = await served(true);
  for (const payload of ['{"text":5}', '{"no json', JSON.stringify({ text: 'x'.repeat(100_000) })]) {
    const answer = await app.inject({
      method: 'POST',
      url: '/_face/echo/say',
      payload,
      headers: { 'content-type': 'application/json', authorization: 'Bearer x.y.z' },
    });
    assert.deepEqual([answer.statusCode, answer.json().code, answer.json().errors], [401, 'PLATFORM_UNAUTHENTICATED', undefined]);
  }
  await app.close();
});

test('a field of the next version is left out and logged in production, and refused in tests; what is wrong is wrong in both', async () => {
  const log: string[] = [];
  const [production, tests] = [await served(false, log), await served(true)];
  const send = (app: typeof tests, payload: object) => app.inject({ method: 'POST', url: '/_face/echo/say', payload, headers: headers() });
  const tolerated = await send(production, { text: 'x', newer: 1 });
  assert.deepEqual([tolerated.statusCode, tolerated.json().result], [200, { got: { text: 'x' } }]);
  assert.match(log.join(), /newer/);
  assert.equal((await send(tests, { text: 'x', newer: 1 })).statusCode, 400);
  for (const app of [production, tests]) assert.equal((await send(app, { text: 5, newer: 1 })).statusCode, 400);
  await production.close();
  await tests.close();
});
