import type { Static, TSchema } from 'typebox';
import type { CallContext } from '../context.ts';

/** One operation of a module: JSON Schemas of what goes in and what comes out. All values are plain JSON. */
export type Operation = { input: TSchema; output: TSchema };

/** The public face of a module as data: types, validation and the HTTP transport all come from it. */
export type Contract = { name: string; operations: Record<string, Operation> };

/** The TypeScript side of a contract. A module implements it; callers hold it without knowing where it runs. */
export type Face<C extends Contract> = {
  [K in keyof C['operations']]: (
    ctx: CallContext,
    input: Static<C['operations'][K]['input']>,
  ) => Promise<Static<C['operations'][K]['output']>>;
};

export function defineContract<const N extends string, const O extends Record<string, Operation>>(
  name: N,
  operations: O,
): { name: N; operations: O } {
  return { name, operations };
}
