import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A mutant no test can kill, since the mutated code does the same. Found by what it says, not by its line, which moves. */
export interface Equivalent {
  /** Name of the file within the place. */
  file: string;
  original: string;
  replacement: string;
  /** The line it stands in, trimmed, where the same original stands in several. */
  line?: string;
  why: string;
}

/** What `scripts/mutants.json` says of a place. */
interface Entry {
  atLeastPercent: number;
  /** Unit tests that lie elsewhere; without it, those beside the code. */
  tests?: string[];
  /** The files that are mutated; without it, all that are no tests. */
  only?: string[];
  /** Names of tests that are left out, as a pattern: those that measure time, since mutated code carries counters and is slower. */
  skip?: string;
  equivalents?: Equivalent[];
}

/** A folder, or a file, whose code is mutated: with the tests that judge it and the score it must reach. */
export interface Place {
  name: string;
  atLeastPercent: number;
  /** Paths relative to the root. */
  mutated: string[];
  tests: string[];
  skip?: string;
  equivalents: readonly Equivalent[];
}

const isUnitTest = (file: string): boolean => file.endsWith('.test.ts') && !file.endsWith('.db.test.ts');
const isMutated = (file: string): boolean => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file);

/** The places whose path contains one of the filters (all, without filters). Throws when one has nothing to mutate or no test. */
export function readPlaces(root: string, filters: readonly string[]): Place[] {
  const entries = JSON.parse(readFileSync(path.join(root, 'scripts', 'mutants.json'), 'utf8')) as Record<string, Entry>;
  const wanted = Object.entries(entries).filter(([name]) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
  return wanted.map(([name, entry]) => toPlace(root, name, entry));
}

function toPlace(root: string, name: string, entry: Entry): Place {
  const inFolder = statSync(path.join(root, name)).isDirectory();
  const files = inFolder ? filesUnder(root, name) : [name];
  const mutated = entry.only ? entry.only.map((file) => path.join(name, file)) : files.filter(isMutated);
  const tests = entry.tests ?? (inFolder ? files.filter(isUnitTest) : [name.replace(/\.ts$/, '.test.ts')]);
  for (const file of [...mutated, ...tests]) statSync(path.join(root, file));
  if (mutated.length === 0 || tests.length === 0) throw new Error(`${name} has nothing to mutate, or no unit test`);
  return { name, atLeastPercent: entry.atLeastPercent, mutated, tests, skip: entry.skip, equivalents: entry.equivalents ?? [] };
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(root, file) : [file];
  });
}
