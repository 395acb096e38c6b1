import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cleanPasted, cleanWords, decodeUtf8, flawOfName, flawOfStorable, flawOfWords, isMachineWord, stripMargins } from './text.ts';

const every = (pattern: RegExp) =>
  Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point)).filter((one) => pattern.test(one));

describe('words that others see', () => {
  test('hold no format character of Unicode, no control, half pair or noncharacter, whichever it is', () => {
    for (const unseen of every(/[\p{Cf}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u))
      assert.ok(flawOfWords(`Pix${unseen}de hoje`), unseen.codePointAt(0)!.toString(16));
    assert.match(flawOfWords('Pix \u202e00,000.1 $R\u202c')!.pt, /U\+202E/);
  });
  test('are otherwise what people write', () => {
    for (const words of ['', 'Café da Mãe Ø 東京', 'R$ 10,00 – “ok”', 'D\u2019Ávila', 'e\u0301', '👨‍👩‍👧 família', '👩🏽‍⚕️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️'])
      assert.equal(flawOfWords(words), undefined, words);
  });
  test('a joiner joins pictures, and hides nowhere else', () => {
    for (const words of ['a\u200db', '👨\u200d', '\u200d👩', '👨\u200d\u200d👩']) assert.ok(flawOfWords(words), words);
  });
});

describe('names', () => {
  test('keep each word to one script', () => {
    for (const name of [
      'B\u0430nco Central',
      'Αpple',
      'Mari\u0430 Souza',
      'Itau\u0301 Un\u0456banco',
      'Ｂａｎｃｏ',
      'ﬁlho',
      '𝐁anco',
      'A\u200eB',
    ])
      assert.ok(flawOfName(name), name);
    for (const name of [
      'João D’Ávila',
      'Ana-Lúcia dos Santos',
      'Dmitri Дмитрий',
      'Иван Петров',
      'Γιώργος',
      '田中 さくら',
      '鈴木ケン',
      '김민준',
      'محمد علي',
      'M.ª José',
      'Loja 24h',
      'Nguyễn Thị',
      'Søren Ærø',
    ])
      assert.equal(flawOfName(name), undefined, name);
  });
});

test('identifiers are visible ASCII', () => {
  for (const word of ['a', 'A-1_b.c:d', '~'.repeat(128)]) assert.ok(isMachineWord(word));
  for (const word of ['', 'a b', 'é', 'a\u200b', 'a\n', 'a\u007f', '~'.repeat(129)]) assert.ok(!isMachineWord(word), word);
});

test('what cannot be stored: NUL and half pairs, nothing else', () => {
  for (const text of ['a\0', '\ud800', 'x\udc00y']) assert.ok(flawOfStorable(text));
  for (const text of ['', 'a\u202eb', '😀', '\n']) assert.equal(flawOfStorable(text), undefined);
});

describe('pasted text', () => {
  test('loses what surrounds it, whichever mark it is', () => {
    for (const mark of every(/\p{Cf}/u)) {
      assert.equal(stripMargins(` ${mark}0002…\u00a0${mark}\n`), '0002…');
      assert.equal(cleanPasted(`${mark}+55 11${mark} 98765-4321${mark}`), '+55 11 98765-4321');
    }
  });
  test('has any dash as a hyphen, any space as a space', () => {
    assert.equal(cleanPasted('529.982.247\u201325'), '529.982.247-25');
    assert.equal(cleanPasted('+55\u00a011\u200998765\u20114321\r\n'), '+55 11 98765-4321');
    assert.equal(cleanPasted('1\u22122'), '1-2');
  });
  test('cleaned once is clean, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const clean of [cleanPasted, stripMargins, cleanWords]) assert.equal(clean(clean(text)), clean(text));
        assert.equal(flawOfWords(cleanWords(text)), undefined);
      }),
    );
  });
});

test('bytes that are no UTF-8 are no text', () => {
  assert.equal(decodeUtf8(Buffer.from('pão')), 'pão');
  assert.equal(decodeUtf8(Buffer.from('\ufeffpão')), 'pão');
  assert.equal(decodeUtf8(Buffer.from('\ufeffpão'), false), '\ufeffpão');
  for (const bytes of [[0x70, 0xe3, 0x6f], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe3, 0x81]])
    assert.equal(decodeUtf8(Uint8Array.from(bytes)), undefined);
});
