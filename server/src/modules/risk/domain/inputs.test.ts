import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Question } from '../contract.ts';
import type { Past } from '../store/history.ts';
import { inputsOf, NOTHING_AHEAD } from './inputs.ts';

const question = { amountMinor: '700', createdAt: '2026-11-21T15:00:00.000Z' } as Question;
/** Each figure another one, so that none can stand for its neighbour. */
const past: Past = {
  turn: 1n,
  attemptsLast10Minutes: 11,
  failedLastHour: 3,
  paymentsLast10Minutes: 5,
  paymentsLastHour: 8,
  sumLastDayMinor: 90_000n,
  largestSettledMinor: 40_000n,
  settledCount: 21,
  isNewPayee: true,
};

test('what is decided in the same commit counts as if it had happened, and the day includes this payment', () => {
  assert.deepEqual(inputsOf(question, past, false, { attempts: 4, payments: 2, sumMinor: 6_000n }), {
    amountMinor: 700n,
    attemptsLast10Minutes: 15,
    failedLastHour: 3,
    paymentsLast10Minutes: 7,
    paymentsLastHour: 10,
    sumLastDayMinor: 96_700n,
    largestSettledMinor: 40_000n,
    settledCount: 21,
    isNewPayee: true,
    isBlockListed: false,
    isNight: false,
  });
  assert.equal(inputsOf(question, past, false, NOTHING_AHEAD).sumLastDayMinor, 90_700n);
});

test('a past nobody read in time is missing in each of its figures: never zero, never what is ahead alone', () => {
  const inputs = inputsOf(question, null, true, { attempts: 4, payments: 2, sumMinor: 6_000n });
  const { turn: _turn, ...figures } = past;
  for (const name of Object.keys(figures) as (keyof typeof figures)[]) assert.equal(inputs[name], null, name);
  assert.deepEqual([inputs.amountMinor, inputs.isBlockListed, inputs.isNight], [700n, true, false]);
});

test('a false or a zero of the past stays what it is', () => {
  const quiet = inputsOf(
    question,
    { ...past, failedLastHour: 0, settledCount: 0, largestSettledMinor: 0n, isNewPayee: false },
    null,
    NOTHING_AHEAD,
  );
  assert.deepEqual([quiet.failedLastHour, quiet.settledCount, quiet.largestSettledMinor, quiet.isNewPayee], [0, 0, 0n, false]);
  assert.equal(quiet.isBlockListed, null);
});

test('the hour is that of the payment, and an hour that cannot be read is missing', () => {
  assert.equal(inputsOf({ ...question, createdAt: '2026-11-21T23:30:00.000Z' }, past, false, NOTHING_AHEAD).isNight, true);
  assert.equal(inputsOf({ ...question, createdAt: 'ontem' }, past, false, NOTHING_AHEAD).isNight, null);
});
