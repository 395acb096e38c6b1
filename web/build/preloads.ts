/**
 * Writes `preloads.json`: which code each address of the app needs, so that the server can name it in the page and the browser fetches all of
 * it at once, instead of learning of each piece from the one before. The build's own account of its files is the source; it is then deleted.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

type Output = { entryPoint?: string; imports: { path: string; kind: string }[] };

const FOLDER = 'app/';
const INSIDE = 'inside.routes.ts';
/** Addresses without a session: an address is its first part, and `/*` when something follows. */
const OPEN: Record<string, string> = { '': 'features/landing/landing.ts', 'entrar/*': 'features/entrar/entrar.ts' };
/** A feature that is loaded by itself, as `<address>/<address>.ts` in its folder; other pieces are fetched when they are wanted. */
const BY_ITSELF = /^app\/features\/(?<address>[a-z-]+)\/\k<address>\.ts$/;

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
const loaded = (...sources: string[]): string[] => [
  ...new Set(sources.flatMap((source) => [...withImports(fileOf(FOLDER + source))]).filter((file) => !already.has(file))),
];
const open = Object.entries(OPEN).map(([address, source]) => [address, loaded(source)]);
const byThemselves = Object.values(outputs).flatMap(({ entryPoint = '' }) => {
  const address = BY_ITSELF.exec(entryPoint)?.groups?.address;
  return address && !Object.values(OPEN).includes(entryPoint.slice(FOLDER.length))
    ? [[address, loaded(INSIDE, entryPoint.slice(FOLDER.length))]]
    : [];
});
/** `*`: what every other address with a session needs. */
const preloads = Object.fromEntries([...open, ...byThemselves, ['*', loaded(INSIDE)]]) as Record<string, string[]>;
await writeFile(path.join(dist, 'browser/preloads.json'), JSON.stringify(preloads));
// What a tab compares itself with, to see that the server has another build by now.
await writeFile(path.join(dist, 'browser/build.json'), JSON.stringify({ main }));
await rm(stats);
console.log(
  `code named ahead: ${Object.entries(preloads)
    .map(([address, files]) => `/${address} ${files.length}`)
    .join(', ')}`,
);
