import type { Problems } from '#platform/proof/problem.ts';
import type { AccountLine, BalanceLine } from './export-lines.ts';

/** A movement as its canonical line says it; amounts are digits. */
export type MovementLine = {
  seq: number;
  id: string;
  kind: string;
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: string;
  heldMinor?: string;
  remainingMinor?: string;
  holdId?: string;
};

export type AssetTotals = { asset: string; accounts: number; debitsMinor: string; creditsMinor: string; heldMinor: string };

type Kept = { asset: string; pd: bigint; pc: bigint; hd: bigint; hc: bigint; claimed: boolean };
type OpenHold = { debit: string; credit: string; amount: bigint };

const POSTS = new Set(['transfer', 'reverse', 'settle']);

/**
 * Double entry done again from the records alone: totals of each account, holds from opening to end, and in the end what the ledger says
 * each account has. Memory grows with the accounts and the holds open at one time, not with the records.
 */
export class Books {
  readonly #accounts = new Map<string, Kept>();
  readonly #holds = new Map<string, OpenHold>();
  readonly #problems: Problems;
  #claims = 0;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  get openHolds(): number {
    return this.#holds.size;
  }

  account({ id, asset }: AccountLine): void {
    if (this.#accounts.has(id)) this.#problems.add('LINE_MALFORMED', {}, `A conta ${id} aparece duas vezes.`);
    else this.#accounts.set(id, { asset, pd: 0n, pc: 0n, hd: 0n, hc: 0n, claimed: false });
  }

  movement(line: MovementLine): void {
    const { seq, kind, debitAccountId, creditAccountId } = line;
    const [debit, credit] = [this.#accounts.get(debitAccountId), this.#accounts.get(creditAccountId)];
    if (!debit || !credit) {
      const unknown = debit ? creditAccountId : debitAccountId;
      this.#problems.add('ACCOUNT_UNKNOWN', { seq }, `O registro ${seq} move a conta ${unknown}, que o arquivo não traz.`);
      return;
    }
    if (debit.asset !== credit.asset)
      this.#problems.add('BOOKS_UNBALANCED', { seq }, `O registro ${seq} debita ${debit.asset} e credita ${credit.asset}.`);
    const amount = BigInt(line.amountMinor);
    const posted = POSTS.has(kind) ? amount : 0n;
    const pending = kind === 'hold' ? amount : -BigInt(line.heldMinor ?? '0');
    debit.pd += posted;
    credit.pc += posted;
    debit.hd += pending;
    credit.hc += pending;
    if (kind === 'hold') this.#holds.set(line.id, { debit: debitAccountId, credit: creditAccountId, amount });
    else if (line.holdId !== undefined) this.#endHold(line, line.holdId);
  }

  #endHold({ seq, debitAccountId, creditAccountId, amountMinor, heldMinor, remainingMinor, kind }: MovementLine, holdId: string): void {
    const hold = this.#holds.get(holdId);
    const wrong = (detail: string): void => this.#problems.add('HOLD_WRONG', { seq }, `O registro ${seq} ${detail}`);
    if (!hold) {
      wrong(`encerra a reserva ${holdId}, que não está aberta.`);
      return;
    }
    const taken = BigInt(heldMinor ?? '0');
    // A settlement that keeps the rest takes a part out, and says what it leaves.
    if (BigInt(remainingMinor ?? '0') > 0n) this.#holds.set(holdId, { ...hold, amount: hold.amount - taken });
    else this.#holds.delete(holdId);
    if (hold.debit !== debitAccountId || hold.credit !== creditAccountId) wrong(`encerra a reserva ${holdId} em outras contas.`);
    if (hold.amount !== taken + BigInt(remainingMinor ?? '0'))
      wrong(`tira ${heldMinor ?? 0} da reserva ${holdId}, que é de ${hold.amount}.`);
    if (kind === 'settle' && BigInt(amountMinor) > taken) wrong(`liquida mais do que a reserva ${holdId} tem.`);
  }

  /** Compares what the ledger says an account has with what its records give. */
  balance(said: BalanceLine): void {
    const account = this.#accounts.get(said.accountId);
    if (!account) {
      this.#problems.add('ACCOUNT_UNKNOWN', {}, `Há saldo da conta ${said.accountId}, que o arquivo não traz.`);
      return;
    }
    this.#claims++;
    account.claimed = true;
    const pairs = [
      ['postedDebitsMinor', account.pd],
      ['postedCreditsMinor', account.pc],
      ['pendingDebitsMinor', account.hd],
      ['pendingCreditsMinor', account.hc],
    ] as const;
    for (const [name, sum] of pairs) {
      if (said[name] === sum.toString()) continue;
      this.#problems.add('BALANCE_WRONG', {}, `Conta ${said.accountId}: ${name} diz ${said[name]}; os registros dão ${sum}.`);
    }
  }

  /** Sums at the end: every asset's debits equal its credits, what is pending is what open holds hold, and no balance was left out. */
  end(): AssetTotals[] {
    const totals = new Map<string, { accounts: number; pd: bigint; pc: bigint; hd: bigint; hc: bigint }>();
    let unclaimed = 0;
    for (const { asset, pd, pc, hd, hc, claimed } of this.#accounts.values()) {
      const sum = totals.get(asset) ?? { accounts: 0, pd: 0n, pc: 0n, hd: 0n, hc: 0n };
      totals.set(asset, { accounts: sum.accounts + 1, pd: sum.pd + pd, pc: sum.pc + pc, hd: sum.hd + hd, hc: sum.hc + hc });
      if (!claimed) unclaimed++;
    }
    let held = 0n;
    let open = 0n;
    for (const { amount } of this.#holds.values()) open += amount;
    const wrong = (detail: string): void => this.#problems.add('BOOKS_UNBALANCED', {}, detail);
    for (const [asset, { pd, pc, hd, hc }] of totals) {
      held += hd;
      if (pd !== pc) wrong(`${asset}: débitos ${pd}, créditos ${pc}.`);
      if (hd !== hc) wrong(`${asset}: reservas a débito ${hd}, a crédito ${hc}.`);
    }
    if (held !== open) wrong(`As reservas abertas somam ${open}; os saldos pendentes, ${held}.`);
    if (this.#claims > 0 && unclaimed > 0) this.#problems.add('BALANCE_WRONG', {}, `Faltam os saldos de ${unclaimed} contas.`);
    return [...totals].map(([asset, { accounts, pd, pc, hd }]) => ({
      asset,
      accounts,
      debitsMinor: pd.toString(),
      creditsMinor: pc.toString(),
      heldMinor: hd.toString(),
    }));
  }

  /** Whether the export told balances to compare with. */
  get hasClaims(): boolean {
    return this.#claims > 0;
  }
}
