import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshRun } from '#platform/machine/run.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { isFinalRefusal, nextReturnId, RECEIVING, type ReceiptFact } from './receipt.ts';

const evolveReceipt = (receipt: ReceiptRecord, fact: ReceiptFact): ReceiptRecord => RECEIVING.evolve(receipt, fact).run;
const pauseOf = (receipt: ReceiptRecord): number | null => RECEIVING.next(receipt, 0)?.afterMs ?? null;
const isDone = (status: ReceiptRecord['status']): boolean => (RECEIVING.table[status] as { is?: string }).is === 'end';

const announced: ReceiptRecord = {
  ...freshRun({ id: 'r', tenantId: 'home', status: 'announced' as const, definition: 1 }),
  endToEndId: 'E',
  announcedMinor: 100n,
  amountMinor: null,
  subjectId: null,
  accountId: null,
  payerSealed: null,
  txid: null,
  receivedAtMs: null,
  creditRefusal: null,
  returnRefusal: null,
  returnId: null,
  returnedAtMs: null,
  returnOf: null,
  payeeKeyHash: null,
  decision: null,
  decidedTenantId: null,
  decidedSubjectId: null,
  connection: 'pix',
  createdAtMs: 0,
};
const told = { amountMinor: 100n, payerSealed: Buffer.of(1), txid: null, receivedAtMs: 1, returnOf: null };
const nobodys: ReceiptFact = { type: 'found-nobodys', ...told, payeeKeyHash: Buffer.of(2) };
const ours: ReceiptFact = { type: 'found-ours', tenantId: 't', subjectId: 's', accountId: 'a', saidMinor: 100n, ...told };

test('given the provider confirms an announced Pix to one of our keys, it is to be credited, once', () => {
  const matched = evolveReceipt(announced, ours);
  assert.deepEqual([matched.status, matched.tenantId, matched.accountId], ['matched', 't', 'a']);
  const credited = evolveReceipt(matched, { type: 'credited' });
  assert.equal(credited.status, 'credited');
  assert.deepEqual(evolveReceipt(credited, { type: 'credited' }), credited);
  assert.deepEqual(evolveReceipt(credited, ours), credited);
});

test('given another amount than was announced, nothing is credited and it stays visible', () => {
  const receipt = evolveReceipt(announced, { ...ours, amountMinor: 101n });
  assert.equal(receipt.status, 'mismatched');
  assert.equal(pauseOf(receipt), null, 'nothing is due until somebody says so');
  assert.equal(evolveReceipt(receipt, { type: 'credited' }).status, 'mismatched');
  assert.equal(evolveReceipt(receipt, ours).status, 'mismatched', 'asking again does not settle it');
  assert.equal(evolveReceipt({ ...announced, announcedMinor: null }, { ...ours, saidMinor: 99n }).status, 'mismatched');
});

test('given nobody here has the key, it stands still as unmatched, is looked at again, and is credited once its owner appears', () => {
  const unmatched = evolveReceipt(announced, nobodys);
  assert.deepEqual([unmatched.status, unmatched.payeeKeyHash, isDone(unmatched.status)], ['unmatched', Buffer.of(2), false]);
  const pause = pauseOf(unmatched)!;
  assert.ok(pause > 60_000 && Number.isFinite(pause), 'seldom, but for ever');
  const still = evolveReceipt(unmatched, nobodys);
  assert.deepEqual([still.status, still.attempt], ['unmatched', 1]);
  assert.deepEqual([evolveReceipt(still, ours).status, evolveReceipt(still, ours).accountId], ['matched', 'a']);
  assert.equal(evolveReceipt(still, { ...ours, amountMinor: 101n } as ReceiptFact).status, 'mismatched');
});

test('what stands still goes on as a person decides, once: to the payer, or to the account for the amount the provider told', () => {
  const home: ReceiptFact = { type: 'sent-home', code: 'PAYMENTS_DECIDED', returnId: 'D9' };
  const mismatched = evolveReceipt(announced, { ...ours, amountMinor: 101n } as ReceiptFact);
  for (const standing of [evolveReceipt(announced, nobodys), mismatched]) {
    const decided: ReceiptRecord = { ...standing, decision: 'give-back', decidedSubjectId: 's' };
    assert.equal(pauseOf(decided), 0, 'due at once');
    const returning = evolveReceipt(decided, home);
    assert.deepEqual(
      [returning.status, returning.returnId, returning.creditRefusal, returning.decision, returning.decidedSubjectId],
      ['returning', 'D9', 'PAYMENTS_DECIDED', null, null],
    );
  }
  assert.deepEqual([evolveReceipt(mismatched, { type: 'accepted' }).status, mismatched.amountMinor], ['matched', 101n]);
  for (const status of ['announced', 'matched', 'credited', 'returned', 'return-refused'] as const)
    assert.equal(evolveReceipt({ ...announced, status }, home).status, status, 'what moves, or is over, is no matter for a decision');
});

test('given no answer, it is asked again', () => {
  const again = evolveReceipt(announced, { type: 'nothing-learned' });
  assert.deepEqual([again.status, again.attempt, isDone(again.status)], ['announced', 1, false]);
});

const refused: ReceiptFact = { type: 'credit-refused', code: 'LEDGER_ACCOUNT_CLOSED', returnId: 'D1' };
const after = (...facts: ReceiptFact[]) => facts.reduce(evolveReceipt, announced);

test('given the ledger refuses for good, the money goes back: set aside, sent, booked, each once', () => {
  const returning = after(ours, refused);
  assert.deepEqual([returning.status, returning.returnId, returning.creditRefusal], ['returning', 'D1', 'LEDGER_ACCOUNT_CLOSED']);
  assert.deepEqual(evolveReceipt(returning, { ...refused, returnId: 'D2' }), returning, 'the return keeps its id');
  const aside = evolveReceipt(returning, { type: 'set-aside' });
  const sent = evolveReceipt(aside, { type: 'return-executed', atMs: 7 });
  const returned = evolveReceipt(sent, { type: 'return-booked' });
  assert.deepEqual([aside.status, sent.status, sent.returnedAtMs, returned.status], ['set-aside', 'sent-back', 7, 'returned']);
  assert.ok(isDone(returned.status));
});

test('no fact leads from the way back to the credit, or from the credit to the way back', () => {
  const facts: ReceiptFact[] = [ours, refused, { type: 'credited' }, { type: 'set-aside' }, { type: 'return-unanswered' }];
  const more: ReceiptFact[] = [{ type: 'return-executed', atMs: 1 }, { type: 'return-booked' }, { type: 'return-not-received' }];
  for (const fact of [...facts, ...more])
    assert.equal(evolveReceipt(after(ours, { type: 'credited' }), fact).status, 'credited', fact.type);
  const back = ['returning', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'return-refused'] as const;
  for (const status of back) {
    const receipt = { ...after(ours, refused), status };
    for (const fact of [...facts, ...more])
      assert.ok(back.includes(evolveReceipt(receipt, fact).status as never), `${status} ${fact.type}`);
  }
});

test('given no answer to a return, its outcome is unknown and only the provider’s word moves it; rounds grow apart', () => {
  let receipt = after(ours, refused, { type: 'set-aside' }, { type: 'return-unanswered' });
  assert.equal(receipt.status, 'return-unknown');
  assert.equal(evolveReceipt(receipt, { type: 'return-booked' }).status, 'return-unknown');
  assert.equal(evolveReceipt(receipt, { type: 'return-executed', atMs: 1 }).status, 'sent-back');
  let pause = pauseOf(receipt)!;
  assert.ok(pause > 0, 'time for what may still be on its way');
  for (let round = 0; round < 3; round++) {
    receipt = evolveReceipt(receipt, { type: 'return-not-received' });
    assert.equal(receipt.status, 'set-aside', 'to be sent again');
    receipt = evolveReceipt(receipt, { type: 'return-unanswered' });
    assert.ok(pauseOf(receipt)! > pause);
    pause = pauseOf(receipt)!;
  }
});

test('given the provider refuses the return, it stays for people, with both reasons', () => {
  const stuck = after(ours, refused, { type: 'set-aside' }, { type: 'return-refused', code: 'RETURN_EXCEEDS_RECEIPT' });
  assert.deepEqual(
    [stuck.status, stuck.creditRefusal, stuck.returnRefusal],
    ['return-refused', 'LEDGER_ACCOUNT_CLOSED', 'RETURN_EXCEEDS_RECEIPT'],
  );
  assert.equal(pauseOf(stuck), null);
  assert.equal(evolveReceipt(stuck, { type: 'return-executed', atMs: 1 }).status, 'return-refused');
});

test('given a person decides about a refused return, it is sent once more under another id, or stays here', () => {
  const sendable = { ...refused, returnId: 'D12345678202611211200aaaaaaaaaaa' } as ReceiptFact;
  const stuck = after(ours, sendable, { type: 'set-aside' }, { type: 'return-refused', code: 'AC07' });
  const returnId = nextReturnId(stuck, Date.parse('2026-11-30T12:00:00Z'));
  assert.match(returnId, /^D12345678202611301200[0-9A-Za-z]{11}$/);
  assert.equal(returnId, nextReturnId(stuck, Date.parse('2026-11-30T12:00:00Z')), 'the same for the same decision');
  const again = evolveReceipt(stuck, { type: 'return-again', returnId });
  assert.deepEqual([again.status, again.returnId, again.returnRefusal, again.attempt], ['set-aside', returnId, null, 0]);
  const kept = evolveReceipt(stuck, { type: 'kept' });
  assert.deepEqual([kept.status, isDone(kept.status), kept.returnRefusal], ['kept', true, 'AC07']);
  for (const status of ['unmatched', 'set-aside', 'return-unknown', 'returned'] as const)
    for (const fact of [{ type: 'kept' }, { type: 'return-again', returnId }] as const)
      assert.equal(evolveReceipt({ ...stuck, status }, fact).status, status, `${fact.type} is not about ${status}`);
});

test('only what the ledger remembers having refused is final', () => {
  assert.ok(isFinalRefusal('LEDGER_ACCOUNT_CLOSED') && isFinalRefusal('LEDGER_CREDIT_LIMIT_EXCEEDED'));
  assert.ok(!isFinalRefusal('LEDGER_ID_CONFLICT') && !isFinalRefusal(undefined));
});
