import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanCpf, cleanEmail, cleanPerson, firstNameOf, readLogin } from './person.ts';
import { type AttemptState, countAttempt, LOGIN_POLICY } from './throttle.ts';

const maria = { cpf: '52998224725', email: 'maria.souza@exemplo.com.br' };
const code = (expected: string) => (error: unknown) => (error as { code: string }).code === expected;

test('a person is brought into one spelling', () => {
  const clean = cleanPerson({ name: '  Maria \n Clara  ', cpf: '529.982.247-25', email: ' Maria@Exemplo.COM.br ' });
  assert.deepEqual(clean, { name: 'Maria Clara', cpf: '52998224725', email: 'maria@exemplo.com.br' });
  assert.equal(firstNameOf(clean.name), 'Maria');
});

test('bad names, CPFs and e-mails are refused by code', () => {
  const good = { name: 'Ana Luz', cpf: maria.cpf, email: maria.email };
  for (const name of ['A', '12', 'x'.repeat(121), '<script>', 'Ana\u0000', 'Ana\u202eLuz']) {
    assert.throws(() => cleanPerson({ ...good, name }), code('IDENTITY_INVALID_NAME'), JSON.stringify(name));
  }
  for (const cpf of ['', '123', '529.982.247-26', '00000000000', '11111111111', '5299822472', 'abc52998224725', '529-982-247.25']) {
    assert.throws(() => cleanPerson({ ...good, cpf }), code('IDENTITY_INVALID_CPF'), cpf);
  }
  for (const email of ['', 'a', 'a@', '@b.c', 'a b@c.de', 'a@b', 'a@b..c', 'a@-b.com', `${'a'.repeat(65)}@b.com`]) {
    assert.throws(() => cleanPerson({ ...good, email }), code('IDENTITY_INVALID_EMAIL'), email);
  }
});

test('any text is read without a fault and never as two people', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const cpf = cleanCpf(text);
      const email = cleanEmail(text);
      assert.ok(cpf === null || email === null);
      if (cpf) assert.deepEqual(readLogin(text), { kind: 'cpf', value: cpf });
      if (email) assert.deepEqual(readLogin(text), { kind: 'email', value: email });
    }),
  );
});

test('five failures are free, then each wait is twice the last, up to the longest', () => {
  let state: AttemptState | null = null;
  let now = 1_000_000;
  const waits: number[] = [];
  for (let i = 0; i < 14; i++) {
    const decision = countAttempt(state, now, LOGIN_POLICY);
    assert.ok(decision.allowed);
    state = decision.state;
    const wait = (state.blockedUntilMs ?? now) - now;
    waits.push(wait / 1000);
    if (wait > 0) {
      const refused = countAttempt(state, now + wait - 1, LOGIN_POLICY);
      assert.deepEqual(refused, { allowed: false, retryAfterMs: 1 });
    }
    now += wait;
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900]);
  const later = countAttempt(state, now + LOGIN_POLICY.windowMs, LOGIN_POLICY);
  assert.ok(later.allowed && later.state.failures === 1);
});
