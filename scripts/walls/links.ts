import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type DocsIndex = {
  has(file: string): boolean;
  text(file: string): string;
  testFiles: readonly string[];
  scripts: ReadonlySet<string>;
};

const LINK = /\[([^\]]*)\]\(([^)\s]+)\)/g;
const IDENTIFIER = /^`([A-Za-z_$][\w$]*)`$/;
const TEST_COMMAND = /`npm test -- ([^`]+)`/g;
const RUN_COMMAND = /`npm run ([\w:-]+)/g;

/**
 * What in a page is dead: a relative link to no file, a link whose text is an identifier that its file no longer holds, an `npm test -- pattern` that
 * names no test, an `npm run` of no script.
 */
export function findDeadLinks(page: string, text: string, index: DocsIndex): string[] {
  const found: string[] = [];
  for (const [, label, target] of text.matchAll(LINK)) {
    if (/^(https?:|mailto:|#)/.test(target!)) continue;
    const file = path.posix.normalize(path.posix.join(path.posix.dirname(page), decodeURI(target!.split('#')[0]!)));
    if (!index.has(file)) {
      found.push(`${page}: ${target} is not there`);
      continue;
    }
    const name = IDENTIFIER.exec(label!)?.[1];
    if (name !== undefined && !new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(index.text(file)))
      found.push(`${page}: ${file} does not hold ${name}`);
  }
  for (const [, patterns] of text.matchAll(TEST_COMMAND)) {
    for (const pattern of patterns!.trim().split(/\s+/)) {
      if (!index.testFiles.some((file) => file.includes(pattern))) found.push(`${page}: npm test -- ${pattern} names no test`);
    }
  }
  for (const [, script] of text.matchAll(RUN_COMMAND)) {
    if (!index.scripts.has(script!)) found.push(`${page}: npm run ${script} is no script`);
  }
  return found;
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.lastro', '.angular', '.tools', 'coverage']);

function filesBelow(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const file = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(root, file) : [file];
  });
}

/** The repository's pages, and what they may point to. */
export function readDocs(root: string): { pages: string[]; index: DocsIndex } {
  const files = filesBelow(root);
  const scripts = new Set<string>();
  for (const file of files.filter((one) => path.posix.basename(one) === 'package.json')) {
    for (const name of Object.keys(JSON.parse(readFileSync(path.join(root, file), 'utf8')).scripts ?? {})) scripts.add(name);
  }
  return {
    pages: files.filter((file) => file.endsWith('.md')),
    index: {
      has: (file) => existsSync(path.join(root, file)),
      text: (file) => readFileSync(path.join(root, file), 'utf8'),
      testFiles: files.filter((file) => /\.(test|e2e)\.ts$/.test(file)),
      scripts,
    },
  };
}
