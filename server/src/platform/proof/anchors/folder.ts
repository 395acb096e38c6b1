import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type DayStatement, dayStatementText } from '../chain.ts';
import type { Anchor } from './anchor.ts';

/**
 * A folder into which each day's statement is written once, as a read-only file `<chain>/<tenant>/<day>.json`. Files appear whole and are never
 * overwritten. Its worth is where it lies: on a disk of somebody else, or one that cannot be written twice.
 */
export function folderAnchor(folder: string, now: () => number): Anchor {
  return {
    driver: 'folder',
    async anchor(day) {
      const name = path.posix.join(day.chain, day.tenantId, `${day.day}.json`);
      const file = path.join(folder, name);
      const statement = dayStatementText(day);
      await mkdir(path.dirname(file), { recursive: true });
      try {
        await createWhole(file, statement);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (!(await readFile(file)).equals(statement)) throw new Error(`${name} holds another statement of that day`);
      }
      return { evidence: Buffer.from(name), at: new Date(now()).toISOString() };
    },
  };
}

/** A link is made only where nothing is, and to a file that is complete: a crash leaves no half statement under the name. */
async function createWhole(file: string, content: Buffer): Promise<void> {
  const draft = path.join(path.dirname(file), `.${randomBytes(8).toString('hex')}.draft`);
  const handle = await open(draft, 'wx', 0o444);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await link(draft, file);
  } finally {
    await handle.close();
    await unlink(draft);
  }
  const folder = await open(path.dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

/** The statements a folder holds, of all tenants and chains. Throws when a file is no statement. */
export async function readAnchorFolder(folder: string): Promise<DayStatement[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const said = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as DayStatement;
      if (typeof said.day !== 'string' || typeof said.root !== 'string' || typeof said.lastSeq !== 'number')
        throw new Error(`${name} não é a declaração de um dia`);
      return said;
    }),
  );
}
