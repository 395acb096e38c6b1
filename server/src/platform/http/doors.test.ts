/** What nobody has to be known for is cheap: sizes, depths, methods, hosts, counts and flaws, each as a kind. */
import assert from 'node:assert/strict';
import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Type } from 'typebox';
import { createServiceTokens } from '../face/service-token.ts';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { App, Caller } from './app.ts';
import { explain } from './explain.ts';
import { EDGE_HEADER, edgeToken } from './from-edge.ts';
import { networkOf } from './limits.ts';
import { createHttpServer, type HttpServerOptions } from './server.ts';
import { compileValidator } from './validator.ts';

const person: Caller = { tenantId: newId(), actor: { kind: 'person', id: 'p' }, subjectId: newId(), scopes: new Set(['a']) };
let proved = 0;
async function makeApp(options: Partial<HttpServerOptions> = {}): Promise<App> {
  const app = await createHttpServer({
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    verifyToken: async () => {
      proved++;
      return person;
    },
    ratePerMinute: 0,
    ...options,
  });
  const body = Type.Object({ text: Type.Optional(Type.String({ maxLength: 10 })), inner: Type.Optional(Type.Unknown()) });
  app.post('/open', { config: { auth: 'public', idempotency: 'exempt: a test' }, schema: { body } }, async () => ({}));
  app.get('/mine', { config: { auth: { scopes: ['a'] } } }, async () => ({ mine: true }));
  app.get('/mine/:id', { config: { auth: { scopes: ['a'] } } }, async (_request, reply) =>
    reply.header('cache-control', 'private, max-age=2').send({}),
  );
  app.put('/mine/:id', { config: { auth: { scopes: ['a'] }, idempotency: 'exempt: a test' } }, async () => ({}));
  app.get('/who', { config: { auth: 'public' } }, async (request) => ({ ip: request.ip, host: request.host }));
  app.get('/desk-only', { config: { auth: 'public' }, constraints: { host: /^operacao\./ } }, async () => ({}));
  app.get(
    '/pages',
    { config: { auth: 'public' }, schema: { querystring: Type.Object({ limit: Type.Optional(Type.String({ pattern: '^[1-9]\\d?$' })) }) } },
    async () => ({}),
  );
  await app.ready();
  return app;
}
const json = { 'content-type': 'application/json' };
const bearer = { authorization: 'Bearer x' };

describe('bodies', () => {
  let app: App;
  before(async () => {
    app = await makeApp();
  });
  after(() => app.close());
  const post = (payload: string | Buffer) => app.inject({ method: 'POST', url: '/open', payload, headers: json });

  test('that are no UTF-8 are refused, wherever the bytes stand', async () => {
    for (const bytes of [
      Buffer.from('{"text":"p\xe3o"}', 'latin1'),
      Buffer.from('{"text":"a\xff"}', 'latin1'),
      Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d]),
    ]) {
      const answer = await post(bytes);
      assert.deepEqual([answer.statusCode, answer.json().code], [400, 'PLATFORM_BAD_REQUEST']);
      assert.match(answer.json().detail, /UTF-8/);
    }
    assert.equal((await post(Buffer.from('{"text":"pão"}'))).statusCode, 200);
  });

  test('however deep they nest, with whatever inside, are a refusal and never a fault', async () => {
    const nested = (open: string, inside: string, close: string, depth: number) =>
      `{"inner":${open.repeat(depth)}${inside}${close.repeat(depth)}}`;
    for (const depth of [70, 1_000, 1_500])
      for (const inside of ['"\\ud800"', '"\\u0000"', '1'])
        for (const [open, close] of [
          ['[', ']'],
          ['{"a":', '}'],
        ] as const)
          assert.equal((await post(nested(open, inside, close, depth))).statusCode, 400, `${open} ${inside} × ${depth}`);
    assert.equal((await post(nested('[', '1', ']', 20))).statusCode, 200);
    assert.equal((await post(JSON.stringify({ text: '[[{{', inner: '['.repeat(500) }))).statusCode, 200);
  });

  test('larger than most routes need are refused unread', async () => {
    assert.equal((await post(JSON.stringify({ inner: 'x'.repeat(17_000) }))).statusCode, 413);
  });
});

describe('validation', () => {
  const Batch = Type.Object(
    { commands: Type.Array(Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]), { maxItems: 2_000_000 }) },
    { additionalProperties: false },
  );
  const check = compileValidator({ schema: Batch });
  const timed = (value: unknown): number => {
    // Processor time: the machine may be busy with something else.
    const from = process.cpuUsage();
    assert.ok('error' in check(value));
    return process.cpuUsage(from).user / 1_000;
  };

  test('of what is wrong a million times costs no more than of what is wrong once', () => {
    timed({ commands: [1] });
    const wrong: unknown[] = [
      { commands: Array.from({ length: 1_000_000 }, () => 1) },
      { commands: Array.from({ length: 200_000 }, (_, n) => (n < 199_999 ? { a: 'x' } : { c: 1 })) },
      Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 1])),
      { commands: [], ...Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 1])) },
    ];
    for (const value of wrong) assert.ok(timed(value) < 1_500, `${timed(value)} ms`);
  });

  test('says where the first flaw of a large value is, and all flaws of a small one', () => {
    const large = { commands: Array.from({ length: 5_000 }, (_, n) => (n === 4_321 ? { a: 5 } : { a: 'x' })) };
    assert.match(explain(Batch, large)[0]!.pointer, /^\/commands\/4321/);
    const Two = Type.Object({ a: Type.String(), b: Type.Integer() });
    assert.deepEqual(
      explain(Two, { a: 1, b: 'x' }).map((one) => one.pointer),
      ['/a', '/b'],
    );
  });

  test('turns no text of an address into a number', async () => {
    const app = await makeApp();
    for (const limit of ['true', '1e1', '0x10', ' 5', '5.0', '+5', '', '100'])
      assert.equal((await app.inject(`/pages?limit=${encodeURIComponent(limit)}`)).statusCode, 400, limit);
    assert.equal((await app.inject('/pages?limit=10')).statusCode, 200);
    assert.throws(
      () => app.get('/wrong', { config: { auth: 'public' }, schema: { querystring: Type.Object({ n: Type.Integer() }) } }, () => ({})),
      /is no text|already/,
    );
    await app.close();
  });
});

describe('answers', () => {
  let app: App;
  before(async () => {
    app = await makeApp();
  });
  after(() => app.close());

  test('that only their caller may see are kept by nobody, refusals too, unless the route knows better', async () => {
    assert.equal((await app.inject({ url: '/mine', headers: bearer })).headers['cache-control'], 'no-store');
    assert.equal((await app.inject({ url: '/mine' })).headers['cache-control'], 'no-store');
    assert.equal((await app.inject({ url: '/mine/x', headers: bearer })).headers['cache-control'], 'private, max-age=2');
    const { headers } = await app.inject('/who');
    assert.deepEqual([headers['cache-control'], headers['x-frame-options']], [undefined, 'DENY']);
    assert.match(String(headers['permissions-policy']), /geolocation=\(\)/);
  });

  test('a method that an address does not take is 405 with those it takes, and reads no body', async () => {
    for (const [method, url, allow] of [
      ['DELETE', '/mine/x', 'GET, HEAD, PUT'],
      ['POST', '/mine', 'GET, HEAD'],
      ['PATCH', '/open?x=1', 'POST'],
      ['TRACE', '/open', 'POST'],
      ['OPTIONS', '/mine', 'GET, HEAD'],
    ] as const) {
      const answer = await app.inject({ method: method as 'GET', url, payload: '{"no json', headers: json });
      assert.deepEqual(
        [answer.statusCode, answer.json().code, answer.headers.allow],
        [405, 'PLATFORM_METHOD_NOT_ALLOWED', allow],
        `${method} ${url}`,
      );
    }
    assert.deepEqual([(await app.inject('/nothing')).statusCode, (await app.inject('/mine/x/y')).statusCode], [404, 404]);
    const asked = async (method: 'GET' | 'POST', host: string) =>
      (await app.inject({ method, url: '/desk-only', headers: { host } })).statusCode;
    assert.deepEqual([await asked('GET', 'operacao.banco'), await asked('POST', 'operacao.banco')], [200, 405]);
    assert.deepEqual([await asked('GET', 'banco'), await asked('POST', 'banco')], [404, 404], 'a route of another host is no address here');
  });

  test('two Host headers are refused', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const status = (headers: string[]) =>
      new Promise((resolve, reject) => {
        rawRequest({ port, path: '/who', headers, setHost: false }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
          .on('error', reject)
          .end();
      });
    assert.equal(await status(['Host', 'a.example', 'Host', 'b.example']), 400);
    assert.equal(await status(['Host', 'a.example']), 200);
  });
});

describe('counts', () => {
  test('a person has their own, whatever network they come from; a network has one, whoever comes', async () => {
    const app = await makeApp({ ratePerMinute: 3, trustProxy: true });
    const from = async (address: string, headers: Record<string, string> = bearer) =>
      (await app.inject({ url: '/mine', headers: { ...headers, 'x-forwarded-for': address } })).statusCode;
    const seen = [];
    for (let n = 0; n < 5; n++) seen.push(await from(`198.51.100.${n}`));
    assert.deepEqual(seen, [200, 200, 200, 429, 429]);
    const strangers = [];
    for (let n = 1; n <= 5; n++) strangers.push(await from(`2001:db8:0:7::${n}`, {}));
    assert.deepEqual(strangers, [401, 401, 401, 429, 429]);
    assert.equal(await from('2001:db8:0:8::1', {}), 401);
    await app.close();
  });

  test('a stranger is counted before a token is looked at', async () => {
    const app = await makeApp({ ratePerMinute: 1 });
    proved = 0;
    for (let n = 0; n < 4; n++) await app.inject({ url: '/mine', headers: bearer });
    assert.equal(proved, 1);
    await app.close();
  });

  test('networks: an IPv4 address, or 64 bits of an IPv6 one, however it is written', () => {
    assert.equal(networkOf('203.0.113.9'), '203.0.113.9');
    assert.equal(networkOf('::ffff:203.0.113.9'), '203.0.113.9');
    for (const one of ['2001:db8:0:7::1', '2001:0db8:0000:0007:ffff:1:2:3', '2001:DB8:0:7:0:0:0:1', '2001:db8:0:7::1%eth0'])
      assert.equal(networkOf(one), '2001:db8:0:7::/64', one);
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('2001:db8::'), '2001:db8:0:0::/64');
    assert.notEqual(networkOf('2001:db8:0:8::1'), networkOf('2001:db8:0:7::1'));
  });
});

test('on the internal port X-Forwarded-* count only from who proves to be our edge', async () => {
  const tokens = createServiceTokens(Buffer.alloc(32, 1), Date.now);
  const app = await makeApp({ trustProxy: true, believeEdge: tokens, ratePerMinute: 2 });
  const from = (address: string, edge?: string) =>
    app.inject({
      url: '/who',
      headers: { 'x-forwarded-for': address, 'x-forwarded-host': 'bank.example', ...(edge ? { [EDGE_HEADER]: edge } : {}) },
    });
  const proof = edgeToken(tokens);
  for (let n = 0; n < 5; n++) assert.deepEqual((await from('198.51.100.7', proof)).json(), { ip: '198.51.100.7', host: 'bank.example' });
  const forged = [
    undefined,
    'x',
    `${proof}x`,
    edgeToken(createServiceTokens(Buffer.alloc(32, 2), Date.now)),
    tokens.sign({ audience: 'ledger', tenantId: newId(), actor: person.actor }),
  ];
  const seen = [];
  for (const [n, one] of forged.entries()) seen.push((await from(`198.51.100.${n}`, one)).statusCode);
  assert.deepEqual(seen, [200, 200, 429, 429, 429]);
  await app.close();
});
