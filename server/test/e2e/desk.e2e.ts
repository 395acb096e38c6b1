/** At three in the morning: an operator finds the payment that does not end, another approves, and it is over within the minute. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { runAdmin } from '../support/admin-command.ts';
import { axeFindings, DESKTOP, openBrowser, PHONE } from '../support/browser.ts';
import { at, type E2ePlatform, eventually, openE2ePlatform, read } from '../support/e2e-platform.ts';
import { MASTER_KEY } from '../support/running-platform.ts';

let platform: E2ePlatform;
before(async () => {
  platform = await openE2ePlatform();
});
after(() => platform?.close());

const STEP_S = 30;
const codeOf = (secret: string, inS = 0) => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + inS });
const desk = () => platform.origin.replace('//', '//operacao.');

/** Pictures of what was seen, for whoever wants to look: PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
}

async function addOperator(email: string, name: string, role: string): Promise<string> {
  const env = { LASTRO_MASTER_KEY: MASTER_KEY, PUBLIC_URL: platform.origin };
  const { code, output } = await runAdmin(platform.database, ['operators', 'lastro', 'add', email, name, role], env);
  assert.equal(code, 0, output);
  return /shown once: (\S+)/.exec(output)![1]!;
}

/** First day: a password that was shown once, a second factor, and in again with both. */
async function firstDay(page: Page, email: string, password: string): Promise<void> {
  const enter = async () => {
    await page.goto(`${desk()}/bff/login?returnTo=/inicio`);
    await at(page, 'login').fill(email);
    await at(page, 'password').fill(password);
    await at(page, 'submit').click();
  };
  await enter();
  await at(page, 'factor-password').waitFor({ timeout: 20_000 });
  assert.deepEqual(await axeFindings(page), [], 'a second factor is missing');
  await at(page, 'factor-password').fill(password);
  await at(page, 'factor-begin').click();
  await at(page, 'totp-secret').waitFor();
  const secret = await read(page, 'totp-secret');
  await at(page, 'totp-code').fill(codeOf(secret));
  await at(page, 'totp-confirm').click();
  await at(page, 'recovery-codes').waitFor();
  await enter();
  await at(page, 'second-code').fill(codeOf(secret, STEP_S));
  await at(page, 'second-submit').click();
  await at(page, 'user-menu').waitFor({ timeout: 30_000 });
}

/** A payment about which the provider says two things that cannot both be true. */
async function disputedPayment(): Promise<string> {
  const person = new Person(platform.origin);
  const data = { name: 'Paula Pagadora Lima', cpf: cpfFrom(730_000_001), email: 'paula@exemplo.com.br', password: 'um-barco-no-cais' };
  await person.signUp(data);
  type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string } };
  const home = (what: string, check: (home: Home) => boolean) => until(what, () => person.get<Home>('/bff/v1/home'), check);
  const { account } = await home('the account', (one) => one.account.status === 'open');
  await platform.sandbox.call('POST', '/admin/receive', { payeeKey: account.pixKey, amount: '100.00' });
  await home('the money', (one) => one.balance.availableMinor === '10000');
  await platform.sandbox.call('PUT', '/admin/faults', { webhook: { never: true }, query: { amountOther: true } });
  const { quoteId } = await person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: 'maria@exemplo.com.br' });
  const { id } = await person.post<{ id: string }>(201, '/bff/v1/payments', { quoteId, amountMinor: '1234' });
  await until(
    'a payment that people must end',
    () => person.get<{ status: string }>(`/bff/v1/payments/${id}`),
    (one) => one.status === 'disputed',
  );
  await platform.sandbox.call('DELETE', '/admin/faults');
  return id;
}

test('the stuck payment is found and ended by two operators in less than a minute, by keyboard and by phone', {
  timeout: 300_000,
}, async () => {
  const [ana, bia] = [await openBrowser(DESKTOP), await openBrowser(PHONE)];
  try {
    const [analyst, approver] = [await ana.context.newPage(), await bia.context.newPage()];
    await firstDay(analyst, 'ana@banco.example.com', await addOperator('ana@banco.example.com', 'Ana Analista', 'analyst'));
    await at(analyst, 'fila-empty').waitFor({ timeout: 20_000 });
    assert.deepEqual(await axeFindings(analyst), [], 'an empty inbox');
    await firstDay(approver, 'bia@banco.example.com', await addOperator('bia@banco.example.com', 'Bia Aprovadora', 'approver'));
    await at(approver, 'fila-empty').waitFor({ timeout: 20_000 });
    const id = await disputedPayment();

    for (const [page, who] of [
      [analyst, 'desktop'],
      [approver, 'phone'],
    ] as const) {
      await page.locator(`[data-testid="fila-row"][data-id="${id}"]`).waitFor({ timeout: 20_000 });
      assert.deepEqual(await axeFindings(page), [], `the inbox, ${who}`);
      await picture(page, `fila-${who}`);
    }
    const began = performance.now();
    await analyst.locator(`[data-testid="fila-row"][data-id="${id}"]`).focus();
    await analyst.keyboard.press('j');
    await analyst.keyboard.press('Enter');
    await at(analyst, 'inspect-steps').locator('li').first().waitFor();
    assert.equal(await at(analyst, 'inspect-status').getAttribute('data-status'), 'disputed');
    await at(analyst, 'act-not-executed').check();
    await at(analyst, 'act-reason').fill('não consta no extrato do provedor');
    await at(analyst, 'act-send').click();
    await at(analyst, 'withdraw').waitFor();
    assert.equal(await at(analyst, 'approve').count(), 0, 'who asks does not approve');

    await approver.keyboard.press('Control+k');
    await at(approver, 'finder-words').fill(id);
    await approver.keyboard.press('Enter');
    await at(approver, 'approval').waitFor();
    await eventually('who asks', async () => /^Ana Analista pede: devolver ao pagador/.test(await read(approver, 'approval-what')));
    const about = await read(approver, 'approval-about');
    assert.ok(about.includes(id) && about.includes('12,34'), about);
    assert.deepEqual(await axeFindings(approver), [], 'a request, on the phone');
    await picture(approver, 'pedido-phone');
    await at(approver, 'approval-reason').fill('conferi com o provedor');
    await at(approver, 'approve').click();
    await eventually('the end', async () => (await at(approver, 'inspect-status').getAttribute('data-status')) === 'failed', 20_000);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds < 60, `it took ${seconds.toFixed(1)} s`);
    assert.match(await read(approver, 'inspect-steps'), /resolve.*conferi com o provedor/);

    for (const [page, who] of [
      [analyst, 'desktop'],
      [approver, 'phone'],
    ] as const) {
      await page.goto(`${desk()}/pagamento/${id}`);
      await at(page, 'inspect-steps').waitFor();
      assert.deepEqual(await axeFindings(page), [], `the payment, ${who}`);
      await picture(page, `pagamento-${who}`);
    }
  } finally {
    await ana.close();
    await bia.close();
  }
});

test('an admin sees the team and no money, an auditor both, on phone and desktop', { timeout: 300_000 }, async () => {
  const admin = await addOperator('carla@banco.example.com', 'Carla Chefe', 'admin');
  for (const [name, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    const browser = await openBrowser(viewport);
    try {
      const page = await browser.context.newPage();
      const email = name === 'desktop' ? 'carla@banco.example.com' : 'davi@banco.example.com';
      const password = name === 'desktop' ? admin : await addOperator(email, 'Davi Auditor', 'auditor');
      await firstDay(page, email, password);
      await page.goto(`${desk()}/equipe`);
      await at(page, 'team').waitFor({ timeout: 20_000 });
      assert.deepEqual(await axeFindings(page), [], `the team, ${name}`);
      await picture(page, `equipe-${name}`);
      await page.goto(`${desk()}/fila`);
      if (name === 'desktop') await page.locator('la-not-found').waitFor();
      else await at(page, 'fila-empty').waitFor();
    } finally {
      await browser.close();
    }
  }
});
