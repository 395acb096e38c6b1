import { isCnpj, isCpf, isEmail, isEvp, isPhoneBr } from './documents';
import { readPixInput } from './pix-input';

describe('documents', () => {
  it.each(['529.982.247-25', '52998224725', '111.444.777-35'])('accepts CPF %s', (v) => expect(isCpf(v)).toBe(true));
  it.each(['111.111.111-11', '529.982.247-24', '529.982.247-15', '5299822472', ''])('refuses CPF %s', (v) => expect(isCpf(v)).toBe(false));
  it('accepts numeric and alphanumeric CNPJ', () => {
    expect(isCnpj('11.222.333/0001-81')).toBe(true);
    expect(isCnpj('12.abc.345/01de-35')).toBe(true);
    expect(isCnpj('12.ABC.345/01DE-36')).toBe(false);
  });
  it('knows phones, e-mails and random keys', () => {
    expect(isPhoneBr('(11) 98765-4321')).toBe(true);
    expect(isPhoneBr('+55 11 98765-4321')).toBe(true);
    expect(isPhoneBr('(11) 3456-7890')).toBe(false);
    expect(isEmail(`${'a'.repeat(70)}@x.com.br`)).toBe(false);
    expect(isEvp('123e4567-e12b-12d1-a456-426655440000')).toBe(true);
  });
});

describe('what was pasted', () => {
  it.each([
    ['  529.982.247-25 ', 'cpf', '52998224725'],
    ['(11) 98765-4321', 'phone', '+5511987654321'],
    ['+55 11 98765-4321', 'phone', '+5511987654321'],
    ['Maria@Exemplo.com.BR', 'email', 'maria@exemplo.com.br'],
    ['123E4567-E12B-12D1-A456-426655440000', 'evp', '123e4567-e12b-12d1-a456-426655440000'],
    ['12.abc.345/01de-35', 'cnpj', '12ABC34501DE35'],
    ['qualquer coisa', 'unknown', 'qualquer coisa'],
    [' \n\t', 'empty', ''],
  ])('%o is %s', (raw, kind, text) => expect(readPixInput(raw)).toEqual({ kind, text }));
  it('joins a code that an e-mail broke into lines, and keeps the spaces of names', () => {
    expect(readPixInput('00020126580014br.gov.bcb.pix\r\n5913Fulano de Tal')).toEqual({
      kind: 'br-code',
      text: '00020126580014br.gov.bcb.pix5913Fulano de Tal',
    });
  });
});
