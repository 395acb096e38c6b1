import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#platform/errors.ts';
import { cleanCpf, cleanEmail, cleanPerson, firstNameOf, readLogin } from './person.ts';
import { ADDRESS_POLICY, type AttemptState, countAttempt, LOGIN_POLICY, SIGN_UP_POLICY } from './throttle.ts';

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

test('what is refused points to its field and says what is wrong with it', () => {
  const good = { name: 'Ana Luz', cpf: maria.cpf, email: maria.email };
  const bad = [
    ['name', 'A', /2 a 120/],
    ['name', '12', /letras/],
    ['name', '<Ana>', /</],
    ['cpf', '529.982.247-26', /dígitos/],
    ['cpf', '11.222.333/0001-81', /CNPJ/],
    ['email', 'a@b', /e-mail/],
  ] as const;
  for (const [field, value, words] of bad) {
    assert.throws(
      () => cleanPerson({ ...good, [field]: value }),
      (error: unknown) => {
        assert.ok(error instanceof AppError && error.data.errors?.length === 1);
        const [one] = error.data.errors;
        assert.equal(one!.pointer, `/body/${field}`);
        assert.match(one!.detail.pt, words);
        assert.ok(one!.detail.en.length > 5);
        return true;
      },
      `${field} ${value}`,
    );
  }
});

test('whoever gives the CNPJ of a company hears that a person’s own account comes first, in any spelling; what is almost one is a wrong CPF', () => {
  const given = (cpf: string) => () => cleanPerson({ name: 'Ana Luz', cpf, email: maria.email });
  for (const cnpj of ['11222333000181', '11.222.333/0001-81', ' 11 222 333 0001 81 ', '12.ABC.345/01DE-35', '12abc34501de35']) {
    assert.throws(given(cnpj), code('IDENTITY_COMPANY_LATER'), cnpj);
  }
  for (const other of ['11222333000182', '1122233300018', '112223330001811', '9911222333000181', '12ABC34501DEAB', '11_222_333_0001_81']) {
    assert.throws(given(other), code('IDENTITY_INVALID_CPF'), other);
  }
});

test('names and e-mails are taken up to their limits and not beyond', () => {
  const good = { name: 'Ana Luz', cpf: maria.cpf, email: maria.email };
  for (const name of ['Jô', `A${'n'.repeat(119)}`]) assert.equal(cleanPerson({ ...good, name }).name, name);
  // The longest address there may be (RFC 5321, 4.5.3.1.3: 256 with its brackets), with labels of 63, the longest (RFC 1035).
  const host = `${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.br`;
  const longest = `${'a'.repeat(254 - host.length - 1)}@${host}`;
  assert.equal(longest.length, 254);
  assert.equal(cleanEmail(longest), longest);
  assert.equal(cleanEmail(`a${longest}`), null);
  for (const email of ['a@b.c', 'a@1.com', 'a+b@x-y.com', 'ana@a.b.c.br']) assert.equal(cleanEmail(email), email);
  for (const email of [`a@${'b'.repeat(64)}.br`, `a@x.${'b'.repeat(64)}`, 'a@b-.br', 'a@b.c-', 'a@b.c.', '<a@b.c>', 'a@b.c d']) {
    assert.equal(cleanEmail(email), null, email);
  }
});

test('a CPF is read in its spellings alone, and who logs in is called by what they typed', () => {
  for (const cpf of ['529.982.247-25', '52998224725', '529982247-25', '529.982.24725']) assert.equal(cleanCpf(cpf), maria.cpf, cpf);
  for (const cpf of ['529.982.247-25 e mais', '529.982.247-255', 'x529.982.247-25', '529..982.247-25'])
    assert.equal(cleanCpf(cpf), null, cpf);
  assert.deepEqual(readLogin(' Maria@Exemplo.com '), { kind: 'email', value: 'maria@exemplo.com' });
  assert.deepEqual(readLogin('529.982.247-25'), { kind: 'cpf', value: maria.cpf });
  assert.deepEqual(readLogin('nada'), { kind: 'cpf', value: '' });
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

test('under each policy the free attempts are free, the first that waits waits as it says, and no wait outlives its window', () => {
  for (const policy of [LOGIN_POLICY, ADDRESS_POLICY, SIGN_UP_POLICY]) {
    const states: (AttemptState | null)[] = [null];
    for (let attempt = 1; attempt <= policy.free; attempt++) {
      const before = states.at(-1) ?? null;
      assert.equal(before?.blockedUntilMs ?? null, null, `attempt ${attempt}`);
      const decision = countAttempt(before, 1_000, policy);
      assert.ok(decision.allowed);
      states.push(decision.state);
    }
    assert.deepEqual(states.at(-1), { failures: policy.free, windowStartedMs: 1_000, blockedUntilMs: 1_000 + policy.firstWaitMs });
    assert.ok(policy.firstWaitMs < policy.longestWaitMs && policy.longestWaitMs <= policy.windowMs);
    assert.ok(policy.longestWaitMs <= 3_600_000, 'nobody who mistypes is asked to come back tomorrow');
  }
});

test('a window begins with its first attempt, and ends after its length or after the wait that outlived it', () => {
  const policy = { free: 2, windowMs: 1_000, firstWaitMs: 600, longestWaitMs: 5_000 };
  const state = { failures: 1, windowStartedMs: 10_000, blockedUntilMs: null };
  const at = (given: AttemptState, nowMs: number) => {
    const decision = countAttempt(given, nowMs, policy);
    assert.ok(decision.allowed);
    return decision.state;
  };
  assert.deepEqual(at(state, 10_999), { failures: 2, windowStartedMs: 10_000, blockedUntilMs: 11_599 });
  assert.deepEqual(at(state, 11_000), { failures: 1, windowStartedMs: 11_000, blockedUntilMs: null });
  const waited = { failures: 2, windowStartedMs: 10_000, blockedUntilMs: 11_599 };
  assert.deepEqual(at(waited, 11_599), { failures: 3, windowStartedMs: 10_000, blockedUntilMs: 11_599 + 1_200 });
  assert.equal(at(waited, 12_598).failures, 3);
  assert.equal(at(waited, 12_599).failures, 1);
});
