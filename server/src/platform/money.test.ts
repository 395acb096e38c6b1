import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatBrl, MAX_MINOR, MINOR_PATTERN, minor, parseMinor, SIGNED_MINOR_PATTERN } from './money.ts';

describe('amounts on the wire', () => {
  test('what is written is read back exactly, up to 38 digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MINOR }), (value) => {
        assert.equal(parseMinor(value.toString()), value);
        assert.match(value.toString(), new RegExp(MINOR_PATTERN));
      }),
    );
    assert.equal(parseMinor('9'.repeat(38)), MAX_MINOR);
  });

  test('anything but plain digits is refused', () => {
    const bad = ['', '-1', '+1', '01', '00', '1.0', '1,0', '1e3', '0x1', ' 1', '1 ', '1\n', '１', 'NaN', '9'.repeat(39)];
    for (const text of bad) {
      assert.throws(() => parseMinor(text), { code: 'MONEY_MALFORMED' }, JSON.stringify(text));
      assert.doesNotMatch(text, new RegExp(MINOR_PATTERN));
    }
  });

  test('a signed amount may be negative, but zero has one spelling', () => {
    const pattern = new RegExp(SIGNED_MINOR_PATTERN);
    for (const text of ['0', '-1', '12', `-${'9'.repeat(38)}`]) assert.match(text, pattern);
    for (const text of ['-0', '--1', '-', '-01', '']) assert.doesNotMatch(text, pattern);
  });
});

test('what the ledger cannot hold is refused', () => {
  assert.equal(minor(-MAX_MINOR), -MAX_MINOR);
  assert.throws(() => minor(MAX_MINOR + 1n), { code: 'MONEY_TOO_LARGE' });
  assert.throws(() => minor(-MAX_MINOR - 1n), { code: 'MONEY_TOO_LARGE' });
});

describe('reais for people', () => {
  const cases: [bigint, string][] = [
    [0n, 'R$\u00a00,00'],
    [5n, 'R$\u00a00,05'],
    [123_456n, 'R$\u00a01.234,56'],
    [100_000_000n, 'R$\u00a01.000.000,00'],
    [-1n, '\u2212R$\u00a00,01'],
    [-123_456n, '\u2212R$\u00a01.234,56'],
    [MAX_MINOR, `R$\u00a0${'999.'.repeat(12).slice(0, -1)},99`],
  ];
  for (const [value, text] of cases) test(text, () => assert.equal(formatBrl(value), text));

  test('loses no digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MINOR }), (value) => {
        assert.equal(BigInt(formatBrl(value).replaceAll(/\D/g, '')), value);
      }),
    );
  });
});
