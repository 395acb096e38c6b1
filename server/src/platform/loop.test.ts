import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from './log.ts';
import { createPoller, createWorker, startLoop } from './loop.ts';

const log = createLogger({ level: 'silent' });

/** Waits until something is so; the test's own limit ends what never is. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

/** A look of 50 ms that notes when it begins; the interval is far longer than a test wants to wait. */
function slowLook() {
  const begun: number[] = [];
  const look = async (): Promise<number> => {
    begun.push(performance.now());
    await sleep(50);
    return 0;
  };
  return { begun, look };
}

test('a wake during a look is remembered: the next one follows at once', { timeout: 20_000 }, async () => {
  const { begun, look } = slowLook();
  const poller = createPoller({ name: 'test', log, intervalMs: 5_000, look });
  poller.start();
  await until(() => begun.length === 1);
  poller.wake();
  await until(() => begun.length === 2);
  await poller.stop();
  assert.equal(begun.length, 2);
  assert.ok(begun[1]! - begun[0]! < 4_000, `${begun[1]! - begun[0]!} ms, and not the interval`);
});

test('work is looked for at once while there is some, and again after a wake in the pause', { timeout: 20_000 }, async () => {
  let looks = 0;
  const poller = createPoller({ name: 'test', log, intervalMs: 5_000, look: async () => (++looks <= 3 ? 1 : 0) });
  poller.start();
  await until(() => looks >= 4);
  await sleep(50);
  assert.equal(looks, 4, 'and then it pauses');
  poller.wake();
  await until(() => looks >= 5);
  await poller.stop();
  poller.wake();
  await sleep(50);
  assert.equal(looks, 5, 'a stopped worker does not begin again');
});

test('an idle poller looks more and more rarely, and as often as before once there was something', async () => {
  const at: number[] = [];
  const poller = createPoller({ name: 'test', log, intervalMs: 10, look: async () => (at.push(performance.now()) === 12 ? 1 : 0) });
  poller.start();
  while (at.length < 14) await sleep(10);
  await poller.stop();
  const gap = (nth: number) => at[nth]! - at[nth - 1]!;
  assert.ok(gap(11) >= 45, `the eleventh pause took ${gap(11)} ms`);
  assert.ok(gap(13) < gap(11), `the pause after a find took ${gap(13)} ms, the one before ${gap(11)} ms`);
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
