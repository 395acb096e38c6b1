import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#platform/log.ts';
import { createPoller } from '#platform/loop.ts';
import { createLeasedWorker } from './leased-work.ts';

const log = createLogger({ level: 'fatal' });

test('a wake during a look is another look, not a pause', async () => {
  const looks: number[] = [];
  const poller = createPoller({
    name: 'test',
    log,
    intervalMs: 60_000,
    async look() {
      looks.push(performance.now());
      await sleep(60);
      return 0;
    },
  });
  poller.start();
  await sleep(20);
  poller.wake();
  await sleep(250);
  await poller.stop();
  assert.equal(looks.length, 2);
});

test('leased work: a wake while it looks, and room that is freed, are looked at once; a slow item holds up none', async (t) => {
  const waiting = ['slow', 'a', 'b', 'c', 'd', 'e'];
  const done: string[] = [];
  const renewed: string[][] = [];
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const worker = createLeasedWorker<string>({
    name: 'test',
    log,
    intervalMs: 60_000,
    leaseMs: 120,
    most: 2,
    keyOf: (item) => item,
    async claim(room) {
      await sleep(10);
      return waiting.splice(0, room);
    },
    async renew(items) {
      renewed.push([...items]);
    },
    async work(item) {
      await (item === 'slow' ? held : sleep(5));
      done.push(item);
    },
  });
  worker.start();
  t.after(() => {
    finish();
    return worker.stop();
  });
  await sleep(400);
  assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
  assert.ok(
    renewed.some((items) => items.includes('slow')),
    'its lease is kept',
  );
  const stopping = worker.stop();
  finish();
  await stopping;
  assert.deepEqual(done.at(-1), 'slow', 'stopping waits for what is under way');
});
