import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCosif, levelsOf } from './cosif.ts';

test('check digits of accounts in the published chart', () => {
  for (const code of ['11110006', '80000006', '81000005', '81600003', '81610000', '81620007', '70000009', '71800002', '71810009']) {
    assert.ok(isCosif(code), code);
    const wrong = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
    assert.ok(!isCosif(wrong), wrong);
  }
  for (const other of ['', '1111000', '1.1.1.10.00-6', '111100060', '1111000A']) assert.ok(!isCosif(other), other);
});

test('a code belongs to its group, subgroup, division, title and subtitle, as far as it goes', () => {
  const levels = (code: string) => levelsOf(code).map(({ digits, level }) => [level, digits]);
  assert.deepEqual(levels('11110006'), [
    [1, '1'],
    [2, '11'],
    [3, '111'],
    [4, '11110'],
  ]);
  assert.deepEqual(levels('81600003').at(-1), [3, '816']);
  assert.deepEqual(levels('1111020308').at(-1), [6, '111102030'.slice(0, 9)]);
});
