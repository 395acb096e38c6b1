/** `npm run build:web`: builds the web app unless the build at hand is of the same sources; `npm start` and `npm test` then take it as it is. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { makeFolders } from './supervisor/folders.ts';
import { buildWebOnce, npmCommand } from './web/web-build.ts';

const { root, state } = makeFolders();
const folder = await buildWebOnce(root, state, async () => {
  const [program, ...args] = npmCommand('run', 'build', '-w', 'web');
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NG_CLI_ANALYTICS: 'false' } });
  if (status !== 0) process.exit(status ?? 1);
});
console.log(`web app: ${path.relative(root, folder)}`);
