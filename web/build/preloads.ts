/**
 * Writes `preloads.json`: which code each address of the app needs, so that the server can name it in the page and the browser fetches all of
 * it at once, instead of learning of each piece from the one before. The build's own account of its files is the source; it is then deleted.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

type Output = { entryPoint?: string; imports: { path: string; kind: string }[] };

const INSIDE = 'inside.routes.ts';
/** The code of each address, under `app`: an address is its first part, and `/*` when something follows. */
const PAGES: Record<string, string[]> = {
  '': ['features/landing/landing.ts'],
  'entrar/*': ['features/entrar/entrar.ts'],
  inicio: [INSIDE],
  pagar: [INSIDE, 'features/pagar/pagar.ts'],
  'pagar/*': [INSIDE],
  receber: [INSIDE, 'features/receber/receber.ts'],
  'comprovante/*': [INSIDE],
  extrato: [INSIDE],
};
/** Code that is fetched when it is wanted. */
const LATER = new Set(['features/inicio/day-chart.ts', 'features/extrato/detalhe.ts', 'shell/user-menu.ts']);
const FOLDER = 'app/';

const dist = path.resolve(process.argv[2] ?? 'dist');
const stats = path.join(dist, 'browser-stats.json');
const { outputs } = JSON.parse(await readFile(stats, 'utf8')) as { outputs: Record<string, Output> };

const fileOf = (source: string): string => {
  const found = Object.keys(outputs).find((file) => outputs[file]!.entryPoint === source);
  if (!found) throw new Error(`the build has no file for ${source}`);
  return found;
};
/** A file and all that it imports at once. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path: next, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') withImports(next, found);
  return found;
}

const main = fileOf('app/main.ts');
const already = withImports(main);
const known = new Set(Object.values(PAGES).flat());
for (const { entryPoint } of Object.values(outputs)) {
  const page = entryPoint?.startsWith(FOLDER) ? entryPoint.slice(FOLDER.length) : undefined;
  if (page?.includes('/') && !known.has(page) && !LATER.has(page)) throw new Error(`no address is told for ${page}`);
}
const preloads = Object.fromEntries(
  Object.entries(PAGES).map(([address, pages]) => [
    address,
    [...new Set(pages.flatMap((page) => [...withImports(fileOf(`${FOLDER}${page}`))]))].filter((file) => !already.has(file)),
  ]),
);
await writeFile(path.join(dist, 'browser/preloads.json'), JSON.stringify(preloads));
// What a tab compares itself with, to see that the server has another build by now.
await writeFile(path.join(dist, 'browser/build.json'), JSON.stringify({ main }));
await rm(stats);
console.log(
  `code named ahead: ${Object.entries(preloads)
    .map(([address, files]) => `/${address} ${files.length}`)
    .join(', ')}`,
);
