/** Randomness that can be played again: the seed is printed with a failure, and LASTRO_SEED takes it back in. */
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';

export type Dice = {
  seed: number;
  /** From 0 (included) to 1 (excluded). */
  roll(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
};

/** Dice of this seed; of LASTRO_SEED or, without it, of chance when none is given. */
export function takeDice(seed = Number(process.env.LASTRO_SEED ?? randomInt(1, 2 ** 31))): Dice {
  if (!Number.isSafeInteger(seed)) throw new Error('LASTRO_SEED must be a whole number');
  let state = seed >>> 0;
  // mulberry32
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(roll() * (most - least + 1));
  return { seed, roll, whole, pick: (items) => items[whole(0, items.length - 1)]! };
}

/** A test whose failure names the seed that repeats it. */
export function diceTest(name: string, options: { timeout: number }, work: (dice: Dice, context: TestContext) => Promise<void>): void {
  test(name, options, async (context) => {
    const dice = takeDice();
    context.diagnostic(`LASTRO_SEED=${dice.seed}`);
    try {
      await work(dice, context);
    } catch (error) {
      if (error instanceof Error) error.message += `\n(LASTRO_SEED=${dice.seed} plays it again)`;
      throw error;
    }
  });
}
