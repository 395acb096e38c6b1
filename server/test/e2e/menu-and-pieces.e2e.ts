/** What the menu names is there, whichever modules brought it; and the pieces that screens are made of, in both themes. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform } from '../support/e2e-platform.ts';

const WEB = path.join(import.meta.dirname, '../../../web');
/** What a screen may ask before it stands: its data, and the live line. */
const MOST_CALLS = 2;
/** Pieces shown under another name, and those that only other pieces are made of. */
const SHOWN_AS: Record<string, string> = {
  'problem-box': 'error',
  'qr-code': 'qr',
  'copy-button': 'copy',
  confirm: 'dialog',
  drawer: 'dialog',
  'amount-field': 'form',
  'form-defaults': 'form',
};
const WITHOUT_LOOKS = new Set(['share', 'brand', 'prefs-bar', 'texts']);

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

test('every page of the menu opens, asks little, and is accessible', { timeout: 180_000 }, async () => {
  const { context, close } = await openBrowser(DESKTOP);
  try {
    const page = await context.newPage();
    await platform.signUp(page, 410_000_201, 'Menu de Navegadora');
    const { pages } = (await page.evaluate("fetch('/bff/v1/session').then((answer) => answer.json())")) as { pages: string[] };
    const links = page.locator('nav a');
    const named = await links.evaluateAll((all) => all.map((one) => (one as unknown as { pathname: string }).pathname.slice(1)));
    assert.deepEqual(
      named,
      pages.filter((one) => named.includes(one)),
      'in the order of the server',
    );
    assert.ok(named.length >= 4, named.join(' '));
    for (const name of named) {
      const calls: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/bff/')) calls.push(pathname);
      });
      await page.goto(`${platform.origin}/${name}`);
      await page.locator('main h1').first().waitFor();
      await eventually(`${name} without a skeleton`, async () => (await page.locator('main .skel').count()) === 0);
      assert.ok(calls.length <= MOST_CALLS, `${name} asks ${calls.join(', ')}`);
      assert.deepEqual(await axeFindings(page), [], name);
      page.removeAllListeners('request');
    }
    await page.goto(`${platform.origin}/de-outro-modulo`);
    await page.locator('la-not-found h1').waitFor();
  } finally {
    await close();
  }
});

test('the pieces stand on one page in both themes, all of them, accessible on desktop and phone', { timeout: 120_000 }, async () => {
  const pieces = readdirSync(path.join(WEB, 'libs/ui'), { withFileTypes: true })
    .filter((one) => one.isFile() && /^[a-z-]+\.ts$/.test(one.name))
    .map((one) => path.basename(one.name, '.ts'))
    .filter((name) => !WITHOUT_LOOKS.has(name));
  for (const viewport of [DESKTOP, PHONE]) {
    const { context, close } = await openBrowser(viewport);
    try {
      const page = await context.newPage();
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.goto(`${platform.origin}/ui`);
      await page.locator('[data-piece]').first().waitFor();
      for (const theme of ['light', 'dark'])
        for (const name of [...pieces.map((one) => SHOWN_AS[one] ?? one), 'chart', 'button'])
          assert.equal(await page.locator(`[data-theme=${theme}] [data-piece=${name}]`).count(), 1, `${name} in ${theme}`);
      assert.deepEqual(await axeFindings(page), []);
      await at(page, 'ask-dark').click();
      await at(page, 'confirm-yes').waitFor();
      assert.deepEqual(await axeFindings(page), [], 'a question');
      await at(page, 'confirm-yes').click();
      await at(page, 'drawer-light').click();
      await page.locator('#h-drawer').waitFor();
      assert.deepEqual(await axeFindings(page), [], 'a drawer');
    } finally {
      await close();
    }
  }
});
