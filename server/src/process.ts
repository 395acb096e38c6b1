import type { AddressInfo } from 'node:net';
import type { Bus } from '#platform/bus/bus.ts';
import { logPartitionsJob } from '#platform/bus/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Db } from '#platform/db/db.ts';
import { serveFace } from '#platform/face/serve.ts';
import type { ServiceTokens } from '#platform/face/service-token.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { passOn } from '#platform/http/pass-on.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { idempotencyJob } from '#platform/idempotency-janitor.ts';
import { measureJobs } from '#platform/jobs/metrics.ts';
import { startJobs } from '#platform/jobs/runner.ts';
import { createJobsAdmin } from '#platform/jobs/store.ts';
import type { Logger } from '#platform/log.ts';
import type { Module } from '#platform/manifest.ts';
import type { ModuleInstance } from '#platform/module.ts';
import type { Queue } from '#platform/queue/queue.ts';
import type { Stores } from '#platform/stores.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';

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
  stores: Stores;
  queue: Queue;
  metrics: Metrics;
  tokens: ServiceTokens;
  now: () => number;
  clock: Clock;
  /** Every module there is, and those of them that live here. */
  manifests: readonly Module[];
  modules: ModuleInstance[];
  connections: { close(): Promise<void> }[];
  verifyToken: (token: string, address?: string) => Promise<Caller>;
};

/** Times the database is asked for at the start, half a second apart, before the process gives up. */
const FIRST_TRIES = 10;

/** One running process: its ports, its background work, and the order in which they begin and end. */
export async function createProcess(parts: ProcessParts): Promise<LastroProcess> {
  const { config, log, db, bus, metrics, modules } = parts;
  let draining = false;
  const isHttp = config.ROLES.includes('http');
  const isWorker = config.ROLES.includes('worker');
  const isStrict = config.LASTRO_MODE === 'development';
  const { verifyToken } = parts;
  const common = {
    log,
    metrics,
    verifyToken,
    draining: () => draining,
    docs: true,
    ratePerMinute: config.RATE_PER_MINUTE,
    position: db.position,
  };
  const app = await createHttpServer({
    ...common,
    compress: true,
    publicUrl: config.PUBLIC_URL,
    sharedCache: parts.stores.isCacheShared ? parts.stores.cache : undefined,
    describeAlso: elsewhere(parts).map(({ url }) => url),
    ...(config.TRUST_PROXY ? { trustProxy: config.TRUST_PROXY } : {}),
  });
  const internal =
    config.INTERNAL_PORT === undefined ? undefined : await createHttpServer({ ...common, trustProxy: true, believeEdge: parts.tokens });
  metrics.gauge('lastro_database_connections_waiting', 'Requests waiting for a database connection', () => db.stats().waiting);

  for (const one of [app, internal]) if (one) await addRoutes(one, parts, () => draining, one === app);
  if (internal)
    for (const { face } of modules) if (face) serveFace(internal, face.contract, face.impl, parts.tokens, parts.now, { strict: isStrict });

  const stops: (() => Promise<void>)[] = [];
  const startWork = (): void => {
    for (const module of modules) stops.push(bus.startRelay(module.name).stop);
    if (!isWorker) return;
    const jobs = [
      logPartitionsJob,
      ...parts.stores.jobs,
      ...modules.flatMap(({ name, jobs = [] }) => [idempotencyJob(name, parts.clock), ...jobs]),
    ];
    stops.push(startJobs({ db, log, onRun: measureJobs(createJobsAdmin(db).status, metrics, parts.clock) }, jobs).stop);
    const queues = modules.flatMap((module) => module.queues ?? []);
    if (queues.length > 0) stops.push(parts.queue.work(queues).stop);
    for (const worker of parts.stores.workers) {
      worker.start();
      stops.push(() => worker.stop());
    }
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
      await reachDatabase(db);
      startWork();
      if (internal) await internal.listen({ port: config.INTERNAL_PORT!, host: config.INTERNAL_HOST });
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
      await parts.queue.close();
      await bus.close();
      await db.close();
    },
  };
}

/** The database may take its time over a first connection, or start together with us. */
async function reachDatabase(db: Db): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.ping();
    } catch (error) {
      if (attempt >= FIRST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Modules that live in other processes, and where. */
function elsewhere({ config, manifests }: ProcessParts): { module: Module; url: string }[] {
  return manifests.flatMap((module) => {
    const url = config.MODULE_URLS[module.name];
    return url === undefined || config.here.has(module.name) ? [] : [{ module, url }];
  });
}

async function addRoutes(app: App, parts: ProcessParts, draining: () => boolean, isPublic: boolean): Promise<void> {
  const { config, db, metrics, modules } = parts;
  const open = { config: { auth: 'public', ratePerMinute: 1_000_000 }, schema: { hide: true } } as const;
  app.get('/health/live', open, () => ({ status: 'live' }));
  app.get('/health/ready', open, async (_request, reply) => {
    const database = await db.ping().then(
      () => true,
      () => false,
    );
    const ready = database && !draining();
    const status = ready ? 'ready' : 'not-ready';
    // Strangers learn whether to come, and nothing of how the house is built.
    return reply.status(ready ? 200 : 503).send(isPublic ? { status } : { status, database, modules: [...config.here] });
  });
  if (!isPublic)
    app.get('/metrics', open, async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  for (const module of modules) {
    // Each module in a scope of its own, so that a hook or parser of one never reaches another's routes.
    // Named, because Fastify looks for the name of a nameless one among all files that are loaded.
    const routes = Object.assign(async (scope: unknown) => module.routes?.(scope as App), {
      [Symbol.for('fastify.display-name')]: module.name,
    });
    if (module.routes) await app.register(routes);
  }
  if (!isPublic) return;
  await passOn(
    app,
    elsewhere(parts).flatMap(({ module, url }) =>
      (module.publicPaths ?? []).map((one) => (typeof one === 'string' ? { prefix: one, url } : { ...one, url })),
    ),
    { tokens: parts.tokens, verifyToken: parts.verifyToken },
  );
}
