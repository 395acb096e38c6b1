/** Chromium from npm, for tests that look at what people see. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/**
 * Where the executable is; unpacked from the package on first use, with the system libraries that a bare machine lacks. The package
 * unpacks into the temporary folder and takes what lies there for whole: we lend it a folder of the clone, so that another user's copy,
 * or one that was cut off, is never met.
 */
async function executablePath(): Promise<string> {
  const description = path.join(fileURLToPath(import.meta.resolve('@sparticuz/chromium')), '../../package.json');
  const { version } = JSON.parse(readFileSync(description, 'utf8')) as { version: string };
  const folder = path.join(import.meta.dirname, '../../../.lastro/chromium', version);
  const done = path.join(folder, 'unpacked');
  if (!existsSync(done)) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';
  process.env.TMPDIR = folder;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    const executable = await packaged.executablePath();
    writeFileSync(done, '');
    return executable;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** A browser with a profile of its own, deleted at close. */
export async function openBrowser(viewport: {
  width: number;
  height: number;
}): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(path.join(tmpdir(), 'lastro-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await executablePath(),
    args: [...ARGS, '--hide-scrollbars', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    ignoreDefaultArgs: true,
    headless: true,
    viewport,
    isMobile: viewport.width < 600,
    hasTouch: viewport.width < 600,
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

type AxeResult = {
  violations: { id: string; impact: string | null; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
};

/** Serious and critical accessibility findings of the page as it stands. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const source = createRequire(import.meta.url).resolve('axe-core');
  // Evaluated over the debugging protocol, so that the page's own content-security policy stays as strict as it is.
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(source, 'utf8'));
  const result = (await page.evaluate('axe.run(document)')) as AxeResult;
  return result.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target.join(' ')).join(', ')})`);
}
