import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from './language.ts';

test('the language of an answer is the one of ours with the highest weight, Portuguese if none is named', () => {
  const cases: [string | undefined, 'pt' | 'en'][] = [
    [undefined, 'pt'],
    ['', 'pt'],
    ['*', 'pt'],
    ['pt-BR', 'pt'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['EN-gb', 'en'],
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
    ['en;q=0.5, pt;q=0.4', 'en'],
    ['en;q=0.3,pt;q=0.4', 'pt'],
    ['de, fr;q=0.9, en;q=0.1', 'en'],
    ['de', 'pt'],
    ['en;q=0', 'pt'],
    ['en;q=x', 'pt'],
    ['english', 'pt'],
    [`${'x,'.repeat(5_000)}en`, 'pt'],
  ];
  for (const [header, language] of cases) assert.equal(languageOf(header), language, header?.slice(0, 40));
});
