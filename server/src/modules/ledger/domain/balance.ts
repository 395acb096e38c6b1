import { MAX_MINOR } from '#platform/money.ts';
import type { Account, AccountState, Balance, Rejection, Side } from './model.ts';

export const ZERO_BALANCE: Balance = { postedDebits: 0n, postedCredits: 0n, pendingDebits: 0n, pendingCredits: 0n };

/** Balance on the account's normal side: positive means it has what such an account is there to have. */
export function posted(account: Account, balance: Balance): bigint {
  const debitBalance = balance.postedDebits - balance.postedCredits;
  return account.normalSide === 'debit' ? debitBalance : -debitBalance;
}

/** Amount that open holds will take out of the account when they settle. */
export function held(account: Account, balance: Balance): bigint {
  return account.normalSide === 'debit' ? balance.pendingCredits : balance.pendingDebits;
}

/** Posted less held; the overdraft limit is not part of it. */
export function available(account: Account, balance: Balance): bigint {
  return posted(account, balance) - held(account, balance);
}

export function debited(balance: Balance, postedChange: bigint, pendingChange: bigint): Balance {
  return { ...balance, postedDebits: balance.postedDebits + postedChange, pendingDebits: balance.pendingDebits + pendingChange };
}

export function credited(balance: Balance, postedChange: bigint, pendingChange: bigint): Balance {
  return { ...balance, postedCredits: balance.postedCredits + postedChange, pendingCredits: balance.pendingCredits + pendingChange };
}

/** The side on which the account gives. */
export function decreasingSide({ normalSide }: Account): Side {
  return normalSide === 'debit' ? 'credit' : 'debit';
}

/** How much more may be debited before debits, open holds included, pass credits and the overdraft limit. Also asked of accounts without a limit. */
export function debitRoom({ account, balance }: AccountState): bigint {
  return balance.postedCredits + account.overdraftLimit - balance.postedDebits - balance.pendingDebits;
}

/** The same for credits. */
export function creditRoom({ account, balance }: AccountState): bigint {
  return balance.postedDebits + account.overdraftLimit - balance.postedCredits - balance.pendingCredits;
}

/** Why an account may not have this balance after more was debited, or undefined. What is pending counts as if it had settled. */
export function debitRefusal(account: Account, after: Balance): Rejection | undefined {
  const debits = after.postedDebits + after.pendingDebits;
  if (debits > MAX_MINOR) return overflow(account);
  if (!account.debitsMustNotExceedCredits) return undefined;
  const missing = debits - after.postedCredits - account.overdraftLimit;
  if (missing <= 0n) return undefined;
  const detail = {
    pt: `Faltam ${missing} (unidades menores de ${account.asset}) na conta ${account.id}.`,
    en: `${missing} (minor units of ${account.asset}) are missing in account ${account.id}.`,
  };
  return { code: 'LEDGER_INSUFFICIENT_FUNDS', detail };
}

/** The same for more credited. */
export function creditRefusal(account: Account, after: Balance): Rejection | undefined {
  const credits = after.postedCredits + after.pendingCredits;
  if (credits > MAX_MINOR) return overflow(account);
  if (!account.creditsMustNotExceedDebits) return undefined;
  const beyond = credits - after.postedDebits - account.overdraftLimit;
  if (beyond <= 0n) return undefined;
  return {
    code: 'LEDGER_CREDIT_LIMIT_EXCEEDED',
    detail: {
      pt: `Passa ${beyond} (unidades menores de ${account.asset}) do limite da conta ${account.id}.`,
      en: `${beyond} (minor units of ${account.asset}) beyond the limit of account ${account.id}.`,
    },
  };
}

function overflow(account: Account): Rejection {
  const detail = { pt: `A conta ${account.id} passaria de 38 dígitos.`, en: `Account ${account.id} would pass 38 digits.` };
  return { code: 'LEDGER_BALANCE_OVERFLOW', detail };
}
