import { passwordRules } from './password-rules';

const person = { cpf: '529.982.247-25', email: 'Helena@exemplo.com.br' };
const met = (password: string) => passwordRules(password, person).map((r) => r.ok);

describe('password rules', () => {
  it('ask for length and variety, not for kinds of characters', () => {
    expect(met('um-barco-no-cais')).toEqual([true, true, true]);
    expect(met('curta')).toEqual([false, true, true]);
    expect(met('aaaaaaaaaaaa')).toEqual([true, false, true]);
  });
  it('refuse the own CPF and mailbox', () => {
    expect(met('x529.982.247-25')[2]).toBe(false);
    expect(met('amo a HELENA demais')[2]).toBe(false);
  });
  it('count nothing as met while the field is empty', () => expect(met('')).toEqual([false, false, false]));
});
