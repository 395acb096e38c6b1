import type { Bus, NewEvent } from '#platform/bus/bus.ts';
import type { Tx } from '#platform/db/db.ts';
import { announceDirective, announceTransfer, type Origin } from '../domain/announce.ts';
import { type Decision, decide, type Group } from '../domain/decide.ts';
import { type Head, loadAccounts, loadHolds, loadKnown, loadOriginals, lockHead } from '../store/load.ts';
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
  const { ids, accounts, holds, originals } = mentioned(submissions);
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
  const loadedOriginals = await loadOriginals(tx, tenantId, [...originals]);
  for (const original of loadedOriginals.values()) {
    if (original === 'other') continue;
    accounts.add(original.transfer.debitAccountId);
    accounts.add(original.transfer.creditAccountId);
  }
  const loadedAccounts = await loadAccounts(
    tx,
    tenantId,
    [...accounts].filter((id) => !cache.hasAccount(id)),
  );
  return { accounts: loadedAccounts, holds: loadedHolds, known, originals: loadedOriginals };
}

/** Ids that the commands bear, and those they speak of. */
function mentioned(submissions: readonly Submission[]) {
  const found = { ids: new Set<string>(), accounts: new Set<string>(), holds: new Set<string>(), originals: new Set<string>() };
  for (const { commands } of submissions) {
    for (const command of commands) {
      found.ids.add(command.id);
      if ('debitAccountId' in command) {
        found.accounts.add(command.debitAccountId);
        found.accounts.add(command.creditAccountId);
      } else if ('holdId' in command) found.holds.add(command.holdId);
      else if ('transferId' in command) found.originals.add(command.transferId);
      else if ('accountId' in command) found.accounts.add(command.accountId);
    }
  }
  return found;
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
