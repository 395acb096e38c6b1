import type { AccountState, HoldState, Known, Original } from '../domain/model.ts';
import type { View, Workspace } from '../domain/workspace.ts';
import type { Head } from '../store/load.ts';

/** State read for one batch, not yet known to be current: it counts only if the batch commits on the head. */
export type Loaded = {
  accounts: Map<string, AccountState>;
  holds: Map<string, HoldState>;
  known: Map<string, Known>;
  originals: Map<string, Original>;
};

/**
 * A tenant's ledger as this process last committed it. Only ever true as of `head`: a batch decided on it commits by moving that very
 * head, so a stale cache costs a retry and never a wrong answer. Anything doubtful drops it.
 */
export class TenantCache {
  head: Head | undefined;
  readonly #accounts = new Map<string, AccountState>();
  readonly #openHolds = new Map<string, HoldState>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  drop(): void {
    this.head = undefined;
    this.#accounts.clear();
    this.#openHolds.clear();
  }

  hasAccount(id: string): boolean {
    return this.#accounts.has(id);
  }

  hold(id: string): HoldState | undefined {
    return this.#openHolds.get(id);
  }

  over(loaded: Loaded): View {
    return {
      account: (id) => loaded.accounts.get(id) ?? this.#accounts.get(id),
      hold: (id) => loaded.holds.get(id) ?? this.#openHolds.get(id),
      known: (id) => loaded.known.get(id),
      original: (id) => loaded.originals.get(id),
    };
  }

  /** After the commit: what was read and what was decided is now the state at `head`. */
  advance(head: Head, loaded: Loaded, work: Workspace): void {
    this.head = head;
    for (const [id, state] of loaded.accounts) this.#accounts.set(id, state);
    for (const [id, state] of work.balances) this.#accounts.set(id, state);
    for (const [id, state] of work.holds) {
      if (state.state === 'open') this.#openHolds.set(id, state);
      else this.#openHolds.delete(id);
    }
    trim(this.#accounts, this.#limit);
    trim(this.#openHolds, this.#limit);
  }
}

/** Oldest first; what is needed again is read again. */
function trim(map: Map<string, unknown>, limit: number): void {
  if (map.size <= limit) return;
  for (const key of map.keys()) {
    map.delete(key);
    if (map.size <= limit) return;
  }
}
