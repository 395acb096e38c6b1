import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { MODULES, missingNeeds } from './module-list.ts';
import { PROFILES } from './profiles.ts';

for (const [name, { modules, demo, fill, about }] of Object.entries(PROFILES)) {
  test(`the profile ${name} names modules there are, whatever they need among them, and a demo that exists`, () => {
    const there = new Set(MODULES.map((module) => module.name));
    assert.deepEqual(
      modules.filter((one) => !there.has(one)),
      [],
    );
    assert.deepEqual(missingNeeds(MODULES, new Set(modules), {}), []);
    for (const script of [demo, ...(fill ? [fill] : [])])
      assert.ok(existsSync(path.join(import.meta.dirname, '../../scripts', script)), script);
    assert.ok(about.length > 20);
  });
}
