import { measureBus } from '#platform/bus/metrics.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createDb } from '#platform/db/db.ts';
import { connectFace, localFace } from '#platform/face/call.ts';
import { createServiceTokens } from '#platform/face/service-token.ts';
import type { Caller } from '#platform/http/app.ts';
import type { Logger } from '#platform/log.ts';
import { createMailer } from '#platform/mail/create-mailer.ts';
import type { Installation, Module } from '#platform/manifest.ts';
import type { ModuleInstance, QueueDeps } from '#platform/module.ts';
import type { Keeper, KeeperFace } from '#platform/privacy/keeper.ts';
import { configuredAnchors } from '#platform/proof/anchors/configured.ts';
import { createQueueAdmin } from '#platform/queue/admin.ts';
import { measureQueue } from '#platform/queue/metrics.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import type { Contribution, SessionGuard } from '#platform/screens.ts';
import { createStores } from '#platform/stores.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { MODULES, missingNeeds, scopesOf } from './module-list.ts';
import { createProcess, type LastroProcess } from './process.ts';

export type ComposeOptions = {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** Tests: called at each crash point of a payment. */
  crashPoint?: (name: string) => void;
};

/**
 * Puts a process together: configuration → the modules that live here, ground floor first, each handed the faces it needs, be they
 * in this process or behind MODULE_URLS → the roles this process plays for them.
 */
export async function compose(options: ComposeOptions): Promise<LastroProcess> {
  const { config, log } = options;
  const { here } = config;
  const missing = missingNeeds(MODULES, here, config.MODULE_URLS);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  const isDevelopment = config.LASTRO_MODE === 'development';
  const checked = config.LASTRO_CHECK_CALLS ?? isDevelopment;
  const metrics = createMetrics({ defaults: true });
  const reads = metrics.counter('lastro_database_reads_total', 'Reads that a copy of the database may answer, by who answered', ['by']);
  const db = createDb({
    url: config.DATABASE_URL,
    listenUrl: config.DATABASE_LISTEN_URL,
    replicaUrls: config.DATABASE_REPLICA_URLS ?? [],
    replicaMostLagMs: config.DATABASE_REPLICA_LAG_MS,
    onRead: (by) => reads.inc({ by }),
    poolSize: config.DATABASE_POOL,
    log,
    applicationName: `lastro ${[...here].join(',')}`,
    strict: checked,
  });
  metrics.gauges(
    'lastro_database_replica_lag_seconds',
    'How far a copy of the database is behind; +Inf when it serves nobody',
    'replica',
    async () => db.lags().map(([name, ms]) => [name, ms / 1000]),
  );
  const bus = createPostgresBus({ db, log, clock });
  measureBus(bus, metrics, clock);
  const queue = createPostgresQueue({ db, log, onAttempt: measureQueue(createQueueAdmin(db).status, metrics) });
  const vault = createVault({ db, masterKey: config.LASTRO_MASTER_KEY, now });
  const stores = createStores({ db, vault, clock, log, config });
  const tokens = createServiceTokens(config.LASTRO_INTERNAL_SECRET, now);
  const mailer = createMailer(config, isDevelopment, log);
  const installation: Installation = {
    publicUrl: config.PUBLIC_URL,
    masterKey: config.LASTRO_MASTER_KEY,
    isDevelopment,
    anchors: configuredAnchors(config, now),
    scopes: scopesOf(MODULES),
    mailer,
    crashPoint: options.crashPoint,
  };
  const deps = (module: string): QueueDeps => ({ db, bus, queue, clock, log: log.child({ module }), vault, metrics });

  const instances: ModuleInstance[] = [];
  const connections: { close(): Promise<void> }[] = [mailer];
  const faces = new Map<string, unknown>();

  /** The module itself when it lives here, or a client of the process where it does; undefined when nobody said where that is. */
  function faceOf({ name, contract }: Module): unknown {
    const url = config.MODULE_URLS[name];
    if (!faces.has(name) && contract && url) {
      const remote = connectFace(contract, url, tokens, now);
      connections.push(remote);
      faces.set(name, remote);
    }
    return faces.get(name);
  }

  const reachable = () => MODULES.filter((module) => here.has(module.name) || faceOf(module) !== undefined);
  const partsOf = (module: Module, guard: SessionGuard) => ({
    face: faceOf(module) as never,
    faces: facesFor(module),
    guard,
    clock,
    installation,
  });
  /** Of every module that is here, or of which we were told where it is. */
  const screens = (guard: SessionGuard): Promise<Contribution[]> =>
    Promise.all(
      reachable().map(async (module) => {
        const { name, pages = [], cards = [] } = module;
        return { ...(await module.screens?.(partsOf(module, guard))), module: name, pages, cards };
      }),
    );
  const desks = (guard: SessionGuard): Promise<Contribution[]> =>
    Promise.all(
      reachable().map(async (module) => {
        const { name, deskPages: pages = [] } = module;
        return { ...(await module.desk?.(partsOf(module, guard))), module: name, pages, cards: [] };
      }),
    );
  /** Of every module that keeps something of people; without a face where nobody said where it is. */
  const keepers = (): Keeper[] =>
    MODULES.flatMap((module) => {
      const { name, personalData } = module;
      return personalData && 'parts' in personalData
        ? [{ module: name, parts: personalData.parts, face: faceOf(module) as KeeperFace | undefined }]
        : [];
    });
  /** Those a module needs, as far as they are reachable. */
  function facesFor({ needs = {} }: Module): Record<string, unknown> {
    return Object.fromEntries(MODULES.filter(({ name }) => name in needs).map((other) => [other.name, faceOf(other)]));
  }

  for (const module of MODULES.filter(({ name }) => here.has(name))) {
    const { name, contract } = module;
    const settings = config.of[name] as never;
    const own = { faces: facesFor(module), settings, installation, screens, desks, keepers, blobs: stores.blobsOf(name) };
    const instance = await module.create({ ...deps(name), ...own });
    instances.push(instance);
    if (contract && instance.face) faces.set(name, localFace(contract, instance.face.impl, { checked }));
  }

  /** Where tokens are issued they are proved; elsewhere the issuer says how. */
  async function verifier(): Promise<(token: string, address?: string) => Promise<Caller>> {
    const own = instances.find(({ verifyToken }) => verifyToken)?.verifyToken;
    if (own) return own;
    const issuer = MODULES.find(({ remoteVerifier }) => remoteVerifier);
    if (!issuer?.remoteVerifier) throw new Error('no module proves tokens');
    const url = config.MODULE_URLS[issuer.name];
    const remote = await issuer.remoteVerifier({ publicUrl: config.PUBLIC_URL, url, face: faceOf(issuer), bus, now, log, metrics });
    connections.push({ close: async () => remote.close() });
    return remote.verify;
  }
  const parts = { config, log, db, bus, stores, queue, metrics, tokens, now, clock, connections };
  return createProcess({ ...parts, manifests: MODULES, modules: instances, verifyToken: await verifier() });
}
