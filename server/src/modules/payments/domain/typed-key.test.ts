import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePixKey } from './pix-key.ts';
import { readTypedKey } from './typed-key.ts';

/** One table for the server and for the hint that the web app shows while people type (`web/src/app/core/pix-input.spec.ts`). */
type Cases = { keys: Record<string, string>; slips: Record<string, string>; nothing: string[] };
const cases = JSON.parse(await readFile(new URL('typed-key.cases.json', import.meta.url), 'utf8')) as Cases;

const said = (text: string): string => {
  const read = readTypedKey(text);
  if (!read) return 'nothing';
  return 'key' in read ? read.key.value : `${read.slip.meant} ${read.slip.why}`;
};

test('keys as people type and paste them', () => {
  for (const [text, key] of Object.entries(cases.keys)) assert.equal(said(text), key, JSON.stringify(text));
});

test('a key with a slip in it is named for what it was meant to be', () => {
  for (const [text, slip] of Object.entries(cases.slips)) assert.equal(said(text), slip, JSON.stringify(text));
});

test('what is no key is none', () => {
  for (const text of [...cases.nothing, 'x'.repeat(100_000), '1'.repeat(401)]) assert.equal(said(text), 'nothing', text.slice(0, 60));
});

test('punctuation of a CPF around any eleven digits never gives a phone', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{11}$/), fc.constantFrom('-', '–', '‑', '/', '−'), (digits, dash) => {
      const written = `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6, 9)}${dash}${digits.slice(9)}`;
      const read = readTypedKey(written);
      assert.ok(read && ('key' in read ? read.key.type : read.slip.meant) === 'cpf', written);
    }),
    { numRuns: 2_000 },
  );
});

test('an area code that does not exist makes no phone, the 67 that do make one', () => {
  const made = Array.from({ length: 100 }, (_, code) => String(code).padStart(2, '0')).filter((code) => {
    const read = readTypedKey(`(${code}) 98765-4321`);
    const isKey = read !== null && 'key' in read;
    assert.equal(isKey, parsePixKey(`+55${code}987654321`) !== null, code);
    return isKey;
  });
  assert.equal(made.length, 67);
  for (const code of [
    '20',
    '23',
    '25',
    '26',
    '29',
    '30',
    '36',
    '39',
    '40',
    '50',
    '52',
    '56',
    '57',
    '58',
    '59',
    '60',
    '70',
    '72',
    '76',
    '78',
    '80',
    '90',
  ])
    assert.ok(!made.includes(code), code);
});

test('marks that nobody sees change nothing, wherever they stand', () => {
  const marks = [
    '\u200e',
    '\u200f',
    '\u202a',
    '\u202c',
    '\u2066',
    '\u2069',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\u061c',
    '\ufe0f',
    '\u180e',
    '\u2063',
  ];
  const keys = Object.entries(cases.keys);
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.constantFrom(...marks), fc.nat(), ([text, key], mark, place) => {
      const at = place % (text.length + 1);
      assert.equal(said(text.slice(0, at) + mark + text.slice(at)), key, `${JSON.stringify(text)} at ${at}`);
    }),
    { numRuns: 2_000 },
  );
});

test('any text is read without a fault, and what is a key is one in the spelling of the directory', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc
      .array(fc.constantFrom('1', '9', '0', '5', '.', '-', '/', '(', ')', '+', ' ', '@', 'a', ':', '<', '>', '"'), { maxLength: 60 })
      .map((some) => some.join('')),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const read = readTypedKey(text);
      if (read && 'key' in read) assert.deepEqual(parsePixKey(read.key.value), read.key, JSON.stringify(text));
    }),
    { numRuns: 5_000 },
  );
});
