import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MigrationSource } from '#platform/migrate/migrate.ts';

/** Modules by floor, ground first: the order of migrations, and of who may know whom. */
export const MODULE_ORDER = ['ledger', 'risk', 'identity', 'payments', 'cashflow', 'audit', 'bff'] as const;
export type ModuleName = (typeof MODULE_ORDER)[number];

const source = (module: string, folder: string): MigrationSource => ({
  module,
  directory: path.join(import.meta.dirname, folder, 'migrations'),
});

/** Every schema of the platform, in order. */
export function migrationSources(): MigrationSource[] {
  const all = [
    source('vault', 'platform/vault'),
    source('bus', 'platform/bus'),
    source('blob', 'platform/blob'),
    source('cache', 'platform/cache'),
    source('lock', 'platform/lock'),
    source('queue', 'platform/queue'),
    source('jobs', 'platform/jobs'),
    ...MODULE_ORDER.map((name) => source(name, `modules/${name}`)),
  ];
  return all.filter((one) => existsSync(one.directory));
}
