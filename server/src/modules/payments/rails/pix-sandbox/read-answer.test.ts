import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answer } from '../line.ts';
import { readOrderAnswer, readQueryAnswer } from './read-answer.ts';

const asked = { own: 'endToEndId', id: `E12345678202601010000${'a'.repeat(11)}`, amountMinor: 1_000n } as const;
const answered = (status: number, body: unknown, retryAfterMs: number | null = null): Answer => ({
  kind: 'answered',
  status,
  body,
  retryAfterMs,
});
/** Every code that may end a payment when an order is answered with it. Written out here again, so that nobody adds one unseen. */
const CLOSED = ['AB03', 'AB09', 'AB11', 'AC03', 'AC06', 'AC07', 'AC14', 'AG03', 'INVALID_PAYEE', 'INVALID_KEY', 'E2E_ISPB_MISMATCH'];
const state = (more: object) => ({ endToEndId: asked.id, status: 'settled', amount: '10.00', settledAt: '2026-01-01T00:00:00Z', ...more });

test('an order is refused by the closed list alone; whatever else is answered proves nothing', () => {
  for (const code of CLOSED) assert.deepEqual(readOrderAnswer(answered(422, { code }), asked), { fact: 'refused', code });
  const status = fc.oneof(fc.integer({ min: 300, max: 499 }), fc.constantFrom(400, 404, 409, 422, 423, 451));
  const code = fc.oneof(fc.string(), fc.constantFrom('AM05', 'ZZ99', 'DUPLICATE', 'ac03', 'AC03 ', 'AC\u000003', 'NOT_FOUND'));
  const body = fc.oneof(
    fc.record({ code }),
    fc.constant(null),
    fc.constant([]),
    fc.string(),
    fc.record({ code: fc.integer() }),
    fc.record({ error: fc.record({ code }) }),
  );
  fc.assert(
    fc.property(status, body, (httpStatus, told) => {
      const said = readOrderAnswer(answered(httpStatus, told), asked);
      const toldCode = (told as { code?: unknown } | null)?.code;
      if (httpStatus === 422 && CLOSED.includes(String(toldCode))) return;
      assert.ok(said.fact === 'unclear' || said.fact === 'duplicate' || said.fact === 'not-sent', `${httpStatus} ${JSON.stringify(told)}`);
      if (said.fact === 'not-sent') assert.ok(httpStatus === 429 || httpStatus === 401 || httpStatus === 403);
      if ('why' in said) assert.match(said.why, /^[\w.]+$/, 'a code, never their words');
    }),
    { numRuns: 2_000 },
  );
});

test('a listed code under another status is not on the list; nor is a refusal of us a refusal of the order', () => {
  for (const status of [400, 404, 409, 410]) assert.equal(readOrderAnswer(answered(status, { code: 'AC03' }), asked).fact, 'unclear');
  assert.deepEqual(readOrderAnswer(answered(401, { code: 'UNAUTHORIZED' }, 1_000), asked), {
    fact: 'not-sent',
    why: 'UNAUTHORIZED',
    retryAfterMs: 1_000,
  });
  assert.equal(readOrderAnswer(answered(401, { code: 'TOKEN_EXPIRED_AFTER_EXECUTION' }), asked).fact, 'unclear');
  assert.equal(readOrderAnswer(answered(403, null), asked).fact, 'unclear');
  assert.equal(readOrderAnswer(answered(429, null, 3_000), asked).fact, 'not-sent');
});

test('each "there is one already" asks, however it is said', () => {
  for (const [status, code] of [
    [422, 'AM05'],
    [409, 'DUPLICATE'],
    [409, 'E2E_CONFLICT'],
    [400, 'DUPLICATE'],
  ] as const)
    assert.deepEqual(readOrderAnswer(answered(status, { code }), asked), { fact: 'duplicate', code });
  assert.equal(readQueryAnswer(answered(200, state({ status: 'rejected', reason: 'AM05' })), asked).fact, 'duplicate');
});

test('settled only under the own id and beside no other amount; what is not told is not made up', () => {
  assert.deepEqual(readQueryAnswer(answered(200, state({})), asked), {
    fact: 'settled',
    amountMinor: 1_000n,
    atMs: Date.parse('2026-01-01T00:00:00Z'),
  });
  const { amount: _amount, ...without } = state({});
  assert.deepEqual(readQueryAnswer(answered(200, without), asked), {
    fact: 'settled',
    amountMinor: null,
    atMs: Date.parse('2026-01-01T00:00:00Z'),
  });
  for (const other of ['10.01', '9.99', '100.00'])
    assert.equal(readQueryAnswer(answered(200, state({ amount: other })), asked).fact, 'differs', other);
  for (const odd of [
    { amount: 10 },
    { amount: '10.001' },
    { amount: '10' },
    { amount: '1e1' },
    { endToEndId: undefined },
    { endToEndId: `${asked.id}x` },
  ])
    assert.equal(readQueryAnswer(answered(200, state(odd)), asked).fact, 'unclear', JSON.stringify(odd));
});

test('an unknown status, a failure inside a success, a list, a page: unclear; 404 by its own code alone', () => {
  for (const body of [
    state({ status: 'em-analise-parcial' }),
    state({ status: 7 }),
    { success: false, error: { code: 'X' } },
    [],
    'ok',
    null,
  ])
    assert.equal(readQueryAnswer(answered(200, body), asked).fact, 'unclear', JSON.stringify(body));
  assert.equal(readQueryAnswer(answered(404, { code: 'NOT_FOUND' }), asked).fact, 'not-found');
  for (const [status, code] of [
    [404, 'NO_SUCH_ROUTE'],
    [410, 'NOT_FOUND'],
    [403, 'NOT_FOUND'],
    [404, undefined],
  ] as const)
    assert.equal(readQueryAnswer(answered(status, { code }), asked).fact, 'unclear');
});

test('a reason is a code or nothing, whatever it holds', () => {
  for (const reason of ['AC\u000003', 'recusado \ud83d', 'x'.repeat(21_000), 7, {}])
    assert.deepEqual(readQueryAnswer(answered(200, state({ status: 'rejected', reason })), asked), { fact: 'refused', code: 'UNNAMED' });
});
