import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePixKey } from './pix-key.ts';
import { readTypedKey } from './typed-key.ts';

/** One table for the server and for the hint that the web app shows while people type (`web/app/money/pix-input.spec.ts`). */
type Cases = { keys: Record<string, string>; slips: Record<string, string>; nothing: string[] };
const cases = JSON.parse(await readFile(new URL('typed-key.cases.json', import.meta.url), 'utf8')) as Cases;

const said = (text: string): string => {
  const read = readTypedKey(text);
  if (!read) return 'nothing';
  return 'key' in read ? read.key.value : `${read.slip.meant} ${read.slip.why}`;
};

test('keys as people type and paste them', () => {
  for (const [text, key] of Object.entries(cases.keys)) {
    assert.equal(said(text), key, JSON.stringify(text));
    assert.deepEqual(readTypedKey(text), { key: parsePixKey(key) }, `${JSON.stringify(text)} is of its kind`);
  }
});

test('quotation marks, brackets and the end of a sentence around a key are no part of it, inside one another too', () => {
  const pairs = ['""', "''", '``', '“”', '‘’', '«»', '<>', '[]', '{}', '**', '__'].map((pair) => [...pair] as [string, string]);
  const inside = (text: string, [open, close]: [string, string]) => `${open}${text}${close}`;
  for (const one of pairs) {
    for (const text of ['maria@x.br', '111.444.777-35']) {
      const key = said(text);
      assert.equal(said(inside(text, one)), key, inside(text, one));
      assert.equal(said(`${inside(` ${text} `, one)}...`), key, `${inside(` ${text} `, one)}...`);
      for (const other of pairs) assert.equal(said(inside(inside(text, one), other)), key, inside(inside(text, one), other));
    }
    assert.equal(said(`${one[0]}11144477735`), 'nothing', 'only one of the two is part of the text');
  }
  for (const end of ['.', '!!', ' …', '?;', ' .'])
    for (const text of ['maria@x.br', '11144477735']) assert.equal(said(text + end), said(text), text + end);
});

test('a number of another country keeps its country, with + and with 00; too long or too short it is a slip', () => {
  const told: Record<string, string> = {
    '+351 912 345 678': '+351912345678',
    '00351912345678': '+351912345678',
    '00 351 912 345 678': '+351912345678',
    '001 415 555-0100': '+14155550100',
    '00 55 11 98765-4321': '+5511987654321',
    // The directory has room for sixteen digits, one more than any number has.
    '+1234567890123456': '+1234567890123456',
    '+12345678901234567': 'phone too-long',
    '+0 12345678': 'phone too-short',
  };
  for (const [text, expected] of Object.entries(told)) assert.equal(said(text), expected, text);
});

test('as many digits as nothing has are nothing; a few too many or too few are what they were to be', () => {
  const digits = (length: number) => '1'.repeat(length);
  const kinds = Array.from({ length: 55 }, (_, length) => said(digits(length)));
  const told = (from: number, to: number) => [...new Set(kinds.slice(from, to + 1))];
  assert.deepEqual(told(0, 7), ['nothing']);
  assert.deepEqual(told(8, 9), ['phone no-area-code', 'phone too-short']);
  assert.deepEqual(
    [kinds[11], kinds[12], kinds[13], kinds[14], kinds[15]],
    ['cpf or-phone', 'cnpj length', 'cnpj length', 'cnpj check-digits', 'cnpj length'],
  );
  assert.deepEqual([...told(16, 31), ...told(33, 39)], ['nothing', 'nothing']);
  assert.equal(kinds[32], '11111111-1111-1111-1111-111111111111', 'as many as a random key has');
  assert.deepEqual(told(40, 50), ['boleto boleto']);
  assert.deepEqual(told(51, 54), ['nothing']);
});

test('letters, digits and dashes that are almost a random key are one with a slip; others are nothing', () => {
  const evp = '123e4567-e12b-12d1-a456-426655440000';
  const bare = evp.replaceAll('-', '');
  for (const text of [evp.slice(0, -1), `${evp}0`, bare.slice(1), `${bare}f`, evp.replace('12d1', '12z1')])
    assert.equal(said(text), 'evp form', text);
  for (const text of [
    `x${bare}`,
    `${bare} x`,
    '12345678-1234-1234-1234-12345678901',
    `(${evp}`,
    `${evp}-${evp}`,
    bare.slice(5),
    `${bare}abcde`,
  ])
    assert.equal(said(text), 'nothing', text);
});

test('a CNPJ of letters is one only as it is written; other words with digits are nothing', () => {
  for (const text of ['12.abc.345/01de-36', '12ABC345/01DE36', '12ABC3450001-36']) assert.equal(said(text), 'cnpj check-digits', text);
  for (const text of [
    '12ABC34501DE36',
    'rua 12, casa 3',
    'ABCDEFGHIJKL/MN',
    '12.ABC.345/01DE-3',
    '12.ABC.345/01DE-361',
    'ação 12345678/0001-36',
  ])
    assert.equal(said(text), 'nothing', text);
});

test('an address too long for the directory is one with a slip; a sentence with an @ in it that is as long is nothing', () => {
  const longest = `${'a'.repeat(64)}@${'b'.repeat(9)}.br`;
  assert.equal(longest.length, 77);
  assert.equal(said(longest), longest);
  assert.equal(said(`${longest}x`), 'email length');
  assert.equal(said(`a ${longest.slice(2)}`), 'email form');
  assert.equal(said(`a ${longest}`), 'nothing');
  assert.equal(said('Maria < Maria@x.br >'), 'maria@x.br');
  assert.equal(said('Maria <maria@x.br> e João'), 'email form');
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
