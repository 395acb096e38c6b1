import type { AccountState, HoldState } from '../domain/model.ts';
import type { View, Workspace } from '../domain/workspace.ts';
import type { Head } from '../store/load.ts';
import type { Loaded } from './state.ts';

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

  /** Accounts and holds kept. */
  get size(): number {
    return this.#accounts.size + this.#openHolds.size;
  }

  drop(): void {
    this.head = undefined;
    this.#accounts.clear();
    this.#openHolds.clear();
  }

  /** What is kept, as of `head`. */
  readonly view: View = {
    account: (id) => this.#accounts.get(id),
    hold: (id) => this.#openHolds.get(id),
    known: () => undefined,
    original: () => undefined,
  };

  /** The same with a batch on top of it that is still being committed. */
  under(changes: View, loaded: Loaded): View {
    return {
      account: (id) => changes.account(id) ?? loaded.accounts.get(id) ?? this.#accounts.get(id),
      hold: (id) => changes.hold(id) ?? loaded.holds.get(id) ?? this.#openHolds.get(id),
      known: (id) => changes.known(id),
      original: () => undefined,
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
