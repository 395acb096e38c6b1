import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { derivedId, idOfReference, isUuid, newId, parsePublicId, publicId, readPublicId, UUID_PATTERN } from './id.ts';

const uuid = fc.uuid({ version: [1, 4, 7, 8] });

test('new ids are UUIDv7, all different, and grow with time', async () => {
  const ids = Array.from({ length: 2_000 }, newId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.ok(isUuid(id) && id[14] === '7' && /[89ab]/.test(id[19]!));
  assert.deepEqual([...ids].sort(), ids);
});

test('a derived id is a UUID that the same words always give, and no others', () => {
  assert.equal(derivedId('payments', 'hold', 'x'), derivedId('payments', 'hold', 'x'));
  const words = [['a', 'b'], ['ab'], ['a', '', 'b'], ['b', 'a'], ['a","b'], ['a', 'b', '']];
  const ids = words.map((parts) => derivedId(...parts));
  assert.equal(new Set(ids).size, words.length);
  for (const id of ids) assert.ok(isUuid(id) && id[14] === '8' && /[89ab]/.test(id[19]!), id);
  // Changing how ids are derived would issue commands that are under way a second time.
  assert.equal(derivedId('payments', 'hold', 'x'), '5bf33eb5-bac8-8267-abab-9d46240451e6');
});

test('the readable form is read back, for every id', () => {
  fc.assert(
    fc.property(uuid, (id) => {
      const text = publicId('pay', id);
      assert.match(text, /^pay_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
      assert.equal(parsePublicId('pay', text), id);
      assert.equal(parsePublicId('pay', id), id);
    }),
  );
  for (const id of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
    assert.equal(parsePublicId('acc', publicId('acc', id)), id);
});

test('the readable form orders as the ids do', () => {
  fc.assert(fc.property(uuid, uuid, (a, b) => assert.equal(publicId('x', a) < publicId('x', b), a < b)));
});

test('what names nothing is not found', () => {
  const good = publicId('pay', newId());
  const bad = [
    '',
    'pay_',
    'pay',
    good.slice(0, -1),
    `${good}0`,
    good.toUpperCase(),
    good.replace('pay_', 'acc_'),
    good.replace('_', '-'),
    `pay_8${'0'.repeat(25)}`,
  ];
  bad.push(`pay_${'i'.repeat(26)}`, 'pay_01j\n', '../etc/passwd', `${newId()} `);
  for (const text of bad) assert.throws(() => parsePublicId('pay', text), { code: 'PLATFORM_NOT_FOUND' }, text);
});

test('a UUID is lower-case hex in five groups, for code and for schemas alike', () => {
  const pattern = new RegExp(UUID_PATTERN);
  for (const [text, is] of [
    [newId(), true],
    [newId().toUpperCase(), false],
    [`{${newId()}}`, false],
    [newId().replaceAll('-', ''), false],
    [`${newId()}\n`, false],
  ] as const) {
    assert.equal(isUuid(text), is, text);
    assert.equal(pattern.test(text), is, text);
  }
});

test('text that is no id is none, and throws nothing where nobody promised one', () => {
  const id = newId();
  assert.equal(readPublicId('pay', publicId('pay', id)), id);
  assert.equal(readPublicId('pay', id), id);
  for (const text of ['', 'pay_', 'garbage', publicId('rcv', id), `${publicId('pay', id)}0`, `pay_8${'0'.repeat(25)}`, undefined, null, 7])
    assert.equal(readPublicId('pay', text), null, String(text));
});

test('ids of references are those of any other UUIDv5: vectors made by Python', () => {
  const vectors: [string, string, string][] = [
    ['pix-in', 'E1234567820260310123456789012345', '36f28c5a-36a5-5ac2-b25f-5a0af49ee1af'],
    ['settle', 'E1234567820260310123456789012345', 'eff7c85a-c54d-56de-8da6-fe9b610ccccc'],
    ['fee', 'fatura nº 7/2026', 'e2fd0327-44b9-512b-9b6b-758553bf8160'],
  ];
  for (const [purpose, reference, id] of vectors) assert.equal(idOfReference(purpose, reference), id);
});
