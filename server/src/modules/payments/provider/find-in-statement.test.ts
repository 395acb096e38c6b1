import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFindInStatement } from './find-in-statement.ts';
import type { Ask } from './http.ts';

type Page = { lines: { endToEndId: string }[]; nextCursor: string | null; asOf: string };
const look = (pages: unknown[]) => {
  const asked: string[] = [];
  const ask = async (_method: string, path: string) => {
    const page = pages[asked.push(path) - 1];
    return page === null
      ? { kind: 'unclear' as const, why: 'TimeoutError' }
      : { kind: 'answered' as const, status: 200, body: page, retryAfterMs: null };
  };
  return { find: createFindInStatement(ask as unknown as Ask), asked };
};
const AT = Date.parse('2026-06-01T12:00:00Z');
const window = { fromMs: AT - 60_000, toMs: AT };
const page = (more: Partial<Page>): Page => ({ lines: [{ endToEndId: 'other' }], nextCursor: null, asOf: '2026-06-01T12:00:01Z', ...more });

test('it reads to the last page, and says "absent" only of a statement that has come far enough', async () => {
  const whole = look([page({ nextCursor: 'b' }), page({})]);
  assert.equal(await whole.find('E', window), 'absent');
  assert.match(whole.asked[1]!, /cursor=b/);
  assert.equal(await look([page({ nextCursor: 'b' }), page({ lines: [{ endToEndId: 'E' }] })]).find('E', window), 'there');
  assert.equal(await look([page({ asOf: '2026-06-01T11:59:59Z' })]).find('E', window), 'unknown', 'it lags');
  assert.equal(await look([page({ asOf: 'agora' })]).find('E', window), 'unknown');
});

test('what cannot be read says nothing', async () => {
  for (const pages of [[null], [page({ nextCursor: 'b' }), null], [{ lines: 'none' }], [{ success: false }], [[]]])
    assert.equal(await look(pages).find('E', window), 'unknown', JSON.stringify(pages));
});
