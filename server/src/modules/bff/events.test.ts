import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { events } from './events.ts';

test('published events keep the shape others were promised', async () => {
  const golden = JSON.parse(await readFile(new URL('events.golden.json', import.meta.url), 'utf8')) as unknown;
  assert.deepEqual(JSON.parse(JSON.stringify(events)), golden);
});
