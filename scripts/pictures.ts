/**
 * `npm run pictures [-- --all folder]`: the pictures of the README, taken of a platform with demo data that is started for it. With `--all`
 * every screen, on desktop and phone in both themes, into a folder of yours: for looking at them.
 */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { DESKTOP, openBrowser, PHONE } from '../server/test/support/browser.ts';
import { openStage, type Stage } from './lighthouse/stage.ts';
import { rootFolder } from './supervisor/folders.ts';

const MOST_BYTES = 200_000;
const README = path.join(rootFolder, 'docs/images');
const BR_CODE =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

type Theme = 'light' | 'dark';
type Scene = { name: string; signedIn: boolean; open: (page: Page, origin: string) => Promise<void> };
const id = (page: Page, name: string) => page.locator(`[data-testid="${name}"]`);
/** Data there, nothing moving. */
async function settled(page: Page): Promise<void> {
  const moving = page.locator('main .skel, .splash');
  for (const end = Date.now() + 15_000; (await moving.count()) > 0 && Date.now() < end; ) await page.waitForTimeout(100);
  await page.waitForTimeout(700);
}
const goTo = (at: string) => async (page: Page, origin: string) => void (await page.goto(`${origin}${at}`));

const SCENES: readonly Scene[] = [
  { name: 'entrada', signedIn: false, open: goTo('/') },
  { name: 'entrar', signedIn: false, open: goTo('/bff/login?screen=sign-in') },
  { name: 'cadastro', signedIn: false, open: goTo('/bff/login?screen=sign-up') },
  { name: 'inicio', signedIn: true, open: goTo('/inicio') },
  { name: 'pagar', signedIn: true, open: goTo('/pagar') },
  {
    name: 'confira',
    signedIn: true,
    async open(page, origin) {
      await page.goto(`${origin}/pagar`);
      await id(page, 'br-code').fill(BR_CODE);
      await id(page, 'decode').click();
      await id(page, 'amount').pressSequentially('4590');
    },
  },
  { name: 'receber', signedIn: true, open: goTo('/receber') },
  { name: 'extrato', signedIn: true, open: goTo('/extrato') },
  {
    name: 'detalhe',
    signedIn: true,
    async open(page, origin) {
      await page.goto(`${origin}/extrato`);
      await id(page, 'statement-line').nth(1).click();
      await id(page, 'line-detail').waitFor();
    },
  },
  {
    name: 'comprovante',
    signedIn: true,
    async open(page, origin) {
      await page.goto(`${origin}/extrato?direcao=saidas`);
      await id(page, 'statement-line').first().click();
      await id(page, 'open-payment').click();
      await page.locator('la-comprovante-sheet, [data-testid=payment-status]').first().waitFor();
    },
  },
  {
    name: 'recebido',
    signedIn: true,
    async open(page, origin) {
      await page.goto(`${origin}/extrato?direcao=entradas`);
      await id(page, 'statement-line').first().click();
      await id(page, 'open-comprovante').click();
      await id(page, 'comprovante-amount').waitFor();
    },
  },
  {
    name: 'devolver',
    signedIn: true,
    async open(page, origin) {
      await page.goto(`${origin}/extrato?direcao=entradas`);
      await id(page, 'statement-line').first().click();
      await id(page, 'open-return').click();
      await id(page, 'return-amount').waitFor();
    },
  },
  { name: 'seguranca', signedIn: true, open: goTo('/seguranca') },
  { name: 'sem-pagina', signedIn: true, open: goTo('/nao-existe') },
  { name: 'pecas', signedIn: false, open: goTo('/ui') },
];

async function signIn(page: Page, { origin, login }: Stage): Promise<void> {
  await page.goto(`${origin}/bff/login`);
  await id(page, 'login').fill(login.login);
  await id(page, 'password').fill(login.password);
  await id(page, 'submit').click();
  await id(page, 'balance').waitFor({ timeout: 20_000 });
}

async function take(
  stage: Stage,
  scenes: readonly Scene[],
  size: { width: number; height: number },
  theme: Theme,
  fileOf: (name: string) => string,
) {
  for (const signedIn of [false, true]) {
    const wanted = scenes.filter((scene) => scene.signedIn === signedIn);
    if (wanted.length === 0) continue;
    const { context, close } = await openBrowser(size);
    try {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      if (signedIn) await signIn(page, stage);
      for (const { name, open } of wanted) {
        await open(page, stage.origin);
        await settled(page);
        await page.screenshot({ path: fileOf(name) });
        console.log(fileOf(name));
      }
    } finally {
      await close();
    }
  }
}

const { values } = parseArgs({ options: { all: { type: 'string' } } });
const stage = await openStage(path.join(rootFolder, '.lastro/pictures'), process.env.WEB_DIST ?? path.join(rootFolder, 'web/dist/browser'));
try {
  if (values.all) {
    const folder = path.resolve(values.all);
    mkdirSync(folder, { recursive: true });
    for (const [where, size] of Object.entries({ desktop: DESKTOP, phone: PHONE }))
      for (const theme of ['light', 'dark'] as const)
        await take(stage, SCENES, size, theme, (name) => path.join(folder, `${name}-${where}-${theme}.png`));
  } else {
    const only = (...names: string[]) => SCENES.filter(({ name }) => names.includes(name));
    const desktop = { width: 1280, height: 800 };
    const written: string[] = [];
    const into = (ending: string) => (name: string) => {
      const file = path.join(README, `${name}${ending}.png`);
      written.push(file);
      return file;
    };
    await take(stage, only('inicio'), desktop, 'light', into(''));
    await take(stage, only('extrato'), desktop, 'dark', into(''));
    await take(stage, only('confira', 'comprovante'), PHONE, 'light', into('-celular'));
    await take(stage, only('receber'), PHONE, 'dark', into('-celular'));
    const heavy = written.filter((file) => statSync(file).size > MOST_BYTES);
    if (heavy.length > 0) throw new Error(`more than ${MOST_BYTES} bytes: ${heavy.join(', ')}`);
  }
} finally {
  await stage.close();
}
