/** A short storm; the long one is `npm run storm`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { takeDice } from '../../support/dice.ts';
import { storm } from './storm.ts';

const SIZE = { payments: 60, arrivals: 30, people: 4 };
const SEEDS = [11, 404, 20_261_130];
/** Long enough that on a busy machine, too, only what cannot end by itself gets there; and what has not ended some time after the storm cannot. */
const MUST_END_MS = 45_000;
const TIME_UP_AFTER_MS = 15_000;

test('a short storm: everything ends, and the books are the provider’s statement', { timeout: 480_000 }, async (t) => {
  const seed = process.env.LASTRO_SEED === undefined ? SEEDS[new Date().getDate() % SEEDS.length]! : takeDice().seed % 2 ** 30;
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-storm-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const say = (line: string) => {
    t.diagnostic(line);
    // A sign of life: what is told to the test shows at its end only.
    console.log(line);
  };
  const { breaches, evidence } = await storm({
    seed,
    size: SIZE,
    folder,
    calm: 25,
    mustEndMs: MUST_END_MS,
    timeUpAfterMs: TIME_UP_AFTER_MS,
    say,
  });
  assert.deepEqual(breaches, [], `LASTRO_SEED=${seed} plays it again\n${evidence}`);
});
