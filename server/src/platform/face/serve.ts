import type { FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { checkOf } from '../check.ts';
import type { CallContext } from '../context.ts';
import { refusePlatform } from '../errors.ts';
import type { App } from '../http/app.ts';
import { explain } from '../http/explain.ts';
import { closeObject } from '../http/guards.ts';
import { refusalOf } from '../http/validator.ts';
import type { Contract, Face } from './contract.ts';
import type { ServiceClaims, ServiceTokens } from './service-token.ts';

/** Path of an operation on the internal port. */
export function facePath(contract: string, operation: string): string {
  return `/_face/${contract}/${operation}`;
}

/** Milliseconds that the caller still waits. */
export const LEFT_HEADER = 'x-deadline-left-ms';
/** MAC of the whole call, body and all: what was seen on the wire is good for nothing but this call. */
export const MAC_HEADER = 'x-lastro-mac';
const BODY_LIMIT = 16 * 1024 * 1024;

export type ServeOptions = {
  /**
   * Refuses fields that the contract does not name. In tests and development always; in production they are left out and logged, so that a
   * caller of the next version can send what this one does not know yet.
   */
  strict: boolean;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a call between processes: who is calling, and until when they wait. */
    faceCall?: { claims: ServiceClaims; deadlineMs?: number; isProved?: boolean };
  }
}

/** Serves a module's face on the internal port; the same contract validates here that types the caller there. */
export function serveFace<C extends Contract>(
  app: App,
  contract: C,
  impl: Face<C>,
  tokens: ServiceTokens,
  nowMs: () => number,
  options: ServeOptions = { strict: true },
): void {
  if (!app.hasRequestDecorator('faceCall')) app.decorateRequest('faceCall');
  for (const [name, operation] of Object.entries(contract.operations)) {
    const call = impl[name as keyof C['operations']] as (ctx: CallContext, input: unknown) => Promise<unknown>;
    const readInput = inputReader(operation.input, options.strict, (field) =>
      app.log.warn({ face: contract.name, operation: name, field }, 'a caller sent a field that this version does not know'),
    );
    app.post(
      facePath(contract.name, name),
      {
        config: { auth: 'signature', idempotency: 'exempt: operations are commands with ids' },
        bodyLimit: BODY_LIMIT,
        // Before the body is read: who calls, and whether anybody still waits.
        onRequest: async (request) => {
          const { authorization, [LEFT_HEADER]: left, 'x-deadline': until } = request.headers;
          const token = String(authorization ?? '').replace(/^Bearer /, '');
          const claims = tokens.verify(token, contract.name);
          // The second is how the version before said it.
          const deadlineMs = typeof left === 'string' ? nowMs() + Number(left) : typeof until === 'string' ? Number(until) : undefined;
          if (deadlineMs !== undefined && !(deadlineMs > nowMs())) throw refusePlatform('PLATFORM_DEADLINE');
          const faceCall: FastifyRequest['faceCall'] = { claims, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
          request.faceCall = faceCall;
          // The version before binds no body; one that does is held to it.
          if (claims.isBound) request.seeBody = (body) => proveCall(tokens, token, request, body);
        },
        schema: { hide: true },
      },
      async (request) => {
        const { claims, deadlineMs, isProved } = request.faceCall!;
        if (claims.isBound && !isProved) throw refusePlatform('PLATFORM_UNAUTHENTICATED');
        if (deadlineMs !== undefined && deadlineMs <= nowMs()) throw refusePlatform('PLATFORM_DEADLINE');
        const { traceparent, 'idempotency-key': key } = request.headers;
        const ctx: CallContext = {
          tenantId: claims.tenantId,
          actor: claims.actor,
          ...(typeof traceparent === 'string' ? { traceparent } : {}),
          ...(deadlineMs !== undefined ? { deadlineMs } : {}),
          ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
        };
        return { result: (await call(ctx, await readInput(request.body))) ?? null };
      },
    );
  }
}

/** @throws PLATFORM_UNAUTHENTICATED when the body, the path or the key is not the one that the caller signed */
function proveCall(tokens: ServiceTokens, token: string, request: FastifyRequest, body: Buffer): void {
  const { [MAC_HEADER]: mac, 'idempotency-key': key } = request.headers;
  const call = { path: request.url, idempotencyKey: typeof key === 'string' ? key : undefined, body };
  if (typeof mac !== 'string' || !tokens.provesCall(token, call, mac)) throw refusePlatform('PLATFORM_UNAUTHENTICATED');
  request.faceCall!.isProved = true;
}

/** @throws PLATFORM_BAD_REQUEST for what does not match the contract */
function inputReader(schema: TSchema, strict: boolean, onUnknown: (field: string) => void): (body: unknown) => Promise<unknown> {
  closeObject(schema as { type?: string });
  const check = checkOf(schema);
  return async (body) => {
    if (check.Check(body)) return body;
    const errors = explain(schema, body, '/body');
    const unknown = errors.find(({ isUnknown }) => isUnknown);
    if (!strict && unknown) {
      const { Value } = await import('typebox/value');
      const known = Value.Clean(schema, structuredClone(body));
      if (check.Check(known)) {
        onUnknown(unknown.pointer.split('/').at(-1)!.slice(0, 60));
        return known;
      }
    }
    throw refusalOf(errors);
  };
}

export const FaceAnswer = Type.Object({ result: Type.Unknown() });
