import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHub, MOST_STREAMS, MOST_STREAMS_A_PERSON, MOST_STREAMS_A_SESSION } from './hub.ts';
import type { Stream } from './stream.ts';

function openHub() {
  const nothing = { gauge: () => undefined, onBroadcast: () => () => undefined };
  const hub = createHub({ bus: nothing, metrics: nothing, log: nothing, payments: nothing } as unknown as Parameters<typeof createHub>[0]);
  const ended: string[] = [];
  const add = (subject: string, sessionId: string): boolean => {
    if (!hub.admit(subject, sessionId)) return false;
    const stream = {
      subject,
      sessionId,
      end: () => {
        ended.push(subject);
        hub.remove(stream);
      },
    } as unknown as Stream;
    hub.add(stream);
    return true;
  };
  return { hub, add, ended };
}

test('a session and a person have so many screens and no more, however many sessions there are', () => {
  const { add } = openHub();
  const opened = Array.from({ length: 40 }, (_, at) => add('t/maria', `session ${at % 6}`)).filter(Boolean);
  assert.equal(opened.length, MOST_STREAMS_A_PERSON);
  assert.equal(Array.from({ length: 10 }, () => add('t/joao', 'one session')).filter(Boolean).length, MOST_STREAMS_A_SESSION);
});

test('a tenant takes half at the most, and a full process makes room for whoever has less', () => {
  const { hub, add, ended } = openHub();
  for (const tenant of ['a', 'b'])
    for (let at = 0; at < MOST_STREAMS; at++) add(`${tenant}/${Math.floor(at / MOST_STREAMS_A_PERSON)}`, `${at % 3}`);
  assert.equal(hub.count(), MOST_STREAMS, 'half each');
  assert.equal(add('c/nova', 's'), true);
  assert.equal(add('a/nova', 's'), true);
  assert.equal(hub.count(), MOST_STREAMS);
  assert.equal(new Set(ended.map((subject) => subject[0])).size > 0, true);
  assert.ok(hub.all().some(({ subject }) => subject === 'c/nova') && hub.all().some(({ subject }) => subject === 'a/nova'));
});
