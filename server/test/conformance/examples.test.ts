/** The documents of the API show how each operation is asked, and what they show is taken by their own schemas. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';

type Schema = Record<string, unknown>;
type Body = { schema?: Schema; example?: unknown; examples?: Record<string, { value: unknown }> };
type Operation = { requestBody?: { content: Record<string, Body> } };

const REFERENCE = path.resolve(import.meta.dirname, '../../../docs/reference');
const operationsOf = (file: string): [name: string, operation: Operation][] => {
  const { paths } = JSON.parse(readFileSync(path.join(REFERENCE, file), 'utf8')) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${at}`, operation]),
  );
};

/** Every part of a schema that carries examples, with them. */
function examplesIn(schema: unknown): { schema: Schema; examples: unknown[] }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Array.isArray((schema as Schema).examples)
    ? [{ schema: schema as Schema, examples: (schema as Schema).examples as unknown[] }]
    : [];
  return [...own, ...Object.entries(schema).flatMap(([name, part]) => (name === 'examples' ? [] : examplesIn(part)))];
}

for (const [file, least] of [
  ['openapi.json', 40],
  ['openapi-screens.json', 8],
] as const) {
  test(`${file}: every body of JSON has an example, and every example keeps to its schema`, () => {
    const operations = operationsOf(file);
    assert.ok(operations.length >= least, `${operations.length} operations`);
    const bare: string[] = [];
    for (const [name, { requestBody }] of operations) {
      const { schema, example, examples = {} } = requestBody?.content['application/json'] ?? {};
      if (!schema) continue;
      const shown = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
      const found = [...(shown.length > 0 ? [{ schema, examples: shown }] : []), ...examplesIn(schema)];
      if (found.length === 0) bare.push(name);
      for (const one of found)
        for (const example of one.examples)
          assert.ok(Compile(one.schema as never).Check(example), `${name}: ${JSON.stringify(example)} does not keep to its schema`);
    }
    assert.deepEqual(bare, []);
  });
}

test('the document of the screens has their routes, and that of the clients none of them', () => {
  const names = (file: string) => operationsOf(file).map(([name]) => name.split(' ')[1]!);
  assert.ok(names('openapi-screens.json').every((name) => name.startsWith('/bff/') || name.startsWith('/entrar/')));
  for (const route of ['/bff/v1/home', '/bff/v1/payments', '/bff/v1/events', '/bff/v1/statement'])
    assert.ok(names('openapi-screens.json').includes(route), route);
  assert.ok(names('openapi.json').every((name) => !name.startsWith('/bff/')));
});
