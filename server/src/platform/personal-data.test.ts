import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPersonalField, withoutPersonalFields } from './personal-data.ts';

test('fields that hold what identifies a person are known by their names, in either spelling', () => {
  const personal = 'name fullName payee_name payeeName cpf CNPJ taxId payee_tax_id taxIdMasked email phoneNumber telefone key pixKey chave';
  for (const name of `${personal} address birthDate password accessToken document rg cep`.split(' '))
    assert.ok(isPersonalField(name), name);
});

test('ids, hashes, amounts and codes are none', () => {
  const harmless = 'subjectId accountId payeeHash payeeKeyHash payeeTaxIdHash amountMinor endToEndId status keys organization origin at';
  for (const name of harmless.split(' ')) assert.ok(!isPersonalField(name), name);
});

test('values of personal fields are removed at any depth, and nothing else changes', () => {
  const value = { id: 'a', list: [{ payee: { name: 'Ana', amountMinor: '1' } }], none: null };
  assert.deepEqual(withoutPersonalFields(value), {
    id: 'a',
    list: [{ payee: { name: '[removed]', amountMinor: '1' } }],
    none: null,
  });
});
