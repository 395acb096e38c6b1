import { checkOf } from '../check.ts';
import type { CallContext } from '../context.ts';
import { currentSeen, LAG_HEADER, SEEN_HEADER, writeSeen } from '../db/freshness.ts';
import { AppError, type ErrorData, refusePlatform } from '../errors.ts';
import { explain } from '../http/explain.ts';
import { closeObject } from '../http/guards.ts';
import { refusalOf } from '../http/validator.ts';
import { createHttpClient, type Sent } from '../http-client.ts';

import { currentTraceparent, withSpan } from '../telemetry/tracing.ts';
import type { Contract, Face } from './contract.ts';
import { facePath, LEFT_HEADER, MAC_HEADER } from './serve.ts';
import type { ServiceTokens } from './service-token.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECTIONS = 32;
/** Calls that may wait for a connection of this process to the other. */
const QUEUE = 2_000;

/** A module that lives in another process, reached over HTTP. Looks just like the module itself. */
export function connectFace<C extends Contract>(
  contract: C,
  url: string,
  tokens: ServiceTokens,
  nowMs: () => number,
): Face<C> & { close(): Promise<void> } {
  const client = createHttpClient({ url, connections: CONNECTIONS, queue: QUEUE });
  const face: Record<string, unknown> = { close: () => client.close() };
  for (const name of Object.keys(contract.operations)) {
    face[name] = (ctx: CallContext, input: unknown) =>
      withSpan(`face ${contract.name}.${name}`, { parent: ctx.traceparent ?? null }, async () => {
        const left = (ctx.deadlineMs ?? nowMs() + DEFAULT_TIMEOUT_MS) - nowMs();
        if (left <= 0) throw refusePlatform('PLATFORM_DEADLINE');
        const traceparent = currentTraceparent() ?? ctx.traceparent;
        const seen = currentSeen();
        const [path, body] = [facePath(contract.name, name), JSON.stringify(input)];
        const claims = { audience: contract.name, tenantId: ctx.tenantId, actor: ctx.actor };
        const { token, mac } = tokens.signCall(claims, { path, idempotencyKey: ctx.idempotencyKey, body });
        const sent = await client.send(
          {
            method: 'POST',
            path,
            headers: {
              'content-type': 'application/json',
              authorization: `Bearer ${token}`,
              [MAC_HEADER]: mac,
              // What is left, and not until when: two machines' clocks differ.
              [LEFT_HEADER]: String(Math.ceil(left)),
              ...(seen?.mayLag ? { [SEEN_HEADER]: writeSeen(seen.position), [LAG_HEADER]: '1' } : {}),
              ...(traceparent ? { traceparent } : {}),
              ...(ctx.idempotencyKey ? { 'idempotency-key': ctx.idempotencyKey } : {}),
            },
            body,
          },
          left,
        );
        const { status, body: answer, retryAfter } = read(sent, contract.name);
        if (status === 200 && 'result' in answer) return answer.result;
        throw refusalFrom(answer, contract.name, retryAfter);
      });
  }
  return face as Face<C> & { close(): Promise<void> };
}

type Read = { status: number; body: Record<string, unknown>; retryAfter: string | undefined };

/**
 * The answer as an object. Throws PLATFORM_DEADLINE when the time ran out, so that nobody knows what came of the call, and
 * PLATFORM_UNAVAILABLE when the other process did not answer, or something else answered in its place.
 */
function read(sent: Sent, name: string): Read {
  if (sent.kind === 'unclear' && sent.late)
    throw refusePlatform('PLATFORM_DEADLINE', {
      detail: { pt: `O módulo ${name} não respondeu no prazo.`, en: `The module ${name} did not answer in time.` },
      cause: sent.cause,
    });
  if (sent.kind !== 'answered')
    throw refusePlatform('PLATFORM_UNAVAILABLE', {
      detail: { pt: `O módulo ${name} não respondeu.`, en: `The module ${name} did not answer.` },
      retryAfterSeconds: 1,
      cause: sent.cause,
    });
  const { status, headers } = sent;
  const retryAfter = headers['retry-after'];
  const body = parsed(sent.body);
  if (body === null || typeof body !== 'object')
    throw refusePlatform('PLATFORM_UNAVAILABLE', {
      detail: { pt: `O módulo ${name} deu uma resposta ilegível.`, en: `The module ${name} gave an unreadable answer.` },
      retryAfterSeconds: 1,
    });
  return { status, body: body as Record<string, unknown>, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

/** The refusal as the module threw it: same code, same words. What is no problem document of ours says that the module is away. */
function refusalFrom(body: Record<string, unknown>, name: string, retryAfter: string | undefined): AppError {
  const { code, status, title, detail, action, errors, en, stepUp } = (body.both ?? {}) as Partial<ErrorData>;
  const isOurs = typeof code === 'string' && typeof status === 'number' && typeof title === 'string' && typeof detail?.pt === 'string';
  if (!isOurs || !en)
    return refusePlatform('PLATFORM_UNAVAILABLE', {
      detail: { pt: `O módulo ${name} deu uma resposta ilegível.`, en: `The module ${name} gave an unreadable answer.` },
      retryAfterSeconds: 1,
    });
  const retryAfterSeconds = retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) };
  const more = { ...(errors ? { errors } : {}), ...(stepUp ? { stepUp } : {}) };
  return new AppError({ code, status, title, detail, action: action ?? '', en, ...more, ...retryAfterSeconds });
}

/**
 * A module in this process behind its contract. Tests and development pass every call through the same encoding and validation as
 * HTTP does, so that nothing works only in one process; production calls the module directly.
 */
export function localFace<C extends Contract>(contract: C, impl: Face<C>, options: { checked: boolean }): Face<C> {
  if (!options.checked) return impl;
  const face: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(contract.operations)) {
    // Served over HTTP, a face refuses fields its contract does not name.
    closeObject(operation.input as { type?: string });
    const input = checkOf(operation.input);
    const output = checkOf(operation.output);
    const call = impl[name as keyof C['operations']] as (ctx: CallContext, value: unknown) => Promise<unknown>;
    face[name] = async (ctx: CallContext, value: unknown) => {
      const sent = encode(value);
      if (!input.Check(sent)) throw refusalOf(explain(operation.input, sent, '/body'));
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
