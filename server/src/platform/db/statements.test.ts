import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatementNames } from './statements.ts';

test('a statement gets a name when it returns, and keeps it', () => {
  const names = new StatementNames();
  const given = Array.from({ length: 5 }, () => names.of('select $1'));
  assert.deepEqual(given, [undefined, undefined, 's1_1', 's1_1', 's1_1']);
  assert.equal(names.of('select $2'), undefined);
  names.renew();
  assert.deepEqual(
    Array.from({ length: 3 }, () => names.of('select $1')),
    [undefined, undefined, 's2_1'],
  );
});

test('texts that never return, and too many of those that do, take no room', () => {
  const names = new StatementNames();
  for (let i = 0; i < 1_000; i++) for (let j = 0; j < 3; j++) names.of(`select ${i}`);
  const named = new Set(Array.from({ length: 1_000 }, (_, i) => names.of(`select ${i}`)));
  assert.equal(named.size, 401, '400 names, and none for the rest');
  for (let i = 0; i < 10_000; i++) names.of(`once ${i}`);
  assert.equal(names.of('late'), undefined);
});
