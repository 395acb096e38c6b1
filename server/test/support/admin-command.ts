import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestDatabase } from './test-database.ts';

/** Runs a command of `npm run admin` as operators run it, on this database. */
export async function runAdmin(
  target: TestDatabase,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/admin-cli.ts'), ...args], {
    env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: target.appUrl, DATABASE_ADMIN_URL: target.adminUrl, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
