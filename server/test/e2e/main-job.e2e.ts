/** The main job as a person does it, in a real browser against real processes: sign up, receive, pay a BR Code, read the statement (PAY-1, CSH-5). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

const STATIC_CODE =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

let platform: E2ePlatform;
let origin: string;

before(async () => {
  platform = await openE2ePlatform();
  origin = platform.origin;
});
after(() => platform?.close());

for (const [device, viewport, seed] of [
  ['desktop', DESKTOP, 410_000_001],
  ['phone', PHONE, 410_000_002],
] as const) {
  describe(`main job on ${device}`, () => {
    test('a newcomer signs up, receives, pays a BR Code and sees it everywhere, live', { timeout: 120_000 }, async () => {
      const browser = await openBrowser(viewport);
      const faults: string[] = [];
      try {
        const page = await browser.context.newPage();
        page.on('pageerror', (error) => faults.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error' && /content security policy|trusted/i.test(message.text())) faults.push(message.text());
        });
        page.on('request', (request) => {
          if (!request.url().startsWith(origin) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
            faults.push(`request to ${request.url()}`);
        });
        await platform.signUp(page, seed);
        await eventually('the open account', async () => (await at(page, 'pix-key').count()) > 0);
        assert.deepEqual(await axeFindings(page), [], 'home');

        await at(page, 'receive').first().click();
        await eventually('the received money', async () => /R\$ [1-9]/.test(await read(page, 'balance')));
        const cookies = await browser.context.cookies();
        assert.ok(
          cookies.every((one) => one.httpOnly),
          'no cookie is readable by script',
        );

        await page.goto(`${origin}/pagar`);
        await at(page, 'br-code').fill(STATIC_CODE);
        await at(page, 'decode').click();
        await at(page, 'confirm').waitFor();
        assert.deepEqual(await axeFindings(page), [], 'review');
        await at(page, 'amount').first().pressSequentially('2345');
        await at(page, 'confirm').click();
        await page.locator('[data-testid="payment-status"][data-status="settled"]').waitFor({ timeout: 20_000 });
        assert.deepEqual(await axeFindings(page), [], 'receipt');

        await page.goto(`${origin}/extrato`);
        await eventually('two statement lines', async () => (await at(page, 'statement-line').count()) >= 2);
        assert.match((await at(page, 'statement-line').first().textContent()) ?? '', /23,45/);
        assert.deepEqual(await axeFindings(page), [], 'statement');

        await page.goto(`${origin}/inicio`);
        await eventually('the day with both movements', async () => /23,45/.test(await read(page, 'day-out')));
        const sideways = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
        assert.ok(sideways <= 0, `${sideways} px too wide`);
        assert.deepEqual(faults, []);
      } finally {
        await browser.close();
      }
    });

    test('a broken code gets its own message and nothing moves', { timeout: 60_000 }, async () => {
      const browser = await openBrowser(viewport);
      try {
        const page = await browser.context.newPage();
        await platform.signUp(page, seed + 10);
        await page.goto(`${origin}/pagar`);
        await at(page, 'br-code').fill(`${STATIC_CODE.slice(0, -1)}E`);
        await at(page, 'decode').click();
        await eventually(
          'the message',
          async () =>
            (await page.getByRole('alert').count()) + (await at(page, 'problem').count()) > 0 ||
            (await page.locator('mat-error').count()) > 0,
        );
        assert.equal(await at(page, 'confirm').count(), 0);
      } finally {
        await browser.close();
      }
    });
  });
}
