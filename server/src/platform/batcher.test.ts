import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBatcher } from './batcher.ts';

const overloaded = () => new Error('overloaded');
const soon = () => new Promise((resolve) => setImmediate(resolve));

/** A writer that waits to be let go, batch by batch. */
function heldWriter() {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  const write = (items: number[]): Promise<number[]> => {
    batches.push(items);
    return new Promise((resolve) => releases.push(() => resolve(items.map((item) => item * 10))));
  };
  return { batches, write, release: () => releases.shift()?.() };
}

test('calls of one turn are written together, those made meanwhile with the next batch, in order', async () => {
  const { batches, write, release } = heldWriter();
  const batcher = createBatcher(write, { maxBatch: 10, maxBacklog: 100, overloaded });
  const first = [1, 2, 3].map((item) => batcher.submit(item));
  await soon();
  await soon();
  const second = [4, 5].map((item) => batcher.submit(item));
  assert.deepEqual([batches, batcher.backlog], [[[1, 2, 3]], 2]);
  release();
  assert.deepEqual(await Promise.all(first), [10, 20, 30]);
  await soon();
  release();
  assert.deepEqual(await Promise.all(second), [40, 50]);
  assert.deepEqual(batches, [
    [1, 2, 3],
    [4, 5],
  ]);
  assert.equal(batcher.backlog, 0);
});

test('a batch is never larger than said, and nothing is lost or answered with another’s outcome', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.array(fc.integer(), { maxLength: 60 }), async (maxBatch, items) => {
      const sizes: number[] = [];
      const write = async (batch: number[]) => {
        sizes.push(batch.length);
        await soon();
        return batch.map((item) => item + 1);
      };
      const batcher = createBatcher(write, { maxBatch, maxBacklog: 100, overloaded });
      const answers = await Promise.all(
        items.map(async (item, index) => {
          if (index % 3 === 0) await soon();
          return batcher.submit(item);
        }),
      );
      assert.deepEqual(
        answers,
        items.map((item) => item + 1),
      );
      assert.ok(sizes.every((size) => size >= 1 && size <= maxBatch));
    }),
    { numRuns: 50 },
  );
});

test('a full backlog refuses, and takes again once it has emptied', async () => {
  const { write, release } = heldWriter();
  const batcher = createBatcher(write, { maxBatch: 1, maxBacklog: 2, overloaded });
  const taken = [batcher.submit(1)];
  await soon();
  await soon();
  taken.push(batcher.submit(2), batcher.submit(3));
  await assert.rejects(batcher.submit(4), /overloaded/);
  const releasing = setInterval(release, 1);
  await Promise.all(taken);
  assert.equal(await batcher.submit(5), 50);
  clearInterval(releasing);
});

test('a batch that cannot be written rejects its own items only, however the writer fails', async () => {
  const failures: (() => Promise<number[]>)[] = [
    async () => {
      throw new Error('disk');
    },
    () => {
      throw new Error('disk');
    },
    async () => [],
  ];
  for (const fail of failures) {
    let isBroken = true;
    const batcher = createBatcher((items: number[]) => (isBroken ? fail() : Promise.resolve(items)), {
      maxBatch: 5,
      maxBacklog: 9,
      overloaded,
    });
    const settled = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    assert.deepEqual(
      settled.map((one) => one.status),
      ['rejected', 'rejected'],
    );
    isBroken = false;
    assert.equal(await batcher.submit(3), 3);
  }
});

test('drain waits for everything submitted, and returns at once when there is nothing', async () => {
  const done: number[] = [];
  const write = async (items: number[]) => {
    await soon();
    done.push(...items);
    return items;
  };
  const batcher = createBatcher(write, { maxBatch: 2, maxBacklog: 100, overloaded });
  await batcher.drain();
  const all = [1, 2, 3, 4, 5].map((item) => batcher.submit(item));
  await batcher.drain();
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
  await Promise.all(all);
});
