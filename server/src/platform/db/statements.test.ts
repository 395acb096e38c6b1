import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_NAMED, StatementNames } from './statements.ts';

const askThrice = (names: StatementNames, sql: string) => Array.from({ length: 3 }, () => names.of(sql)).at(-1);

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

test('however many texts came before, a statement that is hot now has a name', () => {
  const names = new StatementNames();
  for (let i = 0; i < 1_000; i++) askThrice(names, `select ${i}`);
  for (let i = 0; i < 10_000; i++) names.of(`once ${i}`);
  assert.ok(askThrice(names, 'late and hot'));
});

test('a statement in use outlives a stream of others, and a name that was lost is never given to another text', () => {
  const names = new StatementNames();
  const hot = askThrice(names, 'hot');
  const first = askThrice(names, 'soon forgotten');
  const given = new Set([hot, first]);
  for (let i = 0; i < 2 * MAX_NAMED; i++) {
    const name = askThrice(names, `select ${i}`);
    assert.ok(name && !given.has(name), `text ${i} got ${name}`);
    given.add(name);
    assert.equal(names.of('hot'), hot);
  }
  assert.equal(names.of('soon forgotten'), undefined, 'it starts counting again');
});
