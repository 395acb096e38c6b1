import { assert } from '#platform/errors.ts';
import { credited, debited } from './balance.ts';
import type { AccountState, Balance, Directive, Entry, Hold, HoldState, Known, LedgerRecord, Original, Transfer } from './model.ts';

/** What a decision may look at: the state as of one head of the ledger. */
export type View = {
  account(id: string): AccountState | undefined;
  hold(id: string): HoldState | undefined;
  known(id: string): Known | undefined;
  original(id: string): Original | undefined;
};

/** Where the ledger stood before, and the time at which the batch is recorded (epoch milliseconds, never going back). */
export type Moment = { seq: number; recordedAt: number; closedUntil: string | null };

/** A directive with what it makes of its account. */
export type Directed = { directive: Directive; after: AccountState | null };

/** A movement that passed every rule; what is left is to write it down. */
export type Movement = Omit<Transfer, 'seq' | 'recordedAt' | 'blockId'> & {
  debit: AccountState;
  credit: AccountState;
  postedChange: bigint;
  pendingChange: bigint;
};

const NOT_A_HOLD: HoldState = { state: 'not-a-hold' };

/** Lengths of the lists, and steps that take back the rest. */
type Mark = {
  seq: number;
  records: number;
  transfers: number;
  directives: number;
  entries: number;
  answers: number;
  undo: (() => unknown)[];
};

/**
 * The state while a batch is being decided: the view below, what the batch did so far above. `mark` and `unmark` take the end of it
 * back, for blocks that succeed or fail as one.
 */
export class Workspace implements View {
  /** Transfers and directives in the order of their places. */
  readonly records: LedgerRecord[] = [];
  readonly transfers: Transfer[] = [];
  readonly directives: Directed[] = [];
  readonly entries: Entry[] = [];
  /** New answers, in order; each becomes one row. */
  readonly answers: [id: string, known: Known][] = [];
  readonly balances = new Map<string, AccountState>();
  readonly holds = new Map<string, HoldState>();
  readonly #reversed = new Map<string, bigint>();
  readonly #answered = new Map<string, Known>();
  readonly #view: View;
  readonly recordedAt: number;
  /** Last business date that is closed, YYYY-MM-DD. */
  closedUntil: string | null;
  #seq: number;
  #mark: Mark | undefined;
  #blockId: string | null = null;

  constructor(view: View, moment: Moment) {
    this.#view = view;
    this.#seq = moment.seq;
    this.recordedAt = moment.recordedAt;
    this.closedUntil = moment.closedUntil;
  }

  get seq(): number {
    return this.#seq;
  }

  account(id: string): AccountState | undefined {
    return this.balances.get(id) ?? this.#view.account(id);
  }

  hold(id: string): HoldState | undefined {
    const known = this.holds.get(id) ?? this.#view.hold(id);
    if (known) return known;
    // An id that stands for something else is told apart from one never heard of, in the same batch as later on.
    return this.#answered.has(id) ? NOT_A_HOLD : undefined;
  }

  known(id: string): Known | undefined {
    return this.#answered.get(id) ?? this.#view.known(id);
  }

  original(id: string): Original | undefined {
    const original = this.#view.original(id) ?? this.#originalHere(id);
    if (original === undefined || original === 'other') return original;
    return { ...original, reversed: this.#reversed.get(id) ?? original.reversed };
  }

  #originalHere(id: string): Original | undefined {
    const known = this.#answered.get(id);
    if (known?.outcome !== 'done') return undefined;
    return 'debitAccountId' in known.record ? { transfer: known.record, reversed: 0n } : 'other';
  }

  /**
   * What this batch changed in accounts, holds and ids, and nothing of the state below it: the next batch is decided on that while this
   * one is being committed. Originals are not in it; what reverses waits.
   */
  changes(): View {
    const { balances, holds } = this;
    const answered = this.#answered;
    return {
      account: (id) => balances.get(id),
      hold: (id) => holds.get(id) ?? (answered.has(id) ? NOT_A_HOLD : undefined),
      known: (id) => answered.get(id),
      original: () => undefined,
    };
  }

  answer(id: string, known: Known): void {
    this.#remember(this.#answered, id);
    this.#answered.set(id, known);
    this.answers.push([id, known]);
  }

  move(movement: Movement): Transfer {
    const { debit, credit, postedChange, pendingChange, ...rest } = movement;
    const seq = this.#next();
    const transfer: Transfer = { ...rest, seq, recordedAt: this.recordedAt, blockId: this.#blockId };
    this.records.push(transfer);
    this.transfers.push(transfer);
    this.#enter(debit, 'debit', seq, movement, debited(debit.balance, postedChange, pendingChange));
    this.#enter(credit, 'credit', seq, movement, credited(credit.balance, postedChange, pendingChange));
    return transfer;
  }

  /** `after` is what the account of an `account` directive is from here on. */
  direct(ruled: Omit<Directive, 'seq' | 'recordedAt' | 'blockId'>, after: AccountState | null): Directive {
    const directive: Directive = { ...ruled, seq: this.#next(), recordedAt: this.recordedAt, blockId: this.#blockId };
    this.records.push(directive);
    this.directives.push({ directive, after });
    if (after) {
      this.#remember(this.balances, after.account.id);
      this.balances.set(after.account.id, after);
    }
    if (directive.until !== null) this.closedUntil = directive.until;
    return directive;
  }

  setReversed(id: string, reversed: bigint): void {
    this.#remember(this.#reversed, id);
    this.#reversed.set(id, reversed);
  }

  setHold(id: string, state: HoldState): void {
    this.#remember(this.holds, id);
    this.holds.set(id, state);
  }

  /** From here on everything belongs to a block and can be taken back. */
  mark(blockId: string): void {
    this.#blockId = blockId;
    const { records, transfers, directives, entries, answers, closedUntil } = this;
    this.#mark = {
      seq: this.#seq,
      records: records.length,
      transfers: transfers.length,
      directives: directives.length,
      entries: entries.length,
      answers: answers.length,
      undo: [
        () => {
          this.closedUntil = closedUntil;
        },
      ],
    };
  }

  /** Ends the marked stretch, keeping it or taking it back. */
  unmark(keep: boolean): void {
    const mark = this.#mark;
    this.#mark = undefined;
    this.#blockId = null;
    if (keep || !mark) return;
    this.#seq = mark.seq;
    this.records.length = mark.records;
    this.transfers.length = mark.transfers;
    this.directives.length = mark.directives;
    this.entries.length = mark.entries;
    this.answers.length = mark.answers;
    for (const step of mark.undo.reverse()) step();
  }

  #enter(state: AccountState, side: Entry['side'], seq: number, movement: Movement, after: Balance): void {
    const { postedChange, pendingChange } = movement;
    const effectiveAt = movement.effectiveAt === this.recordedAt ? null : movement.effectiveAt;
    assert(after.pendingDebits >= 0n && after.pendingCredits >= 0n, 'pending never falls below zero');
    this.entries.push({ accountId: state.account.id, seq, side, postedChange, pendingChange, effectiveAt, after });
    this.#remember(this.balances, state.account.id);
    this.balances.set(state.account.id, { account: state.account, balance: after, standing: state.standing });
  }

  #next(): number {
    const seq = ++this.#seq;
    assert(Number.isSafeInteger(seq), 'the ledger sequence fits an integer');
    return seq;
  }

  #remember<T>(map: Map<string, T>, key: string): void {
    if (!this.#mark) return;
    const before = map.get(key);
    this.#mark.undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
  }
}

export function holdOf(transfer: Transfer): Hold {
  const { id, seq, debitAccountId, creditAccountId, amount, expiresAt, recordedAt, effectiveAt, purpose, reference, placedBy } = transfer;
  return { id, seq, debitAccountId, creditAccountId, amount, expiresAt, recordedAt, effectiveAt, purpose, reference, placedBy };
}
