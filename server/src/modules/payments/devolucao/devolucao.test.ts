import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshRun } from '#platform/machine/run.ts';
import { lastInstant, leftOf } from '../domain/devolucao.ts';
import type { DevolucaoRecord, DevolucaoStatus } from '../store/devolucoes.ts';
import { DEVOLVING } from './devolucao.ts';

const run = (status: DevolucaoStatus, more: Partial<DevolucaoRecord> = {}): DevolucaoRecord => ({
  ...freshRun({ tenantId: 't', id: 'd', status, definition: 1 }),
  ...{
    subjectId: 's',
    accountId: 'a',
    route: 'pix',
    originId: 'r',
    endToEndId: 'E',
    connection: 'pix',
    payerSubjectId: null,
    payerAccountId: null,
  },
  ...{ amountMinor: 10n, returnId: 'D', openSends: 0, heldAtMs: null, returnedAtMs: null, refusal: null, bookRound: 1 },
  ...{ actor: { kind: 'person', id: 's' }, createdAtMs: 0 },
  ...more,
});
const after = (from: DevolucaoRecord, fact: Parameters<typeof DEVOLVING.evolve>[1]) => DEVOLVING.evolve(from, fact).run;

describe('a devolução', () => {
  it('counts its send before it begins, and takes it back only by certainty', () => {
    const held = after(run('created'), { type: 'funds-held', atMs: 5 });
    assert.deepEqual([held.status, held.openSends, held.heldAtMs], ['held', 1, 5]);
    const notSent = after(held, { type: 'return-not-sent' });
    assert.deepEqual([notSent.status, notSent.openSends, notSent.attempt], ['held', 0, 1]);
    assert.equal(after(held, { type: 'nothing-learned' }).openSends, 1);
  });

  it('on us is one transfer, and asks no provider', () => {
    const onUs = run('created', { route: 'on-us' });
    assert.equal(DEVOLVING.next(onUs, 0)?.action, 'transfer');
    assert.equal(DEVOLVING.next(run('created'), 0)?.action, 'hold');
    assert.equal(after(onUs, { type: 'moved-on-us', atMs: 7 }).status, 'settled');
  });

  it('of which nothing was heard is unknown, never failed; sent again only where nothing arrived', () => {
    const unknown = after(run('held', { openSends: 1 }), { type: 'return-unanswered' });
    assert.equal(unknown.status, 'unknown');
    assert.equal(DEVOLVING.next(unknown, 0)?.action, 'query-return');
    assert.deepEqual(
      [after(unknown, { type: 'return-not-received' }).status, after(unknown, { type: 'return-not-received' }).openSends],
      ['held', 2],
    );
  });

  it('whose time is up gives the money back only if it was certainly never sent; else it is for people', () => {
    const neverSent = after(run('held', { isOver: true }), { type: 'time-is-up' });
    assert.deepEqual([neverSent.status, neverSent.refusal], ['rejected', 'NEVER_SENT']);
    const sent = after(run('held', { isOver: true, openSends: 1 }), { type: 'time-is-up' });
    assert.equal(sent.status, 'unknown');
    const stuck = after(sent, { type: 'time-is-up' });
    assert.equal(stuck.status, 'stuck');
    // A late word still counts, and it is asked for, but not again and again.
    assert.equal(after(stuck, { type: 'return-executed', atMs: 9 }).status, 'executed');
    assert.ok(DEVOLVING.next(stuck, 0)!.afterMs >= 1_800_000);
  });

  it('that our ledger will not end is booked again as it ended, under the next id', () => {
    for (const [status, returnedAtMs] of [
      ['executed', 3],
      ['rejected', null],
    ] as const) {
      const unbooked = after(run(status, { returnedAtMs }), { type: 'booking-refused', code: 'LEDGER_X' });
      assert.deepEqual([unbooked.status, unbooked.trouble, DEVOLVING.next(unbooked, 0)], ['unbooked', 'LEDGER_X', null]);
      const again = after(unbooked, { type: 'book-again' });
      assert.deepEqual([again.status, again.bookRound, again.trouble], [status, 2, null]);
    }
  });

  it('that is over hears nothing more', () => {
    for (const status of ['settled', 'failed', 'declined'] as const)
      for (const fact of [{ type: 'return-executed', atMs: 1 }, { type: 'return-refused', code: 'X' }, { type: 'time-is-up' }] as const)
        assert.equal(DEVOLVING.evolve(run(status), fact).verdict, 'ignored');
  });
});

describe('what may be given back', () => {
  it('until the end of the ninetieth day in São Paulo', () => {
    // Credited late in the evening of 1 January there, when it is the 2nd in UTC.
    assert.equal(new Date(lastInstant(Date.parse('2026-01-02T02:30:00Z'))).toISOString(), '2026-04-02T03:00:00.000Z');
    assert.equal(new Date(lastInstant(Date.parse('2026-01-02T03:00:00Z'))).toISOString(), '2026-04-03T03:00:00.000Z');
  });

  it('is what no other part has or may have taken', () => {
    const part = (status: DevolucaoStatus, amountMinor: bigint) => ({ status, amountMinor });
    assert.equal(leftOf(100n, []), 100n);
    assert.equal(leftOf(100n, [part('settled', 30n), part('unknown', 30n), part('failed', 40n), part('declined', 40n)]), 40n);
    assert.equal(leftOf(100n, [part('stuck', 100n)]), 0n);
  });
});
