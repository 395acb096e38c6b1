import type { TSchema } from 'typebox';
import { checkOf } from '../check.ts';
import { type AppError, type FieldError, refusePlatform } from '../errors.ts';
import { explain } from './explain.ts';

type Wanted = { schema: TSchema; httpPart?: string };

/**
 * Checks the parts of a request by their schemas. Nothing is coerced, in no part: `true`, `1e1` and `0x10` are no numbers. The check itself stops
 * at the first flaw, and the explanation after a few.
 */
export function compileValidator({ schema, httpPart }: Wanted): (value: unknown) => { value: unknown } | { error: InvalidPart } {
  const check = checkOf(schema);
  return (value: unknown) => {
    if (check.Check(value)) return { value };
    return { error: new InvalidPart(refusalOf(explain(schema, value, `/${httpPart ?? 'body'}`))) };
  };
}

/** Carries a refusal through Fastify, which writes a code of its own on what a validator gives it. */
export class InvalidPart extends Error {
  readonly refusal: AppError;

  constructor(refusal: AppError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** PLATFORM_BAD_REQUEST that names every field at fault, and says the first of them in its detail. */
export function refusalOf(errors: FieldError[]): AppError {
  const [first] = errors;
  const detail = first && { pt: `${first.pointer}: ${first.detail.pt}.`, en: `${first.pointer}: ${first.detail.en}.` };
  return refusePlatform('PLATFORM_BAD_REQUEST', {
    ...(detail ? { detail } : {}),
    errors: errors.map(({ pointer, detail: words }) => ({ pointer, detail: words })),
  });
}
