import { type Static, Type } from 'typebox';
import { isOutage } from '../db/faults.ts';
import { AppError, type ErrorData, type FieldError, refusePlatform } from '../errors.ts';
import { currentTraceId } from '../telemetry/tracing.ts';

/** application/problem+json (RFC 9457) with our stable code and what the caller can do. */
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
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

type FastifyFault = {
  validation?: { instancePath?: string; message?: string; params?: Record<string, unknown> }[];
  validationContext?: string;
  code?: string;
  statusCode?: number;
};

/** Any fault as an error with a stable code. What is not ours keeps its message to itself. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const fault = error as FastifyFault;
  if (fault.validation) {
    const errors: FieldError[] = fault.validation.slice(0, 20).map((one) => ({
      pointer: `/${fault.validationContext ?? 'body'}${one.instancePath ?? ''}${extraProperty(one.params)}`,
      detail: one.message ?? 'inválido',
    }));
    const first = errors[0];
    return refusePlatform('PLATFORM_BAD_REQUEST', { detail: first ? `${first.pointer}: ${first.detail}` : 'Pedido malformado', errors });
  }
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
    return refusePlatform('PLATFORM_BAD_REQUEST', { detail: 'O corpo ou os cabeçalhos não puderam ser lidos.' });
  }
  // The same request will do when the database is well again; with its key or id, also where it may have been carried out.
  if (isOutage(error)) return refusePlatform('PLATFORM_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
  return refusePlatform('PLATFORM_INTERNAL', { cause: error });
}

function extraProperty(params: Record<string, unknown> | undefined): string {
  const extra = params?.additionalProperties;
  return Array.isArray(extra) && typeof extra[0] === 'string' ? `/${extra[0].slice(0, 60)}` : '';
}

export function toProblem(data: ErrorData): Problem {
  const traceId = currentTraceId();
  return {
    type: `https://lastro.dev/problems/${data.code.toLowerCase().replaceAll('_', '-')}`,
    title: data.title,
    status: data.status,
    detail: data.detail,
    code: data.code,
    action: data.action,
    ...(traceId ? { traceId } : {}),
    ...(data.errors ? { errors: data.errors } : {}),
  };
}
