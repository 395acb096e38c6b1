import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInStatement } from './find-in-statement.ts';
import type { Found, Movement, StatementPage } from './port.ts';

const AT = Date.parse('2026-06-01T12:00:00Z');
const window = { fromMs: AT - 60_000, toMs: AT, untilMs: AT + 60_000 };
const line = (endToEndId: string): Movement => ({
  endToEndId,
  direction: 'out',
  amount: '1.00',
  status: 'settled',
  at: '2026-06-01T11:59:30Z',
});
const page = (more: Partial<StatementPage>): Found<StatementPage> => ({
  kind: 'found',
  value: { lines: [line('other')], nextCursor: null, asOf: '2026-06-01T12:00:01Z', ...more },
});

async function look(pages: readonly Found<StatementPage>[]) {
  const asked: { from: string; to: string; cursor?: string }[] = [];
  const rail = { statementPage: async (query: (typeof asked)[number]) => pages[asked.push(query) - 1] ?? pages.at(-1)! };
  return { search: await findInStatement(rail, ({ endToEndId }) => endToEndId === 'E', window), asked };
}

test('it reads to the last page, and says "absent" only of a statement that has come far enough', async () => {
  const whole = await look([page({ nextCursor: 'b' }), page({})]);
  assert.deepEqual(whole.search, { found: 'absent' });
  assert.deepEqual(whole.asked, [
    { from: '2026-06-01T11:59:00.000Z', to: '2026-06-01T12:01:00.000Z' },
    { from: '2026-06-01T11:59:00.000Z', to: '2026-06-01T12:01:00.000Z', cursor: 'b' },
  ]);
  const there = await look([page({ nextCursor: 'b' }), page({ lines: [line('E')], nextCursor: 'c' })]);
  assert.deepEqual([there.search, there.asked.length], [{ found: 'there', line: line('E') }, 2]);
  assert.equal((await look([page({ asOf: '2026-06-01T11:59:59Z' })])).search.found, 'unknown', 'it lags');
  assert.equal((await look([page({ asOf: 'agora no fim' })])).search.found, 'unknown');
});

test('what cannot be read says nothing', async () => {
  const silent = { kind: 'unclear', why: 'TimeoutError' } as const;
  for (const pages of [[silent], [page({ nextCursor: 'b' }), silent], [{ kind: 'not-found' } as const]])
    assert.equal((await look(pages)).search.found, 'unknown');
});
