import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Type } from 'typebox';
import type { CallContext } from '../context.ts';
import { AppError, defineErrors } from '../errors.ts';
import type { App } from '../http/app.ts';
import { createHttpServer } from '../http/server.ts';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { connectFace, localFace } from './call.ts';
import { defineContract, type Face } from './contract.ts';
import { serveFace } from './serve.ts';
import { createServiceTokens } from './service-token.ts';

const STEP_UP = { binding: 'ab', acr: 'aal2' as const, maxAgeS: 300, ways: ['totp'], reasons: ['amount'] };
const refuse = defineErrors({ ECHO_FULL: { status: 422, title: 'Cheio', action: 'Espere.', en: { title: 'Full', action: 'Wait.' } } });
const contract = defineContract('echo', {
  say: {
    input: Type.Object({ text: Type.String({ maxLength: 20 }), times: Type.Optional(Type.Integer({ minimum: 1 })) }),
    output: Type.Object({
      said: Type.Array(Type.String()),
      none: Type.Null(),
      by: Type.String(),
      tenant: Type.String(),
      key: Type.String(),
    }),
  },
  refuse: { input: Type.Object({}), output: Type.Null() },
  nothing: { input: Type.Object({}), output: Type.Null() },
  fail: { input: Type.Object({}), output: Type.Null() },
  sleep: { input: Type.Object({ ms: Type.Integer() }), output: Type.Null() },
});
let calls = 0;
const impl: Face<typeof contract> = {
  async say(ctx, { text, times }) {
    calls++;
    const said = Array.from({ length: times ?? 1 }, () => text);
    // What plain JSON cannot hold must not pass in one process and fail in two.
    const untidy = {
      said,
      none: null,
      by: `${ctx.actor.kind} ${ctx.actor.id}`,
      tenant: ctx.tenantId,
      key: ctx.idempotencyKey ?? '-',
      gone: undefined,
    };
    return untidy as never;
  },
  refuse: async () => {
    throw refuse('ECHO_FULL', {
      detail: { pt: 'São 3.', en: 'There are 3.' },
      retryAfterSeconds: 7,
      errors: [{ pointer: '/a', detail: { pt: 'b', en: 'c' } }],
      stepUp: STEP_UP,
      cause: new Error('secret'),
    });
  },
  nothing: async () => undefined as never,
  fail: async () => {
    throw new Error('secret');
  },
  sleep: (_ctx, { ms }) => new Promise((resolve) => setTimeout(() => resolve(null), ms)),
};

const secret = Buffer.alloc(32, 7);
let nowMs = Date.parse('2026-03-10T12:00:00Z');
const now = () => nowMs;
const ctx: CallContext = { tenantId: newId(), actor: { kind: 'person', id: newId() }, idempotencyKey: 'k'.repeat(16) };

async function served(options: { tokens?: ReturnType<typeof createServiceTokens> } = {}): Promise<{ app: App; url: string }> {
  const app = await createHttpServer({
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    verifyToken: async () => assert.fail('faces have tokens of their own'),
    ratePerMinute: 0,
  });
  serveFace(app, contract, impl, options.tokens ?? createServiceTokens(secret, now), now);
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => (error instanceof AppError ? { refused: error.data } : { failed: true }),
  );
}

describe('a face gives the same whether the module is in this process or in another', () => {
  let app: App;
  let url: string;
  let remote: ReturnType<typeof connectFace<typeof contract>>;
  const local = localFace(contract, impl, { checked: true });

  before(async () => {
    ({ app, url } = await served());
    remote = connectFace(contract, url, createServiceTokens(secret, now), now);
  });
  after(async () => {
    await remote.close();
    await app.close();
  });

  const both = async (call: (face: Face<typeof contract>) => Promise<unknown>) => [await outcome(call(local)), await outcome(call(remote))];

  test('results, with the caller’s tenant, actor and idempotency key', async () => {
    const [here, there] = await both((face) => face.say(ctx, { text: 'olá', times: 2 }));
    assert.deepEqual(here, there);
    assert.deepEqual(here, {
      value: { said: ['olá', 'olá'], none: null, by: `person ${ctx.actor.id}`, tenant: ctx.tenantId, key: ctx.idempotencyKey },
    });
    assert.deepEqual(await both((face) => face.nothing(ctx, {})), [{ value: null }, { value: null }]);
  });

  test('refusals, word for word, without what caused them', async () => {
    const [here, there] = await both((face) => face.refuse(ctx, {}));
    assert.deepEqual(here, there);
    assert.deepEqual((here as { refused: unknown }).refused, {
      code: 'ECHO_FULL',
      status: 422,
      title: 'Cheio',
      action: 'Espere.',
      en: { title: 'Full', action: 'Wait.' },
      detail: { pt: 'São 3.', en: 'There are 3.' },
      retryAfterSeconds: 7,
      errors: [{ pointer: '/a', detail: { pt: 'b', en: 'c' } }],
      stepUp: STEP_UP,
    });
  });

  test('bad input is refused before the module sees it: wrong types, missing and extra fields', async () => {
    calls = 0;
    for (const input of [{ text: 5 }, {}, { text: 'x', more: 1 }, { text: 'x'.repeat(21) }, { text: 'x', times: 0.5 }, null, []]) {
      const codes = (await both((face) => face.say(ctx, input as never))).map(
        (one) => (one as { refused?: { code: string } }).refused?.code,
      );
      assert.deepEqual(codes, ['PLATFORM_BAD_REQUEST', 'PLATFORM_BAD_REQUEST'], JSON.stringify(input));
    }
    assert.equal(calls, 0);
  });

  test('an unexpected fault says nothing of itself to another process', async () => {
    assert.deepEqual(await outcome(local.fail(ctx, {})), { failed: true });
    const there = (await outcome(remote.fail(ctx, {}))) as { refused: { code: string } };
    assert.equal(there.refused.code, 'PLATFORM_INTERNAL');
    assert.ok(!JSON.stringify(there).includes('secret'));
  });

  test('what arrives in another process is a copy here, too', async () => {
    const input = { text: 'a' };
    const keep = localFace(
      contract,
      { ...impl, say: async (_ctx, given) => Object.assign(given, { text: 'changed' }) as never },
      { checked: true },
    );
    await outcome(keep.say(ctx, input));
    assert.deepEqual(input, { text: 'a' });
  });

  test('a call whose deadline has passed is not made; one that runs out says that its outcome is unknown', async () => {
    calls = 0;
    await assert.rejects(remote.say({ ...ctx, deadlineMs: nowMs - 1 }, { text: 'x' }), { code: 'PLATFORM_DEADLINE' });
    assert.equal(calls, 0);
    await assert.rejects(remote.sleep({ ...ctx, deadlineMs: nowMs + 100 }, { ms: 3_000 }), { code: 'PLATFORM_DEADLINE' });
    // Late on the way: the serving side looks, too.
    const answer = await fetch(`${url}/_face/echo/say`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${createServiceTokens(secret, now).sign({ audience: 'echo', tenantId: ctx.tenantId, actor: ctx.actor })}`,
        'x-deadline': String(nowMs - 1),
      },
      body: '{"text":"x"}',
    });
    assert.equal(answer.status, 504);
    assert.equal(calls, 0);
  });
});

describe('calls between processes prove themselves', () => {
  let app: App;
  const claims = { audience: 'echo', tenantId: ctx.tenantId, actor: ctx.actor };
  before(async () => {
    ({ app } = await served());
  });
  after(() => app.close());
  const post = (authorization?: string) =>
    app.inject({
      method: 'POST',
      url: '/_face/echo/say',
      payload: { text: 'x' },
      headers: authorization === undefined ? {} : { authorization },
    });

  test('no token, a forged one, one for another module, one cut short', async () => {
    const tokens = createServiceTokens(secret, now);
    const good = tokens.sign(claims);
    assert.equal((await post(`Bearer ${good}`)).statusCode, 200);
    const [head, body, mac] = good.split('.') as [string, string, string];
    const forgedBody = Buffer.from(JSON.stringify({ aud: 'echo', tid: newId(), act: ctx.actor, exp: 9e9 })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const bad = [
      undefined,
      '',
      'Bearer ',
      'Bearer a.b.c',
      `Bearer ${head}.${body}.`,
      `Bearer ${head}.${body}`,
      `Bearer ${head}.${forgedBody}.${mac}`,
      `Bearer ${none}.${body}.`,
      `Bearer ${tokens.sign({ ...claims, audience: 'ledger' })}`,
      `Bearer ${createServiceTokens(Buffer.alloc(32, 8), now).sign(claims)}`,
    ];
    for (const authorization of bad) assert.equal((await post(authorization)).json().code, 'PLATFORM_UNAUTHENTICATED', authorization);
  });

  test('a token lives for a minute, and the caller makes a new one in time', async () => {
    const tokens = createServiceTokens(secret, now);
    const token = tokens.sign(claims);
    assert.equal(tokens.sign(claims), token);
    nowMs += 31_000;
    assert.notEqual(tokens.sign(claims), token);
    assert.equal((await post(`Bearer ${token}`)).statusCode, 200);
    nowMs += 29_000;
    assert.equal((await post(`Bearer ${token}`)).statusCode, 401);
  });

  test('a token that was seen is worth nothing but the call it came with: no other body, path, key or call without the MAC', async () => {
    const tokens = createServiceTokens(secret, now);
    const [path, body, key] = ['/_face/echo/say', '{"text":"x"}', 'k'.repeat(16)];
    const { token, mac } = tokens.signCall(claims, { path, idempotencyKey: key, body });
    const send = (over: { url?: string; payload?: string; key?: string | undefined; mac?: string | undefined }) =>
      app.inject({
        method: 'POST',
        url: over.url ?? path,
        payload: over.payload ?? body,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...('key' in over ? (over.key ? { 'idempotency-key': over.key } : {}) : { 'idempotency-key': key }),
          ...('mac' in over ? (over.mac ? { 'x-lastro-mac': over.mac } : {}) : { 'x-lastro-mac': mac }),
        },
      });
    assert.equal((await send({})).statusCode, 200);
    const elsewhere = tokens.signCall({ ...claims, tenantId: newId() }, { path, idempotencyKey: key, body });
    for (const over of [
      { payload: '{"text":"y"}' },
      { payload: '' },
      { url: '/_face/echo/fail' },
      { url: '/_face/echo/say?a=1' },
      { key: 'l'.repeat(16) },
      { key: undefined },
      { mac: undefined },
      { mac: '' },
      { mac: elsewhere.mac },
    ]) {
      const { statusCode } = await send(over);
      assert.equal(statusCode, 401, JSON.stringify(over));
    }
  });

  test('a secret too short to be one stops the start', () => {
    assert.throws(() => createServiceTokens(Buffer.alloc(31), now), /32 bytes/);
  });

  test('a process that is away, or something else in its place, is unavailable', async () => {
    const answers = ['<html>bad gateway</html>', 'null', '{"error":"x"}', '[]'];
    const servers: Server[] = [];
    for (const answer of answers) {
      const server = createServer((_request, response) => response.writeHead(502).end(answer));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const face = connectFace(
        contract,
        `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        createServiceTokens(secret, now),
        now,
      );
      await assert.rejects(face.nothing(ctx, {}), { code: 'PLATFORM_UNAVAILABLE' }, answer);
      await face.close();
    }
    const { port } = servers[0]!.address() as AddressInfo;
    for (const server of servers) server.close();
    const gone = connectFace(contract, `http://127.0.0.1:${port}`, createServiceTokens(secret, now), now);
    await assert.rejects(gone.nothing(ctx, {}), { code: 'PLATFORM_UNAVAILABLE' });
    await gone.close();
  });
});

test('production calls the module itself', () => {
  assert.equal(localFace(contract, impl, { checked: false }), impl);
});

test('an answer that breaks the contract is a fault of the module', async () => {
  const broken = localFace(contract, { ...impl, say: async () => ({ said: 'x' }) as never }, { checked: true });
  await assert.rejects(broken.say(ctx, { text: 'x' }), /the output does not match its contract/);
});
