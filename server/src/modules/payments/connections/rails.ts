import { createBatcher } from '#platform/batcher.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import { absentRail } from '../rails/absent.ts';
import type { ProviderFact, Rail } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import { type ConnectionRecord, findConnections, insertConnection, updateConnection } from '../store/connections.ts';
import { insertPixNames, type PixName } from '../store/pix-names.ts';
import { DEFAULT_CONNECTION } from './names.ts';
import { ConnectionFlaw, fingerprintOf, openRail, readSecrets, type SecretOf } from './open.ts';
import { watched } from './watched.ts';

/** Rows are read again after so long: one that was added or paused takes effect by then. */
const FRESH_MS = 2_000;
/** A provider that does not take the address of our door is told again after so long. */
const TELL_AGAIN_MS = 5_000;

export type Connection = Pick<ConnectionRecord, 'name' | 'state' | 'forTenant'> & { rail: Rail };
/** What the steps of one payment may ask its connection. */
export type PaymentRail = Pick<Rail, 'capabilities' | 'submitPayment' | 'queryPayment' | 'statementPage'>;
type Open = Connection & { fingerprint: string; isReady: boolean };

export type Rails = ReturnType<typeof createRails>;

/**
 * The connections of the installation, each opened once in this process, with lines, breakers and figures of its own. Rows say what there
 * is; the environment's own settings are the row of the default one.
 */
export function createRails(deps: PaymentsDeps, limits: { timeoutMs: number; queueMs: number }, secretOf: SecretOf) {
  const { db, log, config } = deps;
  const opening = { ...limits, ...(config.capabilities ? { capabilities: config.capabilities } : {}) };
  const watch = watched(deps.metrics);
  const open = new Map<string, Open>();
  const retired = new Map<Rail, NodeJS.Timeout>();
  const under = new Set<Promise<unknown>>();
  /** Those that were told where our door is, or are being told. */
  const told = new WeakSet<Rail>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let isSeeded = false;
  let isClosed = false;

  /** What the environment sets up. Its row says so to others; this process goes by its own environment, as with every setting. */
  const own: ConnectionRecord = {
    name: config.connection ?? DEFAULT_CONNECTION,
    forTenant: null,
    rail: 'pix',
    adapter: 'pix-sandbox',
    settings: { url: config.providerUrl },
    secrets: { apiKey: 'PIX_PROVIDER_API_KEY', webhookSecret: 'PIX_WEBHOOK_SECRET' },
    state: 'active',
  };

  async function read(): Promise<void> {
    const rows = await db.tx({ module: 'payments', system: true }, async (tx) => {
      if (!isSeeded) {
        if (!(await insertConnection(tx, own))) await updateConnection(tx, own);
      }
      return findConnections(tx);
    });
    isSeeded = true;
    if (isClosed) return;
    for (const row of rows) take(row.name === own.name ? { ...own, state: row.state } : row);
    readAtMs = performance.now();
    for (const one of open.values()) tell(one);
  }

  /** Tells a provider where our door is, until it has taken it. */
  function tell(one: Open): void {
    const { announceTo } = config;
    const { name, rail } = one;
    if (announceTo === undefined || told.has(rail) || !rail.registerWebhook) return;
    told.add(rail);
    const telling = rail.registerWebhook(`${announceTo}/webhooks/pix/${name}`).then((answer) => {
      if (answer.kind === 'ok') return;
      const why = answer.kind === 'refused' ? answer.code : answer.why;
      log.warn({ connection: name, why }, 'a provider has not taken the address of our door, and is told again');
      setTimeout(() => {
        told.delete(rail);
        const now = open.get(name);
        if (!isClosed && now?.rail === rail) tell(now);
      }, TELL_AGAIN_MS).unref();
    });
    under.add(telling);
    void telling.finally(() => under.delete(telling));
  }

  /** Opens what is new or has changed, and lets go of what was there before once nothing of it can be under way. */
  function take(row: ConnectionRecord): void {
    const { name, state, forTenant } = row;
    const before = open.get(name);
    try {
      const secrets = readSecrets(row, secretOf);
      const fingerprint = fingerprintOf(row, secrets);
      const isSame = before?.fingerprint === fingerprint;
      const rail = isSame ? before.rail : watch(name, openRail(row, secrets, opening));
      open.set(name, { name, state, forTenant, rail, fingerprint, isReady: true });
      if (before && !isSame) retire(before.rail);
    } catch (error) {
      if (!(error instanceof ConnectionFlaw)) throw error;
      if (before?.isReady !== false) log.error({ connection: name, flaw: error.message }, 'a connection cannot be opened');
      open.set(name, { name, state, forTenant, rail: absentRail('CONNECTION_NOT_READY'), fingerprint: '', isReady: false });
      if (before) retire(before.rail);
    }
  }

  function retire(rail: Rail): void {
    const timer = setTimeout(
      () => {
        retired.delete(rail);
        void rail.close();
      },
      2 * (limits.timeoutMs + limits.queueMs),
    );
    retired.set(rail, timer.unref());
  }

  /** With rows no older than two seconds; what is known is used while the database is away. */
  async function fresh(): Promise<void> {
    if (performance.now() - readAtMs < FRESH_MS) return;
    reading ??= read().finally(() => {
      reading = null;
    });
    await (open.size > 0 ? reading.catch((error: Error) => log.warn({ err: error.message }, 'connections could not be read')) : reading);
  }

  async function of(name: string): Promise<Rail> {
    await fresh();
    return open.get(name)?.rail ?? absentRail('CONNECTION_UNKNOWN');
  }

  const names = createBatcher<PixName, void>(
    async (batch) => {
      const tenants = [...new Set(batch.map(({ tenantId }) => tenantId))];
      await db.tx({ module: 'payments', tenants }, (tx) => insertPixNames(tx, batch));
      return batch.map(() => undefined);
    },
    { maxBatch: 200, maxBacklog: 10_000, overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }) },
  );

  return {
    of,
    /** All there are, those among them that cannot be opened. */
    async list(): Promise<Connection[]> {
      await fresh();
      return [...open.values()];
    },
    /** Which way a new payment of a tenant goes: its own connection, or one for all; null when none is ready and active. */
    async choose(tenantId: string): Promise<Connection | null> {
      await fresh();
      const able = [...open.values()].filter(({ state, isReady }) => state === 'active' && isReady);
      return able.find(({ forTenant }) => forTenant === tenantId) ?? able.find(({ forTenant }) => forTenant === null) ?? null;
    },
    /** The connection of a payment. What its provider calls it in the whole country is kept before anything is made of the answer. */
    async forPayment({
      tenantId,
      connection,
      endToEndId: ownId,
    }: Pick<PaymentRecord, 'tenantId' | 'connection' | 'endToEndId'>): Promise<PaymentRail> {
      const rail = await of(connection);
      const keep = async (said: ProviderFact): Promise<ProviderFact> => {
        const endToEndId = 'endToEndId' in said ? said.endToEndId : undefined;
        if (endToEndId !== undefined && endToEndId !== ownId) await names.submit({ tenantId, ownId, connection, endToEndId });
        return said;
      };
      return {
        capabilities: rail.capabilities,
        submitPayment: async (order, amountMinor) => keep(await rail.submitPayment(order, amountMinor)),
        queryPayment: async (id, amountMinor) => keep(await rail.queryPayment(id, amountMinor)),
        statementPage: rail.statementPage,
      };
    },
    async close(): Promise<void> {
      isClosed = true;
      await reading?.catch(() => undefined);
      await Promise.all(under);
      for (const timer of retired.values()) clearTimeout(timer);
      await Promise.all([...retired.keys(), ...[...open.values()].map(({ rail }) => rail)].map((rail) => rail.close()));
    },
  };
}
