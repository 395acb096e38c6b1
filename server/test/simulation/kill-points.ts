/** One test for every point a machine's table of moves gives: the process is killed there, and the end must be the same, once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

export type Situation = readonly [points: RegExp, leadTo: (point: string) => Promise<void>];
export type Strike = {
  points: readonly string[];
  /** What leads to a point, and checks that the end is as if nothing had happened. */
  situations: readonly Situation[];
  /** Points no situation leads to, each with the reason. One that has a situation all the same, or is no point, is a fault of the list. */
  unreached?: Readonly<Record<string, string>>;
  /** Before each situation: another amount, say, so that no two look alike. */
  prepare?: () => void;
  /** After each situation, however it ended: the next begins with nothing of its faults. */
  clear?: () => Promise<unknown>;
  /** Holds after every kill. */
  check: () => Promise<void>;
};

/** Declares the tests. A point that is neither in a situation nor excused fails: a new move is not forgotten. */
export function killAtEachPoint({ points, situations, unreached = {}, prepare, clear, check }: Strike): void {
  const situationOf = (point: string) => situations.find(([pattern]) => pattern.test(point))?.[1];
  for (const point of points) {
    if (unreached[point] !== undefined) continue;
    test(`killed at ${point}: the end is the same, once`, { timeout: 60_000 }, async () => {
      const leadTo = situationOf(point);
      assert.ok(leadTo, `no situation leads to ${point}`);
      prepare?.();
      try {
        await leadTo(point);
      } finally {
        await clear?.();
      }
      await check();
    });
  }
  test('what no situation leads to is a point, and has none', () => {
    for (const point of Object.keys(unreached)) {
      assert.ok(points.includes(point), `${point} is no point`);
      assert.equal(situationOf(point), undefined, `${point} has a situation`);
    }
  });
}
