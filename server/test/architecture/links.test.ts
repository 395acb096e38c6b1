import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findDeadLinks, readDocs } from '../../../scripts/walls/links.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('what the pages point to', () => {
  it('is there', () => {
    const { pages, index } = readDocs(ROOT);
    assert.ok(pages.length > 30);
    assert.deepEqual(
      pages.flatMap((page) => findDeadLinks(page, index.text(page), index)),
      [],
    );
  });

  const files: Record<string, string> = { 'docs/a.md': '', 'server/src/pay.ts': 'export function payNow() {}' };
  const index = {
    has: (file: string) => file in files,
    text: (file: string) => files[file]!,
    testFiles: ['server/src/pay.test.ts'],
    scripts: new Set(['bench']),
  };
  for (const [text, complaint] of [
    ['[x](b.md)', /docs\/b\.md|b\.md is not there/],
    ['[x](../server/src/gone.ts#L3)', /gone\.ts#L3 is not there/],
    ['[`payLater`](../server/src/pay.ts)', /does not hold payLater/],
    ['`npm test -- pay gone`', /-- gone names no test/],
    ['`npm run storm -- --seed 1`', /npm run storm is no script/],
  ] as const) {
    it(`sees ${complaint}`, () => {
      const found = findDeadLinks('docs/page.md', text, index);
      assert.equal(found.length, 1);
      assert.match(found[0]!, complaint);
    });
  }

  it('lets pass what is alive', () => {
    const text = '[x](a.md) [`payNow`](../server/src/pay.ts) [web](https://example.com/x) `npm test -- pay` `npm run bench -- x`';
    assert.deepEqual(findDeadLinks('docs/page.md', text, index), []);
  });
});
