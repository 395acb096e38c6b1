/** A browser for tests that look at what people see, and what they ask of each page. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../../../scripts/lib/chromium.ts';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A browser with a profile of its own, deleted at close. */
export async function openBrowser(viewport: {
  width: number;
  height: number;
}): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(path.join(tmpdir(), 'lastro-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...(await findChromium()),
    args: [...CHROMIUM_ARGS, '--remote-debugging-pipe', `--user-data-dir=${profile}`],
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

type AxeRule = { id: string; impact: string | null; help: string; nodes: { target: string[]; failureSummary?: string }[] };
type AxeResult = { violations: AxeRule[]; passes: AxeRule[] };

/**
 * Accessibility findings of the page as it stands, of every weight. A check that saw nothing is a finding too: without letters that
 * are drawn in our own font, axe finds no contrast to measure and nothing to complain of.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  // Evaluated over the debugging protocol, so that the page's own content-security policy stays as strict as it is.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  const result = (await page.evaluate('axe.run(document)')) as AxeResult;
  const found = result.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target.join(' ')).join(', ')})`);
  return [...found, ...blindSpots(result), ...(await missingFonts(page))];
}

function blindSpots(result: AxeResult): string[] {
  const measured = result.passes.find((one) => one.id === 'color-contrast')?.nodes.length ?? 0;
  return measured > 0 ? [] : ['color-contrast: measured on no text at all, so it proves nothing'];
}

/** Our own font, by what the page's letters are drawn with: it must have come and be whole. */
async function missingFonts(page: Page): Promise<string[]> {
  const states = (await page.evaluate(
    'document.fonts.ready.then((all) => [...all].filter((one) => /Inter/.test(one.family)).map((one) => one.status))',
  )) as string[];
  return states.includes('loaded') ? [] : [`fonts: Inter is ${states.join(', ') || 'not declared'}`];
}
