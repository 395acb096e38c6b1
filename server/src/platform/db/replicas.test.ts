import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSeen, writeSeen } from './freshness.ts';
import { History } from './replicas.ts';

test('a copy is as far behind as the time since the primary went beyond its position', () => {
  const history = new History(1_000);
  assert.equal(history.lagOf(0n, 0), Infinity, 'nobody has looked yet');
  history.note(100n, 1_000);
  assert.equal(history.lagOf(100n, 1_100), 0);
  assert.equal(history.lagOf(99n, 1_100), Infinity, 'behind by more than anybody looked at');
  history.note(200n, 1_200);
  assert.equal(history.lagOf(100n, 1_500), 300);
  assert.equal(history.lagOf(150n, 1_500), 300);
  assert.equal(history.lagOf(200n, 1_500), 0);
  assert.equal(history.lagOf(900n, 1_500), 0, 'its position was read after ours');
});

test('a primary that stands still leaves its copies fresh, however long', () => {
  const history = new History(1_000);
  for (let at = 0; at < 60_000; at += 200) history.note(100n, at);
  assert.equal(history.lagOf(100n, 60_000), 0);
  history.note(101n, 60_000);
  assert.equal(history.lagOf(100n, 60_500), 500);
});

test('what was written longer ago than anybody may lag is forgotten, and a copy that lacks it is out', () => {
  const history = new History(1_000);
  for (let nth = 0; nth < 100; nth++) history.note(BigInt(nth), nth * 200);
  assert.equal(history.lagOf(10n, 19_800), Infinity);
  assert.ok(history.lagOf(97n, 19_800) <= 400);
});

test('a primary that goes on from an earlier position (another one in its place) begins anew', () => {
  const history = new History(1_000);
  history.note(500n, 0);
  history.note(300n, 200);
  assert.equal(history.lagOf(300n, 300), 0);
  assert.equal(history.lagOf(299n, 300), Infinity);
});

test('positions come and go as text; what is none is the beginning', () => {
  for (const position of [0n, 1n, 0x16b3740n, 2n ** 63n]) assert.equal(readSeen(writeSeen(position)), position);
  for (const text of [undefined, '', 'x', '-1', '0x10', 'fffffffffffffffff', ['1'], '1,2']) assert.equal(readSeen(text), 0n);
});
