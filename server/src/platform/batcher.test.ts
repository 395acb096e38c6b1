import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
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

test('what waits is counted by its weight, and one item heavier than all that may wait is still taken when nothing waits', async () => {
  const { write, release } = heldWriter();
  const batcher = createBatcher(write, { maxBatch: 1_000, maxBacklog: 50, overloaded, weigh: (item) => item });
  const taken = [batcher.submit(1)];
  await soon();
  await soon();
  taken.push(batcher.submit(20), batcher.submit(40));
  await assert.rejects(batcher.submit(1), /overloaded/, 'two items wait, and weigh 60');
  const releasing = setInterval(release, 1);
  await Promise.all(taken);
  assert.equal(await batcher.submit(700), 7_000);
  clearInterval(releasing);
});

test('the next batch is no part of whatever the one before runs in', async () => {
  const inside = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const write = async (items: number[], next: () => void) => {
    seen.push(inside.getStore());
    await inside.run('a transaction', async () => {
      next();
      await soon();
      await soon();
    });
    return items;
  };
  const batcher = createBatcher(write, { maxBatch: 2, maxBacklog: 100, overloaded, overlapFrom: 1 });
  await Promise.all([1, 2, 3, 4, 5, 6].map((item) => batcher.submit(item)));
  assert.deepEqual([...new Set(seen)], [undefined]);
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

test('with overlap the next batch begins once it is let, when enough waits; order and outcomes hold', async () => {
  const { batches, write, release } = heldWriter();
  const lets: (() => void)[] = [];
  const batcher = createBatcher<number, number>(
    (items, next) => {
      lets.push(next);
      return write(items);
    },
    { maxBatch: 10, maxBacklog: 100, overloaded, overlapFrom: 3 },
  );
  const answers = [1, 2, 3].map((item) => batcher.submit(item));
  await soon();
  await soon();
  answers.push(...[4, 5, 6].map((item) => batcher.submit(item)));
  await soon();
  await soon();
  assert.equal(batches.length, 1, 'not before it is let');
  lets[0]!();
  await soon();
  await soon();
  assert.deepEqual(batches, [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  lets[1]!();
  answers.push(...[7, 8, 9].map((item) => batcher.submit(item)));
  await soon();
  await soon();
  assert.equal(batches.length, 2, 'two at a time at the most');
  release();
  await soon();
  await soon();
  assert.equal(batches.length, 3);
  answers.push(batcher.submit(10));
  lets[2]!();
  await soon();
  assert.equal(batches.length, 3, 'one is not worth a commit of its own');
  const releasing = setInterval(release, 1);
  assert.deepEqual(
    await Promise.all(answers),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((item) => item * 10),
  );
  clearInterval(releasing);
  await batcher.drain();
});

test('with overlap, whatever the weights: batches stay bounded, at most two are under way, nothing is lost', async () => {
  const items = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), late: fc.boolean() }), { maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }), items, async (maxBatch, overlapFrom, wanted) => {
      let underWay = 0;
      const written: number[] = [];
      const weigh = ({ weight }: { weight: number }) => weight;
      const write = async (batch: { index: number; weight: number }[], next: () => void) => {
        assert.ok(++underWay <= 2);
        assert.ok(batch.length === 1 || batch.reduce((sum, one) => sum + one.weight, 0) <= maxBatch);
        written.push(...batch.map((one) => one.index));
        if (batch.length % 2 === 0) next();
        await soon();
        next();
        await soon();
        underWay--;
        return batch.map((one) => one.index);
      };
      const batcher = createBatcher(write, { maxBatch, maxBacklog: 100, overloaded, overlapFrom, weigh });
      const answers = await Promise.all(
        wanted.map(async ({ weight, late }, index) => {
          if (late) await soon();
          return batcher.submit({ index, weight });
        }),
      );
      assert.deepEqual(answers, [...wanted.keys()]);
      assert.deepEqual(
        [...written].sort((a, b) => a - b),
        [...wanted.keys()],
      );
      await batcher.drain();
      assert.equal(underWay + batcher.backlog, 0);
    }),
    { numRuns: 50 },
  );
});

test('what spoils a batch is found by halves: only its own caller hears of it, the others are written once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (isPoison) => {
      const written: number[] = [];
      const batcher = createBatcher<number, number>(
        async (items) => {
          await soon();
          if (items.some((item) => isPoison[item])) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
          written.push(...items);
          return items;
        },
        { maxBatch: 50, maxBacklog: 100, overloaded, isolate: (error) => (error as { code?: string }).code === '22021' },
      );
      const answers = await Promise.allSettled(isPoison.map((_, item) => batcher.submit(item)));
      for (const [item, poison] of isPoison.entries()) assert.equal(answers[item]!.status, poison ? 'rejected' : 'fulfilled');
      const innocent = isPoison.flatMap((poison, item) => (poison ? [] : [item]));
      assert.deepEqual(written, innocent, 'each once, in order');
    }),
    { numRuns: 100 },
  );
});

test('a database that is away is nobody’s fault: the batch fails as one, and is not tried in parts', async () => {
  let calls = 0;
  const batcher = createBatcher<number, number>(
    async () => {
      calls++;
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    },
    { maxBatch: 50, maxBacklog: 100, overloaded, isolate: (error) => (error as { code?: string }).code?.startsWith('22') ?? false },
  );
  const answers = await Promise.allSettled([1, 2, 3].map((item) => batcher.submit(item)));
  assert.deepEqual([calls, answers.map(({ status }) => status)], [1, ['rejected', 'rejected', 'rejected']]);
});
