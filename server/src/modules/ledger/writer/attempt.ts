import type { Bus, NewEvent } from '#platform/bus/bus.ts';
import type { Tx } from '#platform/db/db.ts';
import { announceTransfer, type Origin } from '../domain/announce.ts';
import { type Decision, decide, type Group } from '../domain/decide.ts';
import { type Head, loadAccounts, loadHolds, loadKnown, lockHead } from '../store/load.ts';
import { writeBatch } from '../store/write.ts';
import type { Loaded, TenantCache } from './cache.ts';

/** Commands of one caller, decided together. */
export type Submission = Group & { origin: Origin; deadlineMs?: number };

export type Attempt = { head: Head; loaded: Loaded; decision: Decision };

type Mode = {
  /** Hold the head's lock while reading: slower, and sure to commit. Otherwise build on the cached head. */
  locked: boolean;
  /** Look the ids up first. Without, an id used before shows as a violated primary key, which calls for an attempt with. */
  lookUp: boolean;
};

/** One try at a batch inside an open transaction: read what is missing, decide, write. Leaves the cache as it is. */
export async function attemptBatch(
  tx: Tx,
  tenantId: string,
  submissions: readonly Submission[],
  cache: TenantCache,
  mode: Mode,
  nowMs: number,
  bus: Bus,
): Promise<Attempt> {
  const head = mode.locked || !cache.head ? await lockHead(tx, tenantId) : cache.head;
  const loaded = await load(tx, tenantId, submissions, cache, mode.lookUp);
  const recordedAt = Math.max(nowMs, head.recordedAt);
  const decision = decide(cache.over(loaded), { seq: head.seq, recordedAt, closedUntil: head.closedUntil }, submissions);
  // Nothing but repetitions: their answers are committed facts and need no fence.
  if (decision.work.answers.length === 0) return { head, loaded, decision };
  const next = await writeBatch(tx, tenantId, head, decision.work);
  await bus.publish(tx, announce(submissions, decision, head.seq));
  return { head: next, loaded, decision };
}

async function load(tx: Tx, tenantId: string, submissions: readonly Submission[], cache: TenantCache, lookUp: boolean): Promise<Loaded> {
  const ids = new Set<string>();
  const accounts = new Set<string>();
  const holds = new Set<string>();
  for (const { commands } of submissions) {
    for (const command of commands) {
      ids.add(command.id);
      if (command.kind === 'transfer' || command.kind === 'hold') {
        accounts.add(command.debitAccountId);
        accounts.add(command.creditAccountId);
      } else holds.add(command.holdId);
    }
  }
  const known = lookUp ? await loadKnown(tx, tenantId, [...ids]) : new Map();
  const loadedHolds = await loadHolds(
    tx,
    tenantId,
    [...holds].filter((id) => !cache.hold(id)),
  );
  for (const id of holds) {
    const found = loadedHolds.get(id) ?? cache.hold(id);
    if (found?.state !== 'open') continue;
    accounts.add(found.hold.debitAccountId);
    accounts.add(found.hold.creditAccountId);
  }
  const loadedAccounts = await loadAccounts(
    tx,
    tenantId,
    [...accounts].filter((id) => !cache.hasAccount(id)),
  );
  return { accounts: loadedAccounts, holds: loadedHolds, known };
}

function announce(submissions: readonly Submission[], { work, outcomes }: Decision, seqBefore: number): NewEvent[] {
  const origins: Origin[] = [];
  outcomes.forEach((group, index) => {
    for (const outcome of group) {
      if (outcome.outcome === 'done' && !outcome.duplicate) origins[outcome.seq - seqBefore - 1] = submissions[index]!.origin;
    }
  });
  return work.transfers.map((transfer, index) => {
    const debit = work.entries[2 * index]!;
    const credit = work.entries[2 * index + 1]!;
    const accountOf = (id: string) => work.account(id)!.account;
    return announceTransfer(
      origins[transfer.seq - seqBefore - 1]!,
      transfer,
      [accountOf(debit.accountId), debit],
      [accountOf(credit.accountId), credit],
    );
  });
}
