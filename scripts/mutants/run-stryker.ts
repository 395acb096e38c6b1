import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import type { Place } from './places.ts';
import type { Mutant } from './score.ts';

type Options = ConstructorParameters<typeof Stryker>[0];

/** Above what the longest test file takes on a busy machine: a mutant that only runs slowly must not count as found. */
const TIMEOUT_MS = 20_000;

/** How the runner words a test file that ended with an error and no failed test: what throws while modules load. */
const CRASHED = /Tap process exited with code [1-9]/;

/** Mutates one place in a copy under `.lastro/mutants`, which is gone afterwards. Throws when the tests fail without any mutant. */
export async function runStryker(root: string, state: string, place: Place, concurrency: number): Promise<Mutant[]> {
  const temporary = path.join(state, 'mutants', 'copies');
  mkdirSync(temporary, { recursive: true });
  const leftOut = place.skip ? [`--test-skip-pattern=${place.skip}`] : [];
  const results = await new Stryker({
    mutate: place.mutated,
    // Only what tests of the server may read is copied; modules are found through a link.
    ignorePatterns: ['/*', '!/package.json', '!/server', '/server/test'],
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    tap: {
      testFiles: place.tests,
      nodeArgs: ['--test-reporter=tap', ...leftOut, '-r', '{{hookFile}}', '{{testFile}}'],
      forceBail: true,
    },
    coverageAnalysis: 'perTest',
    concurrency,
    timeoutMS: TIMEOUT_MS,
    timeoutFactor: 3,
    tempDirName: path.relative(root, temporary),
    cleanTempDir: 'always',
    reporters: process.stdout.isTTY ? ['progress'] : [],
    thresholds: { high: 100, low: 100, break: null },
    logLevel: 'error' as Options['logLevel'],
    allowConsoleColors: false,
  }).runMutationTest();
  return results.map(({ fileName, location, replacement, mutatorName, status, statusReason }) => ({
    file: path.relative(root, path.resolve(root, fileName)),
    start: location.start,
    end: location.end,
    replacement,
    mutator: mutatorName,
    fate: status === 'RuntimeError' && CRASHED.test(statusReason ?? '') ? 'Crashed' : status,
  }));
}
