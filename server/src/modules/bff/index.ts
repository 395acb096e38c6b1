import cookie from '@fastify/cookie';
import { createCache } from '#platform/cache/create-cache.ts';
import { memoryDriver } from '#platform/cache/memory.ts';
import { writeSeen } from '#platform/db/freshness.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { App } from '#platform/http/app.ts';
import type {} from '#platform/http/freshness.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import type { Contribution, SessionGuard } from '#platform/screens.ts';
import { createCompose } from './compose.ts';
import { createCookies } from './cookies.ts';
import type { Realm } from './domain/realm.ts';
import { createGuard, visitOf } from './guard.ts';
import { createHub } from './live/hub.ts';
import { liveRoute, type MaySee } from './live/route.ts';
import { createOidcClient } from './oidc-client.ts';
import { createOwnSessions } from './own-sessions.ts';
import type { AccountsPort, IdentityPort } from './ports.ts';
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
  operatorScopes?: readonly string[];
  /** Folder of the built web app, and of the operators'; without it a page says how to build it. */
  webDist?: string | undefined;
  deskDist?: string | undefined;
};

export type BffDeps = PlatformDeps & {
  config: BffConfig;
  identity: IdentityPort;
  crashPoint?: ((point: string) => void) | undefined;
  /** Absent: everybody has their own first account and sees no other. */
  accounts?: AccountsPort | undefined;
  /** What the modules of the installation add. */
  screens: (guard: SessionGuard) => Promise<Contribution[]>;
  /** The same for operators; there is no desk without it. */
  desks?: (guard: SessionGuard) => Promise<Contribution[]>;
};

const DESK_HOST = /^operacao\./;

/** The browser's back end: sessions, the screens' data, live events, and the web app's files. Publishes no face. */
export async function createBff(deps: BffDeps): Promise<ModuleInstance> {
  const { config, clock } = deps;
  const customers = await openRealm(deps, {
    realm: 'customer',
    scopes: config.personScopes,
    dist: config.webDist,
    added: deps.screens,
  });
  const operators = deps.desks
    ? await openRealm(deps, { realm: 'operator', scopes: config.operatorScopes ?? [], dist: config.deskDist, added: deps.desks })
    : null;
  const realms = [customers, ...(operators ? [operators] : [])];
  return {
    name: 'bff',
    routes: async (app: App) => {
      await app.register(cookie);
      await app.register(async (scope) => customers.routes(scope as App));
      if (operators) await app.register(async (scope) => onOwnHost(scope as App, operators.routes));
    },
    workers: realms.map(({ hub }) => createPulse(deps, hub)),
    jobs: [sessionsJob(clock)],
    close: async () => {
      for (const { close } of realms) await close();
    },
  };
}

/** Operators' pages and routes answer on their hosts alone; on those, nothing of the customers' does, since no tenant has such a host. */
async function onOwnHost(app: App, routes: (app: App) => Promise<void>): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.constraints = { ...route.constraints, host: DESK_HOST };
    // Log-in, session and security are the same for both, and described once.
    if (!route.url.startsWith('/bff/v1/desk/')) route.schema = { ...route.schema, hide: true };
  });
  await routes(app);
}

type RealmParts = {
  realm: Realm;
  scopes: readonly string[];
  dist: string | undefined;
  added: (guard: SessionGuard) => Promise<Contribution[]>;
};

/** Sessions, screens and pages of one realm. What somebody has in one opens nothing in the other. */
async function openRealm(deps: BffDeps, { realm, scopes, dist, added: askFor }: RealmParts) {
  const { config, identity, clock, log } = deps;
  const { publicUrl, masterKey, development: sandbox } = config;
  const cookies = createCookies(publicUrl, realm);
  const oidc = createOidcClient({ publicUrl, masterKey, scopes, realm });
  const tokens = createTokens({ ...deps, oidc, publicUrl, realm });
  const sessions = createSessions({ ...deps, oidc, tokens, realm });
  const ownSessions = createOwnSessions({ ...deps, sessions });
  const tenantOf = createTenantOf(identity, createCache(memoryDriver({ mostBytes: 1024 * 1024 }), log), publicUrl, realm);
  const guard = createGuard({ tenantOf, sessions, cookies });
  const added = await askFor({ require: guard.require, visitOf, endOthers: ownSessions.endOthersOf });
  const answer = createSessionAnswer({ guard, identity, sandbox, added });
  const compose = createCompose(added, log);
  const hub = createHub({ ...deps, sources: added.flatMap(({ live }) => live ?? []) });
  // An operator has no account; their lines tell of what their screens are about.
  const maySee: MaySee = async (ctx, accountId) => {
    if (realm === 'operator') return;
    if (deps.accounts) await deps.accounts.authorize(ctx, { accountId, action: 'see' });
    else if (accountId !== ctx.actor.id) throw refusePlatform('PLATFORM_NOT_FOUND');
  };
  return {
    hub,
    async routes(app: App): Promise<void> {
      app.addHook('onSend', async ({ bff, seen }, reply) => {
        if (bff && seen && !seen.mayLag) cookies.setSeen(reply, writeSeen(seen.position));
      });
      sessionRoutes(app, { vault: deps.vault, clock, log, guard, sessions, cookies, tenantOf, oidc, answer });
      ownSessionRoutes(app, { guard, ownSessions });
      await app.register(async (scope) => screenRoutes(scope as App, { guard, added, compose }));
      liveRoute(app, { guard, hub, maySee });
      await webRoutes(app, { webDist: dist, now: () => clock.now(), answer, log });
    },
    async close(): Promise<void> {
      await hub.close();
      ownSessions.close();
      tokens.close();
    },
  };
}
