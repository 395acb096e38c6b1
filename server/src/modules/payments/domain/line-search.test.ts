import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLineSearch } from './line-search.ts';

const line = { counterparty: 'José Antônio  da Silva', description: 'Almoço de sexta', amountMinor: '123450' };
const finds = (search: string): boolean => createLineSearch(search)(line);

describe('search in a statement', () => {
  it('finds words of name and description in any order, without accents and capitals', () => {
    for (const search of ['jose', 'JOSÉ ANTÔNIO', 'silva jose', 'almoco', 'sexta silva', ' antonio   da '])
      assert.ok(finds(search), search);
  });
  it('wants every word', () => {
    assert.ok(!finds('jose pereira'));
    assert.ok(!finds('janta'));
  });
  it('finds an amount as people write it', () => {
    for (const search of ['1234,50', '1.234,50', 'R$ 1.234,50', '1234', 'r$1234,50']) assert.ok(finds(search), search);
    for (const search of ['123450', '1234,5', '234,50', '1234,51']) assert.ok(!finds(search), search);
  });
  it('is not led astray by lines without words', () => {
    const bare = { counterparty: null, description: null, amountMinor: '1' };
    assert.ok(!createLineSearch('a')(bare));
    assert.ok(!createLineSearch('   ')(bare));
    assert.ok(createLineSearch('0,01')(bare));
  });
});
