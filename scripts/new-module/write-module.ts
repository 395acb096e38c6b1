import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const TEMPLATE = path.join(import.meta.dirname, 'template');
const WEB_TEMPLATE = path.join(import.meta.dirname, 'template-web');
/** A schema, a role and a prefix of events bear this name, too. */
const NAME = /^[a-z]{3,24}$/;

/** Writes the module's folder and its line in the list, and those of its page in the web app. Answers the files written or changed. Throws when the name is taken or none. */
export function writeModule(root: string, name: string): string[] {
  if (!NAME.test(name))
    throw new Error(`usage: npm run new:module <name>; the name is one word of 3 to 24 small letters, and not "${name}"`);
  const modules = path.join(root, 'server/src/modules');
  const folder = path.join(modules, name);
  const isTaken = ['server/src/modules', 'server/src/platform', 'web/app/features'].some((where) =>
    existsSync(path.join(root, where, name)),
  );
  if (isTaken) throw new Error(`there is "${name}" already`);
  const filled = (text: string): string =>
    text
      .replaceAll('__Name__', name[0]!.toUpperCase() + name.slice(1))
      .replaceAll('__NAME__', name.toUpperCase())
      .replaceAll('__name__', name);
  const write = (template: string, into: string): string[] =>
    globSync('**/*.txt', { cwd: template }).map((file) => {
      const target = path.join(into, filled(file.replace(/\.txt$/, '')));
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, filled(readFileSync(path.join(template, file), 'utf8')));
      return target;
    });
  const features = path.join(root, 'web/app/features');
  const files = [...write(TEMPLATE, folder), ...write(WEB_TEMPLATE, path.join(features, name))];
  const [list, pages] = [path.join(modules, 'index.ts'), path.join(features, 'index.ts')];
  addLine(list, `export { default as ${name} } from './${name}/module.ts';`);
  addLine(pages, `export { default as ${name} } from './${name}/feature';`);
  return [...files.toSorted(), list, pages];
}

/** One line more in a list, in order. */
function addLine(list: string, line: string): void {
  const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
  const at = lines.findIndex((one) => one.startsWith('export') && one > line);
  lines.splice(at < 0 ? lines.length : at, 0, line);
  writeFileSync(list, `${lines.join('\n')}\n`);
}
