import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { events } from './events.ts';

for (const [type, schema] of Object.entries(events)) {
  test(`${type} is as published: a version only ever gains optional fields, and its golden file with it`, async () => {
    const golden = JSON.parse(await readFile(path.join(import.meta.dirname, 'golden', `${type}.json`), 'utf8')) as unknown;
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), golden);
  });
}
