/**
 * `npm run mutants [-- <part of a path>… --concurrency N]`: do the unit tests see when the code is wrong? Changes the code of each place in
 * `scripts/mutants.json`, one small thing at a time, and runs the tests beside it. Prints what no test saw, and the score of each place; ends
 * with 1 when one is below what the file says. docs/mutants.md tells the rest.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Place, readPlaces } from './mutants/places.ts';
import { runStryker } from './mutants/run-stryker.ts';
import { renderScore, type Score, scoreOf } from './mutants/score.ts';
import { makeFolders } from './supervisor/folders.ts';
import { takeLock } from './supervisor/lock.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { concurrency: { type: 'string', default: '1' } } });
const concurrency = Number(values.concurrency);
if (!Number.isSafeInteger(concurrency) || concurrency < 1) throw new Error('--concurrency takes a whole number above zero');

const { root, state } = makeFolders();
process.chdir(root);
const places = readPlaces(root, positionals);
if (places.length === 0) throw new Error(`no place in scripts/mutants.json has ${positionals.join(' or ')} in its path`);

const folder = path.join(state, 'mutants');
mkdirSync(folder, { recursive: true });
const lock = takeLock(path.join(folder, 'lock.json'), 'npm run mutants');
if (!('release' in lock)) throw new Error(`another run mutates in this clone (pid ${lock.pid})`);
process.env.NODE_COMPILE_CACHE ??= path.join(folder, 'compiled');
process.env.NODE_ENV = 'test';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
async function judge(place: Place): Promise<Score | undefined> {
  const from = performance.now();
  console.log(`\n── ${place.name} ──`);
  try {
    const score = scoreOf(place, await runStryker(root, state, place, concurrency), read);
    console.log(`${renderScore(score, read)}  ${Math.round((performance.now() - from) / 1000)} s`);
    return score;
  } catch (error) {
    console.log(`✗ ${place.name} could not be judged: ${(error as Error).message}`);
    return undefined;
  }
}

const scores: (Score | undefined)[] = [];
try {
  for (const place of places) scores.push(await judge(place));
} finally {
  rmSync(path.join(folder, 'copies'), { recursive: true, force: true });
  lock.release();
}
const low = scores.filter((score) => !score?.isEnough);
console.log(`\n${scores.length} places, ${low.length} below their mark`);
process.exitCode = low.length === 0 ? 0 : 1;
