import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply } from 'fastify';
import { adminRoutes } from './admin.ts';
import { blocklistRoutes } from './blocklist.ts';
import { dictRoutes } from './dict.ts';
import { Directory } from './directory.ts';
import { guardEfi } from './efi/door.ts';
import { listRoutes } from './efi/lists.ts';
import type { EfiOptions } from './efi/messages.ts';
import { pixRoutes } from './efi/pix.ts';
import { efiForm, webhookRoutes } from './efi/webhook.ts';
import { SandboxError } from './errors.ts';
import { FaultSwitches } from './faults.ts';
import { Institution } from './institution.ts';
import { openJournal } from './journal.ts';
import type { JournalRecord } from './records.ts';
import type { SandboxApp, Services } from './sandbox-app.ts';
import { spiRoutes } from './spi.ts';
import { statementRoutes } from './statement.ts';
import { ownForm, Webhooks } from './webhooks.ts';

export interface SandboxOptions {
  /** Folder of the journal; made when missing. */
  readonly dataDir: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Where events go; wins over the one set by PUT /admin/webhook in an earlier run. */
  readonly webhookUrl?: string;
  /** From acceptance to execution. */
  readonly settlementDelayMs?: number;
  /** Longest pause between two tries of a webhook. */
  readonly webhookRetryMaxMs?: number;
  /** Speaks Efí's wire, too, to this client: the same institution behind another counter. */
  readonly efi?: EfiOptions;
  /** Of the faults that strike with a probability. */
  readonly seed?: number;
  /** JSON logs to standard output. */
  readonly logs?: boolean;
  /** Called once when the journal cannot be written any more; the process should end. */
  readonly onFatal?: (cause: unknown) => void;
}

export interface Sandbox {
  readonly app: SandboxApp;
  /** Listens and takes up what the last run left. Port 0 (default) takes any free one. Resolves to the base URL. */
  listen(port?: number, host?: string): Promise<string>;
  /** Answers what runs, writes what waits, gives the folder free. */
  close(): Promise<void>;
}

const HANG_LIMIT_MS = 120_000;
const WEBHOOK_GRACE_MS = 1_000;

/**
 * Makes the sandbox provider with the state its journal tells.
 *
 * @throws Error when the journal is damaged before its last line, or another living process uses the folder.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const app: SandboxApp = Fastify({
    // The address of a request carries Pix keys: its route says as much, and nothing of anybody.
    logger: options.logs
      ? { level: 'info', serializers: { req: (request) => ({ method: request.method, route: request.routeOptions?.url }) } }
      : false,
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 300 },
    return503OnClosing: true,
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);
  const journal = openJournal<JournalRecord>(options.dataDir);
  const onFatal = options.onFatal ?? ((cause: unknown) => app.log.fatal(cause, 'the journal cannot be written'));
  const onDelivered = (eventId: string) => {
    // Lost in a crash, this record only means that the event is sent once more.
    journal.append({ t: 'delivered', eventId }).catch(onFatal);
  };
  const webhooks = new Webhooks(
    { own: ownForm(options.webhookSecret), efi: efiForm(options.efi ?? NO_CLIENT) },
    onDelivered,
    options.webhookRetryMaxMs,
  );
  const faults = new FaultSwitches(options.seed ?? 1);
  const directory = new Directory();
  const settlementDelayMs = options.settlementDelayMs ?? 50;
  const institution = new Institution({ journal, directory, webhooks, faults, settlementDelayMs, onFatal });
  if (options.webhookUrl !== undefined) webhooks.setUrl(options.webhookUrl);

  const hanging = new Set<FastifyReply>();
  const closing = new AbortController();
  const services: Services = {
    institution,
    directory,
    faults,
    pause: (ms) => pause(ms, closing.signal),
    hang: (reply) => hang(reply, hanging),
  };
  guard(app, options.apiKey);
  const { efi } = options;
  if (efi) app.register(async (scope) => efiCounter(scope as unknown as SandboxApp, services, efi));
  app.get('/health', async () => ({ status: 'ok' }));
  for (const routes of [spiRoutes, dictRoutes, blocklistRoutes, adminRoutes, statementRoutes]) routes(app, services);
  app.addHook('preClose', async () => {
    closing.abort();
    for (const reply of hanging) reply.raw.destroy();
  });

  return {
    app,
    async listen(port = 0, host = '127.0.0.1') {
      const url = await app.listen({ port, host });
      institution.start();
      webhooks.start();
      return url;
    },
    async close() {
      await app.close();
      institution.stop();
      await webhooks.close(WEBHOOK_GRACE_MS);
      await journal.close();
    },
  };
}

/** Efí's addresses have a guard of their own. */
const EFI_PATHS = /^\/(oauth|v2|v3)\//;
const NO_CLIENT: EfiOptions = { clientId: '', clientSecret: '' };

function efiCounter(app: SandboxApp, services: Services, options: EfiOptions): void {
  guardEfi(app, options);
  for (const routes of [pixRoutes, listRoutes, webhookRoutes]) routes(app, services, options);
}

/** Bearer key on everything but the health check, and one form for every refusal. */
function guard(app: SandboxApp, apiKey: string): void {
  const expected = Buffer.from(`Bearer ${apiKey}`);
  app.addHook('onRequest', async (request) => {
    if (request.url === '/health' || EFI_PATHS.test(request.url)) return;
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new SandboxError(401, 'UNAUTHORIZED', 'the API key is missing or wrong');
  });
  app.setNotFoundHandler(() => {
    throw new SandboxError(404, 'NO_SUCH_ROUTE', 'no such route');
  });
  app.setErrorHandler((error: Error & { statusCode?: number; validation?: unknown }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error instanceof SandboxError) return reply.code(status).send({ code: error.code, detail: error.message });
    if (status < 500) return reply.code(status).send({ code: 'INVALID_REQUEST', detail: error.message });
    request.log.error(error);
    return reply.code(500).send({ code: 'INTERNAL', detail: 'the sandbox failed' });
  });
}

async function pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
  if (ms) await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function hang(reply: FastifyReply, hanging: Set<FastifyReply>): void {
  reply.hijack();
  hanging.add(reply);
  const limit = setTimeout(() => reply.raw.destroy(), HANG_LIMIT_MS);
  reply.raw.once('close', () => {
    clearTimeout(limit);
    hanging.delete(reply);
  });
}
