import { backoffMs } from './backoff';
import { SseParser } from './sse-parser';

describe('server-sent events', () => {
  it('reads events cut at any place', () => {
    const text =
      ': beat\n\nid: 7\nevent: payment\ndata: {"id":"pay_1",\ndata: "status":"settled"}\n\nid: 8\r\nevent: day\r\ndata: {}\r\n\r\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const p = new SseParser();
      const out = [...p.feed(text.slice(0, cut)), ...p.feed(text.slice(cut))];
      expect(out).toEqual([
        { id: '7', event: 'payment', data: '{"id":"pay_1",\n"status":"settled"}' },
        { id: '8', event: 'day', data: '{}' },
      ]);
      expect(p.lastId).toBe('8');
    }
  });
  it('keeps the position, not the half event, over a new connection', () => {
    const p = new SseParser();
    p.feed('id: 3\ndata: a\n\ndata: lost');
    p.restart();
    expect(p.feed('\n\ndata: b\n\n')).toEqual([{ id: '', event: 'message', data: 'b' }]);
    expect(p.lastId).toBe('3');
    p.feed('id: 9\n\n');
    expect(p.lastId).toBe('9');
  });
});

describe('back-off', () => {
  it('doubles up to 30 s, and half of it is chance', () => {
    expect([0, 1, 2, 3, 9, 99].map((n) => backoffMs(n, () => 1))).toEqual([1000, 2000, 4000, 8000, 30_000, 30_000]);
    expect(backoffMs(2, () => 0)).toBe(2000);
  });
});
