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
 * Those that take longest, in order, by the seconds that a run prints: begun last, one of them would run alone while the other places stand
 * idle. Most of their time they wait (for a process to start, a payment to end), so that they leave room for others.
 */
export const LONGEST = [
  'server/test/simulation/kill-side-points.db.test.ts',
  'server/test/simulation/kill-payment.db.test.ts',
  'server/test/conformance/idempotency.db.test.ts',
  'server/test/conformance/hostile-input.db.test.ts',
  'server/src/modules/payments/manners.db.test.ts',
  'server/test/simulation/split-ledger.db.test.ts',
  'server/src/modules/payments/must-end.db.test.ts',
  'server/test/simulation/kill-postgres.db.test.ts',
  'server/test/simulation/ledger/simulation.db.test.ts',
  'server/src/modules/payments/nasty-provider.db.test.ts',
  'server/src/modules/payments/returns.db.test.ts',
  'server/src/admin-cli.db.test.ts',
  'cli/src/cli.db.test.ts',
  'server/src/platform/embedded-postgres/embedded-postgres.test.ts',
  'server/test/conformance/logs.db.test.ts',
  'server/test/conformance/tenants.db.test.ts',
  'server/src/modules/payments/faults.db.test.ts',
  'server/src/modules/payments/recovery.db.test.ts',
] as const;

function longestFirst(files: string[]): string[] {
  const isLong: ReadonlySet<string> = new Set(LONGEST);
  return [...LONGEST.filter((file) => files.includes(file)), ...files.filter((file) => !isLong.has(file))];
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
