import type { Tx } from '#platform/db/db.ts';
import type { AccountState, HoldState, Known, Original } from '../domain/model.ts';
import type { View } from '../domain/workspace.ts';
import { loadAccounts, loadHolds, loadKnown, loadOriginals } from '../store/load.ts';
import type { Submission } from './attempt.ts';

/** State read for one batch, not yet known to be current: it counts only if the batch commits on the head. */
export type Loaded = {
  accounts: Map<string, AccountState>;
  holds: Map<string, HoldState>;
  known: Map<string, Known>;
  originals: Map<string, Original>;
};

/** All that a batch is decided on. */
export type State = { loaded: Loaded; view: View };

type Wanted<T> = {
  /** What the base knows, kept by itself: the cache may forget it while the rest is being read. */
  found: Map<string, T>;
  missing: string[];
};

/**
 * What the submissions need to know, from `base` and, where that does not know, from the database. `base` wins: it may already stand on a
 * batch that is not committed yet, and whatever that changed, the database still shows as it was. What it did not change is the same
 * before and after, so it does not matter which of the two is read.
 */
export async function loadState(tx: Tx, tenantId: string, submissions: readonly Submission[], base: View, lookUp: boolean): Promise<State> {
  const ids: string[] = [];
  const reversed: string[] = [];
  const accounts: Wanted<AccountState> = { found: new Map(), missing: [] };
  const holds: Wanted<HoldState> = { found: new Map(), missing: [] };
  const wantAccount = (id: string): void => want(accounts, id, base.account(id));
  for (const { commands } of submissions) {
    for (const command of commands) {
      if (lookUp) ids.push(command.id);
      for (const { accountId } of command.onlyIf ?? []) wantAccount(accountId);
      if ('debitAccountId' in command) {
        wantAccount(command.debitAccountId);
        wantAccount(command.creditAccountId);
      } else if ('holdId' in command) want(holds, command.holdId, base.hold(command.holdId));
      else if ('transferId' in command) reversed.push(command.transferId);
      else if ('accountId' in command) wantAccount(command.accountId);
    }
  }
  const known: Map<string, Known> = lookUp ? await loadKnown(tx, tenantId, ids) : new Map();
  const loadedHolds = await loadHolds(tx, tenantId, holds.missing);
  for (const states of [holds.found, loadedHolds]) {
    for (const state of states.values()) {
      if (state.state !== 'open') continue;
      wantAccount(state.hold.debitAccountId);
      wantAccount(state.hold.creditAccountId);
    }
  }
  const originals = await loadOriginals(tx, tenantId, reversed);
  for (const original of originals.values()) {
    if (original === 'other') continue;
    wantAccount(original.transfer.debitAccountId);
    wantAccount(original.transfer.creditAccountId);
  }
  const loadedAccounts = await loadAccounts(tx, tenantId, accounts.missing);
  return {
    loaded: { accounts: loadedAccounts, holds: loadedHolds, known, originals },
    view: {
      account: (id) => accounts.found.get(id) ?? loadedAccounts.get(id),
      hold: (id) => holds.found.get(id) ?? loadedHolds.get(id),
      known: (id) => base.known(id) ?? known.get(id),
      original: (id) => originals.get(id),
    },
  };
}

function want<T>(wanted: Wanted<T>, id: string, known: T | undefined): void {
  if (known) wanted.found.set(id, known);
  else wanted.missing.push(id);
}
