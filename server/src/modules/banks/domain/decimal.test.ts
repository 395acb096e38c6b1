import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DecimalMark, readAmount, sureMark } from './decimal.ts';

describe('amounts', () => {
  for (const [raw, minor] of [
    ['-200,00', -20_000n],
    ['386,80', 38_680n],
    ['1,234.56', 123_456n],
    ['1.234,56', 123_456n],
    ['-8.95000', -895n],
    ['110.7', 11_070n],
    ['12345', 1_234_500n],
    ['R$ 1.229,90', 122_990n],
    ['-R$ 900,00', -90_000n],
    ['R$ -900,00', -90_000n],
    ['- 1.416,18', -141_618n],
    ['(35,50)', -3_550n],
    ['35,50-', -3_550n],
    ['100,00 D', -10_000n],
    ['100,00 C', 10_000n],
    ['0.500', 50n],
    ['1.234.567', 123_456_700n],
    ['           -33,02', -3_302n],
    ['\u221212,00', -1_200n],
  ] as const) {
    it(`reads ${raw} as ${minor}`, () => assert.equal(readAmount(raw).minor, minor));
  }
  for (const [raw, fault] of [
    ['   .  ', 'amount-missing'],
    ['', 'amount-missing'],
    ['-', 'amount-missing'],
    ['1.500', 'amount-ambiguous'],
    ['12,345', 'amount-ambiguous'],
    ['8.955', 'amount-ambiguous'],
    ['10.005,001', 'amount-below-a-centavo'],
    ['0.005', 'amount-below-a-centavo'],
    ['12a', 'amount-unreadable'],
    ['1.23.4', 'amount-unreadable'],
    ['1,23,4.5', 'amount-unreadable'],
    ['12.', 'amount-unreadable'],
    ['--5', 'amount-unreadable'],
    ['1e5', 'amount-unreadable'],
    ['US$ 10,00', 'amount-in-other-currency'],
    ['9999999999999999,00', 'amount-too-large'],
  ] as const) {
    it(`refuses "${raw}": ${fault}`, () => assert.equal(readAmount(raw).fault, fault));
  }
  it('takes a lone mark before three digits as the rest of the file writes it', () => {
    assert.equal(readAmount('1.500', ',').minor, 150_000n);
    assert.equal(readAmount('1.500', '.').minor, 150n);
  });
  it('reads each amount back exactly, in both manners of writing, and knows the mark', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
        fc.constantFrom<DecimalMark>(',', '.'),
        fc.boolean(),
        (minor, mark, grouped) => {
          const [whole, cents] = [
            String((minor < 0n ? -minor : minor) / 100n),
            String((minor < 0n ? -minor : minor) % 100n).padStart(2, '0'),
          ];
          const shown = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, mark === ',' ? '.' : ',') : whole;
          const raw = `${minor < 0n ? '-' : ''}${shown}${mark}${cents}`;
          assert.equal(readAmount(raw).minor, minor);
          assert.equal(sureMark(raw), mark);
        },
      ),
    );
  });
});
