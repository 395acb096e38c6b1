/**
 * The ledger's rules a second time, as plainly as they can be said: maps, big integers, one command after the other. Written from what
 * the ledger documents, not from its code, and importing none of it, so that a mistake would have to be made twice to go unseen.
 */

/** A command as it goes over the wire. Amounts are digits, instants ISO 8601. */
export type Command = { id: string; kind: string } & Partial<{
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: string;
  expiresAt: string | null;
  holdId: string;
  reason: string;
  effectiveAt: string;
  metadata: Record<string, string>;
}>;

export type Account = {
  id: string;
  asset: string;
  debitsMustNotExceedCredits: boolean;
  creditsMustNotExceedDebits: boolean;
  overdraft: bigint;
  /** Posted and pending, debits and credits: what every entry of the account must show after itself. */
  debits: bigint;
  credits: bigint;
  pendingDebits: bigint;
  pendingCredits: bigint;
};

export type Hold = {
  debit: string;
  credit: string;
  amount: bigint;
  expiresAt: number | null;
  state: 'open' | 'settled' | 'released' | 'expired' /** What arrived when it ended. */;
  settled: bigint;
};

/** What a command that was carried out left in the books. */
export type Booking = {
  id: string;
  kind: string;
  debit: string;
  credit: string;
  amount: bigint;
  held: bigint | null;
  holdId: string | null;
  reason: string | null;
  effectiveAt: number;
  expiresAt: number | null;
  metadata: string;
  /** Balances of the two accounts afterwards: debits, credits, pending debits, pending credits. */
  after: [Totals, Totals];
};
export type Totals = [bigint, bigint, bigint, bigint];

/** What became of one command. `why` holds every code that would be a right answer: which rule is looked at first is not promised. */
export type Verdict =
  | { is: 'done'; record: Booking }
  | { is: 'refused'; why: readonly string[] }
  /** The id was answered before: the first answer again, or a conflict that names one of `fields`. */
  | { is: 'repeat'; fields: readonly string[] };

type Answered = { content: Map<string, string>; done: Booking | null; at: number };

const LARGEST = 10n ** 38n - 1n;
const ms = (text: string | null | undefined): number | null => (text == null ? null : Date.parse(text));

export class Model {
  readonly accounts = new Map<string, Account>();
  readonly holds = new Map<string, Hold>();
  readonly answered = new Map<string, Answered>();
  #undo: (() => void)[] = [];

  open(account: {
    id: string;
    asset: string;
    debitsMustNotExceedCredits?: boolean;
    creditsMustNotExceedDebits?: boolean;
    overdraftLimitMinor?: string;
  }): void {
    const { id, asset, debitsMustNotExceedCredits = false, creditsMustNotExceedDebits = false, overdraftLimitMinor = '0' } = account;
    const totals = { debits: 0n, credits: 0n, pendingDebits: 0n, pendingCredits: 0n };
    this.accounts.set(id, {
      id,
      asset,
      debitsMustNotExceedCredits,
      creditsMustNotExceedDebits,
      overdraft: BigInt(overdraftLimitMinor),
      ...totals,
    });
  }

  /** Carries out commands that were handed in together, recorded at `at`. They stay carried out unless `takeBack` is called next. */
  submit(commands: readonly Command[], atomic: boolean, at: number): Verdict[] {
    this.#undo = [];
    if (!atomic || commands.length === 1) return commands.map((command) => this.#one(command, at));
    if (commands.every((command) => this.answered.has(command.id))) return commands.map((command) => this.#one(command, at));
    const verdicts: Verdict[] = [];
    for (const command of commands) {
      const verdict = this.#one(command, at);
      verdicts.push(verdict);
      if (verdict.is !== 'done') break;
    }
    const culprit = verdicts.length - 1;
    const last = verdicts[culprit]!;
    if (last.is === 'done') return verdicts;
    this.takeBack();
    return commands.map((command, index) => {
      if (this.answered.has(command.id)) return this.#one(command, at);
      return this.#refuse(command, index === culprit && last.is === 'refused' ? last.why : ['LEDGER_CHAIN_FAILED'], at);
    });
  }

  /** Undoes the last `submit`. */
  takeBack(): void {
    for (const step of this.#undo.reverse()) step();
    this.#undo = [];
  }

  /** In which fields a command differs from what its id stands for; none, too, when nobody used the id. */
  differences(command: Command): readonly string[] {
    const before = this.answered.get(command.id);
    return before ? differences(before, command) : [];
  }

  totals(id: string): Totals {
    const { debits, credits, pendingDebits, pendingCredits } = this.accounts.get(id)!;
    return [debits, credits, pendingDebits, pendingCredits];
  }

  #one(command: Command, at: number): Verdict {
    const before = this.answered.get(command.id);
    if (before) return { is: 'repeat', fields: differences(before, command) };
    const late = command.effectiveAt !== undefined && ms(command.effectiveAt)! > at ? ['LEDGER_EFFECTIVE_IN_FUTURE'] : [];
    const outcome = this.#carryOut(command, at, late);
    return 'why' in outcome ? this.#refuse(command, outcome.why, at) : this.#done(command, outcome.record, at);
  }

  #carryOut(command: Command, at: number, late: readonly string[]): { why: readonly string[] } | { record: Booking } {
    if (command.kind === 'transfer' || command.kind === 'hold') return this.#move(command, at, late);
    if (command.kind === 'settle') return this.#settle(command, at, late);
    return this.#release(command, at, late);
  }

  #move(command: Command, at: number, late: readonly string[]): { why: readonly string[] } | { record: Booking } {
    const why = [...late];
    const amount = BigInt(command.amountMinor!);
    if (amount === 0n) why.push('LEDGER_AMOUNT_ZERO');
    if (amount > LARGEST) why.push('LEDGER_AMOUNT_TOO_LARGE');
    if (command.debitAccountId === command.creditAccountId) why.push('LEDGER_SAME_ACCOUNT');
    const debit = this.accounts.get(command.debitAccountId!);
    const credit = this.accounts.get(command.creditAccountId!);
    if (!debit) why.push('LEDGER_DEBIT_ACCOUNT_UNKNOWN');
    if (!credit) why.push('LEDGER_CREDIT_ACCOUNT_UNKNOWN');
    if (debit && credit && debit.asset !== credit.asset) why.push('LEDGER_ASSET_MISMATCH');
    const expiresAt = command.kind === 'hold' ? ms(command.expiresAt) : null;
    if (expiresAt !== null && expiresAt <= at) why.push('LEDGER_EXPIRY_IN_PAST');
    if (why.length > 0 || !debit || !credit) return { why };
    why.push(...beyondDebit(debit, amount), ...beyondCredit(credit, amount));
    if (why.length > 0) return { why };
    if (command.kind === 'hold') {
      this.#add(debit, credit, 0n, amount);
      this.#set(this.holds, command.id, { debit: debit.id, credit: credit.id, amount, expiresAt, state: 'open', settled: 0n });
    } else this.#add(debit, credit, amount, 0n);
    return { record: this.#record(command, at, debit, credit, amount, { expiresAt }) };
  }

  #settle(command: Command, at: number, late: readonly string[]): { why: readonly string[] } | { record: Booking } {
    const hold = this.holds.get(command.holdId!);
    if (hold?.state !== 'open') return { why: [...late, this.#notOpen(command.holdId!)] };
    const why = [...late];
    const amount = command.amountMinor === undefined ? hold.amount : BigInt(command.amountMinor);
    if (hold.expiresAt !== null && hold.expiresAt <= at) why.push('LEDGER_HOLD_EXPIRED');
    if (amount === 0n) why.push('LEDGER_AMOUNT_ZERO');
    if (amount > hold.amount) why.push('LEDGER_SETTLE_EXCEEDS_HOLD');
    return why.length > 0 ? { why } : this.#end(command, at, hold, 'settled', amount);
  }

  #release(command: Command, at: number, late: readonly string[]): { why: readonly string[] } | { record: Booking } {
    const hold = this.holds.get(command.holdId!);
    if (hold?.state !== 'open') return { why: [...late, this.#notOpen(command.holdId!)] };
    const isExpiry = command.reason === 'expiry';
    const why = [...late];
    if (isExpiry && (hold.expiresAt === null || hold.expiresAt > at)) why.push('LEDGER_HOLD_NOT_EXPIRED');
    return why.length > 0 ? { why } : this.#end(command, at, hold, isExpiry ? 'expired' : 'released', 0n);
  }

  /** A hold leaves what is pending whole; of it, `posted` arrives. */
  #end(command: Command, at: number, hold: Hold, state: Hold['state'], posted: bigint): { record: Booking } {
    const debit = this.accounts.get(hold.debit)!;
    const credit = this.accounts.get(hold.credit)!;
    this.#add(debit, credit, posted, -hold.amount);
    this.#set(this.holds, command.holdId!, { ...hold, state, settled: posted });
    const reason = command.kind === 'release' ? (command.reason ?? 'user') : null;
    const rest = { held: hold.amount, holdId: command.holdId!, reason };
    return { record: this.#record(command, at, debit, credit, command.kind === 'settle' ? posted : hold.amount, rest) };
  }

  #notOpen(id: string): string {
    const hold = this.holds.get(id);
    if (hold?.state === 'settled') return 'LEDGER_HOLD_ALREADY_SETTLED';
    if (hold?.state === 'released') return 'LEDGER_HOLD_ALREADY_RELEASED';
    if (hold?.state === 'expired') return 'LEDGER_HOLD_EXPIRED';
    return this.answered.has(id) ? 'LEDGER_NOT_A_HOLD' : 'LEDGER_HOLD_UNKNOWN';
  }

  #record(command: Command, at: number, debit: Account, credit: Account, amount: bigint, rest: Partial<Booking>): Booking {
    return {
      id: command.id,
      kind: command.kind,
      debit: debit.id,
      credit: credit.id,
      amount,
      held: null,
      holdId: null,
      reason: null,
      effectiveAt: ms(command.effectiveAt) ?? at,
      expiresAt: null,
      metadata: sorted(command.metadata),
      after: [this.totals(debit.id), this.totals(credit.id)],
      ...rest,
    };
  }

  #add(debit: Account, credit: Account, posted: bigint, pending: bigint): void {
    const change = (sign: bigint) => {
      debit.debits += sign * posted;
      debit.pendingDebits += sign * pending;
      credit.credits += sign * posted;
      credit.pendingCredits += sign * pending;
    };
    change(1n);
    this.#undo.push(() => change(-1n));
  }

  #set<T>(map: Map<string, T>, key: string, value: T): void {
    const before = map.get(key);
    this.#undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }

  #done(command: Command, record: Booking, at: number): Verdict {
    // What was left out has its meaning from now on: an effect at once, a settlement in full.
    const content = contentOf(command);
    if (command.effectiveAt === undefined) content.set('effectiveAt', String(at));
    if (command.kind === 'settle') content.set('amountMinor', String(record.amount));
    this.#set(this.answered, command.id, { content, done: record, at });
    return { is: 'done', record };
  }

  #refuse(command: Command, why: readonly string[], at: number): Verdict {
    this.#set(this.answered, command.id, { content: contentOf(command), done: null, at });
    return { is: 'refused', why };
  }
}

function beyondDebit(account: Account, amount: bigint): string[] {
  const debits = account.debits + account.pendingDebits + amount;
  const why = debits > LARGEST ? ['LEDGER_BALANCE_OVERFLOW'] : [];
  if (account.debitsMustNotExceedCredits && debits > account.credits + account.overdraft) why.push('LEDGER_INSUFFICIENT_FUNDS');
  return why;
}

function beyondCredit(account: Account, amount: bigint): string[] {
  const credits = account.credits + account.pendingCredits + amount;
  const why = credits > LARGEST ? ['LEDGER_BALANCE_OVERFLOW'] : [];
  if (account.creditsMustNotExceedDebits && credits > account.debits + account.overdraft) why.push('LEDGER_CREDIT_LIMIT_EXCEEDED');
  return why;
}

function sorted(metadata: { [key: string]: string } | undefined): string {
  const pairs = Object.entries(metadata ?? {});
  return pairs.length === 0 ? '' : JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Everything a command says apart from its id, under the names of the wire. Absent and null are the same. */
function contentOf(command: Command): Map<string, string> {
  const content = new Map<string, string>();
  for (const [name, value] of Object.entries(command)) {
    if (name === 'id' || value == null) continue;
    if (name === 'metadata') {
      if (sorted(command.metadata)) content.set(name, sorted(command.metadata));
    } else content.set(name, name === 'effectiveAt' || name === 'expiresAt' ? String(Date.parse(value as string)) : String(value));
  }
  if (command.kind === 'release' && !content.has('reason')) content.set('reason', 'user');
  return content;
}

/** Names of the fields in which a command differs from the one its id stood for before; none when it is the same again. */
function differences(before: Answered, command: Command): string[] {
  const now = contentOf(command);
  if (before.done) {
    if (!now.has('effectiveAt')) now.set('effectiveAt', String(before.at));
    if (command.kind === 'settle' && !now.has('amountMinor') && before.done.held !== null) now.set('amountMinor', String(before.done.held));
  }
  return [...new Set([...before.content.keys(), ...now.keys()])].filter((name) => before.content.get(name) !== now.get(name));
}
