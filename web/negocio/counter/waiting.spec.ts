import { ourProblem, type Problem } from '#core/problem';
import { afterProblem, nextToSend, readWaiting, type Waiting } from './waiting';

const one = (id: string, madeAt: string, state: Waiting<object>['state'] = 'waiting'): Waiting<object> => ({
  id,
  key: id,
  body: { amountMinor: '100' },
  madeAt,
  state,
  problem: null,
});
const problem = (status: number, code = 'X'): Problem => ({ ...ourProblem(code), status });

describe('what was recorded on the device', () => {
  it('goes in the order of the counter, and what was refused waits for somebody', () => {
    const all = [
      one('b', '2026-11-30T10:00:01Z'),
      one('a', '2026-11-30T10:00:00Z', 'refused'),
      one('c', '2026-11-30T10:00:02Z', 'unknown'),
    ];
    expect(nextToSend(all)?.id).toBe('b');
    expect(nextToSend(all.slice(1))?.id).toBe('c');
    expect(nextToSend([all[1]!])).toBeUndefined();
  });
  it('is unknown when it was sent and nobody answered, and stays as it was when it never left', () => {
    expect(afterProblem(one('a', 'x'), problem(0, 'WEB_OFFLINE'), false).state).toBe('waiting');
    expect(afterProblem(one('a', 'x'), problem(0, 'WEB_OFFLINE'), true).state).toBe('unknown');
    expect(afterProblem(one('a', 'x'), problem(0, 'WEB_TIMEOUT'), true).state).toBe('unknown');
    expect(afterProblem(one('a', 'x'), problem(503), true).state).toBe('unknown');
    expect(afterProblem(one('a', 'x', 'unknown'), problem(401), true).state).toBe('unknown');
    expect(afterProblem(one('a', 'x'), problem(429), true).state).toBe('waiting');
  });
  it('keeps its key over every repetition, and says why when it was refused', () => {
    const refused = afterProblem(one('a', 'x'), problem(422, 'BOOKS_DAY_CLOSED'), true);
    expect(refused.state).toBe('refused');
    expect(refused.problem?.code).toBe('BOOKS_DAY_CLOSED');
    expect(afterProblem(one('a', 'x'), problem(500), true).key).toBe('a');
  });
  it('reads back only what is an entry', () => {
    expect(readWaiting(JSON.stringify(one('a', 'x')))?.id).toBe('a');
    for (const text of [null, '', '{', 'null', '{"id":"a"}', '7']) expect(readWaiting(text)).toBeNull();
  });
});
