/**
 * The ledger's rules a second time, as plainly as they can be said: maps, big integers, one command after the other. Written from what
 * the ledger documents, not from its code, and importing none of it, so that a mistake would have to be made twice to go unseen.
 */

import { type Account, type Booking, type Command, type Hold, NOTHING, type Totals, type Verdict } from './model-data.ts';

export type { Account, Booking, Command, Hold, Totals, Verdict } from './model-data.ts';

type Answered = { content: Map<string, string>; done: Booking | null; at: number };
type Outcome = { why: readonly string[] } | { record: Booking };

const LARGEST = 10n ** 38n - 1n;
const ms = (text: string | null | undefined): number | null => (text == null ? null : Date.parse(text));
/** São Paulo has kept UTC−3 all year since 2019. */
const endOfDay = (date: string): number => Date.parse(`${date}T00:00:00-03:00`) + 86_400_000;

export class Model {
  readonly accounts = new Map<string, Account>();
  readonly holds = new Map<string, Hold>();
  readonly answered = new Map<string, Answered>();
  /** How much of a transfer was taken back. */
  readonly reversed = new Map<string, bigint>();
  /** The last day (YYYY-MM-DD) into which nothing may be dated any more. */
  closedUntil = '';
  #block: string | null = null;
  #undo: (() => void)[] = [];

  open(
    account: Pick<Account, 'id' | 'asset' | 'normalSide'> & {
      debitsMustNotExceedCredits?: boolean;
      creditsMustNotExceedDebits?: boolean;
      overdraftLimitMinor?: string;
    },
  ): void {
    const { id, asset, normalSide, debitsMustNotExceedCredits = false, creditsMustNotExceedDebits = false } = account;
    const totals = { debits: 0n, credits: 0n, pendingDebits: 0n, pendingCredits: 0n };
    const overdraft = BigInt(account.overdraftLimitMinor ?? '0');
    const limits = { debitsMustNotExceedCredits, creditsMustNotExceedDebits, overdraft, opened: overdraft };
    this.accounts.set(id, { id, asset, normalSide, ...limits, state: 'open', ...totals });
  }

  /** Carries out commands that were handed in together, recorded at `at`. They stay carried out unless `takeBack` is called next. */
  submit(commands: readonly Command[], atomic: boolean, at: number): Verdict[] {
    this.#undo = [];
    if (!atomic || commands.length === 1) return commands.map((command) => this.#one(command, at));
    const mixed = this.#mixed(commands);
    if (mixed) return mixed;
    if (this.answered.has(commands[0]!.id)) return commands.map((command) => this.#one(command, at));
    const verdicts: Verdict[] = [];
    this.#block = commands[0]!.id;
    for (const command of commands) {
      const verdict = this.#one(command, at);
      verdicts.push(verdict);
      if (verdict.is !== 'done') break;
    }
    this.#block = null;
    const culprit = verdicts.length - 1;
    const last = verdicts[culprit]!;
    if (last.is === 'done') return verdicts;
    this.takeBack();
    return commands.map((command, index) => {
      return this.#refuse(command, index === culprit && last.is === 'refused' ? last.why : ['LEDGER_CHAIN_FAILED'], at);
    });
  }

  /**
   * Whether a block can no longer be all or none: an id stands in it twice, or some of its ids were answered before, or all of them and not all
   * alike. Then nothing of it happens; an id that was refused before, or means something else, says so, all others that the block is mixed.
   */
  #mixed(commands: readonly Command[]): Verdict[] | undefined {
    const told = commands.map((command) => {
      const before = this.answered.get(command.id);
      if (!before) return 'new';
      if (this.#differences(before, command).length > 0) return 'other';
      return before.done ? 'done' : 'refused';
    });
    const isAll = (wanted: readonly string[]) => told.every((one) => wanted.includes(one));
    if (isAll(['done']) || isAll(['refused', 'other'])) return undefined;
    if (isAll(['new']) && new Set(commands.map(({ id }) => id)).size === commands.length) return undefined;
    return commands.map((command, index): Verdict => {
      if (told[index] === 'new' || told[index] === 'done') return { is: 'mixed', why: ['LEDGER_BLOCK_MIXED'] };
      return { is: 'repeat', fields: this.#differences(this.answered.get(command.id)!, command) };
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
    return before ? this.#differences(before, command) : [];
  }

  totals(id: string): Totals {
    const { debits, credits, pendingDebits, pendingCredits } = this.accounts.get(id)!;
    return [debits, credits, pendingDebits, pendingCredits];
  }

  #one(command: Command, at: number): Verdict {
    const before = this.answered.get(command.id);
    if (before) return { is: 'repeat', fields: this.#differences(before, command) };
    const outcome = this.#carryOut(command, at);
    return 'why' in outcome ? this.#refuse(command, outcome.why, at) : this.#done(command, outcome.record, at);
  }

  #carryOut(command: Command, at: number): Outcome {
    const steps = this.#undo.length;
    const outcome = this.#byKind(command, at);
    if ('why' in outcome || !command.onlyIf) return outcome;
    const why = command.onlyIf.flatMap((one) => this.#unmet(one));
    if (why.length === 0) return outcome;
    for (const step of this.#undo.splice(steps).reverse()) step();
    return { why };
  }

  /** Why a condition does not hold on the books as they are now. */
  #unmet({ accountId, balance, atLeastMinor, atMostMinor }: NonNullable<Command['onlyIf']>[number]): string[] {
    const account = this.accounts.get(accountId);
    if (!account) return ['LEDGER_ACCOUNT_UNKNOWN'];
    const isDebit = account.normalSide === 'debit';
    const posted = isDebit ? account.debits - account.credits : account.credits - account.debits;
    const held = isDebit ? account.pendingCredits : account.pendingDebits;
    const value = balance === 'available' ? posted - held : posted;
    const isLow = atLeastMinor !== undefined && value < BigInt(atLeastMinor);
    const isHigh = atMostMinor !== undefined && value > BigInt(atMostMinor);
    return isLow || isHigh ? ['LEDGER_CONDITION_NOT_MET'] : [];
  }

  #byKind(command: Command, at: number): Outcome {
    if (command.kind === 'account') return this.#account(command);
    if (command.kind === 'close-period') return this.#closePeriod(command, at);
    const effectiveAt = ms(command.effectiveAt) ?? at;
    const why: string[] = [];
    if (effectiveAt > at) why.push('LEDGER_EFFECTIVE_IN_FUTURE');
    if (this.closedUntil !== '' && command.effectiveAt !== undefined && effectiveAt < endOfDay(this.closedUntil))
      why.push('LEDGER_PERIOD_CLOSED');
    if (command.kind === 'transfer' || command.kind === 'hold') return this.#move(command, at, why);
    if (command.kind === 'reverse') return this.#reverse(command, at, why);
    return this.#endHold(command, at, why);
  }

  #move(command: Command, at: number, why: string[]): Outcome {
    const ceiling = BigInt(command.amountMinor!);
    if (ceiling === 0n) why.push('LEDGER_AMOUNT_ZERO');
    if (ceiling > LARGEST) why.push('LEDGER_AMOUNT_TOO_LARGE');
    if (command.debitAccountId === command.creditAccountId) why.push('LEDGER_SAME_ACCOUNT');
    const debit = this.accounts.get(command.debitAccountId!);
    const credit = this.accounts.get(command.creditAccountId!);
    if (!debit) why.push('LEDGER_DEBIT_ACCOUNT_UNKNOWN');
    if (!credit) why.push('LEDGER_CREDIT_ACCOUNT_UNKNOWN');
    if (debit && credit && debit.asset !== credit.asset) why.push('LEDGER_ASSET_MISMATCH');
    if (debit && credit) why.push(...barred(debit, 'debit'), ...barred(credit, 'credit'));
    const expiresAt = command.kind === 'hold' ? ms(command.expiresAt) : null;
    if (expiresAt !== null && expiresAt <= at) why.push('LEDGER_EXPIRY_IN_PAST');
    if (why.length > 0 || !debit || !credit) return { why };
    let amount = ceiling;
    if (command.balancing !== undefined && command.balancing !== 'credit') amount = least(amount, leftToDebit(debit));
    if (command.balancing !== undefined && command.balancing !== 'debit') amount = least(amount, leftToCredit(credit));
    if (amount <= 0n) return { why: ['LEDGER_NOTHING_TO_MOVE'] };
    why.push(...beyondDebit(debit, amount), ...beyondCredit(credit, amount));
    if (why.length > 0) return { why };
    const purpose = command.kind === 'hold' && command.purpose !== 'payment' ? (command.purpose ?? null) : null;
    const reference = command.reference ?? null;
    if (command.kind === 'hold') {
      this.#add(debit, credit, 0n, amount);
      const effectiveAt = ms(command.effectiveAt) ?? at;
      const parties = { debit: debit.id, credit: credit.id };
      this.#set(this.holds, command.id, { ...parties, amount, effectiveAt, expiresAt, purpose, reference, state: 'open', settled: 0n });
    } else this.#add(debit, credit, amount, 0n);
    const requested = amount < ceiling ? ceiling : null;
    const rest = { expiresAt, balancing: command.balancing ?? null, requested, purpose, reference };
    return { record: this.#moved(command, at, debit, credit, amount, rest) };
  }

  /** A settle or a release: the hold leaves what is pending whole, and of it arrives what was settled. */
  #endHold(command: Command, at: number, why: string[]): Outcome {
    const hold = this.holds.get(command.holdId!);
    if (hold?.state !== 'open') return { why: [...why, this.#notOpen(command.holdId!)] };
    if ((command.reference ?? null) !== hold.reference) why.push('LEDGER_HOLD_REFERENCE_MISMATCH');
    const hasExpired = hold.expiresAt !== null && hold.expiresAt <= at;
    const isSettle = command.kind === 'settle';
    const isExpiry = !isSettle && command.reason === 'expiry';
    const settled = !isSettle ? 0n : command.amountMinor === undefined ? hold.amount : BigInt(command.amountMinor);
    if (isSettle && hasExpired) why.push('LEDGER_HOLD_EXPIRED');
    if (isSettle && settled === 0n) why.push('LEDGER_AMOUNT_ZERO');
    if (settled > hold.amount) why.push('LEDGER_SETTLE_EXCEEDS_HOLD');
    if (isExpiry && !hasExpired) why.push('LEDGER_HOLD_NOT_EXPIRED');
    if (command.effectiveAt !== undefined && ms(command.effectiveAt)! < hold.effectiveAt) why.push('LEDGER_EFFECTIVE_BEFORE_ORIGINAL');
    if (why.length > 0) return { why };
    const debit = this.accounts.get(hold.debit)!;
    const credit = this.accounts.get(hold.credit)!;
    const remaining = isSettle && command.keepRest ? hold.amount - settled : null;
    const held = remaining === null ? hold.amount : settled;
    this.#add(debit, credit, settled, -held);
    const ended = { ...hold, state: isSettle ? ('settled' as const) : isExpiry ? ('expired' as const) : ('released' as const), settled };
    this.#set(this.holds, command.holdId!, remaining ? { ...hold, amount: remaining } : ended);
    const { purpose, reference } = hold;
    const rest = { held, remaining, holdId: command.holdId!, reason: isSettle ? null : (command.reason ?? 'user'), purpose, reference };
    return { record: this.#moved(command, at, debit, credit, isSettle ? settled : hold.amount, rest) };
  }

  #notOpen(id: string): string {
    const hold = this.holds.get(id);
    if (hold?.state === 'settled') return 'LEDGER_HOLD_ALREADY_SETTLED';
    if (hold?.state === 'released') return 'LEDGER_HOLD_ALREADY_RELEASED';
    if (hold?.state === 'expired') return 'LEDGER_HOLD_EXPIRED';
    return this.answered.has(id) ? 'LEDGER_NOT_A_HOLD' : 'LEDGER_HOLD_UNKNOWN';
  }

  #reverse(command: Command, at: number, why: string[]): Outcome {
    const original = this.answered.get(command.transferId!)?.done;
    if (!original) return { why: [...why, 'LEDGER_TRANSFER_UNKNOWN'] };
    if (original.kind !== 'transfer' && original.kind !== 'settle') return { why: [...why, 'LEDGER_NOT_REVERSIBLE'] };
    const left = original.amount! - (this.reversed.get(original.id) ?? 0n);
    const amount = command.amountMinor === undefined ? left : BigInt(command.amountMinor);
    if (command.amountMinor !== undefined && amount === 0n) why.push('LEDGER_AMOUNT_ZERO');
    if (left === 0n || amount > left) why.push('LEDGER_REVERSE_EXCEEDS');
    if (command.effectiveAt !== undefined && ms(command.effectiveAt)! < original.effectiveAt!) why.push('LEDGER_EFFECTIVE_BEFORE_ORIGINAL');
    const debit = this.accounts.get(original.credit!)!;
    const credit = this.accounts.get(original.debit!)!;
    why.push(...barred(debit, 'debit'), ...barred(credit, 'credit'));
    if (why.length > 0) return { why };
    why.push(...beyondDebit(debit, amount), ...beyondCredit(credit, amount));
    if (why.length > 0) return { why };
    this.#add(debit, credit, amount, 0n);
    this.#set(this.reversed, original.id, original.amount! - left + amount);
    const requested = command.amountMinor === undefined && amount < original.amount! ? original.amount : null;
    return { record: this.#moved(command, at, debit, credit, amount, { reverses: original.id, requested }) };
  }

  #account(command: Command): Outcome {
    const account = this.accounts.get(command.accountId!);
    if (!account) return { why: ['LEDGER_ACCOUNT_UNKNOWN'] };
    const why: string[] = [];
    const overdraft = command.overdraftLimitMinor === undefined ? null : BigInt(command.overdraftLimitMinor);
    if (overdraft !== null && overdraft > LARGEST) why.push('LEDGER_AMOUNT_TOO_LARGE');
    const isEmpty = account.debits === account.credits && account.pendingDebits === 0n && account.pendingCredits === 0n;
    if (command.state === 'closed' && !isEmpty) why.push('LEDGER_ACCOUNT_NOT_EMPTY');
    if (why.length > 0) return { why };
    const { state, overdraft: limit } = account;
    this.#undo.push(() => Object.assign(account, { state, overdraft: limit }));
    account.state = command.state ?? state;
    account.overdraft = overdraft ?? limit;
    const { accountId = null, reason = null } = command;
    return { record: this.#booking(command, { accountId, state: command.state ?? null, overdraft, reason }) };
  }

  #closePeriod(command: Command, at: number): Outcome {
    const until = command.until!;
    const why: string[] = [];
    if (endOfDay(until) > at) why.push('LEDGER_PERIOD_NOT_OVER');
    if (until <= this.closedUntil) why.push('LEDGER_PERIOD_ALREADY_CLOSED');
    if (why.length > 0) return { why };
    const before = this.closedUntil;
    this.#undo.push(() => {
      this.closedUntil = before;
    });
    this.closedUntil = until;
    return { record: this.#booking(command, { until }) };
  }

  #moved(command: Command, at: number, debit: Account, credit: Account, amount: bigint, rest: Partial<Booking>): Booking {
    const after = [this.totals(debit.id), this.totals(credit.id)];
    const when = { effectiveAt: ms(command.effectiveAt) ?? at, metadata: sorted(command.metadata) };
    return this.#booking(command, { debit: debit.id, credit: credit.id, amount, ...when, after, ...rest });
  }

  #booking({ id, kind, onlyIf }: Command, rest: Partial<Booking>): Booking {
    return { ...NOTHING, id, kind, block: this.#block, onlyIf: conditionsOf(onlyIf), ...rest };
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
    const content = this.#inFull(contentOf(command), record, at);
    this.#set(this.answered, command.id, { content, done: record, at });
    return { is: 'done', record };
  }

  #refuse(command: Command, why: readonly string[], at: number): Verdict {
    this.#set(this.answered, command.id, { content: contentOf(command), done: null, at });
    return { is: 'refused', why };
  }

  /** Names of the fields in which a command differs from the one its id stood for before; none when it is the same again. */
  #differences(before: Answered, command: Command): string[] {
    const now = contentOf(command);
    if (before.done && now.get('kind') === before.done.kind) this.#inFull(now, before.done, before.at);
    return [...new Set([...before.content.keys(), ...now.keys()])].filter((name) => before.content.get(name) !== now.get(name));
  }

  /** What was left out has its meaning once the command was carried out: an effect at once, all that was held, all that was left to take back. */
  #inFull(content: Map<string, string>, { kind, held, amount, requested, reverses }: Booking, at: number): Map<string, string> {
    if (kind === 'account' || kind === 'close-period') return content;
    if (!content.has('effectiveAt')) content.set('effectiveAt', String(at));
    if (kind === 'settle' && !content.has('amountMinor')) content.set('amountMinor', String(held));
    if (kind === 'reverse' && !content.has('amountMinor')) {
      // Of one that named its amount only all there was is the same as nothing said.
      content.set('amountMinor', String(requested === null ? this.answered.get(reverses!)!.done!.amount : amount));
    }
    return content;
  }
}

/** Why nothing may be booked on this side of the account: closed or blocked to everything, frozen to what makes it less. */
function barred({ state, normalSide }: Account, side: 'debit' | 'credit'): string[] {
  if (state === 'closed') return ['LEDGER_ACCOUNT_CLOSED'];
  if (state === 'blocked') return ['LEDGER_ACCOUNT_BLOCKED'];
  return state === 'frozen' && side !== normalSide ? ['LEDGER_ACCOUNT_FROZEN'] : [];
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const leftToDebit = (account: Account): bigint => account.credits + account.overdraft - account.debits - account.pendingDebits;
const leftToCredit = (account: Account): bigint => account.debits + account.overdraft - account.credits - account.pendingCredits;

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
    if (name === 'id' || value == null || (name === 'purpose' && value === 'payment') || (name === 'keepRest' && !value)) continue;
    if (name === 'metadata') {
      if (sorted(command.metadata)) content.set(name, sorted(command.metadata));
    } else if (name === 'onlyIf') content.set(name, conditionsOf(command.onlyIf));
    else content.set(name, name === 'effectiveAt' || name === 'expiresAt' ? String(Date.parse(value as string)) : String(value));
  }
  if (command.kind === 'release' && !content.has('reason')) content.set('reason', 'user');
  return content;
}

/** Conditions as text, which balance is meant said in full. */
function conditionsOf(conditions: Command['onlyIf']): string {
  return (conditions ?? [])
    .map(({ accountId, balance = 'posted', atLeastMinor = '', atMostMinor = '' }) =>
      [accountId, balance, atLeastMinor, atMostMinor].join(' '),
    )
    .join(', ');
}
