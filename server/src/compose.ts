import { measureBus } from '#platform/bus/metrics.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createDb } from '#platform/db/db.ts';
import { connectFace, localFace } from '#platform/face/call.ts';
import type { Contract, Face } from '#platform/face/contract.ts';
import { createServiceTokens } from '#platform/face/service-token.ts';
import type { Logger } from '#platform/log.ts';
import type { ModuleInstance, QueueDeps } from '#platform/module.ts';
import { configuredAnchors } from '#platform/proof/anchors/configured.ts';
import { createQueueAdmin } from '#platform/queue/admin.ts';
import { measureQueue } from '#platform/queue/metrics.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import { createStores } from '#platform/stores.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { MODULE_ORDER, type ModuleName } from './migration-sources.ts';
import { auditContract, createAudit } from './modules/audit/index.ts';
import { createBff } from './modules/bff/index.ts';
import { cashflowContract, createCashflow } from './modules/cashflow/index.ts';
import { createIdentity, identityContract } from './modules/identity/index.ts';
import { createLedger, ledgerContract } from './modules/ledger/index.ts';
import { createPayments, paymentsContract } from './modules/payments/index.ts';
import { createRisk, riskContract } from './modules/risk/index.ts';
import { createProcess, type LastroProcess } from './process.ts';
import { createRemoteVerifier } from './remote-verifier.ts';

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
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  const here = modulesHere(config);
  const db = createDb({
    url: config.DATABASE_URL,
    listenUrl: config.DATABASE_LISTEN_URL,
    poolSize: config.DATABASE_POOL,
    log,
    applicationName: `lastro ${[...here].join(',')}`,
    strict: config.LASTRO_PROFILE === 'development',
  });
  const bus = createPostgresBus({ db, log, clock });
  const metrics = createMetrics({ defaults: true });
  measureBus(bus, metrics, clock);
  const queue = createPostgresQueue({ db, log, onAttempt: measureQueue(createQueueAdmin(db).status, metrics) });
  const vault = createVault({ db, masterKey: config.LASTRO_MASTER_KEY, now });
  const stores = createStores({ db, vault, clock, log, config });
  const tokens = createServiceTokens(config.LASTRO_INTERNAL_SECRET, now);
  const deps = (module: string): QueueDeps => ({ db, bus, queue, clock, log: log.child({ module }), vault, metrics });

  const anchors = configuredAnchors(config, now);

  const modules: ModuleInstance[] = [];
  const connections: { close(): Promise<void> }[] = [];
  const checked = config.LASTRO_PROFILE === 'development';

  /** The module itself when it lives here, or a client of the process where it does. */
  function face<C extends Contract>(name: ModuleName, contract: C, create: () => ModuleInstance<C>): Face<C> {
    if (here.has(name)) {
      const instance = create();
      modules.push(instance as unknown as ModuleInstance);
      return localFace(contract, instance.face!.impl, { checked });
    }
    const url = config.MODULE_URLS[name];
    // Nobody here needs a module without an address; whoever does, fails at its first call with a clear name.
    const remote = connectFace(contract, url ?? `http://${name}.invalid`, tokens, now);
    connections.push(remote);
    return remote;
  }

  const ledger = face('ledger', ledgerContract, () => createLedger({ ...deps('ledger'), anchors }));
  const risk = face('risk', riskContract, () =>
    createRisk({
      ...deps('risk'),
      config: {
        blocklistUrl: config.RISK_BLOCKLIST_URL ?? `${config.PIX_PROVIDER_URL}/blocklist/check`,
        blocklistApiKey: config.PIX_PROVIDER_API_KEY,
      },
    }),
  );
  const identityHere = here.has('identity')
    ? await createIdentity({
        ...deps('identity'),
        config: { publicUrl: config.PUBLIC_URL, development: checked, masterKey: config.LASTRO_MASTER_KEY },
      })
    : undefined;
  const identity = face('identity', identityContract, () => identityHere!);
  const payments = face('payments', paymentsContract, () =>
    createPayments({
      ...deps('payments'),
      ledger,
      risk,
      identity,
      crashPoint: options.crashPoint,
      config: {
        providerUrl: config.PIX_PROVIDER_URL,
        providerApiKey: config.PIX_PROVIDER_API_KEY,
        webhookSecret: config.PIX_WEBHOOK_SECRET,
        providerTimeoutMs: config.PIX_PROVIDER_TIMEOUT_MS,
        ispb: config.PIX_ISPB,
        institutionName: config.PIX_INSTITUTION_NAME,
        city: config.PIX_INSTITUTION_CITY,
        leaseMs: config.PAYMENTS_LEASE_MS,
        lookupsPerPerson: config.PIX_LOOKUPS_PER_PERSON,
        mustEndWithinMs: config.PAYMENTS_MUST_END_WITHIN_MS,
        sandbox: checked,
      },
    }),
  );
  const cashflow = face('cashflow', cashflowContract, () => createCashflow(deps('cashflow')));
  face('audit', auditContract, () => createAudit({ ...deps('audit'), anchors }));
  if (here.has('bff')) {
    modules.push(
      (await createBff({
        ...deps('bff'),
        payments,
        cashflow,
        identity,
        config: { publicUrl: config.PUBLIC_URL, webDist: config.WEB_DIST, development: checked, masterKey: config.LASTRO_MASTER_KEY },
      })) as unknown as ModuleInstance,
    );
  }
  const verifier = identityHere ? { verify: identityHere.verifyToken } : remoteVerifier();
  return createProcess({
    config,
    log,
    db,
    bus,
    stores,
    queue,
    metrics,
    tokens,
    now,
    clock,
    modules,
    connections,
    here,
    verifyToken: verifier.verify,
  });

  function remoteVerifier() {
    const identityUrl = config.MODULE_URLS.identity;
    if (!identityUrl) log.warn('MODULE_URLS names no identity: tokens revoked before this process started are not known to it');
    const remote = createRemoteVerifier({
      publicUrl: config.PUBLIC_URL,
      identityUrl,
      identity: identityUrl ? identity : undefined,
      bus,
      now,
    });
    connections.push({ close: async () => remote.close() });
    return remote;
  }
}

function modulesHere(config: Config): Set<ModuleName> {
  const wanted = config.MODULES ?? MODULE_ORDER;
  for (const name of wanted) {
    if (!(MODULE_ORDER as readonly string[]).includes(name))
      throw new Error(`MODULES names "${name}"; there are ${MODULE_ORDER.join(', ')}`);
  }
  return new Set(wanted as ModuleName[]);
}
