/** The whole platform as processes of its own, with the built web app, and what a person does in it: for tests in a browser. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { deskBesides } from '../../../scripts/web/web-build.ts';
import { freePort, startSandboxProcess, startServerProcess } from './running-platform.ts';
import { openTestDatabase } from './test-database.ts';

const WEB_DIST = process.env.WEB_DIST ?? path.join(import.meta.dirname, '../../../web/dist/browser');

export type E2ePlatform = Awaited<ReturnType<typeof openE2ePlatform>>;

export async function openE2ePlatform() {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-e2e-'));
  const database = await openTestDatabase();
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const sandbox = await startSandboxProcess({ dataDir: folder, port: await freePort(), webhookPort: port });
  const server = await startServerProcess({
    databaseUrl: database.appUrl,
    port,
    sandboxUrl: sandbox.url,
    env: { WEB_DIST, DESK_DIST: deskBesides(WEB_DIST) },
  });
  return {
    origin,
    database,
    sandbox,
    async close(): Promise<void> {
      await server.stop();
      await sandbox.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** A new customer, at their home. */
    async signUp(page: Page, seed: number, name = 'Beatriz Moura Navegadora'): Promise<void> {
      await page.goto(`${origin}/`);
      await at(page, 'go-sign-up').first().click();
      await at(page, 'name').fill(name);
      await at(page, 'cpf').pressSequentially(cpfFrom(seed));
      await at(page, 'email').fill(`pessoa.${seed}@exemplo.com.br`);
      await at(page, 'password').fill('um-barco-no-cais');
      await at(page, 'submit').click();
      await at(page, 'balance').waitFor({ timeout: 20_000 });
    },
  };
}

export const at = (page: Page, id: string) => page.locator(`[data-testid="${id}"]`);

/** Non-breaking spaces and the typographic minus, as a person reads them. */
export const read = async (page: Page, id: string): Promise<string> =>
  ((await at(page, id).first().textContent()) ?? '')
    .replace(/\u00a0/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

export async function eventually(what: string, check: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) assert.fail(`${what} did not appear in ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
