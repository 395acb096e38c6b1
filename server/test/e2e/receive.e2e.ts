/** Two people and one code: one shows it on a phone, the other pays it, and both have their comprovante (CSH-5). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

async function download(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download', { timeout: 20_000 }), click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync((await file.path())!) };
}

test('a code with an amount is paid, its owner sees it as it happens, both have a comprovante and find it again', {
  timeout: 180_000,
}, async () => {
  const [shop, buyer] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
  try {
    const [mine, theirs] = [await shop.context.newPage(), await buyer.context.newPage()];
    await platform.signUp(mine, 410_000_101, 'Rosa Padeira Conceição');
    await platform.signUp(theirs, 410_000_102, 'Caio Comprador');
    await at(theirs, 'receive').first().click();
    await eventually('money to pay with', async () => /R\$ [1-9]/.test(await read(theirs, 'balance')));

    await eventually('the open account', async () => (await at(mine, 'pix-key').count()) > 0);
    await mine.goto(`${platform.origin}/receber`);
    await at(mine, 'receive-amount').pressSequentially('1990');
    await mine.locator('[data-testid="qr"][aria-label*="19,90"]').waitFor({ timeout: 20_000 });
    assert.deepEqual(await axeFindings(mine), [], 'receive');
    const code = await at(mine, 'receive-code').inputValue();

    await theirs.goto(`${platform.origin}/pagar`);
    await at(theirs, 'br-code').fill(code);
    await at(theirs, 'decode').click();
    await at(theirs, 'confirm').click();
    await theirs.locator('[data-testid="payment-status"][data-status="settled"]').waitFor({ timeout: 30_000 });
    await at(mine, 'receive-paid').waitFor({ timeout: 20_000 });
    assert.match(await read(mine, 'receive-paid'), /R\$ 19,90.*Caio Comprador/);
    assert.deepEqual(await axeFindings(mine), [], 'paid');

    const pdf = await download(theirs, () => at(theirs, 'share-pdf').click());
    assert.match(pdf.name, /^comprovante-pix-.*\.pdf$/);
    assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-');
    await mine.locator('[data-testid="receive-paid"] a').click();
    await at(mine, 'comprovante-amount').waitFor();
    assert.deepEqual(await axeFindings(mine), [], 'comprovante');

    await theirs.goto(`${platform.origin}/extrato`);
    await at(theirs, 'statement-line').first().waitFor();
    await at(theirs, 'statement-search').fill('conceicao');
    await eventually('the one line that was looked for', async () => (await at(theirs, 'statement-line').count()) === 1);
    assert.match(theirs.url(), /busca=conceicao/);
    const csv = await download(theirs, () => at(theirs, 'statement-csv').click());
    assert.match(csv.bytes.toString('utf8'), /;Rosa Padeira Conceição;[^\r\n]*;-19,90;/);
    await theirs.goBack();
    await eventually('the whole statement again', async () => (await at(theirs, 'statement-line').count()) >= 2);
    assert.deepEqual(await axeFindings(theirs), [], 'statement');
  } finally {
    await shop.close();
    await buyer.close();
  }
});
