import type { Static, TSchema } from 'typebox';
import { Compile, Errors } from 'typebox/schema';

export type Check<T> = {
  Check(value: unknown): value is T;
  /** What is wrong with a value: nothing, when the check holds. */
  Errors(value: unknown): ReturnType<typeof Errors>[1];
};

/**
 * What a schema asks of a value. It is compiled when the first value comes: a process has hundreds of schemas, to compile them all took a
 * tenth of its start, and most lives need few. `compiled.test.ts` of the conformance tests asks whether each can be compiled.
 */
export function checkOf<S extends TSchema>(schema: S): Check<Static<S>> {
  let compiled: { Check(value: unknown): boolean } | undefined;
  return {
    Check(value): value is Static<S> {
      compiled ??= Compile(schema as never) as { Check(value: unknown): boolean };
      return compiled.Check(value);
    },
    Errors: (value) => Errors(schema as never, value)[1],
  };
}
