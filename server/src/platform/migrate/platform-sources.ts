import path from 'node:path';
import type { MigrationSource } from './migrate.ts';

/** The parts of the platform that have tables, in the order in which they are migrated: before any module. */
export function platformSources(): MigrationSource[] {
  return ['vault', 'bus', 'blob', 'cache', 'lock', 'queue', 'jobs', 'bridge'].map((part) => ({
    module: part,
    directory: path.join(import.meta.dirname, '..', part, 'migrations'),
  }));
}
