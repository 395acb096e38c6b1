import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideAccess, isNear, type Limits, type Standing } from './access.ts';
import { cleanCnpj, cleanCompany, isFlaw, showCnpj } from './company.ts';
import { flawOfChange } from './membership.ts';
import { ACTIONS, mayDo, ROLES, type Role } from './roles.ts';

const NONE: Limits = { perPaymentMinor: null, perDayMinor: null };
const standing = (role: Role, more: Partial<NonNullable<Standing>> = {}): Standing => ({
  accountStatus: 'active',
  role,
  limits: NONE,
  ...more,
});

test('what each role may do, in full', () => {
  const table = Object.fromEntries(ROLES.map((role) => [role, ACTIONS.filter((action) => mayDo(role, action)).join(' ')]));
  assert.deepEqual(table, {
    owner: 'see pay receive books members:see members:manage account:manage',
    operator: 'see pay receive books members:see',
    viewer: 'see',
    accountant: 'see books members:see',
  });
});

describe('access', () => {
  for (const [what, who, action, amount, why] of [
    ['a stranger', null, 'see', null, 'not-a-member'],
    ['a viewer who pays', standing('viewer'), 'pay', 1n, 'role'],
    ['an accountant who pays', standing('accountant'), 'pay', 1n, 'role'],
    ['an operator who manages', standing('operator'), 'members:manage', null, 'role'],
    ['an owner of a blocked account who pays', standing('owner', { accountStatus: 'blocked' }), 'pay', 1n, 'account-blocked'],
    ['an owner of a closed account who manages', standing('owner', { accountStatus: 'closed' }), 'members:manage', null, 'account-closed'],
    [
      'one cent above the limit',
      standing('operator', { limits: { perPaymentMinor: 100n, perDayMinor: null } }),
      'pay',
      101n,
      'over-payment-limit',
    ],
    ['alone above the day', standing('operator', { limits: { perPaymentMinor: null, perDayMinor: 100n } }), 'pay', 101n, 'over-day-limit'],
  ] as const)
    test(`${what} is refused`, () => assert.deepEqual(decideAccess(who, action, amount), { allowed: false, why }));

  for (const [what, who, action, amount] of [
    ['an operator at the limit', standing('operator', { limits: { perPaymentMinor: 100n, perDayMinor: 100n } }), 'pay', 100n],
    ['a member who looks at a closed account', standing('viewer', { accountStatus: 'closed' }), 'see', null],
    ['an owner who receives on a blocked account', standing('owner', { accountStatus: 'blocked' }), 'receive', null],
  ] as const)
    test(`${what} may`, () => assert.deepEqual(decideAccess(who, action, amount), { allowed: true }));
});

describe('changes of members', () => {
  const owner = { subjectId: 'o', role: 'owner', limits: NONE } as const;
  const operator = { subjectId: 'p', role: 'operator', limits: NONE } as const;
  const limits = { perPaymentMinor: 1n, perDayMinor: null };
  for (const [what, member, change, by, flaw] of [
    ['the last owner leaves', owner, { kind: 'end' }, { subjectId: 'o', owners: 1, holderId: null }, 'last-owner'],
    [
      'the last owner is made a viewer',
      owner,
      { kind: 'set', role: 'viewer', limits: NONE },
      { subjectId: 'x', owners: 1, holderId: null },
      'last-owner',
    ],
    [
      'an owner of two demotes themself',
      owner,
      { kind: 'set', role: 'viewer', limits: NONE },
      { subjectId: 'o', owners: 2, holderId: null },
      'own-role',
    ],
    [
      'an operator raises their own limit',
      operator,
      { kind: 'set', role: 'operator', limits },
      { subjectId: 'p', owners: 1, holderId: null },
      'own-role',
    ],
    [
      'an owner gets limits',
      operator,
      { kind: 'set', role: 'owner', limits },
      { subjectId: 'o', owners: 1, holderId: null },
      'owner-with-limits',
    ],
    ['the holder is taken off by another owner', owner, { kind: 'end' }, { subjectId: 'x', owners: 2, holderId: 'o' }, 'holder-stays'],
    ['the holder leaves', owner, { kind: 'end' }, { subjectId: 'o', owners: 2, holderId: 'o' }, 'holder-stays'],
    [
      'the holder is made a viewer',
      owner,
      { kind: 'set', role: 'viewer', limits: NONE },
      { subjectId: 'x', owners: 2, holderId: 'o' },
      'holder-stays',
    ],
    ['another owner leaves a person’s account', owner, { kind: 'end' }, { subjectId: 'o', owners: 2, holderId: 'h' }, undefined],
    ['one of two owners leaves', owner, { kind: 'end' }, { subjectId: 'o', owners: 2, holderId: null }, undefined],
    [
      'an operator is given limits',
      operator,
      { kind: 'set', role: 'operator', limits },
      { subjectId: 'o', owners: 1, holderId: null },
      undefined,
    ],
  ] as const)
    test(`${what}: ${flaw ?? 'fine'}`, () => assert.equal(flawOfChange(member, change, by), flaw));
});

describe('companies', () => {
  test('a CNPJ is read in any spelling, letters among it or not, and shown as people write it', () => {
    for (const spelling of ['11.222.333/0001-81', '11222333000181', ' 11 222 333 0001 81 '])
      assert.equal(cleanCnpj(spelling), '11222333000181');
    // The example of the Receita Federal's own note on the alphanumeric CNPJ.
    assert.equal(cleanCnpj('12.abc.345/01de-35'), '12ABC34501DE35');
    assert.equal(showCnpj('12ABC34501DE35'), '12.ABC.345/01DE-35');
  });
  for (const wrong of ['11.222.333/0001-82', '12.ABC.345/01DE-36', '11.222.333/0001-8A', '529.982.247-25', '', '00000000000000'])
    test(`${wrong} is no CNPJ`, () => assert.equal(cleanCnpj(wrong), null));
  test('names may be digits and signs that are seen, and nothing unseen', () => {
    const named = (legalName: string) => cleanCompany({ cnpj: '11222333000181', legalName });
    for (const fine of ['3M do Brasil Ltda.', 'Pão & Cia', '99', '  Padaria\u00a0 do Zé ']) assert.ok(!isFlaw(named(fine)), fine);
    for (const wrong of ['x', '--', 'Pada\u200bria', '<b>x</b>', 'a'.repeat(151)]) assert.ok(isFlaw(named(wrong)), wrong);
    assert.equal((named('  Padaria\u00a0 do Zé ') as { legalName: string }).legalName, 'Padaria do Zé');
  });
});

test('a limit is near from four fifths of it on, and none is never near', () => {
  assert.deepEqual([isNear(799n, 1_000n), isNear(800n, 1_000n), isNear(1_000n, 1_000n), isNear(9_999n, null)], [false, true, true, false]);
});
