import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findTextFaults, readSources, readTexts } from '../../../scripts/walls/web-texts.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the texts of the web app', () => {
  it('are all there, all shown, and loaded where they are shown', async () => {
    const defined = await readTexts(ROOT);
    assert.ok(defined.length > 8, 'each feature has its own');
    assert.ok(
      defined.every(({ keys }) => keys.length > 0 && keys.length < 120),
      'and none is the house’s dictionary',
    );
    assert.deepEqual(findTextFaults(readSources(ROOT), defined), []);
  });

  const defined = [
    { file: 'web/libs/core/i18n/core-texts.ts', keys: ['common.close'] },
    { file: 'web/app/features/a/texts.ts', keys: ['a.title', 'a.kind.one', 'a.kind.two'] },
  ];
  const loading = "import './texts';\n";
  const core = { file: 'web/libs/core/i18n/i18n.ts', text: "import './core-texts';\nt('common.close')" };
  const page = { file: 'web/app/features/a/a.ts', text: `${loading}t('a.title'); t(\`a.kind.\${kind}\`)` };

  it('pass when they are used, also by a part of their name', () => {
    assert.deepEqual(findTextFaults([core, page], defined), []);
  });
  for (const [what, sources, complaint] of [
    ['missing', [core, { ...page, text: `${page.text}; t('a.gone')` }], /a\.ts: there is no text a\.gone/],
    ['unused', [core, { ...page, text: page.text.replace("t('a.title');", '') }], /nobody shows a\.title/],
    [
      'of another feature',
      [core, page, { file: 'web/app/features/b/b.html', text: "{{ 'a.title' | t }}" }],
      /b\.html: a\.title belongs to/,
    ],
    ['never loaded', [core, { ...page, text: page.text.replace(loading, '') }], /nothing imports it/],
  ] as const) {
    it(`are seen when one is ${what}`, () => {
      const found = findTextFaults(sources, defined);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0]!, complaint);
    });
  }
});
