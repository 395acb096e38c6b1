/** An operator of the whole platform, added by the command and logged in with a second factor: what the desk's requests carry. */
import { generateSync } from 'otplib';
import { runAdmin } from './admin-command.ts';
import { ownHeaders } from './bff-server.ts';
import { createCookieClient } from './cookie-client.ts';
import { OWN_PAGE } from './identity-server.ts';
import { MASTER_KEY } from './running-platform.ts';
import type { WholePlatform } from './whole-platform.ts';

const STEP_S = 30;

/** Headers of an operator with these roles; `name` makes their address. Each request adds its own idempotency key where it wants one. */
export async function openDesk(platform: WholePlatform, name: string, roles: readonly string[]): Promise<Record<string, string>> {
  const email = `${name}@banco.example.com`;
  const env = { LASTRO_MASTER_KEY: MASTER_KEY, PUBLIC_URL: platform.baseUrl };
  const { code, output } = await runAdmin(platform.database, ['operators', 'lastro', 'add', email, 'Olga Operadora', ...roles], env);
  const password = /shown once: (\S+)/.exec(output)?.[1];
  if (code !== 0 || password === undefined) throw new Error(`no operator: ${output}`);
  const desk = platform.baseUrl.replace('//', '//operacao.');
  const browser = createCookieClient(platform.port);
  const post = async (target: string, headers: Record<string, string>, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await browser.send(target, { headers, body });
    if (answer.status !== 200) throw new Error(`${new URL(target).pathname}: ${answer.status} ${answer.text}`);
    return answer.json();
  };
  let secret = '';
  const enter = async (): Promise<void> => {
    const { url: page } = await browser.follow(`${desk}/bff/login?returnTo=/fila`, (url) => url.pathname.startsWith('/entrar/'));
    let next = await post(`${page}/login`, OWN_PAGE, { login: email, password });
    const epoch = Math.floor(Date.now() / 1000) + STEP_S;
    if (secret) next = await post(`${page}/second-factor`, OWN_PAGE, { by: 'totp', code: generateSync({ secret, epoch }) });
    await browser.follow(String(next.redirectTo), (to) => to.pathname !== '/bff/callback' && !to.pathname.startsWith('/oidc/'));
  };
  await enter();
  const begun = await post(`${desk}/bff/v1/identity/totp`, await ownHeaders(browser, desk), { proof: { password } });
  secret = String(begun.secret);
  const code0 = generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });
  await post(`${desk}/bff/v1/identity/totp/confirm`, await ownHeaders(browser, desk), { code: code0 });
  await enter();
  const { 'idempotency-key': _key, ...headers } = await ownHeaders(browser, desk);
  const { host, hostname } = new URL(desk);
  const cookie = browser
    .cookies()
    .filter((one) => one.host === hostname)
    .map((one) => `${one.name}=${one.value}`)
    .join('; ');
  return { ...headers, host, cookie, 'user-agent': 'test-browser/1', 'x-requested-with': 'lastro' };
}
