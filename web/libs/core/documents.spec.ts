import { isCnpj, isCpf, isEmail, isEvp } from './documents';

describe('documents', () => {
  it.each(['529.982.247-25', '52998224725', '111.444.777-35'])('accepts CPF %s', (v) => expect(isCpf(v)).toBe(true));
  it.each(['111.111.111-11', '529.982.247-24', '529.982.247-15', '5299822472', ''])('refuses CPF %s', (v) => expect(isCpf(v)).toBe(false));
  it('accepts numeric and alphanumeric CNPJ', () => {
    expect(isCnpj('11.222.333/0001-81')).toBe(true);
    expect(isCnpj('12.abc.345/01de-35')).toBe(true);
    expect(isCnpj('12.ABC.345/01DE-36')).toBe(false);
  });
  it('knows e-mails and random keys', () => {
    expect(isEmail(`${'a'.repeat(70)}@x.com.br`)).toBe(false);
    expect(isEvp('123e4567-e12b-12d1-a456-426655440000')).toBe(true);
  });
});
