import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Bus } from '#platform/bus/bus.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { App } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { createLogger } from '#platform/log.ts';
import { createMailer } from '#platform/mail/create-mailer.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { MODULES, scopesOf } from '../../src/module-list.ts';
import { createIdentity, type IdentityInstance } from '../../src/modules/identity/index.ts';
import { type CookieClient, createCookieClient } from './cookie-client.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from './test-database.ts';

export const LASTRO = '0192f000-0000-7000-8000-000000000001';
export const OUTRA = '0192f000-0000-7000-8000-000000000002';

export type IdentityServer = {
  publicUrl: string;
  port: number;
  app: App;
  bus: Bus;
  database: TestDatabase;
  identity: IdentityInstance;
  deps: PlatformDeps;
  masterKey: Buffer;
  /** Where the letters of identity arrive. */
  mail: MailServer;
  browser(headers?: Record<string, string>): CookieClient;
  close(): Promise<void>;
};

export type IdentityServerOptions = {
  clock?: Clock;
  modules?: readonly string[];
  ratePerMinute?: number;
  /** As SECOND_FACTOR_DEMANDED. */
  factorDemanded?: boolean;
  /** Further modules on the same server, bff first of all. */
  more?: (parts: { deps: PlatformDeps; identity: IdentityInstance; publicUrl: string; masterKey: Buffer }) => Promise<ModuleInstance[]>;
};

/** A port nobody uses at this moment: the issuer's address must be known before it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Identity (and what `more` adds) behind the real HTTP edge, on a database of its own. */
export async function startIdentityServer(options: IdentityServerOptions = {}): Promise<IdentityServer> {
  const database = await openTestDatabase(sourcesOf('identity', ...(options.modules ?? [])));
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });
  const clock = options.clock ?? systemClock;
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const masterKey = randomBytes(32);
  const bus = createPostgresBus({ db: database.db, log, clock });
  const metrics = createMetrics();
  const queue = createPostgresQueue({ db: database.db, log });
  const mail = await startMailServer();
  const mailer = createMailer({ MAIL_URL: mail.url, MAIL_FROM: 'Lastro <nao-responda@lastro.example>' }, true, log);
  const deps: PlatformDeps = { db: database.db, bus, clock, log, metrics, vault: createVault({ db: database.db, masterKey }) };
  const identity = await createIdentity({
    ...deps,
    queue,
    mailer,
    config: { publicUrl, masterKey, development: true, scopes: scopesOf(MODULES), factorDemanded: options.factorDemanded ?? false },
  });
  const modules = [identity as unknown as ModuleInstance, ...((await options.more?.({ deps, identity, publicUrl, masterKey })) ?? [])];
  const app = await createHttpServer({
    log,
    metrics,
    verifyToken: identity.verifyToken,
    publicUrl,
    ratePerMinute: options.ratePerMinute ?? 100_000,
  });
  for (const module of modules) if (module.routes) await app.register(async (scope) => module.routes?.(scope as App));
  const working = queue.work(modules.flatMap((module) => module.queues ?? []));
  await app.listen({ port, host: '127.0.0.1' });
  return {
    publicUrl,
    port,
    app,
    bus,
    database,
    identity,
    deps,
    masterKey,
    mail,
    browser: (headers) => createCookieClient(port, headers),
    async close() {
      await app.close();
      await working.stop();
      await mailer.close();
      await mail.close();
      for (const module of [...modules].reverse()) {
        for (const worker of module.workers ?? []) await worker.stop();
        await module.close?.();
      }
      await queue.close();
      await bus.close();
      await database.close();
    },
  };
}

/** Headers of the log-in page's own requests. */
export const OWN_PAGE = { 'x-requested-with': 'lastro', 'sec-fetch-site': 'same-origin' };
export const PASSWORD = 'um cavalo correto na bateria';
export const MARIA = { name: 'Maria Clara de Souza', cpf: '529.982.247-25', email: 'maria@exemplo.com.br', password: PASSWORD };
