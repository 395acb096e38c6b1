/** What a first visit costs: bytes that travel and calls a screen makes, by the browser's own count (CSH-5). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import {
  freePort,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../support/running-platform.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const WEB_DIST = process.env.WEB_DIST ?? path.join(import.meta.dirname, '../../../web/dist/browser');
/** Landing, log-in and home together, everything, as it travels. */
const FIRST_VISIT_BYTES = 350_000;
/** All that a screen may ask the server for: opened by its address, the stream of events included, and reached from another one. */
const CALLS_A_SCREEN = 2;
const SETTLE_MS = 2_500;

let database: TestDatabase;
let sandbox: SandboxProcess;
let server: RunningProcess;
let origin: string;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-visit-'));

before(async () => {
  database = await openTestDatabase();
  const port = await freePort();
  origin = `http://localhost:${port}`;
  sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
  server = await startServerProcess({ databaseUrl: database.appUrl, port, sandboxUrl: sandbox.url, env: { WEB_DIST } });
});
after(async () => {
  await server?.stop();
  await sandbox?.stop();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (page: Page, id: string) => page.locator(`[data-testid="${id}"]`);

async function signUp(page: Page, seed: number): Promise<void> {
  await page.goto(`${origin}/`);
  await at(page, 'go-sign-up').first().click();
  await at(page, 'name').fill('Beatriz Moura Navegadora');
  await at(page, 'cpf').pressSequentially(cpfFrom(seed));
  await at(page, 'email').fill(`beatriz.${seed}@exemplo.com.br`);
  await at(page, 'password').fill('um-barco-no-cais');
  await at(page, 'submit').click();
  await at(page, 'pix-key').waitFor({ timeout: 30_000 });
}

for (const [device, viewport, seed] of [
  ['phone', PHONE, 420_000_001],
  ['desktop', DESKTOP, 420_000_002],
] as const) {
  test(`on a ${device} the first visit stays within ${FIRST_VISIT_BYTES} bytes, and each screen within ${CALLS_A_SCREEN} calls`, {
    timeout: 120_000,
  }, async (t) => {
    const browser = await openBrowser(viewport);
    try {
      const page = await browser.context.newPage();
      const network = await browser.context.newCDPSession(page);
      await network.send('Network.enable');
      let bytes = 0;
      const unpacked: string[] = [];
      network.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      page.on('response', (response) => {
        const { pathname } = new URL(response.url());
        if (
          /\.(js|css)$/.test(pathname) &&
          response.headers()['content-encoding'] !== 'br' &&
          Number(response.headers()['content-length']) > 1_024
        )
          unpacked.push(pathname);
      });
      await signUp(page, seed);
      await page.waitForTimeout(SETTLE_MS);
      t.diagnostic(`${device}: ${bytes} bytes`);
      assert.ok(bytes > 50_000, 'the count sees something');
      assert.ok(bytes <= FIRST_VISIT_BYTES, `${bytes} bytes travelled`);
      assert.deepEqual(unpacked, []);

      const calls: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/bff/')) calls.push(`${request.method()} ${pathname}`);
      });
      const count = async (how: string, screen: string, go: () => Promise<unknown>) => {
        calls.length = 0;
        await go();
        await page.locator('main h1').first().waitFor();
        await page.waitForTimeout(SETTLE_MS);
        t.diagnostic(`${device}: ${screen} ${how}: ${calls.join(', ')}`);
        assert.ok(calls.length >= 1 && calls.length <= CALLS_A_SCREEN, `${screen} ${how}: ${calls.join(', ')}`);
        assert.equal(new Set(calls).size, calls.length, `${screen} ${how} asks the same twice: ${calls.join(', ')}`);
      };
      const screens = ['/inicio', '/pagar', '/receber', '/extrato'];
      for (const screen of screens) await count('by its address', screen, () => page.goto(`${origin}${screen}`));
      for (const screen of screens) await count('from another', screen, () => page.locator(`nav a[href="${screen}"]`).click());
    } finally {
      await browser.close();
    }
  });
}
