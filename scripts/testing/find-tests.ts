import { readdirSync } from 'node:fs';
import path from 'node:path';

export interface FoundTests {
  node: string[];
  /** Relative to `web/src`, as the Angular CLI wants them. */
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
    web: [...under('web/src', '.spec.ts'), ...under('web/src', '.test.ts')].map((file) => path.relative('web/src', file)),
    browser: under('server/test/e2e', '.e2e.ts'),
  };
}

/** The simulations take longest; begun last, one of them would run alone while the other place stands idle. */
function longestFirst(files: string[]): string[] {
  const isLong = (file: string) => file.includes('/simulation/');
  return [...files.filter(isLong), ...files.filter((file) => !isLong(file))];
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
