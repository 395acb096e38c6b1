import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const LINES_MAX = 400;
const FOLDERS = [
  'server/src',
  'server/test',
  'sandbox/src',
  'client/src',
  'cli/src',
  'scripts',
  'web/app',
  'web/negocio',
  'web/operacao',
  'web/libs',
];
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', 'golden', 'generated']);
const CODE = /\.(ts|mjs|cjs|scss|html|sql|sh)$/;

/** Where amounts pass: a float there loses cents. Tests may build wrong input on purpose. */
const MONEY = /^(?:(?:server|sandbox|client|cli)\/src|web\/(?:app|negocio|libs))\//;
const TEST = /\.(test|spec|e2e|fixture)\.ts$|\/test-support\/|^server\/test\//;

const EMPTY_WORDS = /^(utils?|helpers?|managers?|misc|common)$/;
const EMPTY_NAMES = /\b(?:class|interface|type|function|const|let)\s+(\w*(?:Utils?|Helpers?|Manager)|\w+Impl)\b/g;
const BASE_TYPES = /\b(?:class|interface|type)\s+(Base[A-Z]\w*|Abstract[A-Z]\w*)\b/g;
/** What modules are: there time comes from a clock, and texts of dates are read by the one reader. Adapters read what others write, each in its own form. */
const TIMED = /^server\/src\/modules\/(?!payments\/rails\/)/;
const OWN_TIME = /\bDate\.(?:parse|now)\(|\bnew Date\(\)/;
/** Each written so that this line is not one itself. */
const MARKS = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/;

/** What is wrong with one file, each as a sentence; nothing when it is tidy. `file` is its path from the root. */
export function findUntidiness(file: string, text: string): string[] {
  const found: string[] = [];
  const say = (line: number, what: string) => found.push(`${file}${line > 0 ? `:${line}` : ''}: ${what}`);
  const lines = text.trimEnd().split('\n');
  if (lines.length > LINES_MAX) say(0, `${lines.length} lines; a file past ${LINES_MAX} wants splitting`);
  checkPath(file, say);
  for (const [index, line] of lines.entries()) {
    if (MARKS.test(line)) say(index + 1, 'an open end in the code; finish it, or open an issue');
    for (const [, name] of [...line.matchAll(EMPTY_NAMES), ...line.matchAll(BASE_TYPES)])
      say(index + 1, `${name} says nothing; name what it does`);
    if (TIMED.test(file) && !TEST.test(file) && OWN_TIME.test(line))
      say(index + 1, 'time comes from the clock that is handed in, and texts are read by platform/dates.ts');
    if (!MONEY.test(file) || TEST.test(file)) continue;
    if (/\.toFixed\(|\bparseFloat\(/.test(line)) say(index + 1, 'toFixed and parseFloat are floats; amounts are bigint minor units');
  }
  return found;
}

/** All files the style applies to, relative to the root. */
export function filesToTidy(root: string): string[] {
  return FOLDERS.flatMap((folder) => filesUnder(root, folder));
}

export const readFrom = (root: string, file: string): string => readFileSync(path.join(root, file), 'utf8');

function checkPath(file: string, say: (line: number, what: string) => void): void {
  const isMigration = /\/migrations\/\d{4}_[a-z0-9-]+\.sql$/.test(file);
  const base = path.basename(file);
  if (!isMigration && !/^_?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(base)) say(0, 'the name is not kebab-case');
  const words = file.split('/').flatMap((part) => part.split(/[.-]/));
  const empty = words.find((word) => EMPTY_WORDS.test(word));
  if (empty) say(0, `"${empty}" in the path says nothing; name what it does`);
}

function filesUnder(root: string, folder: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch {
    return []; // a workspace that is not there yet
  }
  return entries.flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(root, file);
    return entry.isFile() && CODE.test(entry.name) ? [file] : [];
  });
}
