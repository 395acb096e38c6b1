import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Compile } from 'typebox/compile';
import type { NewEvent } from '#platform/bus/bus.ts';
import { announceAccount, announceTransfer } from './domain/announce.ts';
import { ZERO_BALANCE } from './domain/balance.ts';
import type { Entry, Transfer } from './domain/model.ts';
import { type LedgerEventType, ledgerEvents } from './events.ts';
import { account } from './test-support/memory-ledger.ts';

const GOLDEN = path.join(import.meta.dirname, 'events');

type Schema = { type?: string; properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; const?: unknown };

/** Why a consumer of `before` could stumble over `now`: a field lost, made optional, or of another shape. New fields are welcome. */
function losses(before: Schema, now: Schema | undefined, at = ''): string[] {
  if (!now) return [`${at} is gone`];
  if (before.type !== 'object') return JSON.stringify(before) === JSON.stringify(now) ? [] : [`${at} changed`];
  const missing = (before.required ?? [])
    .filter((name) => !now.required?.includes(name))
    .map((name) => `${at}/${name} is no longer always there`);
  const inner = Object.entries(before.properties ?? {}).flatMap(([name, schema]) =>
    losses(schema, now.properties?.[name], `${at}/${name}`),
  );
  return [...missing, ...inner];
}

describe('published events', () => {
  for (const [type, schema] of Object.entries(ledgerEvents)) {
    test(`${type} only ever gains fields`, async () => {
      const golden = JSON.parse(await readFile(path.join(GOLDEN, `${type}.json`), 'utf8')) as Schema;
      assert.deepEqual(losses(golden, JSON.parse(JSON.stringify(schema)) as Schema), []);
    });
  }

  test('every golden file is still published, and the comparison sees a loss', async () => {
    const files = (await readdir(GOLDEN)).map((file) => file.replace(/\.json$/, '')).sort();
    assert.deepEqual(files, Object.keys(ledgerEvents).sort());
    const party: Schema = { type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } }, required: ['id', 'at'] };
    assert.equal(
      losses({ type: 'object', properties: { party }, required: ['party'] }, { type: 'object', properties: {}, required: ['party'] })
        .length,
      1,
    );
    assert.equal(losses(party, { ...party, properties: { ...party.properties, more: { type: 'string' } } }).length, 0);
  });

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
      { ...base, kind: 'hold', expiresAt: 5 },
      { ...base, kind: 'settle', holdId: uuid('6'), held: 600n },
      { ...base, kind: 'release', holdId: uuid('6'), held: 600n, amount: 600n, reason: 'user' },
    ];
    const events: NewEvent[] = kinds.map((transfer) =>
      announceTransfer(origin, transfer, [house, entry(house.id)], [customer, entry(customer.id)]),
    );
    events.push(announceAccount(origin, customer, new Date(0).toISOString()));
    for (const event of events) {
      const schema = Compile(ledgerEvents[event.type as LedgerEventType]);
      const wire = JSON.parse(JSON.stringify(event.data));
      assert.ok(schema.Check(wire), `${event.type}: ${JSON.stringify(schema.Errors(wire))}`);
      assert.deepEqual([event.key, event.subjectId], [customer.id, customer.subjectId], 'keyed by the account somebody owns');
    }
    const settled = events[2]?.data as { releasedMinor: string; credit: { availableMinor: string } };
    assert.deepEqual([settled.releasedMinor, settled.credit.availableMinor], ['100', '470']);
  });
});
