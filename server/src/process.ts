import type { AddressInfo } from 'node:net';
import type { Bus } from '#platform/bus/bus.ts';
import type { Config } from '#platform/config.ts';
import type { Db } from '#platform/db/db.ts';
import { serveFace } from '#platform/face/serve.ts';
import type { ServiceTokens } from '#platform/face/service-token.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { passOn } from '#platform/http/pass-on.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { createTokenVerifier } from '#platform/http/token-verifier.ts';
import type { Logger } from '#platform/log.ts';
import type { ModuleInstance } from '#platform/module.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import type { ModuleName } from './migration-sources.ts';
import { PUBLIC_PATHS } from './public-paths.ts';

export type LastroProcess = {
  start(): Promise<{ port: number; internalPort?: number }>;
  /** Drains: refuses new requests, finishes what runs, then lets go of everything. */
  stop(): Promise<void>;
  app: App;
  bus: Bus;
  db: Db;
};

export type ProcessParts = {
  config: Config;
  log: Logger;
  db: Db;
  bus: Bus;
  metrics: Metrics;
  tokens: ServiceTokens;
  now: () => number;
  modules: ModuleInstance[];
  connections: { close(): Promise<void> }[];
  here: ReadonlySet<ModuleName>;
  verifyToken?: (token: string) => Promise<Caller>;
};

/** One running process: its ports, its background work, and the order in which they begin and end. */
export async function createProcess(parts: ProcessParts): Promise<LastroProcess> {
  const { config, log, db, bus, metrics, modules } = parts;
  let draining = false;
  const isHttp = config.ROLES.includes('http');
  const isWorker = config.ROLES.includes('worker');
  const verifyToken = parts.verifyToken ?? remoteVerifier(config, parts.now);
  const common = { log, metrics, verifyToken, draining: () => draining, ...(config.TRUST_PROXY ? { trustProxy: config.TRUST_PROXY } : {}) };
  const app = await createHttpServer({
    ...common,
    docs: true,
    compress: true,
    publicUrl: config.PUBLIC_URL,
    ratePerMinute: config.RATE_PER_MINUTE,
  });
  const internal =
    config.INTERNAL_PORT === undefined ? undefined : await createHttpServer({ ...common, ratePerMinute: 0, trustProxy: true });
  metrics.gauge('lastro_database_connections_waiting', 'Requests waiting for a database connection', () => db.stats().waiting);

  for (const one of [app, internal]) if (one) await addRoutes(one, parts, () => draining, one === app);
  if (internal)
    for (const module of modules) if (module.face) serveFace(internal, module.face.contract, module.face.impl, parts.tokens, parts.now);

  const stops: (() => Promise<void>)[] = [];
  const startWork = (): void => {
    for (const module of modules) stops.push(bus.startRelay(module.name).stop);
    if (!isWorker) return;
    for (const module of modules) {
      for (const subscription of module.subscriptions ?? []) stops.push(bus.subscribe(subscription).stop);
      for (const worker of module.workers ?? []) {
        worker.start();
        stops.push(() => worker.stop());
      }
    }
  };

  return {
    app,
    bus,
    db,
    async start() {
      await db.ping();
      startWork();
      if (internal) await internal.listen({ port: config.INTERNAL_PORT!, host: config.HOST });
      if (isHttp) await app.listen({ port: config.PORT, host: config.HOST });
      const port = isHttp ? (app.server.address() as AddressInfo).port : 0;
      return { port, ...(internal ? { internalPort: (internal.server.address() as AddressInfo).port } : {}) };
    },
    async stop() {
      draining = true;
      await app.close();
      await Promise.all(stops.map((stop) => stop()));
      await internal?.close();
      for (const module of [...modules].reverse()) await module.close?.();
      await Promise.all(parts.connections.map((connection) => connection.close()));
      await bus.close();
      await db.close();
    },
  };
}

function remoteVerifier(config: Config, now: () => number): (token: string) => Promise<Caller> {
  const home = config.MODULE_URLS.identity ?? config.PUBLIC_URL;
  const verifier = createTokenVerifier({
    issuer: `${config.PUBLIC_URL}/oidc`,
    audience: 'lastro-api',
    keys: new URL(`${home}/oidc/jwks`),
    now,
  });
  return (token) => verifier.verify(token);
}

async function addRoutes(app: App, parts: ProcessParts, draining: () => boolean, isPublic: boolean): Promise<void> {
  const { config, db, metrics, modules, here } = parts;
  const open = { config: { auth: 'public', ratePerMinute: 1_000_000 }, schema: { hide: true } } as const;
  app.get('/health/live', open, () => ({ status: 'live' }));
  app.get('/health/ready', open, async (_request, reply) => {
    const database = await db.ping().then(
      () => true,
      () => false,
    );
    const ready = database && !draining();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready', database, modules: [...here] });
  });
  app.get('/metrics', open, async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  for (const module of modules) {
    // Each module in a scope of its own, so that a hook or parser of one never reaches another's routes.
    if (module.routes) await app.register(async (scope) => module.routes?.(scope as App));
  }
  if (!isPublic) return;
  const elsewhere = Object.entries(config.MODULE_URLS).filter(([name]) => !here.has(name as ModuleName));
  await passOn(
    app,
    elsewhere.flatMap(([name, url]) =>
      (PUBLIC_PATHS[name as ModuleName] ?? []).map((prefix) => ({
        prefix,
        url,
        ...(prefix === '/entrar' ? { methods: ['POST'] as const } : {}),
      })),
    ),
  );
}
