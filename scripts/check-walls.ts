/** `npm run lint` runs this: the imports between modules against the walls of walls/rules.ts. */
import { rootFolder } from './supervisor/folders.ts';
import { findBreaches } from './walls/find-breaches.ts';

const { breaches, files, imports } = await findBreaches(rootFolder);
for (const { rule, from, to, advice } of breaches) console.error(`✗ ${rule}: ${from} → ${to}\n  ${advice}`);
console.log(`walls: ${imports} imports in ${files} files, ${breaches.length} breaches`);
if (breaches.length > 0) process.exitCode = 1;
