import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const TEMPLATE = path.join(import.meta.dirname, 'template');
/** A schema, a role and a prefix of events bear this name, too. */
const NAME = /^[a-z]{3,24}$/;

/** Writes the module's folder and its line in the list. Answers the files written or changed. Throws when the name is taken or none. */
export function writeModule(root: string, name: string): string[] {
  if (!NAME.test(name))
    throw new Error(`usage: npm run new:module <name>; the name is one word of 3 to 24 small letters, and not "${name}"`);
  const modules = path.join(root, 'server/src/modules');
  const folder = path.join(modules, name);
  const isTaken = existsSync(folder) || existsSync(path.join(root, 'server/src/platform', name));
  if (isTaken) throw new Error(`there is "${name}" already`);
  const filled = (text: string): string =>
    text
      .replaceAll('__Name__', name[0]!.toUpperCase() + name.slice(1))
      .replaceAll('__NAME__', name.toUpperCase())
      .replaceAll('__name__', name);
  const files = globSync('**/*.txt', { cwd: TEMPLATE }).map((file) => {
    const target = path.join(folder, filled(file.replace(/\.txt$/, '')));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, filled(readFileSync(path.join(TEMPLATE, file), 'utf8')));
    return target;
  });
  const list = path.join(modules, 'index.ts');
  writeFileSync(list, withLine(readFileSync(list, 'utf8'), name));
  return [...files.toSorted(), list];
}

/** The list with one line more, in order. */
function withLine(list: string, name: string): string {
  const lines = list.trimEnd().split('\n');
  const line = `export { default as ${name} } from './${name}/module.ts';`;
  const at = lines.findIndex((one) => one.startsWith('export') && one > line);
  lines.splice(at < 0 ? lines.length : at, 0, line);
  return `${lines.join('\n')}\n`;
}
