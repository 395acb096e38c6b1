import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** One thing wrong with a value: a JSON pointer into it, and why. */
export type Flaw = { instancePath: string; message: string; keyword?: string; params?: Record<string, unknown> };

/** Values of up to so many parts are searched for every flaw; of larger ones only the first is looked for. */
const SMALL = 400;

type Part = TSchema & {
  type?: string;
  properties?: Record<string, TSchema>;
  items?: TSchema;
  maxItems?: number;
  minItems?: number;
  required?: string[];
};

const compiled = new WeakMap<TSchema, Validator>();
function validatorOf(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known) return known;
  const made = Compile(schema) as Validator;
  compiled.set(schema, made);
  return made;
}

/**
 * A Fastify validator compiler. Nothing is coerced, in no part of a request: `true`, `1e1` and `0x10` are no numbers. The check itself stops
 * at the first flaw; looking for all of them took ten seconds for a million wrong items, so that only small values are searched whole.
 */
export function compileValidator({ schema }: { schema: TSchema }): (value: unknown) => { value: unknown } | { error: Flaw[] } {
  const check = validatorOf(schema);
  return (value) => (check.Check(value) ? { value } : { error: flawsOf(schema, value) });
}

/** Why a value does not match: all flaws of a small value (as many as TypeBox tells), the first one of a large one. */
export function flawsOf(schema: TSchema, value: unknown, path = ''): Flaw[] {
  if (isSmall(value))
    return [...validatorOf(schema).Errors(value)].map((one) => ({ ...one, instancePath: path + one.instancePath }) as Flaw);
  const part = schema as Part;
  if (Array.isArray(value) && part.type === 'array') return flawsOfArray(part, value, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && part.type === 'object')
    return flawsOfObject(part, value, path);
  return [{ instancePath: path, message: `must be ${part.type ?? 'of another form'}`, keyword: 'type' }];
}

function flawsOfArray(schema: Part, items: readonly unknown[], path: string): Flaw[] {
  if (schema.maxItems !== undefined && items.length > schema.maxItems)
    return [{ instancePath: path, message: `must not have more than ${schema.maxItems} items`, keyword: 'maxItems' }];
  const at = schema.items ? items.findIndex((item) => !validatorOf(schema.items!).Check(item)) : -1;
  if (at !== -1) return flawsOf(schema.items!, items[at], `${path}/${at}`);
  return [{ instancePath: path, message: 'must match the schema of an array', keyword: 'array' }];
}

function flawsOfObject(schema: Part, value: object, path: string): Flaw[] {
  const known = schema.properties ?? {};
  const names = Object.keys(value);
  const extra =
    (schema as { additionalProperties?: unknown }).additionalProperties === false
      ? names.find((name) => !Object.hasOwn(known, name))
      : undefined;
  if (extra !== undefined)
    return [
      {
        instancePath: path,
        message: 'must not have additional properties',
        keyword: 'additionalProperties',
        params: { additionalProperties: [extra] },
      },
    ];
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined)
    return [
      {
        instancePath: path,
        message: `must have required properties ${missing}`,
        keyword: 'required',
        params: { requiredProperties: [missing] },
      },
    ];
  const wrong = names.find(
    (name) => Object.hasOwn(known, name) && !validatorOf(known[name]!).Check((value as Record<string, unknown>)[name]),
  );
  if (wrong !== undefined) return flawsOf(known[wrong]!, (value as Record<string, unknown>)[wrong], `${path}/${wrong}`);
  return [{ instancePath: path, message: 'must match the schema of an object', keyword: 'object' }];
}

/** Counts no further than it must. */
function isSmall(root: unknown): boolean {
  const open = [root];
  let count = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (++count > SMALL) return false;
    if (typeof value !== 'object' || value === null) continue;
    const inner = Array.isArray(value) ? value : Object.values(value);
    if (inner.length + count > SMALL) return false;
    for (const one of inner) open.push(one);
  }
  return true;
}
