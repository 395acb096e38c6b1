import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus, LoggedEvent } from '#platform/bus/bus.ts';
import type { LiveSource } from '#platform/screens.ts';
import { createHub, MOST_STREAMS, MOST_STREAMS_A_PERSON, MOST_STREAMS_A_SESSION } from './hub.ts';
import type { LiveEvent, Stream } from './stream.ts';

const HAPPENED = 'made-up.happened.v1';

function openHub() {
  const nothing = { gauge: () => undefined, onBroadcast: () => () => undefined };
  const hub = createHub({ bus: nothing, metrics: nothing, log: nothing, sources: [] } as unknown as Parameters<typeof createHub>[0]);
  const ended: string[] = [];
  const add = (subject: string, sessionId: string): boolean => {
    if (!hub.admit(subject, sessionId)) return false;
    const stream = {
      subject,
      account: subject,
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

test('a tenant that is alone takes half and no more: whoever comes then takes a place of its own people', () => {
  const { hub, add, ended } = openHub();
  for (let at = 0; at < MOST_STREAMS / 2; at++) assert.equal(add(`a/${Math.floor(at / 10)}`, `${at % 3}`), true);
  assert.deepEqual([hub.count(), ended.length], [MOST_STREAMS / 2, 0]);
  assert.equal(add('a/nova', 's'), true);
  assert.deepEqual([hub.count(), ended.length], [MOST_STREAMS / 2, 1]);
  assert.equal(add('b/nova', 's'), true, 'another tenant has its own half');
  assert.deepEqual([hub.count(), ended.length], [MOST_STREAMS / 2 + 1, 1]);
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

/** A log of payments, one event a position, and what is read of it. */
function openLog(length: number, people = 50) {
  const tails: { after: bigint; tell(upTo: number): void }[] = [];
  const event = (position: number) =>
    ({
      type: HAPPENED,
      tenantId: 't',
      subjectId: `person ${position % people}`,
      position: BigInt(position),
      data: {},
    }) as LoggedEvent;
  const tail: Bus['tail'] = ({ after = 0n, reached }, hear) => {
    let told = Number(after);
    const tell = (upTo: number): void => {
      while (told < upTo) hear(event(++told));
      reached?.(BigInt(told));
    };
    tails.push({ after, tell });
    setImmediate(() => tell(length));
    return { stop: async () => undefined };
  };
  const nothing = { gauge: () => undefined, onBroadcast: () => () => undefined, head: async () => BigInt(length), tail };
  const sources: LiveSource[] = [
    {
      about: 'account',
      types: [HAPPENED],
      show: () => ({ event: 'happened', data: {} }),
      states: [{ event: 'state', after: [HAPPENED], read: async () => ({}) }],
    },
  ];
  const hub = createHub({ bus: nothing, metrics: nothing, log: { debug: () => undefined }, sources } as unknown as Parameters<
    typeof createHub
  >[0]);
  const screen = (subject: string, after: bigint | null) => {
    const told: (string | bigint)[] = [];
    const stream = {
      subject,
      account: subject,
      sessionId: 's',
      push: ({ event: name, position }: LiveEvent) => void (name === 'state' || told.push(position ?? name)),
      mark: (position: bigint) => void told.push(`mark ${position}`),
      end: () => undefined,
    } as unknown as Stream;
    return { told, isTold: hub.resume(stream, after), stream };
  };
  return { hub, tails, screen };
}

test('a process that has just started reads the log once for all the screens that come to it from another', async () => {
  const { hub, tails, screen } = openLog(30_000);
  await Promise.all(Array.from({ length: 500 }, () => hub.start()));
  const herd = Array.from({ length: 500 }, (_, at) => screen(`t/person ${at % 50}`, 29_900n));
  assert.deepEqual(
    tails.map(({ after }) => after),
    [10_000n],
  );
  for (const [at, { told, isTold }] of herd.entries()) {
    const first = at % 50 === 0 ? 29_950n : 29_900n + BigInt(at % 50);
    assert.deepEqual([isTold, told], [true, [first, first + 50n, 'mark 30000']]);
  }
  tails[0]!.tell(30_001);
  assert.deepEqual(herd[1]!.told.at(-1), 30_001n);
  assert.equal(herd[2]!.told.length, 3);
});

test('who lost its line too long ago, missed too much, or speaks of another log, is told to read afresh, with a place to resume from', async () => {
  const { hub, tails, screen } = openLog(30_000);
  await hub.start();
  assert.deepEqual(screen('t/person 1', 9_999n).told, ['mark 30000', 'reload']);
  assert.deepEqual(screen('t/person 1', 30_001n).told, ['mark 30000', 'reload']);
  assert.equal(screen('t/person 1', 10_000n).isTold, true);
  assert.deepEqual(screen('t/person 1', null).told, ['mark 30000']);
  // Each event heard pushes out the oldest one: what came before it is not known in full any more.
  tails[0]!.tell(40_000);
  assert.equal(screen('t/person 1', 19_999n).isTold, false);
  assert.equal(screen('t/person 1', 20_000n).isTold, true);
  tails[0]!.tell(100_000);
  assert.equal(screen('t/person 1', 80_000n).told.length, 401);
});

test('a person with more than a thousand events to hear reads afresh instead', async () => {
  const { hub, tails, screen } = openLog(0, 1);
  await hub.start();
  tails[0]!.tell(1_001);
  assert.equal(screen('t/person 0', 1n).told.length, 1_001);
  assert.deepEqual(screen('t/person 0', 0n).told, ['mark 1001', 'reload']);
});

test('how something stands is read once for many happenings, told by broadcasts too, and one part that fails keeps the others', async () => {
  let hear: (message: unknown) => void = () => undefined;
  const onBroadcast = (channel: string, heard: typeof hear) => {
    if (channel === 'made-up.moved') hear = heard;
    return () => undefined;
  };
  const nothing = { gauge: () => undefined, onBroadcast };
  let readings = 0;
  const sources: LiveSource[] = [
    {
      about: 'account',
      news: { 'made-up.moved': (message) => ({ tenantId: 't', subjectId: 'maria', event: 'moved', data: message }) },
      states: [
        {
          event: 'count',
          after: ['moved'],
          read: async () => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            return { readings: ++readings };
          },
        },
        { event: 'broken', after: ['moved'], read: () => Promise.reject(new Error('away')) },
        { event: 'silent', after: ['moved'], read: async () => null },
      ],
    },
  ];
  const hub = createHub({ bus: nothing, metrics: nothing, log: { debug: () => undefined }, sources } as unknown as Parameters<
    typeof createHub
  >[0]);
  const told: LiveEvent[] = [];
  const stream = {
    subject: 't/maria',
    account: 't/maria',
    sessionId: 's',
    push: (event: LiveEvent) => void told.push(event),
  } as unknown as Stream;
  hub.add(stream);
  for (let at = 0; at < 50; at++) hear({ at });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(told.filter(({ event }) => event === 'moved').length, 50);
  assert.deepEqual(
    told.filter(({ event }) => event !== 'moved'),
    [
      { event: 'count', data: { readings: 1 } },
      { event: 'count', data: { readings: 2 } },
    ],
  );
  told.length = 0;
  const ctx = { tenantId: 't', actor: { kind: 'person' as const, id: 'maria' } };
  await hub.greet(stream, { tenantId: 't', accountId: 'maria', ctx });
  assert.deepEqual(told, [{ event: 'count', data: { readings: 3 } }]);
});
