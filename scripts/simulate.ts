/**
 * `npm run simulate -- [--seed N] [--operations N] [--minutes N] [--mode memory|faults|processes] [--calm N]`: the ledger against its
 * reference model, world after world, each from a seed of its own. Without a mode, all three in turn. Ends at the first disagreement with
 * the command that plays its world again. docs/simulation.md tells the rest.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MODES, type Mode, Simulation } from '../server/test/simulation/ledger/simulation.ts';
import { makeFolders } from './supervisor/folders.ts';
import { takeLock } from './supervisor/lock.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    operations: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '60' },
    mode: { type: 'string' },
    calm: { type: 'string', default: '8000' },
    world: { type: 'string' },
  },
});
const numberOf = (name: keyof typeof values, text: string | undefined): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above zero`);
  return value;
};
const modes = values.mode === undefined ? MODES : [values.mode as Mode];
if (!modes.every((mode) => MODES.includes(mode))) throw new Error(`--mode is one of ${MODES.join(', ')}`);

const folder = path.join(makeFolders().state, 'simulate');
mkdirSync(folder, { recursive: true, mode: 0o755 });
const lock = takeLock(path.join(folder, 'lock.json'), 'npm run simulate');
if (!('release' in lock)) throw new Error(`another simulation runs in this clone (pid ${lock.pid})`);
process.env.NODE_COMPILE_CACHE ??= path.join(folder, 'compiled');
const simulation = new Simulation({
  folder,
  calm: numberOf('calm', values.calm),
  ...(values.world ? { worldOperations: numberOf('world', values.world) } : {}),
  say: (line) => console.log(`${new Date().toISOString()} ${line}`),
});
let isInterrupted = false;
process.on('SIGINT', () => {
  isInterrupted = true;
});
process.on('SIGTERM', () => {
  isInterrupted = true;
});
try {
  const operations = numberOf('operations', values.operations);
  const end = performance.now() + numberOf('minutes', values.minutes) * 60_000;
  let seed = values.seed === undefined ? randomInt(1, 2 ** 30) : numberOf('seed', values.seed);
  while (!isInterrupted && simulation.operations < operations && performance.now() < end) {
    for (const mode of modes) await simulation.world(mode, seed, operations - simulation.operations);
    seed++;
  }
  console.log(simulation.summary());
} catch (error) {
  console.error((error as Error).stack);
  console.log(simulation.summary());
  process.exitCode = 1;
} finally {
  await simulation.close();
  lock.release();
}
