import { maskitoTransform } from '@maskito/core';
import { brlMask, CPF_MASK, looksCnpj } from './masks';
import { formatMinor, parseTyped, toChart, toMinor } from './money';

const plain = (s: string) => s.replaceAll('\u00a0', ' ');

describe('money', () => {
  it('formats centavos exactly, in both languages, with a real minus sign', () => {
    expect(plain(formatMinor('123456'))).toBe('R$ 1.234,56');
    expect(plain(formatMinor('-5'))).toBe('\u2212R$ 0,05');
    expect(plain(formatMinor('0'))).toBe('R$ 0,00');
    expect(plain(formatMinor('123456', 'en-US'))).toBe('R$1,234.56');
  });
  it('keeps every centavo of an amount no float can hold', () => {
    expect(plain(formatMinor('9007199254740993'))).toBe('R$ 90.071.992.547.409,93');
  });
  it.each(['', '12,50', '1e3', 'NaN', ' 1', '1.0'])('refuses %o instead of reading it as zero', (v) => {
    expect(() => toMinor(v)).toThrow(RangeError);
  });
  it.each([
    ['1', 'R$ 0,01', '1'],
    ['123456', 'R$ 1.234,56', '123456'],
    ['R$ 1.500,00', 'R$ 1.500,00', '150000'],
    ['000', '', '0'],
    ['abc', '', '0'],
    ['999999999999', 'R$ 999.999.999,99', '99999999999'],
  ])('types %s as cents first', (raw, shown, minor) => {
    const masked = maskitoTransform(raw, brlMask());
    expect(masked).toBe(shown);
    expect(parseTyped(masked)).toBe(minor);
  });
  it('masks a CPF and gives charts their numbers', () => {
    expect(maskitoTransform('52998224725', CPF_MASK)).toBe('529.982.247-25');
    expect(maskitoTransform('529982', CPF_MASK)).toBe('529.982');
    for (const [typed, shown] of [
      ['11222333000181', '11.222.333/0001-81'],
      ['11.222.333/0001-81', '11.222.333/0001-81'],
      ['12ABC34501DE35', '12.ABC.345/01DE-35'],
    ] as const) {
      expect(maskitoTransform(typed, CPF_MASK)).toBe(shown);
      expect(looksCnpj(shown)).toBe(true);
    }
    expect(toChart('-1050')).toBe(-10.5);
  });
});
