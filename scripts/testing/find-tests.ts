import { readdirSync } from 'node:fs';
import path from 'node:path';

export interface FoundTests {
  node: string[];
  /** Relative to `web`, as the Angular CLI wants them. */
  web: string[];
  browser: string[];
}

const SKIPPED = new Set(['node_modules', 'dist', '.angular', 'fixtures', 'coverage']);

/** All test files whose path contains one of the filters (all, without filters), sorted, relative to the root. */
export function findTests(root: string, filters: readonly string[]): FoundTests {
  const isWanted = (file: string) => filters.length === 0 || filters.some((filter) => file.includes(filter));
  const under = (folder: string, ending: string) => filesUnder(root, folder).filter((file) => file.endsWith(ending) && isWanted(file));
  return {
    node: longestFirst(['server', 'sandbox', 'client', 'cli', 'scripts'].flatMap((folder) => under(folder, '.test.ts'))),
    web: under('web', '.spec.ts').map((file) => path.relative('web', file)),
    browser: under('server/test/e2e', '.e2e.ts'),
  };
}

/**
 * Those that mostly wait (for a time-out, for rest, for a payment whose time is to end) and leave the processors to others: a run on a machine with twice the load hardly
 * lengthens them. They have a place of their own. In order, by the seconds that a run prints.
 */
export const PATIENT = [
  'server/test/conformance/idempotency.db.test.ts',
  'server/src/modules/bff/live/live.db.test.ts',
  'server/src/modules/payments/manners.db.test.ts',
  'server/src/modules/payments/must-end.db.test.ts',
  'server/src/modules/payments/nasty-provider.db.test.ts',
  'server/src/modules/payments/returns.db.test.ts',
  'server/src/modules/payments/faults.db.test.ts',
  'server/src/platform/queue/queue.db.test.ts',
  'server/src/modules/payments/recovery.db.test.ts',
  'server/src/modules/payments/announced.db.test.ts',
  'server/src/modules/payments/incoming/arrivals.db.test.ts',
  'server/src/platform/jobs/jobs.db.test.ts',
] as const;

/** Of the others those that take longest, in order, by the seconds that a run prints: begun last, one of them would run alone while the other places stand idle. */
export const LONGEST = [
  'server/test/simulation/kill-arrivals.db.test.ts',
  'server/test/simulation/kill-side-points.db.test.ts',
  'server/test/simulation/kill-devolucao.db.test.ts',
  'server/test/simulation/kill-opening.db.test.ts',
  'server/test/simulation/kill-for-people.db.test.ts',
  'scripts/new-module/new-module.db.test.ts',
  'server/test/simulation/kill-payment.db.test.ts',
  'server/test/conformance/hostile-input.db.test.ts',
  'server/test/simulation/storm/storm.db.test.ts',
  'server/test/simulation/kill-machine.db.test.ts',
  'server/test/simulation/split-ledger.db.test.ts',
  'server/test/simulation/kill-postgres.db.test.ts',
  'server/test/conformance/tenants.db.test.ts',
  'server/test/e2e/profiles.db.test.ts',
  'server/src/admin-cli.db.test.ts',
  'server/src/platform/machine/machine.db.test.ts',
  'server/test/conformance/logs.db.test.ts',
  'server/src/platform/embedded-postgres/embedded-postgres.test.ts',
  'cli/src/cli.db.test.ts',
  'server/test/conformance/metrics.db.test.ts',
  'server/test/simulation/ledger/simulation.db.test.ts',
] as const;

const BEFORE_OTHERS: readonly string[] = [...PATIENT, ...LONGEST];

function longestFirst(files: string[]): string[] {
  return [...BEFORE_OTHERS.filter((file) => files.includes(file)), ...files.filter((file) => !BEFORE_OTHERS.includes(file))];
}

function filesUnder(root: string, folder: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(root, file);
      return entry.isFile() ? [file] : [];
    });
}
