import { Compile } from 'typebox/compile';
import { Pool } from 'undici';
import type { CallContext } from '../context.ts';
import { AppError, type ErrorData, refusePlatform } from '../errors.ts';
import { currentTraceparent, withSpan } from '../telemetry/tracing.ts';
import type { Contract, Face } from './contract.ts';
import { facePath } from './serve.ts';
import type { ServiceTokens } from './service-token.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** A module that lives in another process, reached over HTTP. Looks just like the module itself. */
export function connectFace<C extends Contract>(
  contract: C,
  url: string,
  tokens: ServiceTokens,
  nowMs: () => number,
): Face<C> & { close(): Promise<void> } {
  const pool = new Pool(url, { connections: 32, pipelining: 1, connectTimeout: 3_000 });
  const face: Record<string, unknown> = { close: () => pool.close() };
  for (const name of Object.keys(contract.operations)) {
    face[name] = (ctx: CallContext, input: unknown) =>
      withSpan(`face ${contract.name}.${name}`, { parent: ctx.traceparent ?? null }, async () => {
        const deadlineMs = ctx.deadlineMs ?? nowMs() + DEFAULT_TIMEOUT_MS;
        const left = deadlineMs - nowMs();
        if (left <= 0) throw refusePlatform('PLATFORM_DEADLINE');
        const traceparent = currentTraceparent() ?? ctx.traceparent;
        const answer = await pool
          .request({
            method: 'POST',
            path: facePath(contract.name, name),
            headers: {
              'content-type': 'application/json',
              authorization: `Bearer ${tokens.sign({ audience: contract.name, tenantId: ctx.tenantId, actor: ctx.actor })}`,
              'x-deadline': String(deadlineMs),
              ...(traceparent ? { traceparent } : {}),
              ...(ctx.idempotencyKey ? { 'idempotency-key': ctx.idempotencyKey } : {}),
            },
            body: JSON.stringify(input),
            headersTimeout: left,
            bodyTimeout: left,
          })
          .catch((cause: unknown) => {
            throw refusePlatform('PLATFORM_UNAVAILABLE', {
              detail: `O módulo ${contract.name} não respondeu.`,
              retryAfterSeconds: 1,
              cause,
            });
          });
        const body = (await answer.body.json()) as { result: unknown } | ErrorData;
        if ('result' in body) return body.result;
        throw new AppError(body);
      });
  }
  return face as Face<C> & { close(): Promise<void> };
}

/**
 * A module in this process behind its contract. Tests and development pass every call through the same encoding and validation as
 * HTTP does, so that nothing works only in one process; production calls the module directly.
 */
export function localFace<C extends Contract>(contract: C, impl: Face<C>, options: { checked: boolean }): Face<C> {
  if (!options.checked) return impl;
  const face: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(contract.operations)) {
    const input = Compile(operation.input);
    const output = Compile(operation.output);
    const call = impl[name as keyof C['operations']] as (ctx: CallContext, value: unknown) => Promise<unknown>;
    face[name] = async (ctx: CallContext, value: unknown) => {
      const sent = encode(value);
      if (!input.Check(sent))
        throw new Error(`${contract.name}.${name}: the input does not match its contract: ${firstError(input.Errors(sent))}`);
      const result = encode((await call(encode(ctx) as CallContext, sent)) ?? null);
      if (!output.Check(result))
        throw new Error(`${contract.name}.${name}: the output does not match its contract: ${firstError(output.Errors(result))}`);
      return result;
    };
  }
  return face as Face<C>;
}

function encode(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function firstError(errors: Iterable<{ instancePath: string; message: string }>): string {
  for (const error of errors) return `${error.instancePath} ${error.message}`;
  return 'unknown';
}
