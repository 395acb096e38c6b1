import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Compile } from 'typebox/compile';
import type { NewEvent } from '#platform/bus/bus.ts';
import { announceAccount, announceDirective, announceTransfer } from './domain/announce.ts';
import { ZERO_BALANCE } from './domain/balance.ts';
import type { Directive, Entry, Transfer } from './domain/model.ts';
import { type LedgerEventType, ledgerEvents } from './events.ts';
import { account } from './test-support/memory-ledger.ts';

/** Fields that a version gained after it was first published. */
const GAINED = new Set(['blockId', 'reverses', 'purpose', 'remainingMinor', 'standing']);

describe('published events', () => {
  test('what is announced matches its schema, and names people by subject id only', () => {
    const uuid = (digit: string) => `${digit.repeat(8)}-${digit.repeat(4)}-7${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;
    const origin = { tenantId: uuid('1'), actor: { kind: 'system' as const, id: 'test' } };
    const customer = account(uuid('2'), { subjectId: uuid('3') });
    const house = account(uuid('4'), { normalSide: 'debit' });
    const after = { ...ZERO_BALANCE, postedCredits: 500n, pendingDebits: 30n };
    const base: Transfer = {
      id: uuid('5'),
      seq: 9,
      kind: 'transfer',
      debitAccountId: house.id,
      creditAccountId: customer.id,
      amount: 500n,
      held: null,
      holdId: null,
      reason: null,
      effectiveAt: 0,
      recordedAt: 1,
      expiresAt: null,
      metadata: { paymentId: 'p' },
      blockId: null,
      balancing: null,
      requested: null,
      reverses: null,
      purpose: null,
      reference: null,
      placedBy: null,
      remaining: null,
      onlyIf: null,
    };
    const entry = (accountId: string): Entry => ({
      accountId,
      seq: 9,
      side: 'debit',
      postedChange: 500n,
      pendingChange: 0n,
      effectiveAt: null,
      after,
    });
    const kinds: Transfer[] = [
      base,
      { ...base, kind: 'hold', expiresAt: 5, blockId: uuid('7') },
      { ...base, kind: 'hold', purpose: 'judicial', reference: 'case', balancing: 'debit', requested: 900n },
      { ...base, kind: 'reverse', reverses: uuid('8') },
      { ...base, kind: 'settle', holdId: uuid('6'), held: 600n },
      { ...base, kind: 'release', holdId: uuid('6'), held: 600n, amount: 600n, reason: 'user' },
    ];
    const events: NewEvent[] = kinds.map((transfer) =>
      announceTransfer(origin, transfer, [house, entry(house.id)], [customer, entry(customer.id)]),
    );
    events.push(announceAccount(origin, customer, new Date(0).toISOString()));
    const directive: Directive = {
      id: uuid('5'),
      seq: 10,
      kind: 'account',
      recordedAt: 1,
      blockId: null,
      accountId: customer.id,
      state: 'frozen',
      overdraftLimit: null,
      reason: 'court',
      until: null,
      by: null,
      onlyIf: null,
    };
    events.push(announceDirective(origin, { directive, after: { account: customer, balance: after, standing: 'frozen' } }));
    for (const event of events) {
      const schema = Compile(ledgerEvents[event.type as LedgerEventType]);
      const wire = JSON.parse(JSON.stringify(event.data));
      assert.ok(schema.Check(wire), `${event.type}: ${JSON.stringify(schema.Errors(wire))}`);
      const older = Object.fromEntries(Object.entries(wire).filter(([name]) => event.type.includes('account') || !GAINED.has(name)));
      assert.ok(schema.Check(older), `${event.type} as it was published at first is still readable`);
      assert.deepEqual([event.key, event.subjectId], [customer.id, customer.subjectId], 'keyed by the account somebody owns');
    }
    const closed = announceDirective(origin, { directive: { ...directive, kind: 'close-period', until: '2026-01-31' }, after: null });
    assert.ok(Compile(ledgerEvents['ledger.period-closed.v1']).Check(closed.data));
    assert.deepEqual([closed.key, closed.subjectId], [origin.tenantId, null], 'of the whole tenant, and nobody’s');
    const [placed, ordered, reversed] = events.slice(1, 4).map(({ data }) => data as Record<string, unknown>);
    assert.deepEqual([placed?.purpose, placed?.blockId, ordered?.purpose], ['payment', uuid('7'), 'judicial']);
    assert.ok(!JSON.stringify(ordered).includes('case'), 'which case it is stays in the ledger');
    assert.deepEqual([reversed?.kind, reversed?.reverses], ['transfer', uuid('8')]);
    const settled = events[4]?.data as { releasedMinor: string; credit: { availableMinor: string } };
    assert.deepEqual([settled.releasedMinor, settled.credit.availableMinor], ['100', '470']);
  });
});
