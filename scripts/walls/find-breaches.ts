import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import rules from './rules.ts';

export interface Breach {
  rule: string;
  from: string;
  to: string;
  /** What to do instead. */
  advice: string;
}

/**
 * Checks the imports of `server`, `sandbox`, `client`, `cli` and `web` under the root against the walls. Throws when the tool saw less than is
 * there: one that silently sees nothing (as with another TypeScript) would find every wall intact.
 */
export async function findBreaches(root: string): Promise<{ breaches: Breach[]; files: number; imports: number }> {
  const all = ['server/src', 'sandbox/src', 'client/src', 'cli/src', 'web/libs', 'web/app', 'web/negocio', 'web/operacao', 'web/pecas'];
  const folders = all.filter((folder) => existsSync(path.join(root, folder)));
  const options: ICruiseOptions = { ...rules.options, baseDir: root, validate: true, ruleSet: { forbidden: rules.forbidden ?? [] } };
  const { output } = await cruise(folders, options);
  const { modules, summary } = output as ICruiseResult;
  const seen = new Set(modules.map(({ source }) => source));
  const unseen = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).filter((file) => !seen.has(file));
  if (unseen.length > 0) throw new Error(`the check of the walls did not see ${unseen.slice(0, 5).join(', ')}`);
  const imports = summary.totalDependenciesCruised ?? 0;
  if (imports < seen.size / 4) throw new Error(`the check of the walls saw only ${imports} imports in ${seen.size} files: it does not see`);
  const advice = new Map((rules.forbidden ?? []).map((rule) => [rule.name, rule.comment ?? '']));
  const breaches = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to, advice: advice.get(rule.name) ?? '' }));
  return { breaches, files: seen.size, imports };
}
