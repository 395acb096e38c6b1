import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { batchHash } from '#platform/proof/chain.ts';
import type { Directive, Transfer } from './model.ts';
import { canonicalLine, leafHash, linkHash } from './record.ts';

const transfer: Transfer = {
  id: 't1',
  seq: 7,
  kind: 'transfer',
  debitAccountId: 'd',
  creditAccountId: 'c',
  amount: 10n ** 37n,
  held: null,
  holdId: null,
  reason: null,
  effectiveAt: 0,
  recordedAt: 1_767_268_800_123,
  expiresAt: null,
  metadata: null,
  blockId: null,
  balancing: null,
  requested: null,
  reverses: null,
  purpose: null,
  reference: null,
  placedBy: null,
  remaining: null,
  onlyIf: null,
};
const everything: Transfer = {
  ...transfer,
  held: 12n,
  holdId: 'h',
  reason: 'user',
  expiresAt: 86_400_000,
  metadata: { b: '1', '10': 'é "quoted"\n', '9': 'x', A: '' },
  blockId: 'b',
  balancing: 'debit',
  requested: 13n,
  reverses: 'r',
  purpose: 'judicial',
  reference: '0001234-56.2026.8.26.0100',
  placedBy: 'service:court',
};
const directive: Directive = {
  id: 'x',
  seq: 8,
  kind: 'account',
  recordedAt: 0,
  blockId: 'b',
  accountId: 'a',
  state: 'frozen',
  overdraftLimit: 5n,
  reason: 'court',
  until: '2026-01-31',
  by: null,
  onlyIf: null,
};

test('a line says what there is and nothing else', () => {
  assert.equal(
    canonicalLine(transfer),
    '{"amountMinor":"10000000000000000000000000000000000000","creditAccountId":"c","debitAccountId":"d","effectiveAt":"1970-01-01T00:00:00.000Z",' +
      '"id":"t1","kind":"transfer","recordedAt":"2026-01-01T12:00:00.123Z","seq":7}',
  );
  assert.equal(
    canonicalLine({ ...directive, blockId: null, state: null, overdraftLimit: 0n, until: null }),
    '{"accountId":"a","id":"x","kind":"account","overdraftLimitMinor":"0","reason":"court","recordedAt":"1970-01-01T00:00:00.000Z","seq":8}',
  );
});

test('keys are in ascending order, also those that look like numbers, and reading a line gives back what was said', () => {
  for (const record of [transfer, everything, directive]) {
    const line = canonicalLine(record);
    const keys = [...line.replace(/"metadata":\{.*?\}/, '"metadata":0').matchAll(/"(\w+)":/g)].map(([, key]) => key!);
    assert.deepEqual(keys, [...keys].sort());
    const read = JSON.parse(line) as Record<string, unknown>;
    assert.equal(keys.length, Object.keys(read).length);
    assert.equal(read.seq, record.seq);
  }
  assert.match(canonicalLine(everything), /"metadata":\{"10":"é \\"quoted\\"\\n","9":"x","A":"","b":"1"\}/);
  assert.deepEqual((JSON.parse(canonicalLine(everything)) as Transfer).metadata, everything.metadata);
});

test('a hold from before owners were kept has the line it always had; one of today names who placed it', () => {
  const hold: Transfer = { ...transfer, kind: 'hold' };
  assert.equal(canonicalLine(hold), canonicalLine(transfer).replace('"transfer"', '"hold"'));
  assert.equal(
    canonicalLine({ ...hold, placedBy: 'system:payments' }),
    canonicalLine(hold).replace('"recordedAt"', '"placedBy":"system:payments","recordedAt"'),
  );
});

test('a leaf is that of RFC 6962, and a batch chains leaves and refusals onto the batch before', () => {
  const sha = (...parts: (string | Buffer)[]) =>
    createHash('sha256')
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest();
  const line = canonicalLine(everything);
  const leaves = [leafHash(line), leafHash(canonicalLine(directive))];
  assert.deepEqual(leaves[0], sha(Buffer.of(0), line));
  const previous = Buffer.alloc(32, 7);
  assert.deepEqual(batchHash(previous, leaves, []), sha(previous, ...leaves));
  assert.deepEqual(linkHash(previous, Buffer.concat(leaves), []), sha(previous, ...leaves));
  const refused = [
    ['b', 'Y'],
    ['a', 'X'],
  ] as const;
  assert.deepEqual(batchHash(previous, leaves, refused), sha(previous, ...leaves, '[["a","X"],["b","Y"]]'));
  assert.deepEqual(linkHash(previous, Buffer.concat(leaves), refused), batchHash(previous, leaves, refused));
});
