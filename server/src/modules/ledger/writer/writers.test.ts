import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantWriter, WriterDeps } from './writer.ts';
import { createWriters } from './writers.ts';

const deps = { cacheLimit: 10, overlapFrom: 10 } as WriterDeps;
const keeping = (writer: TenantWriter, kept: number) => Object.defineProperty(writer, 'kept', { value: kept });
const busy = (writer: TenantWriter) => Object.defineProperty(writer, 'isIdle', { value: false });

test('one tenant too many: the writer gives way that was used longest ago, not the oldest made', () => {
  const writers = createWriters(deps, { maxWriters: 2 });
  const [a, b] = [writers.of('a'), writers.of('b')];
  assert.equal(writers.of('a'), a);
  writers.of('c');
  assert.equal(writers.of('a'), a);
  assert.notEqual(writers.of('b'), b);
});

test('a writer that has something to do stays', () => {
  const writers = createWriters(deps, { maxWriters: 2 });
  const [a, b] = [busy(writers.of('a')), writers.of('b')];
  writers.of('c');
  assert.equal(writers.of('a'), a);
  assert.notEqual(writers.of('b'), b);
});

test('what all writers keep together is bounded, whatever each of them may', () => {
  const writers = createWriters(deps, { maxKept: 1_000, lookEvery: 1 });
  const [a, b, c] = ['a', 'b', 'c'].map((tenant) => keeping(writers.of(tenant), 400));
  assert.equal(writers.of('b'), b, '1,200 are too many: the first gives way, and that is enough');
  assert.equal(writers.of('c'), c);
  assert.notEqual(writers.of('a'), a);
});
