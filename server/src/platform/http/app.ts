// What a route's schema may say of itself: tags, summary, hide.
import type {} from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { Actor, CallContext } from '../context.ts';
import { refusePlatform } from '../errors.ts';
import type { OpenSpan } from '../telemetry/tracing.ts';

/** A Fastify instance whose handlers are typed from their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a person's token says of the log-in behind it: the grant it belongs to, how much was proved (`acr`), by what (`amr`), and when. */
export type Proof = { grantId: string; acr: string; amr: readonly string[]; atMs: number };

/** Who is asking, as proved by the access token. */
export type Caller = {
  tenantId: string;
  actor: Actor;
  /** The person or merchant the token is about; absent for services and operators, who have nothing of their own. */
  subjectId?: string;
  clientId?: string;
  /** Which of the client's keys it came with; absent for tokens. */
  keyId?: string;
  scopes: ReadonlySet<string>;
  /** How a person or an operator was proved (RFC 9470); absent for services. */
  proof?: Proof;
};

/**
 * How a route is guarded. Every route says it, or the server does not start:
 * scopes (bearer token holding all of them), `session` (the BFF's cookie, checked by the BFF), `signature` (a webhook that proves
 * itself), desk (an operator's session with all of these scopes), or `public`.
 */
export type RouteAuth = { scopes: readonly string[] } | 'session' | { desk: readonly string[] } | 'signature' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: RouteAuth;
    /** State-changing routes either require the Idempotency-Key header or say why they need none. */
    idempotency?: 'required' | `exempt: ${string}`;
    /**
     * What the route asks of the account that the request names: an action of `accounts` (`pay`); `tenant: why` where it is for services and no account
     * is named; `none: why` where it is about no account. Every route of people and services says it.
     */
    account?: string;
    /** Requests a minute and network of the client; default 600. */
    ratePerMinute?: number;
    /** Requests a minute of one person, whatever the networks, at the usual RATE_PER_MINUTE; as many as of a network when absent. */
    ratePerPerson?: number;
  }
  interface FastifyRequest {
    /** The request from its first hook to its last byte. */
    span?: OpenSpan;
    /** True when another process of ours passed it on: who asks was counted there, and its X-Forwarded-* are believed. */
    isFromEdge?: boolean;
    /** Set where a call is proved by its body, too: sees it before it is read. @throws what refuses the call */
    seeBody?: (body: Buffer) => void;
    /** Set on routes guarded by scopes. */
    caller?: Caller;
  }
}

/** The proved caller of a scope-guarded route. */
export function callerOf(request: { caller?: Caller }): Caller {
  if (!request.caller) throw refusePlatform('PLATFORM_UNAUTHENTICATED');
  return request.caller;
}

/** The context with which a handler calls faces on behalf of its caller. */
export function contextOf(request: { caller?: Caller; headers: Record<string, string | string[] | undefined> }): CallContext {
  const caller = callerOf(request);
  const key = request.headers['idempotency-key'];
  return { tenantId: caller.tenantId, actor: caller.actor, ...(typeof key === 'string' ? { idempotencyKey: key } : {}) };
}

/** The Idempotency-Key of a route that requires it. */
export function idempotencyKeyOf(request: { headers: Record<string, string | string[] | undefined> }): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  return key;
}
