import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountBook } from '../account-book.ts';
import type { PaymentRail } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import { freshPayment, type Payment } from '../domain/payment.ts';
import type { InStatement } from '../rails/find-in-statement.ts';
import type { Movement, ProviderFact } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import { providerActions } from './provider-actions.ts';

const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const HELD_MS = NOW_MS - 60_000;

/** Asks about a payment, with a provider that says this, and a statement that says that. */
async function ask(
  said: ProviderFact,
  payment: Partial<Payment>,
  how: { statement?: InStatement['found']; finalAfterMs?: number | null; lagMs?: number } = {},
) {
  const windows: { fromMs: number; toMs: number }[] = [];
  const rail = {
    capabilities: { notFoundFinalAfterMs: how.finalAfterMs === undefined ? 5_000 : how.finalAfterMs, statementLagMs: how.lagMs ?? 1_000 },
    queryPayment: async () => said,
    statementPage: async ({ from, to }: { from: string; to: string }) => {
      windows.push({ fromMs: Date.parse(from), toMs: Date.parse(to) });
      const { statement = 'absent' } = how;
      if (statement === 'unknown') return { kind: 'unclear', why: 'TimeoutError' };
      const lines = [{ endToEndId: statement === 'there' ? 'E' : 'other' } as Movement];
      return { kind: 'found', value: { lines, nextCursor: null, asOf: new Date(NOW_MS).toISOString() } };
    },
  } as unknown as PaymentRail;
  const deps = {
    clock: { now: () => NOW_MS },
    log: { warn: () => undefined, error: () => undefined },
    metrics: { counter: () => ({ inc: () => undefined }) },
  } as unknown as PaymentsDeps;
  const record = { ...freshPayment('pix'), status: 'unknown', heldAtMs: HELD_MS, createdAtMs: HELD_MS, endToEndId: 'E', ...payment };
  const { fact } = await providerActions(deps, { forPayment: async () => rail }, {} as AccountBook).query(
    record as PaymentRecord,
    { tenantId: 't' } as never,
  );
  return { fact, windows };
}
const NOT_FOUND: ProviderFact = { fact: 'not-found' };

test('"not found" counts only long enough after the last send, and is believed the second time', async () => {
  const early = { sinceSentMs: 4_999, notFoundSeen: 9 };
  assert.deepEqual((await ask(NOT_FOUND, early)).fact, { type: 'not-found', counts: false });
  assert.deepEqual((await ask(NOT_FOUND, { sinceSentMs: 5_000 })).fact, { type: 'not-found', counts: true });
  assert.deepEqual((await ask(NOT_FOUND, { sinceSentMs: 5_000, notFoundSeen: 1 })).fact, { type: 'not-received' });
  assert.deepEqual((await ask(NOT_FOUND, { sinceSentMs: null, notFoundSeen: 1 })).fact, { type: 'not-found', counts: false });
  assert.equal(
    (await ask(NOT_FOUND, { sinceSentMs: 5_000, notFoundSeen: 1 }, { lagMs: 9_000 })).fact.type,
    'not-found',
    'nor before its statement can tell',
  );
});

test('a provider whose "not found" is never final is never believed', async () => {
  const old = { sinceSentMs: 86_400_000, notFoundSeen: 50 };
  assert.equal((await ask(NOT_FOUND, old, { finalAfterMs: null })).fact.type, 'nothing-learned');
  assert.equal((await ask(NOT_FOUND, { ...old, isOver: true }, { finalAfterMs: null })).fact.type, 'time-is-up');
});

test('it ends a payment only when its time is up or a second send was refused, and the statement has no such entry', async () => {
  const refusal = { code: 'PIX_AC03', message: 'x' };
  for (const why of [{ isOver: true }, { refusal }]) {
    const seen = { sinceSentMs: 20_000, notFoundSeen: 1, ...why };
    const { fact, windows } = await ask(NOT_FOUND, seen);
    assert.equal(fact.type, 'never-executed');
    assert.ok(windows[0]!.fromMs < HELD_MS && windows[0]!.toMs >= NOW_MS - 20_000 + 5_000, 'the window of that send, and past it');
    for (const statement of ['there', 'unknown'] as const) {
      const other: string = (await ask(NOT_FOUND, seen, { statement })).fact.type;
      assert.equal(other, 'isOver' in why ? 'time-is-up' : 'nothing-learned', statement);
    }
  }
});

test('a payment that is being sent is never ended by "not found", whoever asks meanwhile', async () => {
  for (const status of ['held', 'confirmed', 'in-review', 'settled'] as const)
    assert.deepEqual((await ask(NOT_FOUND, { status, sinceSentMs: 99_000, notFoundSeen: 9, isOver: true })).fact, {
      type: 'not-found',
      counts: false,
    });
});

test('a settlement is dated within what can be true: after the hold, and not in the future', async () => {
  const settledAt = async (atMs: number | null) => {
    const { fact } = await ask({ fact: 'settled', amountMinor: 1n, atMs }, {});
    return fact.type === 'provider-confirmed' ? fact.settledAtMs : null;
  };
  assert.equal(await settledAt(NOW_MS - 1_000), NOW_MS - 1_000);
  assert.equal(await settledAt(Date.parse('1999-01-01')), HELD_MS);
  assert.equal(await settledAt(Date.parse('2199-01-01')), NOW_MS);
  assert.equal(await settledAt(null), NOW_MS);
});

test('without an amount nothing is settled; a question that could not be asked says nothing', async () => {
  assert.equal((await ask({ fact: 'settled', amountMinor: null, atMs: null }, {})).fact.type, 'nothing-learned');
  for (const said of [
    { fact: 'unclear', why: 'X' },
    { fact: 'not-sent', why: 'X', retryAfterMs: 7 },
    { fact: 'duplicate', code: 'AM05' },
  ] as const)
    assert.equal((await ask(said, {})).fact.type, 'nothing-learned');
});
