import { readAmount } from './amount-text';

describe('an amount as it was written', () => {
  it.each([
    ['100', '10000'],
    ['R$ 100', '10000'],
    ['R$\u00a01.000', '100000'],
    ['1.000', '100000'],
    ['1.234.567,8', '123456780'],
    ['50,5', '5050'],
    ['1234,5', '123450'],
    ['10.50', '1050'],
    ['  12,00 reais\n', '1200'],
    ['\u200e25,90\u200f', '2590'],
    ['1 000,50', '100050'],
    ['BRL 7', '700'],
    ['0', '0'],
    ['999.999.999,99', '99999999999'],
  ])('reads %o as %s centavos', (text, minor) => expect(readAmount(text)).toEqual({ minor }));
  it.each([
    ['-50,00', 'negative'],
    ['\u2212R$ 50', 'negative'],
    ['R$ -50,00', 'negative'],
    ['(50,00)', 'negative'],
    ['1,000.50', 'foreign'],
    ['1,000', 'foreign'],
    ['2026-11-29', 'none'],
    ['29/11/2026', 'none'],
    ['29.11.2026', 'none'],
    ['50,555', 'foreign'],
    ['1.00.00', 'none'],
    ['12,', 'none'],
    ['1e3', 'none'],
    ['12 34', 'none'],
    ['abc', 'none'],
    ['', 'none'],
    ['52998224725', 'tooLarge'],
    ['529.982.247-25', 'none'],
  ])('refuses %o (%s) instead of guessing', (text, fault) => expect(readAmount(text)).toEqual({ fault }));
});
