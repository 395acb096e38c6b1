import { type Static, type TSchema, Type } from 'typebox';
import type { CallContext } from '../context.ts';
import { refusePlatform } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Contract, Face } from './contract.ts';
import type { ServiceTokens } from './service-token.ts';

/** Path of an operation on the internal port. */
export function facePath(contract: string, operation: string): string {
  return `/_face/${contract}/${operation}`;
}

/** Serves a module's face on the internal port; the same contract validates here that types the caller there. */
export function serveFace<C extends Contract>(app: App, contract: C, impl: Face<C>, tokens: ServiceTokens, nowMs: () => number): void {
  for (const [name, operation] of Object.entries(contract.operations)) {
    const call = impl[name as keyof C['operations']] as (ctx: CallContext, input: unknown) => Promise<unknown>;
    app.post(
      facePath(contract.name, name),
      {
        config: { auth: 'signature', idempotency: 'exempt: operations are commands with ids' },
        bodyLimit: 16 * 1024 * 1024,
        schema: { hide: true, body: operation.input },
      },
      async (request) => {
        const { authorization, traceparent, 'x-deadline': deadline, 'idempotency-key': key } = request.headers;
        const claims = tokens.verify(String(authorization ?? '').replace(/^Bearer /, ''), contract.name);
        const deadlineMs = typeof deadline === 'string' ? Number(deadline) : undefined;
        if (deadlineMs !== undefined && deadlineMs <= nowMs()) throw refusePlatform('PLATFORM_DEADLINE');
        const ctx: CallContext = {
          tenantId: claims.tenantId,
          actor: claims.actor,
          ...(typeof traceparent === 'string' ? { traceparent } : {}),
          ...(deadlineMs !== undefined ? { deadlineMs } : {}),
          ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
        };
        return { result: (await call(ctx, request.body as Static<TSchema>)) ?? null };
      },
    );
  }
}

export const FaceAnswer = Type.Object({ result: Type.Unknown() });
