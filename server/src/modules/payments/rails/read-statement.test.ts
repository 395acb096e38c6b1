import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Movement, Rail } from './port.ts';
import { readStatement } from './read-statement.ts';

const line = (n: number): Movement => ({
  endToEndId: `E${n}`,
  direction: 'in',
  amount: '1.00',
  status: 'received',
  at: '2026-11-30T12:00:00Z',
});
const PERIOD = { fromMs: Date.parse('2026-11-29T00:00:00Z'), toMs: Date.parse('2026-11-30T00:00:00Z') };
type Page = Awaited<ReturnType<Rail['statementPage']>>;

async function read(answer: (cursor: string | undefined, call: number) => Page) {
  let calls = 0;
  const taken: string[] = [];
  const reading = await readStatement(
    {
      async statementPage({ cursor }) {
        calls += 1;
        return answer(cursor, calls);
      },
    },
    PERIOD,
    async (lines) => taken.push(...lines.map(({ endToEndId }) => endToEndId)) < 1_000,
  );
  return { ...reading, taken, calls };
}

test('pages are read to the end, one that fails once is asked again, and the end is the provider’s word within the period', async () => {
  const asOf = '2026-11-29T23:00:00.000Z';
  const all = await read((cursor, call) => {
    if (call === 2) return { kind: 'unclear', why: 'TimeoutError' };
    return {
      kind: 'found',
      value: { lines: [line(Number(cursor ?? 0))], nextCursor: cursor === '2' ? null : String(Number(cursor ?? 0) + 1), asOf },
    };
  });
  assert.deepEqual([all.taken, all.fault, all.asOfMs], [['E0', 'E1', 'E2'], null, Date.parse(asOf)]);
  const beyond = await read(() => ({ kind: 'found', value: { lines: [], asOf: '2027-01-01T00:00:00Z' } }));
  assert.equal(beyond.asOfMs, PERIOD.toMs);
  for (const odd of [undefined, 'soon', ''])
    assert.equal((await read(() => ({ kind: 'found', value: { lines: [], ...(odd === undefined ? {} : { asOf: odd }) } }))).asOfMs, null);
});

test('what does not end is ended, with a code, and what was read until then is kept', async () => {
  const circle = await read((cursor) => ({ kind: 'found', value: { lines: [line(1)], nextCursor: cursor === 'a' ? 'b' : 'a' } }));
  assert.deepEqual([circle.fault, circle.asOfMs, circle.taken.length], ['CURSOR_REPEATED', null, 3]);
  const away = await read((cursor) =>
    cursor === undefined ? { kind: 'found', value: { lines: [line(1)], nextCursor: 'a' } } : { kind: 'not-sent', why: 'ECONNREFUSED' },
  );
  assert.deepEqual([away.fault, away.taken, away.asOfMs], ['ECONNREFUSED', ['E1'], null]);
  const endless = await read((cursor) => ({ kind: 'found', value: { lines: [line(1)], nextCursor: String(Number(cursor ?? 0) + 1) } }));
  assert.equal(endless.fault, 'GIVEN_UP', 'whoever takes the pages may end it');
});
