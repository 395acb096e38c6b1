import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { glob, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type TSchema, Type } from 'typebox';
import { isPersonalField } from '#platform/personal-data.ts';

/** Events carry ids of subjects only: what identifies a person stays under that person's key. Read from the schemas themselves. */
const MODULES = path.join(import.meta.dirname, '../../src/modules');
const EVENT_TYPE = /^[a-z]+\.[a-z][a-z-]*\.v[1-9]\d*$/;

/** Paths of all fields of a schema, wherever they hide: objects, arrays, unions, intersections, maps, definitions. */
function fieldsOf(schema: unknown, at = ''): string[] {
  if (Array.isArray(schema)) return schema.flatMap((one) => fieldsOf(one, at));
  if (schema === null || typeof schema !== 'object') return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === 'properties' || keyword === '$defs' || keyword === 'patternProperties') {
      return Object.entries(value as object).flatMap(([name, inner]) => {
        const field = `${at}/${name}`;
        return keyword === 'properties' ? [field, ...fieldsOf(inner, field)] : fieldsOf(inner, field);
      });
    }
    return fieldsOf(value, at);
  });
}

function personalFieldsOf(schema: TSchema): string[] {
  return fieldsOf(schema).filter((field) => isPersonalField(field.slice(field.lastIndexOf('/') + 1)));
}

/** What a module publishes: every exported map from event type to schema. */
async function catalogueOf(module: string): Promise<Map<string, TSchema>> {
  const exports = (await import(pathToFileURL(path.join(MODULES, module, 'events.ts')).href)) as Record<string, unknown>;
  const maps = Object.values(exports).filter((value): value is Record<string, TSchema> => {
    const names = value !== null && typeof value === 'object' ? Object.keys(value) : [];
    return names.length > 0 && names.every((name) => EVENT_TYPE.test(name));
  });
  return new Map(maps.flatMap((map) => Object.entries(map)));
}

const modules = (await readdir(MODULES)).filter((module) => existsSync(path.join(MODULES, module, 'events.ts')));
const catalogues = new Map(await Promise.all(modules.map(async (module) => [module, await catalogueOf(module)] as const)));

describe('no event carries personal data', () => {
  for (const [module, catalogue] of catalogues) {
    for (const [type, schema] of catalogue) {
      test(type, () => {
        assert.ok(type.startsWith(`${module}.`), `${type} is published by ${module}`);
        assert.ok(fieldsOf(schema).length > 0, 'the schema names its fields');
        assert.deepEqual(personalFieldsOf(schema), []);
      });
    }
  }

  test('the walk sees personal fields wherever they are planted', () => {
    const planted = Type.Object({
      paymentId: Type.String(),
      payee: Type.Object({ name: Type.String(), taxIdHash: Type.String() }),
      parties: Type.Array(Type.Union([Type.Object({ cpf: Type.String() }), Type.Null()])),
      extra: Type.Record(Type.String(), Type.Object({ email: Type.String() })),
      both: Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ pixKey: Type.Optional(Type.String()) })]),
    });
    const seen = personalFieldsOf(planted).map((field) => field.slice(field.lastIndexOf('/') + 1));
    assert.deepEqual(seen.sort(), ['cpf', 'email', 'name', 'pixKey']);
  });

  test('every event named anywhere in the modules is in its module’s catalogue', async () => {
    const known = new Set([...catalogues.values()].flatMap((catalogue) => [...catalogue.keys()]));
    assert.ok(known.size >= 5, 'the catalogues are found at all');
    const unknown = new Set<string>();
    for await (const file of glob('**/*.ts', { cwd: MODULES })) {
      if (/\.(test|fixture)\.ts$/.test(file) || file.includes('test')) continue;
      const source = await readFile(path.join(MODULES, file), 'utf8');
      for (const [, type] of source.matchAll(/'([a-z]+\.[a-z][a-z-]*\.v[1-9]\d*)'/g))
        if (!known.has(type!)) unknown.add(`${type} in ${file}`);
    }
    assert.deepEqual([...unknown], []);
  });
});
