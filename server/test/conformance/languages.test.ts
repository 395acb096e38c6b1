/** Every refusal in both languages, and each answer in one. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ErrorSpec } from '../../src/platform/errors.ts';
import { refusePlatform } from '../../src/platform/errors.ts';
import { refuseMoney } from '../../src/platform/money.ts';

const MODULES = path.join(import.meta.dirname, '../../src/modules');
/** Words that only English has. */
const ENGLISH = /(?<!\p{L})(the|must|is|are|not|an|of|with|has|was|cannot|already|before|which)(?!\p{L})/u;

test('every code of every module has a title and something to do in Portuguese and in English, and neither is the other', async () => {
  const all: Record<string, ErrorSpec> = { ...refusePlatform.specs, ...refuseMoney.specs };
  for (const module of readdirSync(MODULES)) {
    const file = path.join(MODULES, module, 'errors.ts');
    const exported = Object.values((await import(file).catch(() => ({}))) as Record<string, unknown>) as { specs?: typeof all }[];
    for (const one of exported) Object.assign(all, one?.specs);
  }
  assert.ok(Object.keys(all).length > 100);
  for (const [code, { title, action, en }] of Object.entries(all)) {
    assert.ok(title.length > 3 && action.length > 3 && en.title.length > 3 && en.action.length > 3, code);
    assert.notEqual(title, en.title, code);
    assert.notEqual(action, en.action, code);
    assert.doesNotMatch(
      `${en.title} ${en.action}`.replaceAll(/Pix Automático|São Paulo/g, ''),
      /[ãõçáéíóúâêô]/i,
      `${code}: Portuguese in English`,
    );
    assert.doesNotMatch(`${title} ${action}`, ENGLISH, `${code}: English in Portuguese`);
  }
});
