import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '#platform/errors.ts';
import type { CommandInput } from '../contract.ts';
import { readCommand } from './read-command.ts';

const ID = '01900000-0000-7000-8000-000000000001';
const good = { id: ID, kind: 'transfer' as const, debitAccountId: ID, creditAccountId: ID, amountMinor: '1' };

test('what Postgres could not take is refused before it can fail a batch of other people', () => {
  const bad: [object, string][] = [
    [{ metadata: { note: 'a\u0000b' } }, 'metadata/note'],
    [{ metadata: { note: 'half \ud800' } }, 'metadata/note'],
    [{ metadata: { 'a b': 'x' } }, 'metadata'],
    [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'x'])) }, 'metadata'],
    [{ id: ID.toUpperCase().replace('1', 'A') }, 'id'],
    [{ amountMinor: '01' }, 'amountMinor'],
    [{ amountMinor: '1e3' }, 'amountMinor'],
    [{ effectiveAt: '2026-13-01T00:00:00Z' }, 'effectiveAt'],
    [{ kind: 'gift' }, 'kind'],
  ];
  for (const [change, field] of bad) {
    assert.throws(
      () => readCommand({ ...good, ...change } as CommandInput, 3),
      (error: AppError) => error.code === 'LEDGER_COMMAND_MALFORMED' && error.data.errors?.[0]?.pointer === `/commands/3/${field}`,
      JSON.stringify(change),
    );
  }
  assert.equal(readCommand(good, 0).kind, 'transfer');
});

test('what does not go together is refused before it is anybody’s answer', () => {
  const hold = { ...good, kind: 'hold' };
  const account = { id: ID, kind: 'account', accountId: ID, reason: 'x' };
  const bad: [object, string][] = [
    [{ ...good, balancing: 'all' }, 'balancing'],
    [{ ...hold, purpose: 'judicial' }, 'reference'],
    [{ ...hold, purpose: 'payment', reference: 'A1' }, 'reference'],
    [{ ...hold, purpose: 'gift', reference: 'A1' }, 'purpose'],
    [{ ...hold, purpose: 'med', reference: 'a b' }, 'reference'],
    [{ ...hold, purpose: 'judicial', reference: 'A1', expiresAt: '2030-01-01T00:00:00Z' }, 'expiresAt'],
    [account, 'state'],
    [{ ...account, state: 'gone' }, 'state'],
    [{ ...account, state: 'open', reason: 'Because' }, 'reason'],
    [{ ...account, overdraftLimitMinor: '-1' }, 'overdraftLimitMinor'],
    [{ id: ID, kind: 'close-period', until: '2026-02-30' }, 'until'],
    [{ id: ID, kind: 'reverse', transferId: 'x' }, 'transferId'],
  ];
  for (const [input, field] of bad) {
    assert.throws(
      () => readCommand(input as CommandInput, 0),
      (error: AppError) => error.data.errors?.[0]?.pointer === `/commands/0/${field}`,
      JSON.stringify(input),
    );
  }
  const med = { ...hold, purpose: 'med', reference: 'MED-1', expiresAt: '2030-01-01T00:00:00Z' };
  for (const input of [
    med,
    { ...med, purpose: 'judicial', expiresAt: null },
    { ...hold, purpose: 'payment' },
    { ...account, state: 'closed' },
  ]) {
    assert.equal(readCommand(input as CommandInput, 0).id, ID);
  }
});
