import type { Bus, NewEvent } from '#platform/bus/bus.ts';
import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import { announceDirective, announceTransfer, type Origin } from '../domain/announce.ts';
import { type Decision, decide, type Group } from '../domain/decide.ts';
import type { View } from '../domain/workspace.ts';
import { type Head, lockHead } from '../store/load.ts';
import { prepareBatch, writeBatch } from '../store/write.ts';
import { type Loaded, loadState } from './state.ts';

/** Commands of one caller, decided together. */
export type Submission = Group & { origin: Origin; deadlineMs?: number };

export type Attempt = { head: Head; loaded: Loaded; decision: Decision };

/** What a batch is built on. */
export type Basis = {
  /** Where it believes the ledger to end. Without: hold the head's lock while reading, which is slower, and sure to commit. */
  head: Head | undefined;
  /** State as of the head, as far as it is known. */
  view: View;
  /** When the head is that of a batch still being committed: whether it was. */
  isCommitted?: Promise<boolean>;
};

export type AttemptDeps = {
  bus: Bus;
  nowMs: number;
  /** How far this process's clock may be ahead of the database's; beyond, the attempt throws ClockAhead. */
  maxAheadMs: number;
  /** Look the ids up first. Without, an id used before shows as a violated primary key, which calls for an attempt with. */
  lookUp: boolean;
  /** The batch is decided, and what is left is to write it: whoever likes may go on from there. */
  onDecided: (head: Head, changes: View, loaded: Loaded) => void;
};

/** The batch that this one was decided on did not commit. */
export class GroundLost extends Error {}

/** One try at a batch inside an open transaction: read what is missing, decide, write. Leaves the cache as it is. */
export async function attemptBatch(
  tx: Tx,
  tenantId: string,
  submissions: readonly Submission[],
  basis: Basis,
  { bus, nowMs, maxAheadMs, lookUp, onDecided }: AttemptDeps,
): Promise<Attempt> {
  const head = basis.head ?? (await lockHead(tx, tenantId));
  // A block that nothing is written of meets no primary key that would tell what its ids are.
  const { loaded, view } = await loadState(tx, tenantId, submissions, basis.view, lookUp || submissions.some(repeatsItself));
  const recordedAt = Math.max(nowMs, head.recordedAt);
  const decision = decide(view, { seq: head.seq, recordedAt, closedUntil: head.closedUntil }, submissions);
  // Nothing but repetitions: their answers are facts, once those of a batch under way are, and need no fence.
  const isNew = decision.work.answers.length > 0;
  const latest = Number.isFinite(maxAheadMs) ? instant(nowMs - maxAheadMs) : '-infinity';
  const prepared = isNew ? prepareBatch(tenantId, head, decision.work, latest) : undefined;
  if (prepared) onDecided(prepared.next, decision.work.changes(), loaded);
  if (basis.isCommitted && !(await basis.isCommitted)) throw new GroundLost('the batch before was not committed');
  if (!prepared) return { head, loaded, decision };
  // The events are made while Postgres writes; they stay only if the head has moved.
  const written = writeBatch(tx, prepared);
  await Promise.all([written, bus.publish(tx, announce(submissions, decision, head.seq))]);
  return { head: prepared.next, loaded, decision };
}

function repeatsItself({ commands, atomic }: Submission): boolean {
  return atomic && new Set(commands.map(({ id }) => id)).size < commands.length;
}

/** The batch's events, in the order of the ledger. */
function announce(submissions: readonly Submission[], { work, outcomes }: Decision, seqBefore: number): NewEvent[] {
  const origins: Origin[] = [];
  outcomes.forEach((group, index) => {
    for (const outcome of group) {
      if (outcome.outcome === 'done' && !outcome.duplicate) origins[outcome.seq - seqBefore - 1] = submissions[index]!.origin;
    }
  });
  const accountOf = (id: string) => work.account(id)!.account;
  let transfers = 0;
  let directives = 0;
  return work.records.map((record, index) => {
    const origin = origins[index]!;
    if (!('debitAccountId' in record)) return announceDirective(origin, work.directives[directives++]!);
    const debit = work.entries[2 * transfers]!;
    const credit = work.entries[2 * transfers++ + 1]!;
    return announceTransfer(origin, record, [accountOf(debit.accountId), debit], [accountOf(credit.accountId), credit]);
  });
}
