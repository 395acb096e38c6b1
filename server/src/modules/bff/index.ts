import cookie from '@fastify/cookie';
import { createCache } from '#platform/cache/create-cache.ts';
import { memoryDriver } from '#platform/cache/memory.ts';
import { writeSeen } from '#platform/db/freshness.ts';
import type { App } from '#platform/http/app.ts';
import type {} from '#platform/http/freshness.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import type { Contribution, SessionGuard } from '#platform/screens.ts';
import { createCompose } from './compose.ts';
import { createCookies } from './cookies.ts';
import { createGuard, visitOf } from './guard.ts';
import { createHub } from './live/hub.ts';
import { liveRoute } from './live/route.ts';
import { createOidcClient } from './oidc-client.ts';
import { createOwnSessions } from './own-sessions.ts';
import type { IdentityPort } from './ports.ts';
import { ownSessionRoutes } from './routes-own-sessions.ts';
import { screenRoutes } from './routes-screens.ts';
import { sessionRoutes } from './routes-session.ts';
import { createSessionAnswer } from './session-answer.ts';
import { createSessions } from './sessions.ts';
import { createTenantOf } from './tenant-of.ts';
import { createTokens } from './tokens.ts';
import { webRoutes } from './web/routes.ts';
import { createPulse, sessionsJob } from './workers.ts';

export type BffConfig = {
  /** Origin people use; also where the issuer is (`/oidc`). https makes the cookies Secure. */
  publicUrl: string;
  /** 32 bytes; the secret of the BFF's OpenID client is derived from it. */
  masterKey: Buffer;
  /** No real money moves; screens say so. */
  development: boolean;
  /** What a session may do: asked of the issuer. */
  personScopes: readonly string[];
  /** Folder of the built web app; without it a page says how to build it. */
  webDist?: string | undefined;
};

export type BffDeps = PlatformDeps & {
  config: BffConfig;
  identity: IdentityPort;
  /** What the modules of the installation add. */
  screens: (guard: SessionGuard) => Promise<Contribution[]>;
};

/** The browser's back end: sessions, the screens' data, live events, and the web app's files. Publishes no face. */
export async function createBff(deps: BffDeps): Promise<ModuleInstance> {
  const { config, identity, clock, log } = deps;
  const { publicUrl, development: sandbox } = config;
  const cookies = createCookies(publicUrl);
  const oidc = createOidcClient(config);
  const tokens = createTokens({ ...deps, oidc, publicUrl });
  const sessions = createSessions({ ...deps, oidc, tokens });
  const ownSessions = createOwnSessions({ ...deps, sessions });
  const tenantOf = createTenantOf(identity, createCache(memoryDriver({ mostBytes: 1024 * 1024 }), log), publicUrl);
  const guard = createGuard({ tenantOf, sessions, cookies });
  const added = await deps.screens({ require: guard.require, visitOf, endOthers: ownSessions.endOthersOf });
  const answer = createSessionAnswer({ guard, identity, sandbox, added });
  const compose = createCompose(added, log);
  const hub = createHub({ ...deps, sources: added.flatMap(({ live }) => live ?? []) });
  return {
    name: 'bff',
    routes: async (app: App) => {
      await app.register(cookie);
      app.addHook('onSend', async ({ bff, seen }, reply) => {
        if (bff && seen && !seen.mayLag) cookies.setSeen(reply, writeSeen(seen.position));
      });
      sessionRoutes(app, { vault: deps.vault, clock, log, guard, sessions, cookies, tenantOf, oidc, answer });
      ownSessionRoutes(app, { guard, ownSessions });
      await app.register(async (scope) => screenRoutes(scope as App, { guard, added, compose }));
      liveRoute(app, { guard, hub });
      await webRoutes(app, { webDist: config.webDist, now: () => clock.now(), answer, log });
    },
    workers: [createPulse(deps, hub)],
    jobs: [sessionsJob(deps.clock)],
    close: async () => {
      await hub.close();
      ownSessions.close();
      tokens.close();
    },
  };
}
