import { type Static, Type } from 'typebox';
import { isOutage } from '../db/faults.ts';
import { AppError, type ErrorData, refusePlatform } from '../errors.ts';
import { currentTraceId } from '../telemetry/tracing.ts';
import type { Language } from './language.ts';
import { InvalidPart } from './validator.ts';

/** application/problem+json (RFC 9457) with our stable code and what the caller can do. */
/** The answer of a route that has nothing to say but that it is done, for `response`. */
export const NO_CONTENT = { 204: Type.Null({ description: 'Feito' }) };

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    action: Type.String(),
    traceId: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
    duplicate: Type.Optional(Type.Boolean({ description: 'The same was refused before: this is that answer' })),
    stepUp: Type.Optional(
      Type.Object(
        {
          binding: Type.String({ description: 'Names what is to be done: a proof is given for it, and counts for nothing else' }),
          acr: Type.String(),
          maxAgeS: Type.Integer(),
          ways: Type.Array(Type.String()),
          reasons: Type.Array(Type.String()),
        },
        { description: 'What the person has to prove once more; the request is then repeated as it was' },
      ),
    ),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

type FastifyFault = { code?: string; statusCode?: number };

/** Any fault as an error with a stable code. What is not ours keeps its message to itself. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof InvalidPart) return error.refusal;
  const fault = error as FastifyFault;
  switch (fault.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusePlatform('PLATFORM_TOO_LARGE');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusePlatform('PLATFORM_UNSUPPORTED_MEDIA');
    default:
  }
  if (fault.statusCode === 429) return refusePlatform('PLATFORM_TOO_MANY_REQUESTS');
  if (fault.statusCode === 404) return refusePlatform('PLATFORM_NOT_FOUND');
  if (fault.statusCode && fault.statusCode >= 400 && fault.statusCode < 500) {
    return refusePlatform('PLATFORM_BAD_REQUEST', {
      detail: { pt: 'O corpo ou os cabeçalhos não puderam ser lidos.', en: 'The body or the headers could not be read.' },
    });
  }
  // The same request will do when the database is well again; with its key or id, also where it may have been carried out.
  if (isOutage(error)) return refusePlatform('PLATFORM_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
  return refusePlatform('PLATFORM_INTERNAL', { cause: error });
}

/** An error as the answer to one request, all of it in one language. */
export function toProblem(data: ErrorData, language: Language = 'pt'): Problem {
  const traceId = currentTraceId();
  const { title, action } = language === 'en' ? data.en : data;
  return {
    type: `https://lastro.dev/problems/${data.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status: data.status,
    detail: data.detail[language],
    code: data.code,
    action,
    ...(traceId ? { traceId } : {}),
    ...(data.duplicate ? { duplicate: true } : {}),
    ...(data.stepUp ? { stepUp: data.stepUp } : {}),
    ...(data.errors ? { errors: data.errors.map(({ pointer, detail }) => ({ pointer, detail: detail[language] })) } : {}),
  };
}
