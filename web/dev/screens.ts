/**
 * Pictures of every screen and state, desktop and phone, light and dark, with axe on each: `npm run screens -w web [-- <filter>]`.
 * Needs a build in dist/; OUT is the folder of the pictures. Exits 1 on an axe finding, a sideways overflow, an error in the console or a CSP violation.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium as driver, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../../scripts/lib/chromium.ts';
import { startMock } from './mock-bff.ts';
import { staticCode } from './mock-pix.ts';

const OUT = process.env.OUT ?? join(tmpdir(), 'lastro-screens');
const only = process.argv[2];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const mock = await startMock(0);
const bad: string[] = [];
let shots = 0;

async function shoot(page: Page, name: string, variant: string): Promise<void> {
  await page.waitForTimeout(350);
  const size = page.viewportSize()!;
  // The window grows to the page (and does not scroll), so that what sticks to its edges stays there on the picture.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height > size.height && !/detalhe|menu/.test(name)) await page.setViewportSize({ width: size.width, height: Math.min(height, 2200) });
  await page.waitForTimeout(150);
  await page.screenshot({ path: join(OUT, `${name}-${variant}.png`) });
  await page.setViewportSize(size);
  shots++;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) bad.push(`${name} ${variant}: ${wide} px too wide`);
  const found = (await page.evaluate(async () => {
    const run = (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      }
    ).axe;
    return (await run.run()).violations;
  })) as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  for (const v of found) {
    const told = `${name} ${variant}: axe ${v.impact} ${v.id}: ${v.nodes[0]!.html.slice(0, 160)} | ${v.nodes[0]!.failureSummary.replace(/\s+/g, ' ').slice(0, 220)}`;
    bad.push(told);
  }
}
const tid = (page: Page, id: string) => page.locator(`[data-testid="${id}"]`);
const get = (page: Page, what: string) => page.request.get(`${mock.url}/mock/${what}`);
async function signIn(page: Page): Promise<void> {
  await page.goto(`${mock.url}/bff/login?screen=sign-in&returnTo=/inicio`);
  await tid(page, 'login').fill('helena@exemplo.com.br');
  await tid(page, 'password').fill('uma senha boa 1');
  await tid(page, 'submit').click();
  await tid(page, 'balance').waitFor();
}
async function payTo(page: Page, code: string, amount?: string): Promise<void> {
  await page.goto(`${mock.url}/pagar`);
  await tid(page, 'br-code').fill(code);
  await tid(page, 'decode').click();
  await tid(page, 'confirm').waitFor();
  if (amount) await tid(page, 'amount').pressSequentially(amount);
}
type Scene = [string, (page: Page, shot: (name: string) => Promise<void>) => Promise<void>];
const status = (page: Page, s: string) => page.locator(`[data-testid="payment-status"][data-status="${s}"]`).waitFor({ timeout: 15_000 });
const SCENES: Scene[] = [
  [
    'landing',
    async (p, shot) => {
      await p.goto(mock.url);
      await tid(p, 'go-sign-up').waitFor();
      await shot('landing');
    },
  ],
  [
    'entrar',
    async (p, shot) => {
      await p.goto(`${mock.url}/entrar/abc`);
      await tid(p, 'submit').waitFor();
      await shot('entrar');
      await tid(p, 'login').fill('52998224725');
      await tid(p, 'password').fill('errada');
      await tid(p, 'submit').click();
      await tid(p, 'problem').waitFor();
      await shot('entrar-erro');
    },
  ],
  [
    'senha-nova',
    async (p, shot) => {
      await p.goto(`${mock.url}/entrar/abc`);
      await tid(p, 'to-reset').click();
      await shot('senha-nova');
      await tid(p, 'reset-login').fill('helena@exemplo.com.br');
      await tid(p, 'reset-ask').click();
      await tid(p, 'reset-code').waitFor();
      await shot('senha-nova-codigo');
    },
  ],
  [
    'seguranca',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/seguranca`);
      await tid(p, 'this-session').waitFor();
      await tid(p, 'have-email-code').click();
      await tid(p, 'lock-account').click();
      await shot('seguranca');
    },
  ],
  [
    'privacidade',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/privacidade`);
      await tid(p, 'save-pdf').click();
      await shot('privacidade');
    },
  ],
  [
    'cadastro',
    async (p, shot) => {
      await p.goto(`${mock.url}/entrar/abc?screen=sign-up`);
      await tid(p, 'submit').click();
      await shot('cadastro-vazio');
      await tid(p, 'cpf').pressSequentially('11222333000181');
      await tid(p, 'email').focus();
      if ((await tid(p, 'cpf').inputValue()) !== '11.222.333/0001-81')
        bad.push(`cadastro: the CNPJ became ${await tid(p, 'cpf').inputValue()}`);
      await shot('cadastro-cnpj');
      await tid(p, 'cpf').fill('');
      await tid(p, 'name').fill('Paulo Henrique Reis');
      await tid(p, 'cpf').pressSequentially('52998224725');
      await tid(p, 'email').fill('paulo@exemplo.com.br');
      await tid(p, 'password').fill('segredo 12345');
      await tid(p, 'submit').click();
      await p.locator('mat-error, [data-testid="problem"]').first().waitFor();
      await shot('cadastro-cpf');
    },
  ],
  [
    'novato',
    async (p, shot) => {
      await p.goto(`${mock.url}/bff/login?screen=sign-up&returnTo=/inicio`);
      await tid(p, 'name').fill('Paulo Henrique Reis');
      await tid(p, 'cpf').pressSequentially('11144477735');
      await tid(p, 'email').fill('paulo@exemplo.com.br');
      await tid(p, 'password').fill('segredo 12345');
      await tid(p, 'submit').click();
      await tid(p, 'account-opening').waitFor();
      await shot('novato-abrindo');
      await tid(p, 'balance').waitFor({ timeout: 15_000 });
      await shot('novato-aberta');
      await tid(p, 'receive').click();
      await p.locator('[data-testid="balance"][data-minor="50000"]').waitFor();
      await p.waitForTimeout(900);
      await shot('novato-recebeu');
      await p.goto(`${mock.url}/extrato?direcao=saidas`);
      await tid(p, 'statement-empty').waitFor();
      await shot('extrato-vazio');
    },
  ],
  [
    'inicio',
    async (p, shot) => {
      await signIn(p);
      await p.evaluate(() => scrollTo(0, 600));
      await p.locator('la-day-chart svg').waitFor({ timeout: 15_000 });
      await p.evaluate(() => scrollTo(0, 0));
      await p.waitForTimeout(500);
      await shot('inicio');
      await p.getByLabel('Entradas e saídas', { exact: true }).check({ force: true });
      await p.waitForTimeout(200);
      await p.locator('la-day-chart .box').hover({ position: { x: 200, y: 120 } });
      await shot('inicio-fluxo');
      await tid(p, 'chart-table').click();
      await shot('inicio-tabela');
      await tid(p, 'hide-amounts').click();
      await shot('inicio-oculto-tabela');
      await tid(p, 'hide-amounts').click();
      await tid(p, 'user-menu').click();
      await shot('menu');
      await p.keyboard.press('Escape');
      await get(p, 'undayed');
      await get(p, 'soon');
      await p.reload();
      await tid(p, 'stay').waitFor();
      await shot('inicio-pendente-aviso');
      await get(p, 'dayed');
      await get(p, 'down');
      await p.reload();
      await tid(p, 'problem').waitFor();
      await shot('inicio-erro');
      await get(p, 'up');
    },
  ],
  [
    'pagar',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/pagar`);
      await tid(p, 'available').waitFor();
      await shot('pagar');
      await tid(p, 'br-code').fill(staticCode('fulano@exemplo.com.br').replace('5802BR', '5802US'));
      await tid(p, 'decode').click();
      await tid(p, 'problem').waitFor();
      await shot('pagar-crc');
      await payTo(p, staticCode('fulano@exemplo.com.br'), '2590');
      await shot('pagar-confere');
      await tid(p, 'confirm').click();
      await tid(p, 'payment-status').waitFor();
      await p.waitForTimeout(1200);
      await shot('pagamento-andando');
      await status(p, 'settled');
      await shot('pagamento-concluido');
      await p.goto(`${mock.url}/pagar`);
      await tid(p, 'br-code').fill(
        '00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4',
      );
      await tid(p, 'decode').click();
      await tid(p, 'confirm').waitFor();
      await shot('pagar-dinamico');
    },
  ],
  [
    'finais',
    async (p, shot) => {
      await signIn(p);
      for (const [who, end] of [
        ['rejeita', 'failed'],
        ['bloqueado', 'declined'],
        ['analise', 'in-review'],
        ['incerto', 'unknown'],
      ] as const) {
        await payTo(p, `${who}@exemplo.com.br`, '100');
        await tid(p, 'confirm').click();
        await status(p, end);
        await shot(`pagamento-${end}`);
      }
      await payTo(p, 'fulano@exemplo.com.br', '1313');
      await tid(p, 'confirm').click();
      await tid(p, 'payment-lost').waitFor();
      await shot('pagar-sem-resposta');
      await p.reload();
      await tid(p, 'check-lost').waitFor();
      await shot('pagar-retomar');
      await tid(p, 'check-lost').click();
      await status(p, 'settled');
      await payTo(p, 'fulano@exemplo.com.br', '1414');
      await tid(p, 'confirm').click();
      await tid(p, 'check-lost').click();
      await p.locator('[data-found="not-yet"]').waitFor();
      await shot('pagar-ainda-nao');
      await tid(p, 'discard-lost').click();
      await tid(p, 'amount').fill('1,000.50');
      await tid(p, 'amount-refused').waitFor();
      await shot('pagar-colado-recusado');
    },
  ],
  [
    'extrato',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/extrato`);
      await tid(p, 'statement-line').first().waitFor();
      await shot('extrato');
      await p.locator('[data-testid="statement-line"][data-id]').filter({ hasText: 'enviado' }).first().click();
      await tid(p, 'open-payment').waitFor();
      await shot('detalhe');
      await tid(p, 'close-detail').click();
      await tid(p, 'direction-in').check({ force: true });
      await p.waitForURL(/direcao=entradas/);
      await p.goto(`${mock.url}/nada/aqui`);
      await p.locator('h1').waitFor();
      await shot('nao-encontrada');
    },
  ],
  [
    'receber',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/receber`);
      await tid(p, 'qr').waitFor();
      await shot('receber');
      await tid(p, 'receive-amount').pressSequentially('4550');
      await tid(p, 'receive-note').fill('Bolo de cenoura');
      await p.locator('[data-testid="qr"][aria-label*="45,50"]').waitFor();
      await shot('receber-valor');
      await tid(p, 'receive-amount').fill('');
      await tid(p, 'receive-amount').pressSequentially('1990');
      await tid(p, 'receive-paid').waitFor({ timeout: 15_000 });
      await shot('receber-pago');
      await p.locator('[data-testid="receive-paid"] a').click();
      await tid(p, 'share-pdf').waitFor();
      await shot('comprovante');
      await tid(p, 'open-return').click();
      await tid(p, 'return-amount').waitFor();
      await shot('devolver');
      await tid(p, 'return-amount').fill('');
      await tid(p, 'return-amount').pressSequentially('500');
      await tid(p, 'return-ask').click();
      await tid(p, 'return-confirm').waitFor();
      await shot('devolver-certeza');
      await tid(p, 'return-confirm').click();
      await p.locator('[data-testid="devolucao"][data-status="settled"]').waitFor({ timeout: 10_000 });
      await shot('devolver-feita');
      await p.goto(`${mock.url}/extrato?situacao=nao-concluidos`);
      // The made-up month may have none.
      await p.locator('[data-testid="statement-line"], [data-testid="statement-empty"]').first().waitFor();
      await shot('extrato-nao-concluidos');
      await p.goto(`${mock.url}/extrato?de=2026-01-01&ate=2026-12-31&busca=moinho`);
      await tid(p, 'statement-line').first().waitFor();
      await shot('extrato-busca');
    },
  ],
  [
    'expirada',
    async (p, shot) => {
      await signIn(p);
      await p.goto(`${mock.url}/extrato?periodo=7`);
      await tid(p, 'statement-line').first().waitFor();
      await get(p, 'expire');
      await tid(p, 'direction-out').dispatchEvent('click');
      await tid(p, 'login').waitFor();
      await shot('entrar-expirou');
      await tid(p, 'login').fill('helena@exemplo.com.br');
      await tid(p, 'password').fill('uma senha boa 1');
      await tid(p, 'submit').click();
      await p.waitForURL(/extrato\?periodo=7/);
    },
  ],
  [
    'offline',
    async (p, shot) => {
      await signIn(p);
      await p.context().setOffline(true);
      await p.locator('.bar').waitFor();
      await shot('inicio-sem-internet');
      await p.context().setOffline(false);
      await p.locator('.bar').waitFor({ state: 'detached' });
      await p.goto(`${mock.url}/extrato`);
      await p.locator('[data-testid="statement-line"]').filter({ hasText: 'Laticínios' }).first().click();
      await tid(p, 'open-payment').click();
      await status(p, 'settled');
      await p.emulateMedia({ media: 'print' });
      await shot('comprovante-impresso');
    },
  ],
  [
    'ingles',
    async (p, shot) => {
      await signIn(p);
      await p.evaluate(() => localStorage.setItem('lastro.lang', 'en-US'));
      await p.reload();
      await tid(p, 'balance').waitFor();
      await p.waitForTimeout(500);
      await shot('english');
    },
  ],
];
function watch(page: Page, variant: string, scene: string): void {
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of (401|403|404|409|422|429|50\d)|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED/.test(m.text()))
      bad.push(`${scene} ${variant}: console ${m.text().slice(0, 240)}`);
  });
  page.on('pageerror', (e) => bad.push(`${scene} ${variant}: ${e.message}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(mock.url) && !r.url().startsWith('data:')) bad.push(`${scene} ${variant}: request to ${r.url()}`);
  });
}
const VARIANTS = [
  { name: 'desktop-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const },
  { name: 'desktop-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' as const },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' as const },
];
await mkdir(OUT, { recursive: true });
const profile = join(tmpdir(), `lastro-screens-${process.pid}`);
const browser = await driver.launch({
  ...(await findChromium()),
  ignoreDefaultArgs: true,
  args: [...CHROMIUM_ARGS, `--user-data-dir=${profile}`, '--remote-debugging-pipe'],
});
try {
  for (const v of VARIANTS) {
    if (process.env.VARIANT && !v.name.includes(process.env.VARIANT)) continue;
    for (const [scene, play] of SCENES) {
      if (only && !new RegExp(only).test(scene)) continue;
      const context: BrowserContext = await browser.newContext({
        viewport: v.viewport,
        colorScheme: v.colorScheme,
        reducedMotion: 'reduce',
        locale: 'pt-BR',
        timezoneId: 'America/Sao_Paulo',
      });
      const page = await context.newPage();
      await page.addInitScript(axe);
      watch(page, v.name, scene);
      try {
        await play(page, (name) => shoot(page, name, v.name));
      } catch (err) {
        bad.push(`${scene} ${v.name}: ${(err as Error).message.slice(0, 400)}`);
        await page.screenshot({ path: join(OUT, `FAILED-${scene}-${v.name}.png`) }).catch(() => undefined);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  mock.close();
  await rm(profile, { recursive: true, force: true });
}
console.log(`${shots} pictures in ${OUT}, ${bad.length} findings`);
for (const b of bad) console.log(`  ${b}`);
process.exit(bad.length ? 1 : 0);
