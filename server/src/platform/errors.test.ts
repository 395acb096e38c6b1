import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, assert as assertInvariant, defineErrors, refusePlatform } from './errors.ts';
import { toAppError, toProblem } from './http/problem.ts';

const en = { title: 'Full', action: 'Wait.' };
const refuse = defineErrors({ TEST_FULL: { status: 409, title: 'Cheio', action: 'Espere.', en } });

test('a refusal carries its catalogue entry, what the caller adds, and its cause', () => {
  const cause = new Error('inner');
  const error = refuse('TEST_FULL', {
    detail: { pt: 'Há 3 de 3.', en: 'There are 3 of 3.' },
    retryAfterSeconds: 2,
    errors: [{ pointer: '/body/a', detail: { pt: 'x', en: 'y' } }],
    cause,
  });
  assert.ok(error instanceof AppError && error instanceof Error);
  assert.deepEqual([error.code, error.status, error.message, error.cause], ['TEST_FULL', 409, 'TEST_FULL: Há 3 de 3.', cause]);
  assert.deepEqual(error.data, {
    code: 'TEST_FULL',
    status: 409,
    title: 'Cheio',
    action: 'Espere.',
    en,
    detail: { pt: 'Há 3 de 3.', en: 'There are 3 of 3.' },
    retryAfterSeconds: 2,
    errors: [{ pointer: '/body/a', detail: { pt: 'x', en: 'y' } }],
  });
  const [pt, english] = [toProblem(error.data), toProblem(error.data, 'en')];
  assert.deepEqual([pt.title, pt.detail, pt.action, pt.errors?.[0]?.detail], ['Cheio', 'Há 3 de 3.', 'Espere.', 'x']);
  assert.deepEqual(
    [english.title, english.detail, english.action, english.errors?.[0]?.detail],
    ['Full', 'There are 3 of 3.', 'Wait.', 'y'],
  );
  assert.deepEqual(refuse('TEST_FULL').data.detail, { pt: 'Cheio', en: 'Full' });
  assert.equal('cause' in refuse('TEST_FULL'), false);
});

test('every platform refusal has a status of refusals, a title, and something the caller can do', () => {
  for (const [code, spec] of Object.entries(refusePlatform.specs)) {
    assert.match(code, /^PLATFORM_[A-Z_]+$/);
    assert.ok(spec.status >= 400 && spec.status < 600 && spec.title.length > 3 && spec.action.length > 3, code);
  }
});

test('a fault that is not ours becomes PLATFORM_INTERNAL and keeps its message to itself', () => {
  const refusal = toAppError(new Error('password=hunter2'));
  assert.equal(refusal.code, 'PLATFORM_INTERNAL');
  assert.ok(!JSON.stringify(toProblem(refusal.data)).includes('hunter2'));
  assert.equal((refusal.cause as Error).message, 'password=hunter2');
  assert.equal(toAppError(refuse('TEST_FULL')).code, 'TEST_FULL');
});

test('an invariant that does not hold stops the line', () => {
  assertInvariant(true, 'never');
  assert.throws(() => assertInvariant(0, 'sum is zero'), /invariant broken: sum is zero/);
});
