import { Component, input, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import { Live, type LiveEvent } from './live/live';
import { load } from './load';

type Asked = { of: string; answer(value: number): Promise<void>; fail(error: unknown): Promise<void> };

const events = new Subject<LiveEvent>();
const resumed = signal(0);
let asked: Asked[] = [];
const settle = () => new Promise((done) => setTimeout(done));

@Component({ selector: 'la-probe', template: '' })
class Probe {
  readonly id = input<string | null>('a');
  readonly found = load({
    of: () => this.id(),
    read: (of) =>
      new Promise<number>((resolve, reject) => {
        const then = (end: () => void) => {
          end();
          return settle() as Promise<void>;
        };
        asked.push({ of, answer: (value) => then(() => resolve(value)), fail: (error) => then(() => reject(error)) });
      }),
    hears: (event) => event.type === 'reload',
    merge: (before, now) => Math.max(before, now),
    pollMs: (data, _problem, polls) => (data !== null && data < 3 && polls < 2 ? 5 : null),
  });
}

function open(id: string | null = 'a') {
  asked = [];
  TestBed.configureTestingModule({ providers: [{ provide: Live, useValue: { events, resumed } }] });
  const fixture = TestBed.createComponent(Probe);
  fixture.componentRef.setInput('id', id);
  fixture.detectChanges();
  return { fixture, found: fixture.componentInstance.found };
}

describe('a reading of the server', () => {
  it('begins when it is known what is asked, and an answer to an older question is none', async () => {
    const { fixture, found } = open(null);
    expect(asked).toEqual([]);
    fixture.componentRef.setInput('id', 'a');
    fixture.detectChanges();
    fixture.componentRef.setInput('id', 'b');
    fixture.detectChanges();
    expect(asked.map(({ of }) => of)).toEqual(['a', 'b']);
    await asked[1]!.answer(4);
    await asked[0]!.answer(7);
    expect([found.data(), found.loading()]).toEqual([4, false]);
  });
  it('is asked again by the clock, only so often, and not once nobody looks', async () => {
    const { fixture, found } = open();
    await asked[0]!.answer(1);
    await new Promise((done) => setTimeout(done, 20));
    await asked[1]!.answer(2);
    await new Promise((done) => setTimeout(done, 20));
    await asked[2]!.answer(1);
    await new Promise((done) => setTimeout(done, 20));
    expect([asked.length, found.data()]).toEqual([3, 2]);
    fixture.destroy();
    events.next({ type: 'reload', id: '', data: {} });
    expect(asked.length).toBe(3);
  });
  it('is read again for what it hears and for a line that came back; a failure keeps what was there', async () => {
    const { fixture, found } = open();
    await asked[0]!.answer(5);
    events.next({ type: 'session', id: '', data: {} });
    expect(asked.length).toBe(1);
    events.next({ type: 'reload', id: '', data: {} });
    await asked[1]!.fail(new Error('away'));
    expect([found.data(), found.problem()?.code]).toEqual([5, 'WEB_UNEXPECTED']);
    resumed.update((n) => n + 1);
    fixture.detectChanges();
    await settle();
    expect(asked.length).toBe(3);
    await asked[2]!.answer(6);
    expect([found.data(), found.problem()]).toEqual([6, null]);
  });
});
