/** The tests' own eyes: a browser that sees no letters must not count as one that found nothing wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../../../scripts/lib/chromium.ts';
import { axeFindings, DESKTOP, openBrowser } from '../support/browser.ts';

const TEXT = '<!doctype html><html lang="pt-BR"><title>x</title><main><h1>Olá</h1><p>um real</p></main>';
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lastro-eyes-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const heightOfHeading = (page: Page) => page.evaluate('document.querySelector("h1").getBoundingClientRect().height') as Promise<number>;

test('the browser brings fonts of its own, wherever the temporary folder and the home are', { timeout: 60_000 }, async () => {
  const { env } = await findChromium();
  assert.ok(env.FONTCONFIG_FILE?.startsWith(path.resolve(import.meta.dirname, '../../../.lastro')), 'its fonts are named by the clone');
  const browser = await openBrowser(DESKTOP);
  try {
    const page = await browser.context.newPage();
    await page.setContent(TEXT);
    assert.ok((await heightOfHeading(page)) > 10, 'letters are drawn');
  } finally {
    await browser.close();
  }
});

test('without fonts, or without our own, the accessibility check fails instead of finding nothing', { timeout: 60_000 }, async () => {
  const found = await findChromium();
  const none = path.join(folder, 'none.conf');
  writeFileSync(none, `<?xml version="1.0"?><fontconfig><dir>${folder}</dir><cachedir>${folder}/cache</cachedir></fontconfig>`);
  const blind = await chromium.launch({
    executablePath: found.executablePath,
    env: { ...found.env, FONTCONFIG_FILE: none },
    args: [...CHROMIUM_ARGS, '--remote-debugging-pipe', `--user-data-dir=${folder}/profile`],
    ignoreDefaultArgs: true,
  });
  try {
    const page = await (await blind.newContext({ viewport: DESKTOP })).newPage();
    await page.setContent(TEXT);
    const findings = (await axeFindings(page)).join('\n');
    assert.match(findings, /color-contrast: measured on no text/);
    assert.match(findings, /Inter is not declared/);
  } finally {
    await blind.close();
  }
});
