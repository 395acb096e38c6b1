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
    faceCall?: { claims: ServiceClaims; deadlineMs?: number };
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
          const claims = tokens.verify(String(authorization ?? '').replace(/^Bearer /, ''), contract.name);
          // The second is how the version before said it.
          const deadlineMs = typeof left === 'string' ? nowMs() + Number(left) : typeof until === 'string' ? Number(until) : undefined;
          if (deadlineMs !== undefined && !(deadlineMs > nowMs())) throw refusePlatform('PLATFORM_DEADLINE');
          request.faceCall = { claims, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
        },
        schema: { hide: true },
      },
      async (request) => {
        const { claims, deadlineMs } = request.faceCall!;
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
