/** Texts of the web app that are missing, unused, or not loaded where they are shown. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type Source = { file: string; text: string };
/** The texts of one file, by its path. */
export type Defined = { file: string; keys: readonly string[] };

const TEXTS = /(^|\/)(core-)?texts\.ts$/;
const ROOM = /^web\/(?<project>[^/]+)\/(?:features\/(?<feature>[^/]+)\/)?/;

/** Each file of texts, asked by itself what it defines. */
export async function readTexts(root: string): Promise<Defined[]> {
  const { everyKey } = (await import(pathToFileURL(path.join(root, 'web/libs/core/i18n/texts.ts')).href)) as { everyKey(): string[] };
  const files = globSync('web/{libs,app,negocio,operacao,pecas}/**/*texts.ts', { cwd: root }).filter(
    (file) => TEXTS.test(file) && !file.endsWith('i18n/texts.ts'),
  );
  const defined: Defined[] = [];
  for (const file of files.toSorted()) {
    const before = new Set(everyKey());
    await import(pathToFileURL(path.join(root, file)).href);
    defined.push({ file, keys: everyKey().filter((key) => !before.has(key)) });
  }
  return defined;
}

export function readSources(root: string): Source[] {
  const files = globSync('web/{libs,app,negocio,operacao,pecas}/**/*.{ts,html}', { cwd: root });
  const shown = files.filter((file) => !/\.spec\.ts$|\/generated\//.test(file) && !TEXTS.test(file));
  return shown.toSorted().map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));
}

/** What is wrong, each as a sentence. */
export function findTextFaults(sources: readonly Source[], defined: readonly Defined[]): string[] {
  const homeOf = new Map(defined.flatMap(({ file, keys }) => keys.map((key) => [key, file] as const)));
  const groups = new Set([...homeOf.keys()].map((key) => key.split('.')[0]!));
  const literal = new RegExp(`['"\`]((?:${[...groups].join('|')})(?:\\.[A-Za-z0-9-]+)+)(?:['"\`]|(\\.)\\$\\{)`, 'g');
  const used = new Set<string>();
  const faults: string[] = [];
  for (const { file, text } of sources) {
    for (const [, named, isPrefix] of text.matchAll(literal)) {
      const keys = isPrefix ? [...homeOf.keys()].filter((key) => key.startsWith(`${named}.`)) : [named!];
      for (const key of keys) {
        used.add(key);
        const home = homeOf.get(key);
        if (!home) faults.push(`${file}: there is no text ${key}`);
        else if (!isInReach(file, home)) faults.push(`${file}: ${key} belongs to ${home}, which is not loaded there`);
      }
    }
  }
  for (const [key, file] of homeOf) if (!used.has(key)) faults.push(`${file}: nobody shows ${key}`);
  return [...faults, ...defined.flatMap(({ file }) => (isLoaded(file, sources) ? [] : [`${file}: nothing imports it`]))];
}

/** A feature sees its own texts, those beside the features of its project, and those of the libraries. */
function isInReach(file: string, home: string): boolean {
  const [here, there] = [ROOM.exec(file)?.groups, ROOM.exec(home)?.groups];
  if (!here || !there) return false;
  if (there.project === 'libs') return true;
  return here.project === there.project && (there.feature === undefined || there.feature === here.feature);
}

/** Texts come by themselves where something beside them, or a page that shows them, imports them. */
function isLoaded(file: string, sources: readonly Source[]): boolean {
  const name = path.basename(file, '.ts');
  return sources.some(
    (source) => path.dirname(source.file) === path.dirname(file) && new RegExp(`^import '\\./${name}';`, 'm').test(source.text),
  );
}
