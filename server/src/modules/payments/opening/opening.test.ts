import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshRun } from '#platform/machine/run.ts';
import type { AccountRecord, AccountStatus } from '../store/accounts.ts';
import { OPENING, type OpeningFact } from './opening.ts';

const account = (status: AccountStatus, more: Partial<AccountRecord> = {}): AccountRecord => ({
  ...freshRun({ tenantId: 't', id: 's', status, definition: 1 }),
  ...{ subjectId: 's', ledgerAccountId: 'a', branch: '0001', number: '1-1', holderSealed: null, pixKeySealed: null, pixKeyHash: null },
  ...more,
});
const BOOKED: OpeningFact = { type: 'booked', holderSealed: Buffer.of(1), pixKeySealed: Buffer.of(2), pixKeyHash: Buffer.of(3) };

describe('the opening of an account', () => {
  it('knows the key as its own before the directory does', () => {
    const booked = OPENING.evolve(account('opening'), BOOKED).run;
    assert.deepEqual([booked.status, booked.pixKeyHash], ['booked', Buffer.of(3)]);
    assert.deepEqual(OPENING.next(booked, 0), { action: 'register-key', afterMs: 0 });
    assert.equal(OPENING.evolve(booked, { type: 'registered' }).run.status, 'open');
  });

  for (const status of ['opening', 'booked'] as const)
    it(`that is ${status} ends: in time for people, and where there is nobody any more`, () => {
      assert.deepEqual(OPENING.next(account(status, { isOver: true }), 0), { action: 'give-up', afterMs: 0 });
      assert.equal(OPENING.evolve(account(status), { type: 'time-is-up' }).run.status, 'stuck');
      assert.equal(OPENING.evolve(account(status), { type: 'person-erased' }).run.status, 'abandoned');
    });

  it('that is stuck begins anew, or never, by a person alone', () => {
    const stuck = account('stuck', { isOver: true, trouble: 'TIME_IS_UP' });
    assert.equal(OPENING.next(stuck, 0), null);
    assert.equal(OPENING.evolve(stuck, { type: 'registered' }).verdict, 'ignored');
    const { run } = OPENING.evolve(stuck, { type: 'tried-again' });
    assert.deepEqual([run.status, run.isOver, run.trouble], ['opening', false, null]);
    assert.equal(OPENING.evolve(stuck, { type: 'given-up' }).run.status, 'abandoned');
  });

  it('that is open hears nothing more', () => {
    for (const type of ['registered', 'person-erased', 'time-is-up'] as const)
      assert.equal(OPENING.evolve(account('open'), { type }).verdict, 'ignored');
  });
});
