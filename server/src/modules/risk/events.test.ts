import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { events } from './events.ts';

const GOLDEN = path.join(import.meta.dirname, 'golden');

test('published events keep the shape others were promised: golden files, one an event', async () => {
  assert.deepEqual(
    (await readdir(GOLDEN)).sort(),
    Object.keys(events)
      .map((type) => `${type}.json`)
      .sort(),
  );
  for (const [type, schema] of Object.entries(events)) {
    const golden: unknown = JSON.parse(await readFile(path.join(GOLDEN, `${type}.json`), 'utf8'));
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), golden, `${type} changed: publish the next version beside it`);
  }
});
