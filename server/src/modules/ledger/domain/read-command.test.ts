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
