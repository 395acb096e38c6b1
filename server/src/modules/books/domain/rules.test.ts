import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RuleOfBooks, ruleFor } from './rules.ts';

const rule = (id: string, extra: Partial<RuleOfBooks>): RuleOfBooks => ({
  id,
  kind: 'out',
  contains: null,
  name: null,
  categoryId: id,
  ...extra,
});

test('of the rules that fit, the one that says more', () => {
  const rules = [rule('gas', { contains: 'gas' }), rule('gas-center', { contains: 'gas center' }), rule('ana', { name: 'ana' })];
  const of = (folded: string, name: string | null = null, kind: 'in' | 'out' = 'out') => ruleFor(rules, { kind, folded, name })?.id;
  assert.equal(of('pix gas do joao'), 'gas');
  assert.equal(of('gas center ltda'), 'gas-center');
  assert.equal(of('gas center ltda', 'ana'), 'ana');
  assert.equal(of('agua', 'bia'), undefined);
  assert.equal(of('gas', null, 'in'), undefined, 'of the other direction');
});

test('a rule of words and somebody wants both', () => {
  const rules = [rule('both', { contains: 'aluguel', name: 'ana' })];
  assert.equal(ruleFor(rules, { kind: 'out', folded: 'aluguel de maio', name: 'ana' })?.id, 'both');
  for (const [folded, name] of [
    ['aluguel', 'bia'],
    ['luz', 'ana'],
  ] as const)
    assert.equal(ruleFor(rules, { kind: 'out', folded, name }), undefined);
});
