import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldPassword, formalWeakness, guessableWords, MAX_LENGTH, MIN_LENGTH } from './password.ts';

const maria = { name: 'Maria  José da Conceição', cpf: '52998224725', email: 'maria.souza@exemplo.com.br' };
const weakness = (password: string, owner: Partial<typeof maria> = {}) => formalWeakness(password, { ...maria, ...owner })?.pt ?? null;

test('a password has from 12 to 128 characters, as people count them', () => {
  assert.match(weakness('k'.repeat(MIN_LENGTH - 1)) ?? '', /ao menos 12/);
  assert.equal(weakness('k'.repeat(MIN_LENGTH)), null);
  assert.equal(weakness('k'.repeat(MAX_LENGTH)), null);
  assert.match(weakness('k'.repeat(MAX_LENGTH + 1)) ?? '', /até 128/);
  // A picture of two code units is one character; an accent written apart is none.
  assert.match(weakness('🐎'.repeat(MIN_LENGTH - 1)) ?? '', /ao menos 12/);
  assert.equal(weakness('🐎'.repeat(MAX_LENGTH)), null);
  assert.match(weakness('e\u0301'.repeat(MIN_LENGTH - 1)) ?? '', /ao menos 12/);
});

test('two keyboards that write one password differently write one password', () => {
  assert.equal(foldPassword('ｓｅｎｈａ'), 'senha');
  assert.equal(foldPassword('e\u0301'), foldPassword('\u00e9'));
  assert.notEqual(foldPassword('Senha'), foldPassword('senha'));
});

test('the CPF of the owner is in no password, however it is written; that of others may be', () => {
  for (const cpf of ['52998224725', '529.982.247-25', '5 2 9 9 8 2 2 4 7 2 5', '５２９９８２２４７２５']) {
    assert.match(weakness(`abc${cpf}xyz`) ?? '', /CPF/, cpf);
  }
  assert.equal(weakness('abc11144477735xyz'), null);
});

test('the e-mail of the owner is in no password, in capitals or not; a short mailbox is a syllable of many words', () => {
  for (const one of ['maria.souza@exemplo.com.br', 'MARIA.SOUZA-2026', 'xx-maria.souza-xx'])
    assert.match(weakness(one) ?? '', /e-mail/, one);
  assert.equal(weakness('uma maria qualquer'), null);
  assert.equal(weakness('um banaliza outro', { email: 'ana@exemplo.com' }), null);
  assert.match(weakness('ana@exemplo.com', { email: 'ana@exemplo.com' }) ?? '', /e-mail/);
  assert.match(weakness('o anita danca', { email: 'anita@exemplo.com' }) ?? '', /e-mail/);
  assert.equal(weakness('a rita danca sozinha', { email: 'rita@exemplo.com' }), null);
});

test('guessers try the names with accents and without, together, the parts of the e-mail, the CPF, and what the program is called', () => {
  const words = guessableWords({ ...maria, email: 'mj.souza_x+pix-lar@exemplo.com.br' });
  const expected = [
    ...['maria', 'josé', 'jose', 'da', 'conceição', 'conceicao', 'mariajosedaconceicao'],
    ...['mj.souza_x+pix-lar', 'mj', 'souza', 'lar', 'exemplo', 'com', 'br', '52998224725', '529982'],
    ...['lastro', 'pix', 'banco', 'conta'],
  ];
  assert.deepEqual(new Set(words), new Set(expected));
});
