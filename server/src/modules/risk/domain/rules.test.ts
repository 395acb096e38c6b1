import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_RULES } from './default-rules.ts';
import { isNight } from './night.ts';
import { prepare } from './rule-set.ts';
import { type Condition, compile, type Inputs } from './rules.ts';

const calm: Inputs = {
  amountMinor: 5_000n,
  attemptsLast10Minutes: 1,
  failedLastHour: 0,
  paymentsLast10Minutes: 1,
  paymentsLastHour: 1,
  sumLastDayMinor: 5_000n,
  largestSettledMinor: 10_000n,
  settledCount: 10,
  isNewPayee: false,
  isBlockListed: false,
  isNight: false,
};
const decide = prepare(DEFAULT_RULES);
const codes = (inputs: Inputs) => decide(inputs).reasons.map(({ code }) => code);

test('an ordinary payment is approved without reasons', () => {
  assert.deepEqual(decide(calm), { outcome: 'approve', score: 0, degraded: false, reasons: [], missing: [] });
});

test('a listed payee is denied, with the reason', () => {
  const verdict = decide({ ...calm, isBlockListed: true });
  assert.equal(verdict.outcome, 'deny');
  assert.deepEqual(codes({ ...calm, isBlockListed: true }), ['RISK_BLOCK_LISTED']);
});

test('velocity by count and by sum, a large amount to a new payee, and the night each ask for a person', () => {
  assert.equal(decide({ ...calm, paymentsLast10Minutes: 20, amountMinor: 10_000n }).outcome, 'review');
  assert.equal(decide({ ...calm, paymentsLast10Minutes: 20 }).outcome, 'approve');
  assert.equal(decide({ ...calm, sumLastDayMinor: 2_000_001n }).outcome, 'review');
  assert.equal(decide({ ...calm, isNewPayee: true }).outcome, 'approve');
  assert.equal(decide({ ...calm, isNewPayee: true, amountMinor: 300_000n, settledCount: 0 }).outcome, 'review');
  const evening = { ...calm, isNewPayee: true, settledCount: 0, amountMinor: 100_000n };
  assert.equal(decide(evening).outcome, 'approve');
  assert.equal(decide({ ...evening, isNight: true }).outcome, 'review');
});

test('far above the usual counts only where there is a usual', () => {
  assert.deepEqual(codes({ ...calm, amountMinor: 60_000n }), ['RISK_ABOVE_USUAL']);
  assert.deepEqual(codes({ ...calm, amountMinor: 60_000n, settledCount: 2 }), []);
});

test('a missing input is named, never counted as safe: above the threshold a person decides', () => {
  const small = decide({ ...calm, isBlockListed: null });
  assert.deepEqual([small.outcome, small.degraded, small.missing], ['approve', true, ['isBlockListed']]);
  assert.deepEqual(
    small.reasons.map(({ code }) => code),
    ['RISK_UNANSWERED_IS_BLOCK_LISTED'],
  );
  assert.equal(decide({ ...calm, isBlockListed: null, amountMinor: 50_000n }).outcome, 'review');
  assert.equal(decide({ ...calm, isBlockListed: true, isNewPayee: null, amountMinor: 50_000n }).outcome, 'deny');
});

// A rule written out as a table of truth, in which null is an input nobody answered.
type Told = boolean | null;
const PARTS = ['isNewPayee', 'isBlockListed', 'isNight'] as const;
const told: Told[] = [true, false, null];

function allThree(parts: Told[]): Told {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

test('a rule of several parts is told by the part that decides; where none decides and one is missing it is neither true nor false', () => {
  const not = (one: Told) => (one === null ? null : !one);
  for (const a of told) {
    for (const b of told) {
      for (const c of told) {
        const parts = [a, b, c];
        const inputs = { ...calm, isNewPayee: a, isBlockListed: b, isNight: c };
        const expected = {
          all: allThree(parts),
          any: not(allThree(parts.map(not))),
        };
        for (const kind of ['all', 'any'] as const) {
          const flags = PARTS.map((is) => ({ is }));
          const condition: Condition = kind === 'all' ? { all: flags } : { any: flags };
          const missing = PARTS.filter((_, index) => parts[index] === null);
          const finding = expected[kind] === null ? { missing } : expected[kind];
          assert.deepEqual(compile(condition)(inputs), finding, `${kind} of ${parts}`);
          const opposite = typeof finding === 'object' ? finding : !finding;
          assert.deepEqual(compile({ not: condition })(inputs), opposite, `not ${kind} of ${parts}`);
        }
      }
    }
  }
});

test('a comparison names each side that is missing, and only that', () => {
  const condition: Condition = { above: [{ input: 'sumLastDayMinor' }, { input: 'largestSettledMinor', times: 2 }] };
  const given = (sumLastDayMinor: bigint | null, largestSettledMinor: bigint | null) =>
    compile(condition)({ ...calm, sumLastDayMinor, largestSettledMinor });
  assert.deepEqual(given(null, 1n), { missing: ['sumLastDayMinor'] });
  assert.deepEqual(given(1n, null), { missing: ['largestSettledMinor'] });
  assert.deepEqual(given(null, null), { missing: ['sumLastDayMinor', 'largestSettledMinor'] });
  assert.deepEqual([given(20n, 10n), given(21n, 10n)], [false, true]);
});

test('of every rule the installation begins with: an input it needs and does not get is named, and a large payment goes to a person', () => {
  // Each input alone missing, with everything else such that nothing else decides a rule it is part of.
  const open: Inputs = { ...calm, amountMinor: 300_000n, paymentsLast10Minutes: 20, isNewPayee: true, isNight: true };
  const needed = [
    'paymentsLast10Minutes',
    'sumLastDayMinor',
    'isNewPayee',
    'settledCount',
    'largestSettledMinor',
    'isNight',
    'isBlockListed',
  ];
  for (const name of needed) {
    const verdict = decide({ ...open, [name]: null });
    assert.deepEqual([verdict.degraded, verdict.missing], [true, [name]], name);
    assert.notEqual(verdict.outcome, 'approve', name);
  }
});

test('whoever is held up reads why: each rule has its own sentence, and so has what could not be asked', () => {
  const messages = DEFAULT_RULES.rules.map(({ message }) => message);
  for (const message of messages) assert.match(message, /^\p{Lu}.{10,}\.$/u);
  assert.equal(new Set(messages).size, messages.length);
  assert.match(DEFAULT_RULES.version, /^\d{4}-\d{2}\.\d+$/);
  const { reasons } = decide({ ...calm, isBlockListed: null, paymentsLast10Minutes: null, amountMinor: 10_000n });
  assert.deepEqual(
    reasons.map(({ code, weight }) => [code, weight]),
    [
      ['RISK_UNANSWERED_IS_BLOCK_LISTED', 0],
      ['RISK_UNANSWERED_PAYMENTS_LAST_10_MINUTES', 0],
    ],
  );
  assert.match(reasons[0]!.message, /lista de bloqueio/);
  assert.match(reasons[1]!.message, /histórico da conta/);
});

test('an amount nobody knows is a large one', () => {
  assert.equal(decide({ ...calm, amountMinor: null }).outcome, 'review');
});

test('the compiler refuses what means nothing', () => {
  assert.throws(() => compile({ is: 'nothing' } as unknown as Condition), /not a flag/);
  assert.throws(() => compile({ is: 'amountMinor' }), /not a flag/);
  assert.throws(() => compile({ above: [{ input: 'isNight' }, { value: '1' }] }), /not a number/);
  assert.throws(() => compile({ above: [{ input: 'amountMinor' }, { value: '1.5' }] }), /digits/);
  assert.throws(() => prepare({ ...DEFAULT_RULES, rules: [DEFAULT_RULES.rules[0]!, DEFAULT_RULES.rules[0]!] }), /same code/);
});

test('any inputs, any of them missing: an answer with a reason for every missing one, and more money is never less suspicious', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 5 });
  const inputs = fc.record({
    amountMinor: fc.bigInt({ min: 1n, max: 10_000_000n }),
    attemptsLast10Minutes: maybe(fc.nat(100)),
    failedLastHour: maybe(fc.nat(100)),
    paymentsLast10Minutes: maybe(fc.nat(100)),
    paymentsLastHour: maybe(fc.nat(100)),
    sumLastDayMinor: maybe(fc.bigInt({ min: 0n, max: 100_000_000n })),
    largestSettledMinor: maybe(fc.bigInt({ min: 0n, max: 1_000_000n })),
    settledCount: maybe(fc.nat(50)),
    isNewPayee: maybe(fc.boolean()),
    isBlockListed: maybe(fc.boolean()),
    isNight: maybe(fc.boolean()),
  });
  const rank = { approve: 0, review: 1, deny: 2 };
  fc.assert(
    fc.property(inputs, fc.bigInt({ min: 0n, max: 10_000_000n }), (given, more) => {
      const verdict = decide(given);
      assert.equal(verdict.degraded, verdict.missing.length > 0);
      for (const name of verdict.missing) assert.equal(given[name], null);
      if (given.isBlockListed === true) assert.equal(verdict.outcome, 'deny');
      if (given.isBlockListed === null && given.amountMinor >= 50_000n) assert.notEqual(verdict.outcome, 'approve');
      const larger = decide({ ...given, amountMinor: given.amountMinor + more });
      assert.ok(rank[larger.outcome] >= rank[verdict.outcome]);
    }),
    { numRuns: 2_000 },
  );
});

test('night in São Paulo is from 20h to 6h', () => {
  const at = (text: string) => isNight(Date.parse(text));
  assert.deepEqual(['2026-11-21T22:59:00Z', '2026-11-21T23:00:00Z', '2026-11-22T08:59:00Z', '2026-11-22T09:00:00Z'].map(at), [
    false,
    true,
    true,
    false,
  ]);
});
