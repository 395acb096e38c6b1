import type { TSchema } from 'typebox';
import { checkOf } from '../check.ts';
import type { FieldError, Words } from '../errors.ts';
import { wordsOf } from './flaw-words.ts';

/** JSON Schema as far as an explanation walks into it. */
type Schema = {
  anyOf?: Schema[];
  const?: unknown;
  type?: string;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  items?: Schema;
  /** What a value has to be, said for people: where a pattern says it only to machines. */
  'x-words'?: Words;
};

/** `isUnknown`: the field is one the schema does not name. */
export type Flaw = FieldError & { isUnknown?: true };

const MOST_FLAWS = 20;
const LONGEST_NAME = 60;

/**
 * What is wrong with a value by its schema, each field with a sentence of its own. Of a union only the form that was meant is spoken of: the
 * one whose fixed fields (such as `kind`) the value has; where it has none of them, that field lists the choices.
 */
export function explain(schema: TSchema | object, value: unknown, pointer = ''): Flaw[] {
  const flaws: Flaw[] = [];
  walk(schema as Schema, value, pointer, flaws);
  return flaws.slice(0, MOST_FLAWS);
}

function walk(schema: Schema, value: unknown, at: string, flaws: Flaw[]): void {
  if (flaws.length >= MOST_FLAWS || fits(schema, value)) return;
  const before = flaws.length;
  if (schema.anyOf) walkUnion(schema.anyOf, value, at, flaws);
  else if (schema.type === 'object' && isObject(value)) walkObject(schema, value, at, flaws);
  else if (schema.type === 'array' && Array.isArray(value)) {
    for (let index = 0; schema.items && index < value.length && flaws.length < MOST_FLAWS; index++)
      walk(schema.items, value[index], `${at}/${index}`, flaws);
  }
  // Nothing within it is to blame: it breaks a rule of its own.
  if (flaws.length === before) flaws.push({ pointer: at, detail: ownWords(schema, value) });
}

function walkUnion(forms: readonly Schema[], value: unknown, at: string, flaws: Flaw[]): void {
  const meant = formMeant(forms, value);
  if ('form' in meant) walk(meant.form, value, at, flaws);
  else if ('choices' in meant) flaws.push({ pointer: `${at}${meant.field}`, detail: choicesOf(meant.choices, meant.isMissing) });
}

type Meant = { form: Schema } | { field: string; choices: unknown[]; isMissing: boolean } | Record<never, never>;

/** Which form of a union somebody meant: the only one there is besides null, one of fixed words, or that which a fixed field names. */
function formMeant(forms: readonly Schema[], value: unknown): Meant {
  const real = forms.filter((form) => form.type !== 'null');
  if (real.length === 1) return { form: real[0]! };
  if (real.every((form) => form.const !== undefined)) return { field: '', choices: real.map((form) => form.const), isMissing: false };
  if (!isObject(value)) return {};
  const objects = real.filter((form) => form.type === 'object');
  const field = discriminatorOf(objects);
  if (field === undefined) return { form: nearestTo(objects, value) };
  const form = objects.find((one) => one.properties![field]!.const === value[field]);
  if (form) return { form };
  return { field: `/${field}`, choices: objects.map((one) => one.properties![field]!.const), isMissing: !(field in value) };
}

/** The field that has one fixed word in each of the forms. */
function discriminatorOf(forms: readonly Schema[]): string | undefined {
  const names = Object.keys(forms[0]?.properties ?? {});
  return names.find((name) => forms.every((form) => form.properties?.[name]?.const !== undefined));
}

/** The form that shares most field names with the value. */
function nearestTo(forms: readonly Schema[], value: Record<string, unknown>): Schema {
  const shared = (form: Schema): number => Object.keys(value).filter((name) => form.properties?.[name]).length;
  return forms.reduce((best, form) => (shared(form) > shared(best) ? form : best));
}

function walkObject(schema: Schema, value: Record<string, unknown>, at: string, flaws: Flaw[]): void {
  for (const name of schema.required ?? []) {
    if (!(name in value)) flaws.push({ pointer: `${at}/${name}`, detail: { pt: 'é obrigatório', en: 'is required' } });
  }
  const patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, inner]) => [new RegExp(pattern, 'u'), inner] as const);
  for (const [name, inner] of Object.entries(value)) {
    if (flaws.length >= MOST_FLAWS) return;
    const place = `${at}/${name.slice(0, LONGEST_NAME)}`;
    const own = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
    const known = own ?? patterns.find(([pattern]) => pattern.test(name))?.[1];
    if (known) walk(known, inner, place, flaws);
    else if (schema.additionalProperties === false)
      flaws.push({ pointer: place, detail: unknownField(Object.keys(schema.properties ?? {})), isUnknown: true });
    else if (isObject(schema.additionalProperties)) walk(schema.additionalProperties as Schema, inner, place, flaws);
  }
}

function unknownField(names: readonly string[]): Words {
  const list = names.join(', ');
  if (names.length === 0) return { pt: 'não é um campo daqui', en: 'is no field of this' };
  return { pt: `não é um campo daqui; os campos são ${list}`, en: `is no field of this; the fields are ${list}` };
}

function choicesOf(choices: readonly unknown[], isMissing: boolean): Words {
  const list = choices.map(String).join(', ');
  if (isMissing) return { pt: `é obrigatório; escolha entre ${list}`, en: `is required; choose one of ${list}` };
  return { pt: `escolha entre ${list}`, en: `choose one of ${list}` };
}

const compiled = new WeakMap<object, { Check: (value: unknown) => boolean }>();

/** Compiled once for each part of a schema: a body may have a part a million times. */
function fits(schema: Schema, value: unknown): boolean {
  const check = compiled.get(schema) ?? checkOf(schema as TSchema);
  compiled.set(schema, check);
  return check.Check(value);
}

/** What a value breaks of a schema's own rules, those of its parts apart. */
function ownWords(schema: Schema, value: unknown): Words {
  if (schema['x-words']) return schema['x-words'];
  const {
    items: _items,
    properties: _named,
    patternProperties: _patterns,
    additionalProperties: _others,
    required: _required,
    ...own
  } = schema;
  return wordsOf(own as TSchema, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
