import path from 'node:path';
import type { Equivalent, Place } from './places.ts';

/** `Crashed`: a test file ended before its tests, which a run of the tests counts as failed. */
export type Fate = 'Killed' | 'Crashed' | 'Survived' | 'NoCoverage' | 'CompileError' | 'RuntimeError' | 'Timeout' | 'Ignored' | 'Pending';

/** A mutant after its run. Lines and columns count from one; a column is a UTF-16 unit. */
export interface Mutant {
  /** Relative to the root. */
  file: string;
  start: { line: number; column: number };
  end: { line: number; column: number };
  replacement: string;
  mutator: string;
  fate: Fate;
}

export interface Score {
  place: Place;
  killed: number;
  crashed: number;
  timedOut: number;
  /** Nothing could be told of them: the tests did not start at all. Not counted. */
  failedToRun: number;
  survivors: Mutant[];
  equivalent: number;
  /** Explained in the file, but killed or gone: the explanation must go too. */
  stale: Equivalent[];
  /** Killed, crashed and timed out, of all that are not equivalent. */
  percent: number;
  isEnough: boolean;
}

export type ReadSource = (file: string) => string;

/** The text the mutant stands in place of. */
export function originalOf(mutant: Mutant, read: ReadSource): string {
  const lines = read(mutant.file)
    .split('\n')
    .slice(mutant.start.line - 1, mutant.end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, mutant.end.column - 1);
  lines[0] = lines[0]!.slice(mutant.start.column - 1);
  return lines.join('\n');
}

export const lineOf = (mutant: Mutant, read: ReadSource): string => read(mutant.file).split('\n')[mutant.start.line - 1]!.trim();

export function scoreOf(place: Place, mutants: readonly Mutant[], read: ReadSource): Score {
  const explains = (one: Equivalent, mutant: Mutant): boolean =>
    path.join(place.name, one.file) === path.normalize(mutant.file) &&
    one.original === originalOf(mutant, read) &&
    one.replacement === mutant.replacement &&
    (one.line === undefined || one.line === lineOf(mutant, read));
  const count = (fate: Fate): number => mutants.filter((mutant) => mutant.fate === fate).length;
  const alive = mutants.filter(({ fate }) => fate === 'Survived' || fate === 'NoCoverage');
  const survivors = alive.filter((mutant) => !place.equivalents.some((one) => explains(one, mutant)));
  const stale = place.equivalents.filter((one) => !alive.some((mutant) => explains(one, mutant)));
  const killed = count('Killed');
  const timedOut = count('Timeout');
  const crashed = count('Crashed');
  const seen = killed + crashed + timedOut;
  const all = seen + survivors.length;
  const percent = all === 0 ? 0 : (100 * seen) / all;
  return {
    place,
    killed,
    crashed,
    timedOut,
    failedToRun: count('RuntimeError') + count('CompileError'),
    survivors,
    equivalent: alive.length - survivors.length,
    stale,
    percent,
    isEnough: percent >= place.atLeastPercent && stale.length === 0,
  };
}

const oneLine = (text: string): string => {
  const short = text.replace(/\s+/g, ' ');
  return short.length > 100 ? `${short.slice(0, 97)}…` : short;
};

/** One line a survivor, then one with the score. */
export function renderScore(score: Score, read: ReadSource): string {
  const { place, killed, crashed, timedOut, failedToRun, survivors, equivalent, stale, percent } = score;
  const lines = survivors.map((mutant) => {
    const where = `${mutant.file}:${mutant.start.line}:${mutant.start.column}`;
    const seen = mutant.fate === 'NoCoverage' ? 'no test runs it' : mutant.mutator;
    return `  ${where}  ${oneLine(originalOf(mutant, read))}  →  ${oneLine(mutant.replacement)}  (${seen})`;
  });
  lines.push(
    ...stale.map((one) => `  ${place.name}/${one.file}: "${oneLine(one.original)}" is explained as equivalent and does not survive`),
  );
  const parts = [`${killed} killed`, `${survivors.length} survived`, `${timedOut} timed out`];
  if (crashed > 0) parts.push(`${crashed} crashed the tests`);
  if (equivalent > 0) parts.push(`${equivalent} equivalent`);
  if (failedToRun > 0) parts.push(`${failedToRun} did not run`);
  const rounded = Math.floor(percent * 10) / 10;
  lines.push(`${score.isEnough ? '✓' : '✗'} ${place.name}  ${rounded} % (at least ${place.atLeastPercent})  ${parts.join(', ')}`);
  return lines.join('\n');
}
