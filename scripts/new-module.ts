/**
 * `npm run new:module <name>`: a module that works, to be made yours: table, route, event, subscription, job, screen, setting, tests,
 * and a page in the menu; with their lines in `modules/index.ts` and `web/app/features/index.ts`. Nothing else in the house changes.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { writeModule } from './new-module/write-module.ts';
import { rootFolder } from './supervisor/folders.ts';

const [name = ''] = process.argv.slice(2);
try {
  const files = writeModule(rootFolder, name);
  // A longer name breaks lines elsewhere.
  const biome = path.join(rootFolder, 'node_modules/.bin/biome');
  execFileSync(biome, ['check', '--write', ...files], { cwd: rootFolder, stdio: 'pipe' });
  for (const file of files) console.log(path.relative(rootFolder, file));
  console.log(`\n${files.length} files. Now: npm run reference && npm run lint && npm run types && npm test -- modules/${name}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
