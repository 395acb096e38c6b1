/** A short storm; the long one is `npm run storm`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diceTest } from '../../support/dice.ts';
import { storm } from './storm.ts';

const SIZE = { payments: 90, arrivals: 30, people: 4 };

diceTest('a short storm: everything ends, and the books are the provider’s statement', { timeout: 240_000 }, async (dice, t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-storm-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const say = (line: string) => {
    t.diagnostic(line);
    // A sign of life: what is told to the test shows at its end only.
    console.log(line);
  };
  const { breaches } = await storm({ seed: dice.seed % 2 ** 30, size: SIZE, folder, calm: 30, mustEndMs: 15_000, say });
  assert.deepEqual(breaches, []);
});
