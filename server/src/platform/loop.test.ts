import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from './log.ts';
import { createWorker, startLoop } from './loop.ts';

const log = createLogger({ level: 'silent' });

/** Waits until something is so; the test's own limit ends what never is. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

/** Far longer than a test wants to wait. */
const PAUSE_MS = 5_000;

test('a wake during a look is remembered: the next one follows at once', { timeout: 20_000 }, async () => {
  const begun: number[] = [];
  const worker = createWorker('test', log, async () => {
    begun.push(performance.now());
    await sleep(50);
    return { ms: PAUSE_MS };
  });
  worker.start();
  await until(() => begun.length === 1);
  worker.wake();
  await until(() => begun.length === 2);
  await worker.stop();
  assert.equal(begun.length, 2);
  assert.ok(begun[1]! - begun[0]! < 4_000, `${begun[1]! - begun[0]!} ms, and not the pause`);
});

test('a worker goes on at once where it is told to, and again after a wake in the pause', { timeout: 20_000 }, async () => {
  let looks = 0;
  const worker = createWorker('test', log, async () => ({ ms: ++looks <= 3 ? 0 : PAUSE_MS }));
  worker.start();
  await until(() => looks >= 4);
  await sleep(50);
  assert.equal(looks, 4, 'and then it pauses');
  worker.wake();
  await until(() => looks >= 5);
  await worker.stop();
  worker.wake();
  await sleep(50);
  assert.equal(looks, 5, 'a stopped worker does not begin again');
});

test('a step that fails is tried again, and stopping waits for the step under way and begins no other', async () => {
  let steps = 0;
  let done = 0;
  const worker = createWorker('test', log, async () => {
    steps++;
    if (steps === 1) throw new Error('planned');
    await sleep(50);
    done++;
    return { ms: 0 };
  });
  worker.start();
  while (steps < 2) await sleep(5);
  await worker.stop();
  assert.deepEqual([steps, done], [2, 1]);
  await sleep(100);
  assert.deepEqual([steps, done], [2, 1]);
});

test('a loop is no part of whatever it was started in', async () => {
  const inside = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const loop = inside.run('a transaction', () =>
    startLoop('test', log, async () => {
      seen.push(inside.getStore());
      return { ms: 5 };
    }),
  );
  await sleep(50);
  await loop.stop();
  assert.deepEqual([...new Set(seen)], [undefined]);
});
