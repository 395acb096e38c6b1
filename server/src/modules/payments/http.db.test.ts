import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { FULANO, openWorld, until, type World } from '../../../test/support/payments-world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

type Body = Record<string, never> & { code?: string; id?: string; status?: unknown };

async function call(method: string, at: string, options: { token?: string; body?: unknown; key?: string } = {}) {
  const answer = await fetch(`${world.main.url}${at}`, {
    method,
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.key ? { 'idempotency-key': options.key } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

async function login(fundsMinor: bigint) {
  const person = await world.person(fundsMinor);
  const token = newId();
  const { tenantId, actor } = person.ctx;
  world.callers.set(token, { tenantId, actor, subjectId: person.subjectId, scopes: new Set(['payments:read', 'payments:write']) });
  return { ...person, token };
}

test('over HTTP: decode, pay, follow, statement; another person sees none of it', async () => {
  const [ana, rui] = [await login(10_000n), await login(0n)];
  const decoded = await call('POST', '/v1/pix/decode', { token: ana.token, body: { code: FULANO } });
  assert.equal(decoded.status, 200);
  const body = { quoteId: decoded.body.quoteId, amountMinor: '250', description: 'Café' };
  const key = newId();
  const created = await call('POST', '/v1/payments', { token: ana.token, key, body });
  assert.equal(created.status, 201);
  assert.deepEqual(await call('POST', '/v1/payments', { token: ana.token, key, body }), created);
  const at = `/v1/payments/${created.body.id}`;
  await until(
    'settled',
    () => call('GET', at, { token: ana.token }),
    ({ body: { status } }) => status === 'settled',
  );
  for (const path of [at, `${at}/steps`]) {
    const foreign = await call('GET', path, { token: rui.token });
    assert.deepEqual([foreign.status, foreign.body.code], [404, 'PAYMENTS_NOT_FOUND']);
    assert.equal((await call('GET', path)).status, 401);
  }
  const stolen = await call('POST', '/v1/payments', { token: rui.token, key: newId(), body });
  assert.deepEqual([stolen.status, stolen.body.code], [404, 'PAYMENTS_QUOTE_NOT_FOUND']);
  const me = await call('GET', '/v1/accounts/me', { token: ana.token });
  assert.equal((me.body as unknown as { balance: { availableMinor: string } }).balance.availableMinor, '9750');
  const statement = await call('GET', '/v1/accounts/me/statement?limit=1&direction=out', { token: ana.token });
  assert.equal((statement.body as unknown as { lines: { paymentId: string }[] }).lines[0]!.paymentId, created.body.id);
  const review = await call('POST', `${at}/review`, { token: ana.token, key: newId(), body: { decision: 'approve', reason: 'eu mesma' } });
  assert.equal(review.status, 403);
});

test('wrong types, extra fields, absurd values and missing keys are refused before anything happens', async () => {
  const { token } = await login(0n);
  const good = { quoteId: 'qte_00000000000000000000000000', amountMinor: '1' };
  const bodies = [{ ...good, amountMinor: 1 }, { ...good, extra: 1 }, { ...good, amountMinor: '-1' }, { ...good, amountMinor: '0' }, {}];
  for (const body of bodies) {
    assert.equal(
      (await call('POST', '/v1/payments', { token, key: newId(), body })).body.code,
      'PLATFORM_BAD_REQUEST',
      JSON.stringify(body),
    );
  }
  assert.equal((await call('POST', '/v1/payments', { token, body: good })).body.code, 'PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  assert.equal((await call('POST', '/v1/payments', { token, key: newId(), body: good })).body.code, 'PAYMENTS_QUOTE_NOT_FOUND');
  assert.equal((await call('POST', '/v1/pix/decode', { token, body: { code: 'x'.repeat(2_001) } })).status, 400);
  assert.equal((await call('GET', '/v1/payments/pay_nonsense', { token })).status, 404);
  assert.equal((await call('GET', '/v1/accounts/me/statement?limit=101', { token })).status, 400);
});
