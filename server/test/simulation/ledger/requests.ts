/** Random requests to a ledger: every kind of command, sensible and senseless, over few accounts so that they get in each other's way. */
import type { NewAccount } from '#ledger';
import type { Dice } from '../../support/dice.ts';
import type { Command } from './model.ts';

export type Request = { commands: Command[]; atomic: boolean };

const LARGEST = 10n ** 38n - 1n;
const MINUTE = 60_000;
/** Texts that break whoever quotes carelessly on the way to Postgres and back. */
const WORDS = ['a', '', ' ', 'NULL', '"', '\\', '\\"', '{}', '{"a":1}', "';--", 'ação ✓ 🎲', '\n\t', '\\u0000', ','];
const MAX_REMEMBERED = 400;

export class Requests {
  readonly tenantId: string;
  readonly accounts: NewAccount[] = [];
  readonly #dice: Dice;
  readonly #prefix: string;
  /** Amounts are mostly below this: small ones meet limits exactly, larger ones overdraw. */
  readonly #scale: number;
  readonly #groups: { plain: string[]; houses: string[]; giants: string[] } = { plain: [], houses: [], giants: [] };
  readonly #holds: { id: string; reference?: string }[] = [];
  readonly #reversible: string[] = [];
  readonly #recent: Command[] = [];
  /** `isOpen`: a mixed block left nothing of it, so that its id is still free. */
  readonly #answered: { command: Command; isOpen: boolean }[] = [];
  #ids = 0;

  /** Two tenants of one seed use the same ids, which is nobody's business but their own. */
  constructor(dice: Dice, tenant: number, size: { accounts: number }) {
    this.#dice = dice;
    this.#prefix = `${(dice.seed >>> 0).toString(16).padStart(8, '0')}-0000`;
    this.tenantId = `${this.#prefix}-8000-8000-00000000000${tenant}`;
    this.#scale = dice.pick([12, 60, 1_000]);
    this.#makeAccounts(size.accounts);
  }

  newId(): string {
    return `${this.#prefix}-7000-8000-${(this.#ids++).toString(16).padStart(12, '0')}`;
  }

  /** What was answered for good may be asked again; what is still under way is only repeated as the whole request it was part of. */
  wasAnswered({ commands }: Request, results: readonly { outcome: string; code?: string | undefined }[]): void {
    if (this.#dice.roll() >= 0.3) return;
    const index = this.#dice.whole(0, commands.length - 1);
    push(this.#answered, { command: commands[index]!, isOpen: results[index]!.code === 'LEDGER_BLOCK_MIXED' });
  }

  /** A request of about `size` commands, for a ledger whose clock shows `now`. */
  next(now: number, size: number): Request {
    const dice = this.#dice;
    const atomic = dice.roll() < 0.25;
    const count = atomic ? dice.whole(1, Math.min(size, 6)) : dice.whole(1, size);
    const commands: Command[] = [];
    for (let i = 0; i < count; i++) {
      // Blocks are mostly sensible, or hardly one would ever pass.
      const command = atomic && dice.roll() < 0.8 ? this.#sensible(now) : this.#any(now);
      commands.push(command);
      push(this.#recent, command);
    }
    return { commands, atomic };
  }

  /** A request that is not one: the ledger must refuse it whole and keep nothing of it. */
  malformed(now: number): Request {
    const dice = this.#dice;
    const { commands } = this.next(now, 3);
    const wrong: object = dice.pick([
      { amountMinor: '-1' },
      { amountMinor: '1.5' },
      { amountMinor: '007' },
      { amountMinor: '1'.repeat(65) },
      { id: 'not-a-uuid' },
      { kind: 'burn' },
      { effectiveAt: '2026-02-30' },
      { metadata: { note: 'x'.repeat(201) } },
      { metadata: { note: 'a\u0000b' } },
      { metadata: { 'a b': 'c' } },
      { kind: 'hold', purpose: 'judicial' },
      { kind: 'hold', purpose: 'judicial', reference: 'X-1', expiresAt: iso(now + MINUTE) },
      { kind: 'hold', reference: 'X-1' },
      { balancing: 'all' },
      { kind: 'close-period', until: '2026-02-30' },
      { kind: 'account', accountId: this.accounts[0]!.id, reason: 'nothing-asked' },
    ]);
    commands.push({ ...this.#transfer(now), ...wrong });
    return { commands, atomic: dice.roll() < 0.5 };
  }

  #any(now: number): Command {
    const dice = this.#dice;
    const roll = dice.roll();
    if (roll < 0.82) return this.#sensible(now);
    if (roll < 0.88 && this.#answered.length > 0) {
      const { command, isOpen } = dice.pick(this.#answered);
      if (isOpen) return this.#marked(this.#twisted(command));
      return roll < 0.87 ? command : this.#twisted(command);
    }
    if (roll < 0.9 && this.#recent.length > 0) return this.#marked(this.#twisted(dice.pick(this.#recent)));
    return this.#senseless(now);
  }

  /** Of two uses of an id that nobody has answered for good either may win: a mark of its own tells which it was. */
  #marked(command: Command): Command {
    return { ...command, metadata: { ...command.metadata, mark: String(this.#ids++) } };
  }

  #sensible(now: number): Command {
    const dice = this.#dice;
    const roll = dice.roll();
    if (roll < 0.5) return this.#transfer(now);
    if (roll < 0.68 || this.#holds.length === 0) return this.#hold(now);
    if (roll < 0.8) return this.#settle();
    if (roll < 0.88) return this.#release();
    if (roll < 0.975) return this.#reverse(now);
    return roll < 0.998 ? this.#account() : this.#closePeriod(now);
  }

  #transfer(now: number): Command {
    const id = this.newId();
    if (this.#dice.roll() < 0.3) push(this.#reversible, id);
    return { id, kind: 'transfer', ...this.#parties(), ...this.#balancing(), ...this.#onlyIf(), ...this.#extras(now) };
  }

  #hold(now: number): Command {
    const dice = this.#dice;
    const id = this.newId();
    const isMed = dice.roll() < 0.5;
    const reference = dice.pick(['MED-1', 'MED-2', '0001234-56.2026.8.26.0100']);
    const hold = { id, kind: 'hold', ...this.#parties(), ...this.#balancing(), ...this.#extras(now) };
    const expiresAt = iso(now + dice.pick([1, 50, 1_000, 5_000, 10 * MINUTE, 1_000 * MINUTE]));
    if (dice.roll() < 0.88) {
      push(this.#holds, { id });
      return { ...hold, ...this.#maybe(0.6, { expiresAt }), ...this.#maybe(0.02, { purpose: 'payment' }) };
    }
    push(this.#holds, { id, reference });
    if (isMed) return { ...hold, purpose: 'med', reference, ...this.#maybe(0.5, { expiresAt }) };
    return { ...hold, purpose: 'judicial', reference };
  }

  #balancing(): Partial<Command> {
    return this.#maybe(0.08, { balancing: this.#dice.pick(['debit', 'debit', 'credit', 'both']) });
  }

  /** Conditions that hold about as often as not. */
  #onlyIf(): Partial<Command> {
    const dice = this.#dice;
    if (dice.roll() > 0.05) return {};
    const accountId = dice.roll() < 0.9 ? this.#skewed(this.#groups.plain) : dice.pick(this.accounts).id;
    const bound = String(dice.whole(-this.#scale, 2 * this.#scale));
    const one = { accountId, ...this.#maybe(0.7, { balance: dice.pick(['posted', 'available'] as const) }) };
    return {
      onlyIf: [{ ...one, ...dice.pick([{ atLeastMinor: bound }, { atMostMinor: bound }, { atLeastMinor: '0', atMostMinor: bound }]) }],
    };
  }

  #release(): Command {
    const dice = this.#dice;
    const reason = dice.pick(['expiry', 'expiry', 'user', 'fraud-2']);
    return { id: this.newId(), kind: 'release', ...this.#someHold(), ...this.#maybe(0.5, { reason }) };
  }

  #reverse(now: number): Command {
    const dice = this.#dice;
    const pool = dice.roll() < 0.9 && this.#reversible.length > 0 ? this.#reversible : this.#recent.map((one) => one.id);
    const transferId = pool.length === 0 ? this.newId() : dice.pick(pool);
    const amountMinor = String(dice.whole(dice.roll() < 0.05 ? 0 : 1, this.#scale));
    return { id: this.newId(), kind: 'reverse', transferId, ...this.#maybe(0.6, { amountMinor }), ...this.#extras(now) };
  }

  /** Another state or limit for an account; more often open than not, or soon nothing would move. */
  #account(): Command {
    const dice = this.#dice;
    const accountId =
      dice.roll() < 0.95 ? this.#skewed(this.#groups.plain) : dice.pick([...this.#groups.giants, `${this.#prefix}-0000-8000-000000000001`]);
    const state = dice.pick(['open', 'open', 'open', 'open', 'open', 'open', 'open', 'frozen', 'blocked', 'closed'] as const);
    const overdraftLimitMinor = dice.pick([
      '0',
      '1',
      String(this.#scale),
      String(2 * this.#scale),
      ...(dice.roll() < 0.05 ? [String(LARGEST), '1'.repeat(39)] : []),
    ]);
    const changes = dice.pick([{ state }, { state }, { overdraftLimitMinor }, { state, overdraftLimitMinor }]);
    return { id: this.newId(), kind: 'account', accountId, ...changes, ...this.#onlyIf(), reason: dice.pick(['review', 'fraud-2']) };
  }

  #closePeriod(now: number): Command {
    const days = this.#dice.pick([60, 30, 3, 2, 1, 0, -1]);
    return { id: this.newId(), kind: 'close-period', until: iso(now - days * 24 * 60 * MINUTE).slice(0, 10) };
  }

  #settle(): Command {
    const amount = String(this.#dice.whole(0, this.#scale));
    const rest = { ...this.#maybe(0.6, { amountMinor: amount }), ...this.#maybe(0.3, { keepRest: true }), ...this.#onlyIf() };
    return { id: this.newId(), kind: 'settle', ...this.#someHold(), ...rest };
  }

  /** Mostly old holds, each tried about twice; now and then with another case than its own. */
  #someHold(): { holdId: string; reference?: string } {
    const dice = this.#dice;
    const holds = this.#holds;
    const place = Math.floor(dice.roll() ** 2 * holds.length);
    const { id: holdId, reference } = dice.roll() < 0.6 ? holds.splice(place, 1)[0]! : holds[place]!;
    const said = dice.roll() < 0.97 ? reference : dice.pick(['MED-1', undefined]);
    return { holdId, ...(said === undefined ? {} : { reference: said }) };
  }

  #senseless(now: number): Command {
    const dice = this.#dice;
    const transfer = this.#transfer(now);
    const nobody = `${this.#prefix}-0000-8000-00000000000${dice.whole(0, 9)}`;
    const id = this.newId();
    return dice.pick<() => Command>([
      () => ({ ...transfer, amountMinor: dice.pick(['0', String(LARGEST), String(LARGEST + 1n), '9'.repeat(64)]) }),
      () => ({ ...transfer, debitAccountId: nobody }),
      () => ({ ...transfer, creditAccountId: nobody }),
      () => ({ ...transfer, creditAccountId: transfer.debitAccountId! }),
      () => ({ ...transfer, debitAccountId: dice.pick(this.accounts).id, creditAccountId: dice.pick(this.accounts).id }),
      () => ({ ...transfer, effectiveAt: iso(now + dice.pick([1_000, MINUTE, 10_000 * MINUTE])) }),
      () => ({ ...transfer, kind: 'hold', expiresAt: iso(now - dice.pick([0, 1, 10 * MINUTE])) }),
      () => ({ id, kind: 'settle', holdId: dice.pick([nobody, dice.pick(this.#recent)?.id ?? nobody]) }),
      () => ({ id, kind: 'release', holdId: dice.pick([nobody, dice.pick(this.#recent)?.id ?? nobody]) }),
      () => ({ id, kind: 'settle', holdId: id }),
    ])();
  }

  /** The same id with other content. */
  #twisted(command: Command): Command {
    const dice = this.#dice;
    // Directives carry no metadata: what they are turned into is something else.
    if (command.kind === 'account' || command.kind === 'close-period') return { id: command.id, kind: 'release', holdId: command.id };
    const twists: (() => Command)[] = [
      () => ({ ...command, metadata: { ...command.metadata, other: 'yes' } }),
      () => ({ ...command, effectiveAt: '2026-01-01T00:00:00.000Z' }),
      () => ({ id: command.id, kind: 'release', holdId: command.holdId ?? command.id }),
    ];
    if (command.amountMinor !== undefined)
      twists.push(() => ({ ...command, amountMinor: String(BigInt(command.amountMinor!.slice(0, 37)) + 1n) }));
    if (command.kind === 'settle') twists.push(() => ({ id: command.id, kind: 'settle', holdId: command.holdId! }));
    if (command.debitAccountId) twists.push(() => ({ ...command, debitAccountId: dice.pick(this.accounts).id }));
    return dice.pick(twists)();
  }

  #parties(): { debitAccountId: string; creditAccountId: string; amountMinor: string } {
    const dice = this.#dice;
    const { plain, houses, giants } = this.#groups;
    const roll = dice.roll();
    if (roll < 0.04) {
      const digits = dice.whole(1, 38);
      let amountMinor = String(dice.whole(1, 9));
      while (amountMinor.length < digits) amountMinor += dice.whole(0, 9);
      return { debitAccountId: dice.pick(giants), creditAccountId: dice.pick(giants), amountMinor };
    }
    const amountMinor = String(dice.whole(1, dice.roll() < 0.97 ? this.#scale : 100 * this.#scale));
    if (roll < 0.34) return { debitAccountId: dice.pick(houses), creditAccountId: this.#skewed(plain), amountMinor };
    if (roll < 0.44) return { debitAccountId: this.#skewed(plain), creditAccountId: dice.pick(houses), amountMinor };
    const debitAccountId = this.#skewed(plain);
    const others = plain.filter((id) => id !== debitAccountId);
    return { debitAccountId, creditAccountId: this.#skewed(others), amountMinor };
  }

  /** The first accounts are hot ones. */
  #skewed(ids: readonly string[]): string {
    return ids[Math.floor(this.#dice.roll() ** 2 * ids.length)]!;
  }

  #extras(now: number): Partial<Command> {
    const dice = this.#dice;
    return {
      ...this.#maybe(0.05, { effectiveAt: iso(now - dice.pick([0, 1, 20_000, 3 * MINUTE, 50_000 * MINUTE])) }),
      ...this.#maybe(0.06, { metadata: { [dice.pick(['b', 'a', 'payment.id'])]: dice.pick(WORDS), note: dice.pick(WORDS) } }),
    };
  }

  #maybe<T extends object>(chance: number, fields: T): T | Record<string, never> {
    return this.#dice.roll() < chance ? fields : {};
  }

  #makeAccounts(count: number): void {
    const dice = this.#dice;
    const open = (group: string[], asset: string, rest: Partial<NewAccount>): void => {
      const id = this.newId();
      group.push(id);
      this.accounts.push({ id, code: 'simulated', asset, normalSide: 'credit', ...rest });
    };
    const { plain, houses, giants } = this.#groups;
    for (let i = 0; i < 3; i++) open(houses, 'BRL', { normalSide: 'debit' });
    for (let i = 0; i < 8; i++) {
      const overdraftLimitMinor = dice.pick(['0', '1', String(10n ** 37n), String(LARGEST)]);
      open(giants, 'BRL', { debitsMustNotExceedCredits: i % 2 === 0, creditsMustNotExceedDebits: i % 3 === 0, overdraftLimitMinor });
    }
    for (let i = 0; i < count; i++) {
      const overdraftLimitMinor = String(dice.pick([0, 0, 1, this.#scale, 3 * this.#scale]));
      const side = dice.pick(['debit', 'debit', 'debit', 'credit', 'both', 'none'] as const);
      const limits = {
        debitsMustNotExceedCredits: side === 'debit' || side === 'both',
        creditsMustNotExceedDebits: side === 'credit' || side === 'both',
      };
      open(plain, 'BRL', { ...limits, overdraftLimitMinor, normalSide: side === 'credit' ? 'debit' : 'credit' });
    }
    for (let i = 0; i < 2; i++) open([], 'USD', {});
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** A list that forgets its oldest. */
function push<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MAX_REMEMBERED) list.splice(0, MAX_REMEMBERED / 4);
}
