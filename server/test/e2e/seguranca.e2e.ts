/** A person makes their log-in strong, on a phone and on a desktop: codes by time, a passkey (the browser's own virtual authenticator), recovery. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

const PASSWORD = 'um-barco-no-cais';
const NEXT = 'dez-barcos-parados-no-cais';
const codeOf = (secret: string, inS = 0) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + inS });

/** As if the minutes had passed after which a code may follow the one before; that no code counts twice is asked beside the code. */
const forgetUsedCodes = () => platform.database.admin('update identity.totp_secrets set last_step = 0');

/** An authenticator that knows its user, as the devices of people do. */
async function plugAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const;
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
}
async function leave(page: Page): Promise<void> {
  await at(page, 'user-menu').click();
  await at(page, 'logout').click();
  await at(page, 'go-sign-up').first().waitFor();
  await page.goto(`${platform.origin}/bff/login?screen=sign-in&returnTo=/seguranca`);
  await at(page, 'login').waitFor();
}
async function typePassword(page: Page, seed: number, password: string): Promise<void> {
  await at(page, 'login').fill(`pessoa.${seed}@exemplo.com.br`);
  await at(page, 'password').fill(password);
  await at(page, 'submit').click();
}

for (const [name, viewport, seed] of [
  ['phone', PHONE, 410_000_301],
  ['desktop', DESKTOP, 410_000_302],
] as const) {
  test(`${name}: codes, a passkey, another password and the end of other sessions, each page without a finding`, {
    timeout: 240_000,
  }, async () => {
    const browser = await openBrowser(viewport);
    const elsewhere = await openBrowser(DESKTOP);
    try {
      const page = await browser.context.newPage();
      await plugAuthenticator(page);
      await platform.signUp(page, seed, 'Sônia Segura Lima');
      await page.goto(`${platform.origin}/seguranca`);
      await at(page, 'this-session').waitFor();
      assert.deepEqual(await axeFindings(page), [], 'security');

      await at(page, 'add-totp').click();
      await at(page, 'proof').fill('errada errada errada');
      await at(page, 'prove').click();
      await at(page, 'problem').waitFor();
      await at(page, 'proof').fill(PASSWORD);
      await at(page, 'prove').click();
      await at(page, 'totp-secret').waitFor();
      const secret = (await read(page, 'totp-secret')).replaceAll(' ', '');
      assert.deepEqual(await axeFindings(page), [], 'the new secret');
      await at(page, 'totp-code').fill(codeOf(secret));
      await at(page, 'totp-confirm').click();
      await at(page, 'recovery-codes').waitFor();
      assert.equal(await at(page, 'recovery-codes').locator('li').count(), 10);
      assert.deepEqual(await axeFindings(page), [], 'recovery codes');

      await leave(page);
      assert.deepEqual(await axeFindings(page), [], 'log-in');
      await typePassword(page, seed, PASSWORD);
      await at(page, 'second-code').waitFor();
      assert.deepEqual(await axeFindings(page), [], 'second step');
      await page.reload();
      await at(page, 'second-code').waitFor();
      await at(page, 'second-code').fill('000000');
      await at(page, 'second-submit').click();
      await at(page, 'problem').waitFor();
      await at(page, 'second-code').fill(codeOf(secret, 30));
      await at(page, 'second-submit').click();
      await at(page, 'this-session').waitFor({ timeout: 20_000 });
      await page.reload();
      await at(page, 'codes-left').waitFor();
      assert.equal(await at(page, 'recovery-codes').count(), 0, 'shown once');

      await at(page, 'add-passkey').click();
      await forgetUsedCodes();
      await at(page, 'proof').fill(codeOf(secret));
      await at(page, 'prove').click();
      await at(page, 'remove-passkey').waitFor({ timeout: 20_000 });
      await leave(page);
      await at(page, 'login-passkey').click();
      await at(page, 'this-session').waitFor({ timeout: 20_000 });

      const other = await elsewhere.context.newPage();
      await other.goto(`${platform.origin}/bff/login?screen=sign-in&returnTo=/seguranca`);
      await typePassword(other, seed, PASSWORD);
      await at(other, 'second-passkey').waitFor();
      await at(other, 'second-use-recovery-code').waitFor();
      await at(other, 'second-use-totp').click();
      await forgetUsedCodes();
      await at(other, 'second-code').fill(codeOf(secret));
      await at(other, 'second-submit').click();
      await at(other, 'this-session').waitFor({ timeout: 20_000 });
      await page.reload();
      await eventually('two sessions', async () => (await at(page, 'session').count()) === 2);
      await at(page, 'open-password').click();
      await at(page, 'present').fill(PASSWORD);
      await at(page, 'next').fill(NEXT);
      await at(page, 'change-password').click();
      await at(page, 'password-changed').waitFor();
      assert.match(await read(page, 'password-changed'), /encerradas: 1/);
      await eventually('one session', async () => (await at(page, 'session').count()) === 1);
      // Told of its end, the other page goes to the log-in by itself.
      await at(other, 'login').waitFor({ timeout: 20_000 });
      assert.deepEqual(await axeFindings(page), [], 'after all');
    } finally {
      await browser.close();
      await elsewhere.close();
    }
  });
}
