/**
 * `npm run storm -- [--seed N] [--payments N] [--arrivals N] [--people N] [--calm N]`: the whole installation under the worst provider
 * there is, while its processes and Postgres are killed; then the books are held against the provider's statement. Prints how everything
 * ended, by manner; exits with 1 on any breach. docs/storm.md tells the rest.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { storm } from '../server/test/simulation/storm/storm.ts';
import { makeFolders } from './supervisor/folders.ts';
import { takeLock } from './supervisor/lock.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    payments: { type: 'string', default: '10000' },
    arrivals: { type: 'string', default: '2000' },
    people: { type: 'string', default: '40' },
    calm: { type: 'string', default: '400' },
    // Long enough that only what cannot end by itself gets there, also while things are down.
    'end-within': { type: 'string', default: '90' },
    'time-up-after': { type: 'string' },
  },
});
const numberOf = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above zero`);
  return value;
};

const folder = path.join(makeFolders().state, 'storm');
mkdirSync(folder, { recursive: true, mode: 0o755 });
const lock = takeLock(path.join(folder, 'lock.json'), 'npm run storm');
if (!('release' in lock)) throw new Error(`another storm runs in this clone (pid ${lock.pid})`);
process.env.NODE_COMPILE_CACHE ??= path.join(folder, 'compiled');
const seed = values.seed === undefined ? randomInt(1, 2 ** 30) : numberOf('seed');
const size = { payments: numberOf('payments'), arrivals: numberOf('arrivals'), people: numberOf('people') };
const stageFolder = path.join(folder, 'stage');
rmSync(stageFolder, { recursive: true, force: true });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`ended early by ${signal}`)));
const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
try {
  const { breaches, tables, evidence } = await storm({
    seed,
    size,
    folder: stageFolder,
    calm: numberOf('calm'),
    mustEndMs: numberOf('end-within') * 1_000,
    ...(values['time-up-after'] === undefined ? {} : { timeUpAfterMs: numberOf('time-up-after') * 1_000 }),
    say,
    signal: stop.signal,
  });
  console.log(`\n${tables}\n`);
  const report = path.join(folder, `storm-${seed}.md`);
  writeFileSync(report, `${tables}\n\n${breaches.map((text) => `- ${text}`).join('\n')}\n\n${evidence}\n`);
  for (const text of breaches.slice(0, 50)) console.error(`BREACH ${text}`);
  say(breaches.length === 0 ? `all well; ${report}` : `${breaches.length} breaches; ${report}`);
  if (breaches.length > 0) process.exitCode = 1;
} catch (error) {
  console.error((error as Error).stack);
  process.exitCode = 1;
} finally {
  const again = Object.entries(size).map(([name, value]) => `--${name} ${value}`);
  console.log(`again: npm run storm -- --seed ${seed} ${again.join(' ')} --calm ${values.calm} --end-within ${values['end-within']}`);
  lock.release();
}
