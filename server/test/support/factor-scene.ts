import { generateSync } from 'otplib';
import type { manualClock } from '#platform/clock.ts';
import { cpfFrom } from '../../../scripts/lib/person.ts';
import { type BffServer, ownHeaders } from './bff-server.ts';
import type { Answer, CookieClient } from './cookie-client.ts';
import { LASTRO, MARIA, OWN_PAGE, PASSWORD } from './identity-server.ts';

const ctx = { tenantId: LASTRO, actor: { kind: 'system', id: 'test' } } as const;
let people = 620_000_000;

export type Registered = { email: string; subjectId: string };
export type Ways = { redirectTo?: string; ways?: string[] };

/** What tests of second factors do over and over: people, log-ins in steps, posts of a session, codes at a moment. */
export function createFactorScene(server: () => BffServer, clock: ReturnType<typeof manualClock>) {
  const at = (path: string) => `${server().publicUrl}${path}`;
  const scene = {
    at,
    async register(): Promise<Registered> {
      people += 1;
      const email = `fator.${people}@exemplo.com.br`;
      const { subjectId } = await server().identity.face!.impl.registerPerson(ctx, { ...MARIA, cpf: cpfFrom(people), email });
      return { email, subjectId };
    },
    /** The code that an authenticator shows, so many seconds from now. */
    code: (secret: string, inS = 0): string => generateSync({ secret, epoch: Math.floor(clock.now() / 1000) + inS }),
    /** The next step of codes begins now. */
    nextStep(): void {
      clock.advance(30_000);
    },
    async page(browser: CookieClient): Promise<string> {
      const { url } = await browser.follow(at('/bff/login?returnTo=/inicio'), (to) => to.pathname.startsWith('/entrar/'));
      return url;
    },
    /** The first step; answers the page and what it said. */
    async password(email: string, browser = server().browser(), password = PASSWORD) {
      const page = await scene.page(browser);
      const answer = await browser.send(`${page}/login`, { body: { login: email, password }, headers: OWN_PAGE });
      return { browser, page, answer, ...(answer.status === 200 ? (answer.json() as Ways) : {}) };
    },
    second: (browser: CookieClient, page: string, by: string, code: string): Promise<Answer> =>
      browser.send(`${page}/second-factor`, { body: { by, code }, headers: OWN_PAGE }),
    /** Follows a log-in to its end; true when it ends with a session. */
    async finish(browser: CookieClient, answer: Answer): Promise<boolean> {
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      await browser.follow(String(answer.json().redirectTo), (to) => to.pathname === '/inicio');
      return (await browser.send(at('/bff/v1/session'))).json().authenticated === true;
    },
    post: async (browser: CookieClient, path: string, body: unknown = {}): Promise<Answer> =>
      browser.send(at(path), { method: 'POST', body, headers: await ownHeaders(browser, server().publicUrl) }),
    isPaying: async (browser: CookieClient): Promise<boolean> => (await browser.send(at('/bff/v1/home'))).status === 200,
    security: async (browser: CookieClient) => (await browser.send(at('/bff/v1/identity/security'))).json(),
    /** Gives the person of this session codes by time; answers the secret and the recovery codes. */
    async addTotp(browser: CookieClient, proof: unknown = { password: PASSWORD }): Promise<{ secret: string; recoveryCodes: string[] }> {
      const begun = await scene.post(browser, '/bff/v1/identity/totp', { proof });
      if (begun.status !== 200) throw new Error(begun.text);
      const secret = String(begun.json().secret);
      const confirmed = await scene.post(browser, '/bff/v1/identity/totp/confirm', { code: scene.code(secret) });
      if (confirmed.status !== 200) throw new Error(confirmed.text);
      return { secret, recoveryCodes: (confirmed.json().recoveryCodes ?? []) as string[] };
    },
    /** What was published about a person, in order. */
    async events(subjectId: string): Promise<string[]> {
      const rows = await server().database.admin<{ type: string }>(
        'select type from identity.outbox_events where subject_id = $1 order by seq, place',
        [subjectId],
      );
      return rows.map(({ type }) => type.replace(/^identity\./, ''));
    },
  };
  return scene;
}
