import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Session } from '../session';
import { Live, type LiveEvent } from './live';

/** A line that the test writes to and cuts. */
function line() {
  let out: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (c) => {
      out = c;
    },
  });
  const text = new TextEncoder();
  return { answer: { status: 200, ok: true, body } as Response, say: (s: string) => out.enqueue(text.encode(s)), cut: () => out.close() };
}
const soon = () => new Promise((done) => setTimeout(done, 25));

describe('the live line', () => {
  const expire = vi.fn();
  const shownElsewhere = signal(false);
  let live: Live;
  let asked: { headers: Record<string, string> }[];
  let answers: Response[];
  let got: LiveEvent[];

  beforeEach(() => {
    expire.mockReset();
    asked = [];
    answers = [];
    got = [];
    vi.stubGlobal('fetch', (_: string, init: { headers: Record<string, string> }) => {
      asked.push(init);
      const next = answers.shift();
      return next ? Promise.resolve(next) : Promise.reject(new TypeError('offline'));
    });
    TestBed.configureTestingModule({ providers: [{ provide: Session, useValue: { expire, shownElsewhere } }] });
    live = TestBed.inject(Live);
    live.events.subscribe((e) => got.push(e));
  });
  afterEach(() => {
    live.stop();
    vi.unstubAllGlobals();
  });

  it('passes every event on, whoever may listen for it, and survives one that is no JSON', async () => {
    const l = line();
    answers.push(l.answer);
    live.start();
    await soon();
    l.say(
      'id: 1\nevent: novelty\ndata: {}\n\nid: 2\nevent: day\ndata: nonsense\n\nid: 3\nevent: payment\ndata: {"id":"pay_1","status":"sent"}\n\n',
    );
    await soon();
    expect(got).toEqual([
      { type: 'novelty', id: '1', data: {} },
      { type: 'payment', id: '3', data: { id: 'pay_1', status: 'sent' } },
    ]);
    expect(live.state()).toBe('open');
  });
  it('reads afresh when the server cannot tell all that was missed, and resumes from the place it names', async () => {
    const l = line();
    answers.push(l.answer, line().answer);
    live.start();
    await soon();
    l.say('id: 7\n\nevent: reload\ndata: {}\n\n');
    await soon();
    expect(live.resumed()).toBe(1);
    live.connectNow();
    await soon();
    expect(asked[1]?.headers['Last-Event-ID']).toBe('7');
  });
  it('comes back from where it was, and says that it did', async () => {
    const first = line();
    answers.push(first.answer);
    live.start();
    await soon();
    first.say('id: 41\nevent: balance\ndata: {}\n\n');
    await soon();
    first.cut();
    await soon();
    expect(live.state()).toBe('reconnecting');
    expect(live.troubled()).toBe(false);
    answers.push(line().answer);
    live.connectNow();
    await soon();
    expect(asked.map((a) => a.headers['Last-Event-ID'])).toEqual([undefined, '41']);
    expect([live.state(), live.resumed()]).toEqual(['open', 1]);
  });
  it('tells trouble after a second failure', async () => {
    live.start();
    await soon();
    live.connectNow();
    await soon();
    expect(live.troubled()).toBe(true);
  });
  it('ends with the session', async () => {
    answers.push(new Response('{"code":"BFF_SESSION_MOVED"}', { status: 401 }));
    live.start();
    await soon();
    expect(expire).toHaveBeenCalledExactlyOnceWith('other-browser');
    expect(live.state()).toBe('idle');
  });
  for (const status of [403, 404]) {
    it(`does not ask again after a ${status}`, async () => {
      answers.push(new Response('{}', { status }));
      live.start();
      await soon();
      expect([live.state(), live.attempt(), asked.length]).toEqual(['idle', 0, 1]);
      expect(expire).not.toHaveBeenCalled();
    });
  }
  it('hears why the session ended, and that another browser was refused', async () => {
    const l = line();
    answers.push(l.answer);
    live.start();
    await soon();
    l.say('id: 7\nevent: session\ndata: {"refused":"other-browser"}\n\n');
    await soon();
    expect(shownElsewhere()).toBe(true);
    expect(expire).not.toHaveBeenCalled();
    l.say('event: session\ndata: {"expired":true,"reason":"logout"}\n\n');
    await soon();
    expect(expire).toHaveBeenCalledExactlyOnceWith('logout');
  });
});
