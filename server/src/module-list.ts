import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Module } from '#platform/manifest.ts';
import type { MigrationSource } from '#platform/migrate/migrate.ts';
import { platformSources } from '#platform/migrate/platform-sources.ts';
import { OPERATOR_ROLES, type OperatorRole } from '#platform/operator-roles.ts';
import * as listed from './modules/index.ts';

/** Every module there is, ground floor first: the order of migrations and of starting, so that whoever is needed is there before. */
export const MODULES: readonly Module[] = orderModules(Object.values(listed));

/** Lower floors first, by name on one floor. Throws when a module stands on something that is not below it. */
export function orderModules(modules: readonly Module[]): Module[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  if (byName.size < modules.length) throw new Error('two modules have the same name');
  for (const { name, floor, folder, needs = {} } of modules) {
    if (path.basename(folder) !== name) throw new Error(`the module "${name}" lies in a folder of another name: ${folder}`);
    for (const needed of Object.keys(needs)) {
      const other = byName.get(needed);
      if (!other) throw new Error(`${name} needs "${needed}", and there is no such module`);
      if (!other.contract) throw new Error(`${name} needs ${needed}, which has no contract`);
      if (other.floor >= floor) throw new Error(`${name} (floor ${floor}) needs ${needed} (floor ${other.floor}), which is not below it`);
    }
  }
  return modules.toSorted((a, b) => a.floor - b.floor || (a.name < b.name ? -1 : 1));
}

/** Every schema of the platform, in order. */
export function migrationSources(): MigrationSource[] {
  const all = [...platformSources(), ...MODULES.map(({ name, folder }) => ({ module: name, directory: path.join(folder, 'migrations') }))];
  return all.filter(({ directory }) => existsSync(directory));
}

/** Scopes of the whole API, those that a person's session has, and those of each role of operators. */
export function scopesOf(modules: readonly Module[]): { all: string[]; people: string[]; roles: Record<OperatorRole, string[]> } {
  const declared = modules.flatMap(({ scopes = {} }) => Object.entries(scopes));
  const granted = modules.flatMap(({ operators = {} }) => Object.entries(operators));
  return {
    all: declared.map(([name]) => name),
    people: declared.flatMap(([name, whose]) => (whose === 'person' ? [name] : [])),
    roles: Object.fromEntries(
      OPERATOR_ROLES.map((role) => [role, granted.flatMap(([scope, roles]) => (roles.includes(role) ? [scope] : []))]),
    ) as Record<OperatorRole, string[]>,
  };
}

/**
 * What keeps a process of these modules from starting, in sentences: a module whose needs are neither here nor anywhere that
 * `MODULE_URLS` names.
 */
export function missingNeeds(modules: readonly Module[], here: ReadonlySet<string>, urls: Readonly<Record<string, string>>): string[] {
  return modules
    .filter(({ name }) => here.has(name))
    .flatMap(({ name, needs = {} }) =>
      Object.entries(needs)
        .filter(([needed, { optional }]) => !optional && !here.has(needed) && !urls[needed])
        .map(([needed]) => `${name} needs ${needed}: add it to MODULES, or say where it is with MODULE_URLS=${needed}=http://…`),
    );
}
