/** Whoever received a Pix gives a part of it back, on a phone; whoever had paid sees it come, on a desktop (PAY-1). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

for (const [device, other, number] of [
  [PHONE, DESKTOP, 410_000_201],
  [DESKTOP, PHONE, 410_000_203],
] as const)
  test(`a Pix that came in is given back in part from a ${device === PHONE ? 'phone' : 'desktop'}: asked, confirmed, done, with a comprovante on both sides`, {
    timeout: 180_000,
  }, async () => {
    const [shop, buyer] = [await openBrowser(device), await openBrowser(other)];
    try {
      const [mine, theirs] = [await shop.context.newPage(), await buyer.context.newPage()];
      await platform.signUp(mine, number, 'Rosa Padeira');
      await platform.signUp(theirs, number + 1, 'Caio Comprador');
      await at(theirs, 'receive').first().click();
      await eventually('money to pay with', async () => /R\$ [1-9]/.test(await read(theirs, 'balance')));
      await eventually('the open account', async () => (await at(mine, 'pix-key').count()) > 0);

      await mine.goto(`${platform.origin}/receber`);
      await at(mine, 'receive-amount').pressSequentially('1990');
      await mine.locator('[data-testid="qr"][aria-label*="19,90"]').waitFor({ timeout: 20_000 });
      await theirs.goto(`${platform.origin}/pagar`);
      await at(theirs, 'br-code').fill(await at(mine, 'receive-code').inputValue());
      await at(theirs, 'decode').click();
      await at(theirs, 'confirm').click();
      await at(mine, 'receive-paid').waitFor({ timeout: 30_000 });

      await mine.locator('[data-testid="receive-paid"] a').click();
      await at(mine, 'open-return').click();
      assert.match(await at(mine, 'return-amount').inputValue(), /^R\$\s19,90$/, 'all that is left, until something else is typed');
      assert.deepEqual(await axeFindings(mine), [], 'give back');
      await at(mine, 'return-amount').fill('');
      await at(mine, 'return-amount').pressSequentially('2000');
      await at(mine, 'return-ask').click();
      await mine.locator('mat-error').waitFor();
      assert.match(await mine.locator('mat-error').innerText(), /restam R\$\s19,90/);
      await at(mine, 'return-amount').fill('');
      await at(mine, 'return-amount').pressSequentially('500');
      await at(mine, 'return-ask').click();
      await at(mine, 'return-confirm').waitFor();
      assert.deepEqual(await axeFindings(mine), [], 'the last look');
      await at(mine, 'return-confirm').click();
      await mine.locator('[data-testid="devolucao"][data-status="settled"]').waitFor({ timeout: 30_000 });
      assert.deepEqual(await axeFindings(mine), [], 'given back');
      await at(mine, 'return-comprovante').click();
      await at(mine, 'comprovante-amount').waitFor();
      assert.match(await read(mine, 'comprovante-amount'), /R\$\s5,00/);
      assert.match(await read(mine, 'return-of'), /^E/);
      assert.equal(await at(mine, 'open-return').count(), 0, 'what was given back is not given back');

      // What is left is offered next.
      await mine.goBack();
      await eventually('what is left', async () => /14,90/.test(await at(mine, 'return-amount').inputValue()));

      await theirs.goto(`${platform.origin}/extrato`);
      await eventually('the line of the other side', async () =>
        /Devolução recebida/.test(await at(theirs, 'statement-line').first().innerText()),
      );
      assert.match(await at(theirs, 'statement-line').first().innerText(), /Rosa Padeira[\s\S]*5,00/);
      await at(theirs, 'statement-line').first().click();
      await at(theirs, 'open-comprovante').click();
      await at(theirs, 'return-of').waitFor();
    } finally {
      await shop.close();
      await buyer.close();
    }
  });
