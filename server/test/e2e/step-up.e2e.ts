/** Much money is confirmed once more on the page where it is paid, by password and by passkey; a new device pays little until it is recognised. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { mailedCode } from '../../src/modules/identity/mailed/codes.ts';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';
import { MASTER_KEY } from '../support/running-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

const PASSWORD = 'um-barco-no-cais';
const CODE =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

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
async function begin(page: Page, code: string, amount: string): Promise<void> {
  await page.goto(`${platform.origin}/pagar`);
  await at(page, 'br-code').fill(code);
  await at(page, 'decode').click();
  await at(page, 'confirm').waitFor();
  await at(page, 'amount').first().pressSequentially(amount);
  await at(page, 'confirm').click();
}
const settled = (page: Page) => page.locator('[data-testid="payment-status"][data-status="settled"]').waitFor({ timeout: 30_000 });
const payments = async () => Number((await platform.database.admin<{ n: string }>('select count(*) as n from payments.payments'))[0]!.n);
async function clean(page: Page, what: string): Promise<void> {
  assert.deepEqual(await axeFindings(page), [], what);
  const sideways = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
  assert.ok(sideways <= 0, `${what}: ${sideways} px too wide`);
  const { PICTURES_IN } = process.env;
  if (!PICTURES_IN) return;
  for (const theme of ['light', 'dark']) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    await page.screenshot({ path: `${PICTURES_IN}/${what}-${page.viewportSize()!.width}-${theme}.png`, fullPage: true });
  }
  await page.evaluate('delete document.documentElement.dataset.theme');
}
/** The code in the newest letter of its kind, which a person would read in their mail. */
async function codeSent(): Promise<string> {
  const rows = () =>
    platform.database.admin<{ code_id: string }>(
      "select code_id from identity.mailed_codes where purpose = 'device' order by expires_at desc limit 1",
    );
  await eventually('the code', async () => (await rows()).length > 0);
  return mailedCode(Buffer.from(MASTER_KEY, 'base64'), 'device', (await rows())[0]!.code_id);
}

for (const [name, viewport, seed] of [
  ['phone', PHONE, 410_000_501],
  ['desktop', DESKTOP, 410_000_502],
] as const) {
  test(`${name}: paying asks for a proof of that payment, a new device is recognised and forgotten, each page without a finding`, {
    timeout: 240_000,
  }, async () => {
    const browser = await openBrowser(viewport);
    const elsewhere = await openBrowser(viewport);
    try {
      const page = await browser.context.newPage();
      await plugAuthenticator(page);
      await platform.signUp(page, seed, 'Paula Prova Dias');
      await at(page, 'pix-key').waitFor({ timeout: 20_000 });
      const email = `pessoa.${seed}@exemplo.com.br`;
      const home = (await page.evaluate("fetch('/bff/v1/home').then((answer) => answer.json())")) as { account: { pixKey: string } };
      await platform.sandbox.call('POST', '/admin/receive', { payeeKey: home.account.pixKey, amount: '5000.00' });
      await eventually('the money', async () => (await at(page, 'balance').getAttribute('data-minor')) === '500000');

      // By password, on the same page, under the same key: one payment.
      const before = await payments();
      await begin(page, CODE, '70000');
      await at(page, 'payment-proof').waitFor();
      assert.match(await read(page, 'proof-what'), /Pagar R\$ 700,00 para Fulano de Tal/);
      await clean(page, `${name}-proof-password`);
      await at(page, 'payment-proof').fill('errada errada errada');
      await at(page, 'prove-payment').click();
      await at(page, 'problem').waitFor();
      assert.equal(await payments(), before, 'nothing was made');
      await at(page, 'payment-proof').fill(PASSWORD);
      await at(page, 'prove-payment').click();
      await settled(page);
      assert.equal(await payments(), before + 1);

      // The payee is known now.
      await begin(page, CODE, '60000');
      await settled(page);

      // A new device: little leaves by it, until a code by mail says that it is hers.
      const other = await elsewhere.context.newPage();
      await other.goto(`${platform.origin}/bff/login?screen=sign-in&returnTo=/inicio`);
      await at(other, 'login').fill(email);
      await at(other, 'password').fill(PASSWORD);
      await at(other, 'submit').click();
      await at(other, 'balance').waitFor({ timeout: 20_000 });
      await begin(other, CODE, '20001');
      await at(other, 'to-security').waitFor();
      assert.match(await read(other, 'problem'), /aparelho novo/);
      await clean(other, `${name}-new-device-limit`);
      await at(other, 'to-security').click();
      await at(other, 'device-is-new').waitFor();
      assert.equal(await at(other, 'device').count(), 2);
      await clean(other, `${name}-devices-new`);
      await platform.database.admin('update identity.people set email_verified_at = now()');
      await at(other, 'send-device-code').click();
      await at(other, 'device-code').waitFor();
      await clean(other, `${name}-device-code`);
      await at(other, 'device-code').fill(await codeSent());
      await at(other, 'confirm-device').click();
      await eventually('a known device', async () => (await at(other, 'device-is-new').count()) === 0);
      await begin(other, CODE, '20001');
      await settled(other);

      // Forgotten, it is out.
      await page.goto(`${platform.origin}/seguranca`);
      await at(page, 'forget-device').click();
      await clean(page, `${name}-forget`);
      await at(page, 'forget-sure').click();
      await eventually('one device', async () => (await at(page, 'device').count()) === 1);
      await at(other, 'login').waitFor({ timeout: 30_000 });

      // With a passkey it is the passkey that is asked for, and it pays.
      await at(page, 'add-passkey').click();
      await at(page, 'proof').fill(PASSWORD);
      await at(page, 'prove').click();
      await at(page, 'remove-passkey').waitFor({ timeout: 20_000 });
      await begin(page, 'nova.pessoa@exemplo.com.br', '80000');
      await at(page, 'proof-passkey').waitFor();
      assert.equal(await at(page, 'payment-proof').count(), 0, 'no password is asked for');
      await clean(page, `${name}-proof-passkey`);
      await at(page, 'proof-passkey').click();
      await settled(page);
    } finally {
      await browser.close();
      await elsewhere.close();
    }
  });
}
