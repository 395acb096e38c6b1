import { available, credited, debited, posted } from './balance.ts';
import type { AccountState, Balance, Condition, Rejection } from './model.ts';
import { no, noAccount, type Ruling } from './ruling.ts';
import type { Workspace } from './workspace.ts';

/**
 * The first condition that would not hold once the ruling is carried out, as the refusal of its command. Within a block that is the state
 * right after the command, whatever the rest of the block does.
 */
export function unmetCondition(
  conditions: readonly Condition[],
  ruling: Exclude<Ruling, { rejection: Rejection }>,
  work: Workspace,
): { rejection: Rejection } | undefined {
  for (const { accountId, balance: which, atLeast, atMost } of conditions) {
    const state = work.account(accountId);
    if (!state) return no('LEDGER_ACCOUNT_UNKNOWN', ...noAccount(accountId));
    const balance = balanceAfter(state, ruling);
    const value = which === 'posted' ? posted(state.account, balance) : available(state.account, balance);
    if ((atLeast === null || value >= atLeast) && (atMost === null || value <= atMost)) continue;
    const bound = value < (atLeast ?? value) ? ['≥', atLeast] : ['≤', atMost];
    const name = { posted: 'postedMinor', available: 'availableMinor' }[which];
    return no(
      'LEDGER_CONDITION_NOT_MET',
      `A conta ${accountId} ficaria com ${name} ${value}, e a condição pede ${bound.join(' ')}.`,
      `Account ${accountId} would have ${name} ${value}, and the condition asks for ${bound.join(' ')}.`,
    );
  }
  return undefined;
}

function balanceAfter({ account, balance }: AccountState, ruling: Exclude<Ruling, { rejection: Rejection }>): Balance {
  if (!('movement' in ruling)) return balance;
  const { debitAccountId, creditAccountId, postedChange, pendingChange } = ruling.movement;
  if (account.id === debitAccountId) return debited(balance, postedChange, pendingChange);
  return account.id === creditAccountId ? credited(balance, postedChange, pendingChange) : balance;
}
