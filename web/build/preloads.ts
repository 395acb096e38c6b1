/**
 * Writes `preloads.json`: which code each address of the app needs, so that the server can name it in the page and the browser fetches all of
 * it at once, instead of learning of each piece from the one before. The build's own account of its files is the source; it is then deleted.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

type Output = { entryPoint?: string; imports: { path: string; kind: string }[] };
/** `inside`: what all pages with a session share, where that is not in the project's first file. */
type Project = { folder: string; stats: string; dist: string; inside: string[]; open: Record<string, string> };

const dist = path.resolve(process.argv[2] ?? 'dist');
/** Addresses without a session: an address is its first part, and `/*` when something follows. */
const OPEN = { '': 'features/landing/landing.ts', 'entrar/*': 'features/entrar/entrar.ts' };
const PROJECTS: Project[] = [
  { folder: 'app/', stats: 'browser-stats.json', dist: 'browser', inside: ['inside.routes.ts'], open: OPEN },
  { folder: 'negocio/', stats: 'browser/negocio/browser-stats.json', dist: 'browser/negocio', inside: [], open: {} },
];

for (const project of PROJECTS) await writePreloads(project);

async function writePreloads({ folder, stats, dist: place, inside, open }: Project): Promise<void> {
  const { outputs } = JSON.parse(await readFile(path.join(dist, stats), 'utf8')) as { outputs: Record<string, Output> };
  const fileOf = (source: string): string => {
    const found = Object.keys(outputs).find((file) => outputs[file]!.entryPoint === source);
    if (!found) throw new Error(`the build has no file for ${source}`);
    return found;
  };
  /** A file and all that it imports at once. */
  const withImports = (file: string, found = new Set<string>()): Set<string> => {
    if (found.has(file)) return found;
    found.add(file);
    for (const { path: next, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') withImports(next, found);
    return found;
  };
  const main = fileOf(`${folder}main.ts`);
  const already = withImports(main);
  const loaded = (...sources: string[]): string[] => [
    ...new Set(sources.flatMap((source) => [...withImports(fileOf(folder + source))]).filter((file) => !already.has(file))),
  ];
  /** A feature that is loaded by itself, as `<address>/<address>.ts` in its folder; other pieces are fetched when they are wanted. */
  const byItself = new RegExp(`^${folder}features/(?<address>[a-z-]+)/\\k<address>\\.ts$`);
  const byThemselves = Object.values(outputs).flatMap(({ entryPoint = '' }) => {
    const address = byItself.exec(entryPoint)?.groups?.address;
    return address && !Object.values(open).includes(entryPoint.slice(folder.length))
      ? [[address, loaded(...inside, entryPoint.slice(folder.length))]]
      : [];
  });
  /** `*`: what every other address with a session needs. */
  const preloads = Object.fromEntries([
    ...Object.entries(open).map(([address, source]) => [address, loaded(source)]),
    ...byThemselves,
    ['*', loaded(...inside)],
  ]) as Record<string, string[]>;
  await writeFile(path.join(dist, place, 'preloads.json'), JSON.stringify(preloads));
  // What a tab compares itself with, to see that the server has another build by now.
  await writeFile(path.join(dist, place, 'build.json'), JSON.stringify({ main }));
  await rm(path.join(dist, stats));
  const told = Object.entries(preloads).map(([address, files]) => `/${address} ${files.length}`);
  console.log(`code named ahead for ${folder}: ${told.join(', ')}`);
}
