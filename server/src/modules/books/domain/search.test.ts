import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCursor, readSearch, writeCursor } from './search.ts';

test('what people type is words, and an amount where it reads as one', () => {
  assert.deepEqual(readSearch('  Pão de  AÇÚCAR '), { words: ['pao', 'de', 'acucar'], amountMinor: null });
  for (const [text, minor] of [
    ['18,50', 1850n],
    ['R$ 18,50', 1850n],
    ['1.850,00', 185_000n],
    ['1850', 185_000n],
    ['0,05', 5n],
  ] as const)
    assert.equal(readSearch(text).amountMinor, minor, text);
  for (const text of ['18,5', '1.85', '18.50', '1,850.00', 'dia 18', '-18']) assert.equal(readSearch(text).amountMinor, null, text);
});

test('a cursor comes back as it was, and nothing else is one', () => {
  const cursor = { day: '2026-03-02', recordedAt: '2026-03-02T15:00:00.123Z', id: '0192f000-0000-7000-8000-000000000001' };
  assert.deepEqual(readCursor(writeCursor(cursor)), cursor);
  for (const text of ['', '__', '2026-03-02_x_0192f000-0000-7000-8000-000000000001', `${writeCursor(cursor)}_`])
    assert.equal(readCursor(text), undefined, text);
});
