import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import { type AppError, refusePlatform } from '../errors.ts';
import type { ServiceTokens } from '../face/service-token.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type OpenSpan, openSpan } from '../telemetry/tracing.ts';
import { decodeUtf8 } from '../text.ts';
import type { App, Caller, RouteAuth } from './app.ts';
import { compressAnswers } from './compression.ts';
import { describeRoutes } from './describe.ts';
import { keepFreshness } from './freshness.ts';
import { believeEdgeOnly } from './from-edge.ts';
import { requireDeclaredGuards } from './guards.ts';
import { refusalOfKey } from './idempotency-key.ts';
import { limitRates } from './limits.ts';
import { collectMethods, refusalOfAddress } from './methods.ts';
import { isTooDeep, NO_UTF8, refusalOfUrl, refuseUnstorableBody, TOO_DEEP } from './plain-text.ts';
import { addBackPressure } from './pressure.ts';
import { Problem, toAppError } from './problem.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { sendProblem } from './send-problem.ts';
import { serializeLate } from './serializer.ts';
import { compileValidator } from './validator.ts';

export type HttpServerOptions = {
  log: Logger;
  metrics: Metrics;
  /** Proves a bearer token or a key, which may be good from some addresses only; throws PLATFORM_UNAUTHENTICATED or what its module says. */
  verifyToken: (token: string, address: string) => Promise<Caller>;
  /** Largest request body, in bytes. */
  bodyLimit?: number;
  /** Proxies (addresses or networks) whose X-Forwarded-* are believed. */
  trustProxy?: boolean | string;
  /** Requests a minute and address when a route says nothing; 0 switches the limit off (internal port). */
  ratePerMinute?: number;
  /** A cache all processes share: then they count requests together. */
  sharedCache?: Cache | undefined;
  /** Serve /openapi.json, and on a public port /docs. */
  docs?: boolean;
  /** Addresses of other processes whose operations /openapi.json tells as well. */
  describeAlso?: readonly string[];
  /** On the internal port: X-Forwarded-* count only from who proves with these to be our own edge. */
  believeEdge?: ServiceTokens;
  /** Compress large answers: toward browsers and clients, not between our own processes. */
  compress?: boolean;
  publicUrl?: string;
  /** Where the primary's log ends, when the database has copies: what a command wrote is then seen by its caller's next request. */
  position?: (() => Promise<bigint>) | undefined;
  /** Answers 503 to new requests while true: the process drains. */
  draining?: () => boolean;
};

/** What most routes need; those that take more, or only a few words, say so. */
const DEFAULT_BODY_LIMIT = 16 * 1024;

/** The HTTP edge: validation, guards, problem+json, security headers, limits, trace and metrics for every route the same way. */
export async function createHttpServer(options: HttpServerOptions): Promise<App> {
  const app: App = Fastify({
    loggerInstance: options.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 },
    trustProxy: options.trustProxy ?? false,
    genReqId: () => randomUUID(),
    // What is wrong before a route is found, such as an address that cannot be decoded, is a problem like any other.
    frameworkErrors: (error, request, reply) => {
      const asked: FastifyRequest = request;
      const answer: FastifyReply = reply;
      void sendProblem(asked, answer, toAppError(error));
    },
    // What is being answered is finished; only connections that wait for nothing are closed.
    forceCloseConnections: 'idle',
    schemaController: { compilersFactory: { buildValidator: () => compileValidator as never, buildSerializer: serializeLate() } },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App;
  requireDeclaredGuards(app);
  if (options.believeEdge) believeEdgeOnly(app, options.believeEdge);
  trace(app);
  if (options.position) keepFreshness(app, options.position);
  // Before anything that refuses: a refusal is an answer, too.
  await addSecurityHeaders(app, options.publicUrl);
  refuseAmbiguousHost(app);
  readJsonOnly(app);
  answerProblems(app, options);
  await addBackPressure(app);
  await limitRates(app, options.ratePerMinute ?? 600, options.sharedCache && { cache: options.sharedCache, log: options.log });
  if (options.compress) await compressAnswers(app);
  if (options.docs) await describeRoutes(app, options);
  measure(app, options);
  guard(app, options);
  return app;
}

/**
 * Bodies are JSON and nothing else. A POST without a body is an empty object to its schema, which then says what is missing; texts that
 * cannot be stored are refused here, for all routes at once.
 */
function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      request.seeBody?.(bytes as Buffer);
    } catch (refusal) {
      return done(refusal as Error, undefined);
    }
    const body = decodeUtf8(bytes as Buffer);
    if (body === undefined) return done(refusePlatform('PLATFORM_BAD_REQUEST', { detail: NO_UTF8 }), undefined);
    if (body === '') return done(null, {});
    if (isTooDeep(body)) return done(refusePlatform('PLATFORM_BAD_REQUEST', { detail: TOO_DEEP }), undefined);
    void parse(request, body, (error, parsed) => {
      if (error) return done(error, undefined);
      try {
        refuseUnstorableBody(body, parsed);
      } catch (refusal) {
        return done(refusal as Error, undefined);
      }
      done(null, parsed);
    });
  });
  app.addHook('onRequest', (request, _reply, done) => {
    done(refusalOfUrl(request.url));
  });
}

/** Two Host headers: one would be read here and the other, perhaps, by what stands before us. */
function refuseAmbiguousHost(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { rawHeaders } = request.raw;
    let hosts = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === 'host') hosts++;
    done(
      hosts > 1
        ? refusePlatform('PLATFORM_BAD_REQUEST', {
            detail: { pt: 'Há mais de um cabeçalho Host.', en: 'There is more than one Host header.' },
          })
        : undefined,
    );
  });
}

function answerProblems(app: App, options: HttpServerOptions): void {
  const methodsOf = collectMethods(app);
  app.addSchema(Problem);
  app.setErrorHandler((error, request, reply) => {
    const refusal: AppError = toAppError(error);
    if (refusal.status >= 500) {
      request.span?.fail(refusal.code);
      const fault = { code: refusal.code, route: request.routeOptions.url, err: describeFault(refusal.cause ?? error) };
      withinSpan(request, () => request.log.error(fault, 'request failed'));
    }
    if (refusal.data.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(refusal.data.retryAfterSeconds)));
    return sendProblem(request, reply, refusal);
  });
  const refusalFor = (request: FastifyRequest, reply: FastifyReply): AppError =>
    refusalOfAddress(methodsOf(request.url.split('?', 1)[0]!, request.headers.host ?? ''), (allow) => reply.header('allow', allow));
  // Before a body is read that nobody wants, in whatever method it came.
  app.addHook('onRequest', (request, reply, done) => {
    done(request.is404 ? refusalFor(request, reply) : undefined);
  });
  app.setNotFoundHandler((request, reply) => {
    throw refusalFor(request, reply as unknown as FastifyReply);
  });
  app.addHook('onRequest', (request, reply, done) => {
    // A draining process is still alive; only its readiness says that it takes no more.
    if (options.draining?.() && !request.url.startsWith('/health/')) {
      reply.header('connection', 'close');
      done(refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 2 }));
    } else done();
  });
}

function describeFault(fault: unknown): { name: string; message: string; stack?: string } {
  const error = fault instanceof Error ? fault : new Error(String(fault));
  return { name: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) };
}

/** First of all hooks: whatever is done, refused or logged for a request belongs to its span. */
function trace(app: App): void {
  app.decorateRequest('span');
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    if (route === '/metrics' || route.startsWith('/health')) return done();
    const parent = request.headers.traceparent;
    const attributes = { 'http.route': route, 'http.request.method': request.method };
    const span = openSpan(`${request.method} ${route}`, { parent: typeof parent === 'string' ? parent : null, attributes });
    request.span = span;
    if (span.traceId) reply.header('x-trace-id', span.traceId);
    // Also when the client hangs up. An answer that goes on for long, such as live events, has a span as long.
    reply.raw.once('close', () => span.end({ 'http.response.status_code': reply.raw.statusCode }));
    span.within(done);
  });
  // Reading a body loses the span again: it goes on where the connection's own events left off.
  app.addHook('onRoute', (route) => {
    const handler = route.handler;
    route.handler = function traced(request, reply) {
      return withinSpan(request, () => handler.call(this, request, reply));
    };
  });
}

function withinSpan<T>(request: { span?: OpenSpan }, work: () => T): T {
  return request.span ? request.span.within(work) : work();
}

function measure(app: App, options: HttpServerOptions): void {
  const seconds = options.metrics.histogram('lastro_http_request_seconds', 'How long people wait for an answer', [
    'method',
    'route',
    'status',
  ]);
  // Finding a series by its labels costs more than counting in it.
  const series = new Map<string, { observe(seconds: number): void }>();
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    const name = `${method} ${status} ${route}`;
    const one = series.get(name) ?? seconds.labels({ method, route, status });
    series.set(name, one);
    one.observe(reply.elapsedTime / 1000);
    const level = reply.statusCode >= 500 ? 'warn' : 'debug';
    if (options.log.isLevelEnabled(level)) {
      const line = { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
      withinSpan(request, () => request.log[level](line, 'request'));
    }
    done();
  });
}

function guard(app: App, options: HttpServerOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    const auth = request.routeOptions.config.auth;
    // What only its caller may see is nobody's to keep; a route that knows better says so.
    if (auth !== undefined && auth !== 'public') reply.header('cache-control', 'no-store');
    if (typeof auth !== 'object' || 'desk' in auth) return;
    request.caller = await proveCaller(request, auth, options, (value) => reply.header('www-authenticate', value));
    const { subjectId, clientId, tenantId } = request.caller;
    request.seenBy = `${tenantId}/${subjectId ?? clientId}`;
    if (subjectId) await app.countFor(request, `${tenantId}/${subjectId}`);
  });
  // After every onRequest hook, so that who may not ask at all hears nothing about keys.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const isWanted = request.routeOptions.config.idempotency === 'required';
    done(isWanted ? refusalOfKey(request.headers['idempotency-key']) : null, payload);
  });
}

async function proveCaller(
  { headers, ip }: FastifyRequest,
  auth: Extract<RouteAuth, { scopes: unknown }>,
  options: HttpServerOptions,
  challenge: (value: string) => void,
): Promise<Caller> {
  const token = headers.authorization?.match(/^Bearer ([\w.~+/-]+=*)$/i)?.[1];
  if (!token) {
    challenge('Bearer');
    throw refusePlatform('PLATFORM_UNAUTHENTICATED');
  }
  const caller = await options.verifyToken(token, ip).catch((error: unknown) => {
    challenge('Bearer error="invalid_token"');
    throw error;
  });
  const missing = auth.scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length > 0) {
    challenge(`Bearer error="insufficient_scope", scope="${auth.scopes.join(' ')}"`);
    throw refusePlatform('PLATFORM_FORBIDDEN', {
      detail: { pt: `Falta o escopo ${missing.join(', ')}.`, en: `The scope ${missing.join(', ')} is missing.` },
    });
  }
  return caller;
}
