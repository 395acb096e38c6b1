/** Payments with the real ledger, the real sandbox provider over HTTP and a real database; risk and accounts are stand-ins. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Accounts } from '#accounts';
import { ACCOUNT_CREATED } from '#accounts/events';
import type { Identity } from '#identity';
import { createLedger, ledgerContract } from '#ledger';
import { createPayments, paymentsContract } from '#payments';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Actor, CallContext } from '#platform/context.ts';
import { localFace } from '#platform/face/call.ts';
import type { Face } from '#platform/face/contract.ts';
import type { Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import type { Assessment, RiskContract } from '#risk';
import { createSandbox } from '../../../sandbox/src/app.ts';
import type { PaymentsConfig } from '../../src/modules/payments/deps.ts';
import type { Movement } from '../../src/modules/payments/rails/port.ts';
import { repeatJob } from './repeat-job.ts';
import { openTestDatabase, sourcesOf } from './test-database.ts';

export const FULANO =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';
export const DYNAMIC =
  '00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4';
const SECRET = 'test-webhook-secret';
const API_KEY = 'test-key';

export type Options = {
  settlementDelayMs?: number;
  config?: Partial<PaymentsConfig>;
  webhooks?: boolean;
  /** Jobs of payments that run again and again; the others do not. */
  jobs?: readonly string[];
};
export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(options: Options = {}) {
  const database = await openTestDatabase(sourcesOf('ledger', 'payments'));
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-payments-'));
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });
  const sandbox = createSandbox({
    dataDir: folder,
    apiKey: API_KEY,
    webhookSecret: SECRET,
    settlementDelayMs: options.settlementDelayMs ?? 10,
  });
  const sandboxUrl = await sandbox.listen();
  const tenantId = newId();
  const assessments: { answer: (paymentId: string) => Assessment['decision'] | 'down' } = { answer: () => 'approve' };
  const asked: Record<string, number> = {};
  const risk = {
    async assess(_ctx: CallContext, { paymentId }: { paymentId: string }): Promise<Assessment> {
      asked[paymentId] = (asked[paymentId] ?? 0) + 1;
      const decision = assessments.answer(paymentId);
      if (decision === 'down') throw new Error('risk is down');
      const reasons = decision === 'approve' ? [] : [{ code: 'RISK_TEST', message: 'Porque o teste quer.', weight: 1 }];
      return { decisionId: newId(), decision, degraded: false, reasons, durationMs: 1, ruleSetVersion: 'test' };
    },
  } as unknown as Face<RiskContract>;
  const people = new Map<string, { name: string; cpf: string }>();
  /** Everybody may do everything with every account, unless a test says otherwise. */
  const access: { refuses?: (ctx: CallContext, asked: Parameters<Accounts['authorize']>[1]) => void } = {};
  const accounts = {
    async authorize(ctx: CallContext, asked: Parameters<Accounts['authorize']>[1]) {
      access.refuses?.(ctx, asked);
      return { role: 'owner' as const, partyId: asked.accountId, kind: 'person' as const, hasDayLimit: false };
    },
    async getHolder(_ctx: CallContext, { accountId }: { accountId: string }) {
      const { name, cpf } = people.get(accountId)!;
      return { partyId: accountId, kind: 'person' as const, name, taxId: cpf, erased: false };
    },
    giveBack: async () => ({}),
  };
  /** The browser of whoever pays is known and nothing was proved, unless a test says otherwise; `asked`: what was to be proved, in order. */
  const payer = {
    deviceKnown: true,
    canRecognise: false,
    ways: ['password'] as ('passkey' | 'totp' | 'password')[],
    proved: new Set<string>(),
    asked: [] as Parameters<Identity['takePaymentProof']>[1][],
  };
  const identity = {
    getPayer: async () => ({ deviceKnown: payer.deviceKnown, canRecognise: payer.canRecognise, ways: payer.ways }),
    async takePaymentProof(_ctx: CallContext, wanted: Parameters<Identity['takePaymentProof']>[1]) {
      payer.asked.push(wanted);
      return { proved: payer.proved.has(wanted.binding) };
    },
  };
  const outages = { ledger: false };
  const callers = new Map<string, Caller>();
  const closings: (() => Promise<void>)[] = [];

  /** One process: everything that two processes would not share. */
  async function openProcess(overrides: Partial<PaymentsConfig> = {}, crashPoint?: (name: string) => void, clock: Clock = systemClock) {
    const db = database.openAnother();
    const metrics = createMetrics();
    const bus = createPostgresBus({ db, log, clock: systemClock });
    const vault = createVault({ db, masterKey: Buffer.alloc(32, 7) });
    const platform = { db, bus, clock, log, vault, metrics };
    // A clock that is wrong is the payments' own here: the ledger is another module, and has its own rule about clocks.
    const ledgerModule = createLedger({ ...platform, clock: systemClock });
    const whole = localFace(ledgerContract, ledgerModule.face.impl, { checked: true });
    const ledger: typeof whole = {
      ...whole,
      submit: async (ctx, input) => {
        if (outages.ledger) throw new Error('the ledger is away');
        return whole.submit(ctx, input);
      },
    };
    const module = createPayments({
      ...platform,
      ledger,
      risk,
      accounts,
      identity,
      ...(crashPoint ? { crashPoint } : {}),
      config: {
        providerUrl: sandboxUrl,
        providerApiKey: API_KEY,
        webhookSecret: SECRET,
        providerTimeoutMs: 1_500,
        ispb: '12345678',
        institutionName: 'Banco Nosso',
        city: 'São José dos Campos',
        leaseMs: 600,
        sandbox: true,
        reviewAloneUpToMinor: 100_000,
        recoveryIntervalMs: 20,
        pace: { firstQueryMs: 1_200, retryBaseMs: 40, retryMaxMs: 400 },
        capabilities: { notFoundFinalAfterMs: 100, statementLagMs: 100 },
        providerQueueMs: 500,
        reconcileDays: false,
        // Tests ask for many keys in a moment; the limit has a test of its own.
        lookupsPerPerson: 100_000,
        ...options.config,
        ...overrides,
      },
    });
    const face = localFace(paymentsContract, module.face!.impl, { checked: true });
    const app = await createHttpServer({
      log,
      metrics,
      ratePerMinute: 0,
      verifyToken: async (token) => {
        const caller = callers.get(token);
        if (!caller) throw new Error('unknown token');
        return caller;
      },
    });
    await app.register(async (scope) => module.routes!(scope as never));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const stops: (() => Promise<void>)[] = [];
    const process = {
      db,
      bus,
      metrics,
      vault,
      ledger,
      face,
      module,
      app,
      url,
      startWork() {
        for (const one of [ledgerModule, module]) stops.push(bus.startRelay(one.name).stop);
        for (const subscription of module.subscriptions!) stops.push(bus.subscribe(subscription).stop);
        for (const worker of [...module.workers!, ...(options.jobs ?? []).map((name) => process.repeat(name))]) {
          worker.start();
          stops.push(() => worker.stop());
        }
      },
      /** A job of payments, as one that runs again and again. */
      repeat: (name: string) => repeatJob(module.jobs!.find((job) => job.name === `payments.${name}`)!, { db, log }),
      /** Once, however often it is called. */
      close: onlyOnce(() =>
        closeAll([
          () => app.close(),
          () => Promise.all(stops.map((stop) => stop())),
          () => module.close?.(),
          () => ledgerModule.close?.(),
          () => bus.close(),
          () => db.close(),
        ]),
      ),
    };
    closings.unshift(process.close);
    return process;
  }

  const main = await openProcess();
  if (options.webhooks !== false) {
    await sandboxCall('PUT', '/admin/webhook', { url: `${main.url}/webhooks/pix/sandbox` });
  }
  main.startWork();

  async function sandboxCall<T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', at: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${sandboxUrl}${at}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    tenantId,
    database,
    main,
    openProcess,
    sandboxCall,
    /** What the provider really did. */
    fetchStatement: async (from: string, to: string) =>
      (await sandboxCall<{ lines: Movement[] }>('GET', `/admin/statement?from=${from}&to=${to}`)).lines,
    sandboxUrl,
    assessments,
    access,
    outages,
    payer,
    asked,
    callers,
    secret: SECRET,
    /** A service of the tenant, which reads what belongs to any account. */
    /** Another person than whoever asked approves it. */
    approve: ({ id, seal }: { id: string; seal: string }, by: Actor, reason: string) =>
      main.face.decideApproval({ tenantId, actor: by }, { approvalId: id, decision: 'approve', seal, reason }),
    ctx: (more: Partial<CallContext> = {}): CallContext => ({ tenantId, actor: { kind: 'service', id: 'test' }, ...more }),
    /** A person whose account is open, with some money that came in by Pix. */
    async person(fundsMinor = 0n, name = 'Ana de Souza', tenant = tenantId) {
      const subjectId = newId();
      people.set(subjectId, { name, cpf: '52998224725' });
      await main.db.tx({ module: 'payments', tenants: [tenant] }, (tx) =>
        main.bus.publish(tx, [
          {
            id: newId(),
            type: ACCOUNT_CREATED,
            tenantId: tenant,
            key: subjectId,
            subjectId,
            actor: { kind: 'system', id: 'test' },
            time: new Date().toISOString(),
            data: { accountId: subjectId, partyId: subjectId, product: 'payment' },
          },
        ]),
      );
      const ctx: CallContext = { tenantId: tenant, actor: { kind: 'person', id: subjectId } };
      const account = await until(
        'the account',
        async () => main.face.getAccount(ctx, { accountId: subjectId }).catch(() => null),
        (found) => found?.status === 'open',
      );
      if (fundsMinor > 0n) {
        await main.face.requestTestReceipt(ctx, { accountId: subjectId, amountMinor: fundsMinor.toString() });
        await until(
          'the money',
          () => main.face.getBalance(ctx, { accountId: subjectId }),
          ({ availableMinor }) => availableMinor === fundsMinor.toString(),
        );
      }
      return { subjectId, ctx, account: account! };
    },
    /** Also closes the processes that a failed test left open: a handle of theirs would keep the test file from ending. */
    close: () =>
      closeAll([...closings, () => sandbox.close(), () => database.close(), () => rmSync(folder, { recursive: true, force: true })]),
  };
}

/** Each in its turn, whatever became of those before; then fails with the first fault. */
async function closeAll(closings: (() => unknown)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

type Person = Awaited<ReturnType<World['person']>>;

/** Reads a code, again when the directory was slow to answer: on a busy machine it may be, and asking it twice is harmless. */
async function readCode(face: World['main']['face'], ctx: CallContext, input: { accountId: string; code: string }) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await face.decode(ctx, input);
    } catch (error) {
      if ((error as { code?: string }).code !== 'PIX_DIRECTORY_UNAVAILABLE' || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Reads a code and pays it. */
export async function pay(
  face: World['main']['face'],
  { subjectId, ctx }: Pick<Person, 'subjectId' | 'ctx'>,
  amountMinor: bigint,
  code = FULANO,
  key: string = newId(),
) {
  const { quoteId } = await readCode(face, ctx, { accountId: subjectId, code });
  const { payment } = await face.createPayment(
    { ...ctx, idempotencyKey: key },
    { accountId: subjectId, quoteId, amountMinor: amountMinor.toString() },
  );
  return payment;
}

export async function until<T>(what: string, ask: () => Promise<T>, done: (value: T) => boolean, limitMs = 25_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${limitMs} ms; last seen: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The payment once it is where it was to go. */
export function reaches(world: World, { subjectId, ctx }: Pick<Person, 'subjectId' | 'ctx'>, paymentId: string, status: string) {
  return until(
    `${paymentId} ${status}`,
    () => world.main.face.getPayment(ctx, { paymentId, accountId: subjectId }),
    (payment) => payment.status === status,
  );
}
