/** Operators of a test's server: added as `npm run admin` adds them, with a second factor, and logged in at the desk. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';
import { createGrants } from '../../src/modules/identity/grants.ts';
import { createOperators } from '../../src/modules/identity/operators.ts';
import type { BffServer } from './bff-server.ts';
import { ownHeaders } from './bff-server.ts';
import type { CookieClient } from './cookie-client.ts';
import { LASTRO, OWN_PAGE } from './identity-server.ts';

export const deskOf = (server: Pick<BffServer, 'publicUrl'>): string => server.publicUrl.replace('//', '//operacao.');

/** Steps of one-time codes ahead of now that a test may use: each code counts once. */
const STEP_S = 30;

export async function addOperator(
  server: BffServer,
  given: { name: string; email: string; roles: readonly string[] },
  { factor = true }: { factor?: boolean } = {},
) {
  const operators = createOperators({ ...server.deps, grants: createGrants(server.deps) });
  const { subjectId, password } = await operators.add(LASTRO, given, { kind: 'service', id: 'admin:test' });
  let secret = '';
  let ahead = -1;
  const operator = {
    ...given,
    subjectId,
    password,
    operators,
    hasFactor: () => secret !== '',
    /** A code that has not been used yet; three of them fit at one time. */
    nextCode: (): string => generateSync({ secret, epoch: Math.floor(server.deps.clock.now() / 1000) + ahead++ * STEP_S }),
    async addTotp(browser: CookieClient, desk: string): Promise<void> {
      const headers = await ownHeaders(browser, desk);
      const begun = await browser.send(`${desk}/bff/v1/identity/totp`, { headers, body: { proof: { password } } });
      if (begun.status !== 200) throw new Error(`totp: ${begun.status} ${begun.text}`);
      secret = String(begun.json().secret);
      const done = await browser.send(`${desk}/bff/v1/identity/totp/confirm`, { headers, body: { code: operator.nextCode() } });
      if (done.status !== 200) throw new Error(`totp: ${done.status} ${done.text}`);
    },
    /** Who the token behind this browser's session says it is, and what it may do. */
    async callerOf(browser: CookieClient) {
      const idHash = createHash('sha256').update(browser.cookie('lastro-operacao')!).digest();
      const rows = await server.database.admin<{ tokens_sealed: Buffer }>('select tokens_sealed from bff.sessions where id_hash = $1', [
        idHash,
      ]);
      const kept = server.deps.vault.openOwn(`bff/session/${idHash.toString('hex')}`, rows[0]!.tokens_sealed);
      return server.identity.verifyToken((JSON.parse(kept) as { access: string }).access);
    },
  };
  if (factor) {
    const { browser, desk } = await enterDesk(server, operator);
    await operator.addTotp(browser, desk);
  }
  return operator;
}

export type TestOperator = Awaited<ReturnType<typeof addOperator>>;

/** Logs in at the desk, with the second factor where there is one. */
export async function enterDesk(
  server: BffServer,
  operator: Pick<TestOperator, 'email' | 'password' | 'hasFactor' | 'nextCode'>,
): Promise<{ browser: CookieClient; desk: string }> {
  const desk = deskOf(server);
  const browser = patient(server.browser());
  const { url: page } = await browser.follow(`${desk}/bff/login?returnTo=/fila`, (url) => url.pathname.startsWith('/entrar/'));
  const posted = await browser.send(`${page}/login`, { body: { login: operator.email, password: operator.password }, headers: OWN_PAGE });
  if (posted.status !== 200) throw new Error(`log-in: ${posted.status} ${posted.text}`);
  let next = posted.json();
  if (operator.hasFactor()) {
    const given = await browser.send(`${page}/second-factor`, { body: { by: 'totp', code: operator.nextCode() }, headers: OWN_PAGE });
    if (given.status !== 200) throw new Error(`second factor: ${given.status} ${given.text}`);
    next = given.json();
  }
  const { url } = await browser.follow(
    String(next.redirectTo),
    (to) => to.pathname !== '/bff/callback' && !to.pathname.startsWith('/oidc/'),
  );
  if (url !== `${desk}/fila`) throw new Error(`log-in ended at ${url}`);
  return { browser, desk };
}

/** A browser that comes back when a process with too much to do turns it away: nothing was done then. */
function patient(browser: CookieClient): CookieClient {
  const { send } = browser;
  browser.send = async (target, ask) => {
    for (const end = Date.now() + 60_000; ; ) {
      const answer = await send(target, ask);
      if (answer.status !== 503 || Date.now() > end) return answer;
      await sleep(200);
    }
  };
  return browser;
}
