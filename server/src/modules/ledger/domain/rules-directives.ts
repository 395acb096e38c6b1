import { addDays, startOfDay } from '#platform/clock.ts';
import { MAX_MINOR } from '#platform/money.ts';
import type { AccountCommand, Balance, ClosePeriodCommand } from './model.ts';
import { no, type Ruling } from './ruling.ts';
import type { Workspace } from './workspace.ts';

/** Another state or another overdraft limit for an account. A limit below what is used already only keeps more from being used. */
export function ruleAccount(command: AccountCommand, work: Workspace): Ruling {
  const { id, kind, accountId, state, overdraftLimit, reason } = command;
  const before = work.account(accountId);
  if (!before) return no('LEDGER_ACCOUNT_UNKNOWN', `Não há conta ${accountId}.`);
  if (overdraftLimit !== null && overdraftLimit > MAX_MINOR)
    return no('LEDGER_AMOUNT_TOO_LARGE', 'overdraftLimitMinor tem mais de 38 dígitos.');
  if (state === 'closed' && !isEmpty(before.balance)) {
    return no('LEDGER_ACCOUNT_NOT_EMPTY', `A conta ${accountId} tem saldo ou reserva aberta.`);
  }
  const account = overdraftLimit === null ? before.account : { ...before.account, overdraftLimit };
  return {
    directive: { id, kind, accountId, state, overdraftLimit, reason, until: null },
    after: { account, balance: before.balance, standing: state ?? before.standing },
  };
}

export function ruleClosePeriod({ id, kind, until }: ClosePeriodCommand, work: Workspace): Ruling {
  if (endOfClosedPeriod(until) > work.recordedAt) return no('LEDGER_PERIOD_NOT_OVER', `O dia ${until} ainda não terminou.`);
  if (work.closedUntil !== null && until <= work.closedUntil) {
    return no('LEDGER_PERIOD_ALREADY_CLOSED', `O período até ${work.closedUntil} já está fechado.`);
  }
  return { directive: { id, kind, accountId: null, state: null, overdraftLimit: null, reason: null, until }, after: null };
}

let lastUntil = '';
let lastEnd = 0;

/** First instant (epoch milliseconds) after the business date `until` in America/Sao_Paulo. */
export function endOfClosedPeriod(until: string): number {
  if (until !== lastUntil) {
    lastUntil = until;
    lastEnd = Date.parse(startOfDay(addDays(until, 1)));
  }
  return lastEnd;
}

function isEmpty({ postedDebits, postedCredits, pendingDebits, pendingCredits }: Balance): boolean {
  return postedDebits === postedCredits && pendingDebits === 0n && pendingCredits === 0n;
}
