/** Every event of every module: its type names the module and a version, and what others were promised of it stays, field by field. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { MODULES } from '../../src/module-list.ts';

type Schema = { type?: string; properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; const?: unknown };

/** Why a consumer of `before` could stumble over `now`: a field lost, made optional, or of another shape. New fields are welcome. */
function losses(before: Schema, now: Schema | undefined, at = ''): string[] {
  if (!now) return [`${at} is gone`];
  if (before.type !== 'object') return JSON.stringify(before) === JSON.stringify(now) ? [] : [`${at} changed`];
  const missing = (before.required ?? [])
    .filter((name) => !now.required?.includes(name))
    .map((name) => `${at}/${name} is no longer always there`);
  const inner = Object.entries(before.properties ?? {}).flatMap(([name, schema]) =>
    losses(schema, now.properties?.[name], `${at}/${name}`),
  );
  return [...missing, ...inner];
}

for (const { name, folder, events = {} } of MODULES) {
  const golden = path.join(folder, 'golden');
  describe(`events of ${name}`, () => {
    test('each has its golden file, and each golden file is still published', () => {
      const files = existsSync(golden) ? readdirSync(golden).map((file) => file.replace(/\.json$/, '')) : [];
      assert.deepEqual(files.toSorted(), Object.keys(events).toSorted());
    });
    for (const [type, schema] of Object.entries(events)) {
      test(`${type} only ever gains fields: publish the next version beside it`, () => {
        assert.match(type, new RegExp(`^${name}\\.[a-z][a-z-]*\\.v[1-9]\\d*$`));
        const promised = JSON.parse(readFileSync(path.join(golden, `${type}.json`), 'utf8')) as Schema;
        assert.deepEqual(losses(promised, JSON.parse(JSON.stringify(schema)) as Schema), []);
      });
    }
  });
}

test('the comparison sees a loss, and lets a gain pass', () => {
  const party: Schema = { type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } }, required: ['id', 'at'] };
  const event: Schema = { type: 'object', properties: { party }, required: ['party'] };
  const without = (name: string): Schema => {
    const { [name]: _gone, ...properties } = party.properties!;
    return { ...event, properties: { party: { ...party, properties } } };
  };
  assert.deepEqual(losses(event, { ...event, properties: {} }), ['/party is gone']);
  assert.deepEqual(losses(event, without('at')), ['/party/at is gone']);
  assert.deepEqual(losses(event, { ...event, required: [] }), ['/party is no longer always there']);
  assert.deepEqual(losses(party, { ...party, properties: { ...party.properties, id: { type: 'number' } } }), ['/id changed']);
  assert.deepEqual(losses(party, { ...party, properties: { ...party.properties, more: { type: 'string' } } }), []);
});
