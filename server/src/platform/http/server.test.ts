import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Type } from 'typebox';
import { refusePlatform } from '../errors.ts';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type App, type Caller, callerOf, idempotencyKeyOf } from './app.ts';
import { createHttpServer, type HttpServerOptions } from './server.ts';

const caller: Caller = { tenantId: newId(), actor: { kind: 'service', id: 'test' }, scopes: new Set(['things:read', 'things:write']) };
const logged: string[] = [];
const log = createLogger({ write: (line) => logged.push(line) });

async function makeApp(options: Partial<HttpServerOptions> = {}): Promise<App> {
  return createHttpServer({
    log,
    metrics: createMetrics(),
    verifyToken: async (token) => {
      if (token === 'good') return caller;
      if (token === 'weak') return { ...caller, scopes: new Set() };
      throw refusePlatform('PLATFORM_UNAUTHENTICATED');
    },
    ...options,
  });
}

function addThings(app: App): void {
  app.post(
    '/things',
    {
      config: { auth: { scopes: ['things:write'] }, idempotency: 'required' },
      schema: {
        body: Type.Object({
          count: Type.Integer({ minimum: 1 }),
          inner: Type.Optional(Type.Object({ a: Type.String() }, { additionalProperties: false })),
        }),
      },
    },
    async (request) => ({ tenant: callerOf(request).tenantId, key: idempotencyKeyOf(request) }),
  );
  app.get(
    '/things',
    {
      config: { auth: { scopes: ['things:read'] } },
      schema: { querystring: Type.Object({ q: Type.Optional(Type.String({ maxLength: 3 })) }) },
    },
    () => ({ ok: true }),
  );
  app.get('/open', { config: { auth: 'public' } }, () => ({ ok: true }));
  app.get('/broken', { config: { auth: 'public' } }, () => {
    throw new Error('password=hunter2 for 529.982.247-25');
  });
  app.get('/rare', { config: { auth: 'public', ratePerMinute: 3 } }, () => ({ ok: true }));
}

const key = 'k'.repeat(16);
const bearer = { authorization: 'Bearer good' };

describe('the edge', () => {
  let app: App;
  before(async () => {
    app = await makeApp({ ratePerMinute: 0, docs: true, bodyLimit: 1_000 });
    addThings(app);
    await app.ready();
  });
  after(() => app.close());
  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/things',
      payload: payload as object,
      headers: { 'content-type': 'application/json', 'idempotency-key': key, ...bearer, ...headers },
    });

  test('a proved caller with the scope and a key gets through', async () => {
    const answer = await post({ count: 1 });
    assert.deepEqual([answer.statusCode, answer.json()], [200, { tenant: caller.tenantId, key }]);
  });

  test('a wrong type, a missing and an extra field are 400 and say where, and nothing is coerced', async () => {
    const cases: [unknown, RegExp][] = [
      [{ count: '1' }, /^\/body\/count/],
      [{ count: 1.5 }, /^\/body\/count/],
      [{ count: 0 }, /^\/body\/count/],
      [{ count: null }, /^\/body\/count/],
      [{}, /^\/body/],
      [{ count: 1, more: true }, /^\/body/],
      [{ count: 1, inner: { a: 'x', more: 1 } }, /^\/body\/inner/],
      [[], /^\/body/],
      ['null', /^\/body/],
      ['', /^\/body/],
    ];
    for (const [payload, pointer] of cases) {
      const answer = await post(payload);
      const problem = answer.json();
      assert.deepEqual([answer.statusCode, problem.code], [400, 'PLATFORM_BAD_REQUEST'], JSON.stringify(payload));
      assert.match(problem.errors[0].pointer, pointer, JSON.stringify(payload));
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    }
  });

  test('broken JSON, poisoned prototypes and foreign types are refused', async () => {
    for (const payload of ['{"count":', '{"count":1,"__proto__":{"admin":true}}', '{"count":1,"constructor":{"prototype":{"a":1}}}'])
      assert.equal((await post(payload)).json().code, 'PLATFORM_BAD_REQUEST', payload);
    assert.equal(
      (await post('count=1', { 'content-type': 'application/x-www-form-urlencoded' })).json().code,
      'PLATFORM_UNSUPPORTED_MEDIA',
    );
  });

  test('a body too large is 413, announced or not', async () => {
    const answer = await post({ count: 1, inner: { a: 'x'.repeat(1_000) } });
    assert.deepEqual([answer.statusCode, answer.json().code], [413, 'PLATFORM_TOO_LARGE']);
  });

  test('no token, a bad one, and one without the scope are told apart, and told how', async () => {
    const get = (authorization?: string) => app.inject({ url: '/things', headers: authorization ? { authorization } : {} });
    for (const [authorization, status, code, challenge] of [
      [undefined, 401, 'PLATFORM_UNAUTHENTICATED', /^Bearer$/],
      ['Basic Z29vZA==', 401, 'PLATFORM_UNAUTHENTICATED', /^Bearer$/],
      ['Bearer bad', 401, 'PLATFORM_UNAUTHENTICATED', /invalid_token/],
      ['Bearer weak', 403, 'PLATFORM_FORBIDDEN', /insufficient_scope.*things:read/],
    ] as const) {
      const answer = await get(authorization);
      assert.deepEqual([answer.statusCode, answer.json().code], [status, code], authorization);
      assert.match(String(answer.headers['www-authenticate']), challenge);
    }
    assert.equal((await get('bearer good')).statusCode, 200);
  });

  test('who may not call learns nothing about the body', async () => {
    const answer = await post({ nonsense: true }, { authorization: 'Bearer weak' });
    assert.equal(answer.statusCode, 403);
  });

  test('a state-changing route wants an idempotency key of sane length', async () => {
    for (const bad of ['', 'short', 'x'.repeat(129), 'with space in the middle', 'çççççççççççççççç']) {
      const answer = await post({ count: 1 }, { 'idempotency-key': bad });
      assert.deepEqual([answer.statusCode, answer.json().code], [400, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED'], bad);
      assert.equal(/^Falta/.test(answer.json().title), bad === '', 'that it is missing is said only when it is');
    }
    const twice = await post({ count: 1 }, { 'idempotency-key': 'one-key-of-good-length, one-key-of-good-length' });
    assert.match(twice.json().detail, /mais de uma vez/);
  });

  test('queries refuse fields they do not know', async () => {
    assert.equal((await app.inject({ url: '/things?q=abc', headers: bearer })).statusCode, 200);
    for (const query of ['q=abcd', 'other=1'])
      assert.equal((await app.inject({ url: `/things?${query}`, headers: bearer })).statusCode, 400, query);
  });

  test('an unexpected fault is a 500 that keeps its message to itself; the log has it, without personal data', async () => {
    logged.length = 0;
    const answer = await app.inject('/broken');
    assert.deepEqual([answer.statusCode, answer.json().code], [500, 'PLATFORM_INTERNAL']);
    assert.ok(!answer.body.includes('hunter2'));
    const line = logged.find((one) => one.includes('request failed'));
    assert.ok(line?.includes('hunter2') && line.includes('[doc]') && !line.includes('529.982.247-25'));
  });

  test('what is not there is a problem document, too', async () => {
    const answer = await app.inject({ url: '/nowhere', headers: bearer });
    assert.deepEqual([answer.statusCode, answer.json().code], [404, 'PLATFORM_NOT_FOUND']);
  });

  test('every answer carries the security headers', async () => {
    for (const url of ['/open', '/nowhere', '/broken', '/things']) {
      const { headers } = await app.inject(url);
      assert.match(String(headers['content-security-policy']), /default-src 'none'/, url);
      assert.deepEqual([headers['x-content-type-options'], headers['x-frame-options']], ['nosniff', 'DENY'], url);
      assert.equal(headers['x-powered-by'], undefined);
    }
  });

  test('the description names each route with its guard', async () => {
    const { paths } = (await app.inject('/openapi.json')).json();
    assert.deepEqual(paths['/things'].post.security, [{ bearer: ['things:write'] }]);
    assert.equal(paths['/things'].post.requestBody.content['application/json'].schema.additionalProperties, false);
  });
});

describe('a route that does not say enough stops the start', () => {
  const cases: [string, (app: App) => void, RegExp][] = [
    ['who may call it', (app) => app.get('/x', () => ({})), /GET \/x does not say who may call it/],
    [
      'how repeating it is harmless',
      (app) => app.post('/x', { config: { auth: 'public' } }, () => ({})),
      /POST \/x does not say how repeating/,
    ],
    [
      'either, among several methods',
      (app) => app.route({ method: ['GET', 'DELETE'], url: '/x', config: { auth: 'public' }, handler: () => ({}) }),
      /does not say how/,
    ],
  ];
  for (const [what, add, message] of cases) {
    test(what, async () => {
      const app = await makeApp();
      assert.throws(() => add(app), message);
      await app.close();
    });
  }

  test('also inside a module’s own scope', async () => {
    const app = await makeApp();
    app.register(async (scope) => {
      scope.get('/hidden', () => ({}));
    });
    await assert.rejects(async () => app.ready(), /GET \/hidden does not say who may call it/);
  });
});

test('more requests than allowed are 429 with the time to wait, counted for each address', async () => {
  const app = await makeApp({ ratePerMinute: 5, trustProxy: true });
  addThings(app);
  await app.ready();
  const from = async (url: string, address: string) => {
    const answer = await app.inject({ url, headers: { 'x-forwarded-for': address } });
    return { status: answer.statusCode, answer };
  };
  const statuses: number[] = [];
  for (let n = 0; n < 7; n++) statuses.push((await from('/open', '198.51.100.1')).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
  const { answer } = await from('/open', '198.51.100.1');
  assert.equal(answer.json().code, 'PLATFORM_TOO_MANY_REQUESTS');
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  const wait = Number(answer.headers['retry-after']);
  assert.ok(wait >= 1 && wait <= 60, String(answer.headers['retry-after']));
  assert.equal((await from('/open', '198.51.100.2')).status, 200);
  const rare: number[] = [];
  for (let n = 0; n < 4; n++) rare.push((await from('/rare', '198.51.100.3')).status);
  assert.deepEqual(rare, [200, 200, 200, 429]);
  await app.close();
});

test('an address is believed from a proxy only when proxies are trusted', async () => {
  const app = await makeApp({ ratePerMinute: 1 });
  addThings(app);
  await app.ready();
  const from = (address: string) => app.inject({ url: '/open', headers: { 'x-forwarded-for': address } });
  assert.deepEqual([(await from('198.51.100.1')).statusCode, (await from('198.51.100.2')).statusCode], [200, 429]);
  await app.close();
});

test('a draining process refuses new requests, and finishes those under way', async () => {
  let isDraining = false;
  let release: () => void = () => undefined;
  const app = await makeApp({ draining: () => isDraining });
  app.get('/slow', { config: { auth: 'public' } }, async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { ok: true };
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const slow = fetch(`${url}/slow`);
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  isDraining = true;
  const refused = await fetch(`${url}/slow`);
  assert.deepEqual([refused.status, refused.headers.get('retry-after'), refused.headers.get('connection')], [503, '2', 'close']);
  assert.equal(((await refused.json()) as { code: string }).code, 'PLATFORM_UNAVAILABLE');
  release();
  assert.equal((await slow).status, 200);
  await app.close();
});
