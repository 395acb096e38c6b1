/** What screens say of sessions and of the line: sign-ins, why a session ended, no connection, a new build; and axe where nobody is in yet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { axeFindings, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

const SEED = 430_000_001;
let platform: E2ePlatform;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

before(async () => {
  platform = await openE2ePlatform();
  browser = await openBrowser(PHONE);
  page = await browser.context.newPage();
  await platform.signUp(page, SEED);
});
after(async () => {
  await browser?.close();
  await platform?.close();
});

async function enter(password = 'um-barco-no-cais'): Promise<void> {
  await at(page, 'login').fill(cpfFrom(SEED));
  await at(page, 'password').fill(password);
  await at(page, 'submit').click();
}

test('landing and log-in pass axe; the next log-in tells of the last one, and of a wrong password between', {
  timeout: 120_000,
}, async () => {
  await at(page, 'user-menu').click();
  await at(page, 'logout').waitFor();
  assert.equal(await at(page, 'last-access').count(), 0, 'the first log-in has none before it');
  assert.deepEqual(await axeFindings(page), [], 'the open menu');
  await at(page, 'logout').click();
  await at(page, 'go-sign-in').first().waitFor();
  assert.deepEqual(await axeFindings(page), [], 'landing');
  await at(page, 'go-sign-in').first().click();
  await at(page, 'submit').waitFor();
  assert.deepEqual(await axeFindings(page), [], 'log-in');
  await enter('nao-era-esta-senha');
  await at(page, 'problem').waitFor();
  await enter();
  await at(page, 'balance').waitFor();
  assert.match(await read(page, 'sign-in-failures'), /^Uma senha errada desde o seu último acesso/);
  assert.deepEqual(await axeFindings(page), [], 'home with the notice');
  await at(page, 'sign-in-failures').getByRole('button').click();
  await page.reload();
  await at(page, 'balance').waitFor();
  assert.equal(await at(page, 'sign-in-failures').count(), 0, 'noted is noted');
  await at(page, 'user-menu').click();
  assert.match(await read(page, 'last-access'), /^Último acesso: hoje às \d\d:\d\d$/);
  await page.keyboard.press('Escape');
});

test('without a connection a page that is opened says so, and is there again afterwards', { timeout: 60_000 }, async () => {
  await eventually('the worker', async () => (await page.evaluate('navigator.serviceWorker.controller !== null')) as boolean);
  await browser.context.setOffline(true);
  await page.goto(`${platform.origin}/extrato`).catch(() => undefined);
  assert.equal(await page.locator('h1').textContent(), 'Sem conexão com o Lastro');
  await browser.context.setOffline(false);
  await page.getByRole('link', { name: 'Tentar de novo' }).click();
  await page.waitForURL(/\/extrato$/);
  await at(page, 'statement-search').waitFor();
  const kept = (await page.evaluate('caches.keys()')) as string[];
  assert.deepEqual(kept, [], 'nothing is kept that could grow old');
});

test('a build that is newer than the tab is offered when the line comes back', { timeout: 60_000 }, async () => {
  await page.route('**/build.json', (route) => route.fulfill({ json: { main: 'main-NEWER000.js' } }));
  await browser.context.setOffline(true);
  await page.locator('.bar').first().waitFor();
  await browser.context.setOffline(false);
  await at(page, 'new-build').waitFor({ timeout: 20_000 });
  assert.deepEqual(await axeFindings(page), [], 'with the notice');
  await page.unroute('**/build.json');
});

test('a session that ends elsewhere sends to the log-in, which says why, and back to the page', { timeout: 60_000 }, async () => {
  const other = await browser.context.newPage();
  await other.goto(`${platform.origin}/inicio`);
  await page.goto(`${platform.origin}/extrato?periodo=7`);
  await at(page, 'statement-search').waitFor();
  await at(other, 'user-menu').click();
  await at(other, 'logout').click();
  await at(page, 'session-ended').waitFor({ timeout: 20_000 });
  assert.equal(await at(page, 'session-ended').getAttribute('data-reason'), 'logout');
  assert.match(await read(page, 'session-ended'), /^Sua sessão terminou\s?Você saiu em outra janela/);
  await enter();
  await page.waitForURL(/\/extrato\?periodo=7$/);
  // A cookie that opens nothing any more.
  const mine = (await browser.context.cookies()).find(({ name }) => name === 'lastro')!;
  await browser.context.addCookies([{ ...mine, value: 'A'.repeat(43) }]);
  await page.goto(`${platform.origin}/inicio`);
  await at(page, 'session-ended').waitFor();
  assert.equal(await at(page, 'session-ended').getAttribute('data-reason'), 'expired');
  await other.close();
});

test('whoever wants less motion sees none while something is waited for', { timeout: 60_000 }, async () => {
  await enter();
  await at(page, 'balance').waitFor();
  const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
    await page.emulateMedia({ reducedMotion });
    await page.goto(`${platform.origin}/receber`);
    await at(page, 'qr').waitFor();
    await page.waitForTimeout(600);
    return (await page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")) as number;
  };
  assert.ok((await moving('no-preference')) > 0, 'the sign of waiting moves');
  assert.equal(await moving('reduce'), 0);
});
