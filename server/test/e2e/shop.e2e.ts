/** A shop signs up with its CNPJ and invites its cashier in two minutes; both act on the shop's account, each as far as their role goes, on a phone and on a desktop. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cnpjFrom } from '../../src/modules/accounts/cnpj.fixture.ts';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

const FULANO_KEY = '123e4567-e12b-12d1-a456-426655440000';
const TWO_MINUTES = 120_000;

/** Pictures for people, where asked for. */
async function picture(page: Page, name: string): Promise<void> {
  const { E2E_PICTURES: folder } = process.env;
  if (!folder) return;
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path.join(folder, `${name}-${scheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
async function clean(page: Page, name: string): Promise<void> {
  assert.deepEqual(await axeFindings(page), [], name);
  const isWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');
  assert.equal(isWide, false, `${name} is wider than its window`);
  await picture(page, name);
}
const accountOf = (page: Page): string => /^\/c\/([0-9a-f-]{36})\//.exec(new URL(page.url()).pathname)?.[1] ?? '';
const onTeam = async (page: Page): Promise<string[]> =>
  (await at(page, 'member').allTextContents()).map((text) =>
    text
      .replace(/\u00a0/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

/** Whoever owns the shop: signs up, opens its account, makes a link for a cashier who pays up to R$ 50 at a time and R$ 80 a day. */
async function openShop(page: Page, seed: number, name: string): Promise<string> {
  await platform.signUp(page, seed, 'Zélia Dona da Padaria');
  await at(page, 'account-menu').click();
  await at(page, 'open-accounts').click();
  await at(page, 'cnpj').waitFor();
  await clean(page, `${name}-contas`);
  await at(page, 'open-company').click();
  await page.getByText('Preencha este campo.').first().waitFor();
  await at(page, 'cnpj').pressSequentially('12ABC34501DE36');
  await at(page, 'legal-name').fill('Padaria da Zélia Ltda');
  await page.getByText('Confira o CNPJ').waitFor();
  await at(page, 'cnpj').fill('');
  await at(page, 'cnpj').pressSequentially(cnpjFrom(seed));
  await at(page, 'trade-name').fill('Padaria da Zélia');
  await at(page, 'open-company').click();
  // The shop's books open first; its people are a click away.
  await at(page, 'first-steps').waitFor({ timeout: 20_000 });
  await at(page, 'invite-team').click();
  await at(page, 'make-link').waitFor();
  await at(page, 'invite-per-payment').pressSequentially('5000');
  await at(page, 'invite-per-day').pressSequentially('8000');
  await at(page, 'make-link').click();
  const link = await read(page, 'invitation-link');
  assert.match(link, new RegExp(`^${platform.origin}/convite#[A-Za-z0-9_-]{43}$`));
  await at(page, 'invitation').waitFor();
  await clean(page, `${name}-equipe`);
  return link;
}

/** The cashier signs up by the link and joins. */
async function join(page: Page, link: string, seed: number, name: string): Promise<void> {
  await page.goto(link);
  await at(page, 'to-sign-up').click();
  await at(page, 'name').fill('Caio Caixa Novo');
  const { cpfFrom } = await import('../../../scripts/lib/person.ts');
  await at(page, 'cpf').pressSequentially(cpfFrom(seed));
  await at(page, 'email').fill(`pessoa.${seed}@exemplo.com.br`);
  await at(page, 'password').fill('um-barco-no-cais');
  await at(page, 'submit').click();
  await at(page, 'offer').waitFor({ timeout: 20_000 });
  assert.match(await read(page, 'offer'), /Padaria da Zélia convida você.*Caixa.*Até R\$ 50,00 por pagamento.*Até R\$ 80,00 por dia/);
  assert.equal(new URL(page.url()).hash, '', 'the secret has left the address');
  await clean(page, `${name}-convite`);
  await at(page, 'accept').click();
  await at(page, 'balance').waitFor({ timeout: 20_000 });
}

async function pay(page: Page, amount: string): Promise<void> {
  await page.goto(`${platform.origin}/c/${accountOf(page)}/pagar`);
  await at(page, 'br-code').fill(FULANO_KEY);
  await at(page, 'decode').click();
  await at(page, 'payee').waitFor();
  await at(page, 'amount').pressSequentially(amount);
  await at(page, 'confirm').click();
}

for (const [name, viewport, seed] of [
  ['desktop', DESKTOP, 410_000_401],
  ['phone', PHONE, 410_000_411],
] as const)
  test(`${name}: a shop is open with its cashier in two minutes, and each does what their role allows`, { timeout: 300_000 }, async () => {
    const owners = await openBrowser(viewport);
    const cashiers = await openBrowser(viewport);
    try {
      const [owner, cashier] = [await owners.context.newPage(), await cashiers.context.newPage()];
      const begun = Date.now();
      const link = await openShop(owner, seed, name);
      await join(cashier, link, seed + 1, name);
      assert.ok(Date.now() - begun < TWO_MINUTES, `it took ${Date.now() - begun} ms`);
      const shop = accountOf(owner);
      assert.equal(accountOf(cashier), shop);

      // The shop's money: the cashier takes it, the owner sees it on their own screen, live.
      await owner.goto(`${platform.origin}/c/${shop}/inicio`);
      await at(owner, 'balance').waitFor();
      await eventually('an open account', async () => (await at(cashier, 'account-opening').count()) === 0);
      await at(cashier, 'receive-amount-50000').first().click();
      await at(cashier, 'receive').first().click();
      await eventually('the money with the owner', async () => (await at(owner, 'balance').getAttribute('data-minor')) === '50000', 30_000);
      await clean(owner, `${name}-inicio`);

      // Two tabs, two accounts.
      const own = await owners.context.newPage();
      await own.goto(`${platform.origin}/inicio`);
      await eventually('the own balance', async () => (await at(own, 'balance').getAttribute('data-minor')) === '0');
      assert.equal(await at(owner, 'balance').getAttribute('data-minor'), '50000');

      // Within the limit it goes, above it does not, and two payments share the day.
      await pay(cashier, '6000');
      await cashier.getByText('Acima do seu limite por pagamento', { exact: true }).waitFor();
      await pay(cashier, '5000');
      await at(cashier, 'payment-status').waitFor();
      await eventually('settled', async () => (await at(cashier, 'payment-status').getAttribute('data-status')) === 'settled', 30_000);
      await pay(cashier, '4000');
      await cashier.getByText('Acima do seu limite do dia', { exact: true }).waitFor();

      // The team is seen, not managed.
      await cashier.goto(`${platform.origin}/c/${shop}/equipe`);
      await at(cashier, 'member').first().waitFor();
      assert.deepEqual(await onTeam(cashier).then((all) => all.map((one) => one.includes('Titular') || one.includes('Caixa'))), [
        true,
        true,
      ]);
      for (const id of ['make-link', 'change-member', 'remove-member']) assert.equal(await at(cashier, id).count(), 0, id);
      await clean(cashier, `${name}-equipe-caixa`);

      // Made a viewer, the way to pay is gone at once; taken off, all of it is.
      await owner.goto(`${platform.origin}/c/${shop}/equipe`);
      await at(owner, 'change-member').click();
      await at(owner, 'edit-role-viewer').check({ force: true });
      await clean(owner, `${name}-equipe-mudar`);
      await at(owner, 'save-member').click();
      await eventually('a viewer', async () => (await at(owner, 'member').nth(1).getAttribute('data-role')) === 'viewer');
      await cashier.goto(`${platform.origin}/c/${shop}/inicio`);
      await at(cashier, 'balance').waitFor();
      await eventually('no way to pay', async () => (await cashier.locator('nav a[href$="/pagar"]').count()) === 0);
      await at(owner, 'remove-member').click();
      await at(owner, 'confirm-yes').click();
      await at(cashier, 'not-a-member').waitFor({ timeout: 20_000 });
      await clean(cashier, `${name}-fora`);
      await cashier.reload();
      await at(cashier, 'not-a-member').waitFor();
      assert.equal(await at(cashier, 'balance').count(), 0, 'nothing of the shop is shown any more');
    } finally {
      await owners.close();
      await cashiers.close();
    }
  });
