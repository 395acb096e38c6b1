import { addDays, startOfDay } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import { MAX_MINOR } from '#platform/money.ts';
import type { AccountCommand, Balance, ClosePeriodCommand } from './model.ts';
import { no, noAccount, type Ruling } from './ruling.ts';
import type { Workspace } from './workspace.ts';

/** Another state or another overdraft limit for an account. A limit below what is used already only keeps more from being used. */
export function ruleAccount(command: AccountCommand, work: Workspace): Ruling {
  const { id, kind, accountId, state, overdraftLimit, reason, by, onlyIf } = command;
  const before = work.account(accountId);
  if (!before) return no('LEDGER_ACCOUNT_UNKNOWN', ...noAccount(accountId));
  if (overdraftLimit !== null && overdraftLimit > MAX_MINOR)
    return no('LEDGER_AMOUNT_TOO_LARGE', 'overdraftLimitMinor tem mais de 38 dígitos.', 'overdraftLimitMinor has more than 38 digits.');
  if (state === 'closed' && !isEmpty(before.balance)) {
    return no(
      'LEDGER_ACCOUNT_NOT_EMPTY',
      `A conta ${accountId} tem saldo ou reserva aberta.`,
      `Account ${accountId} has a balance or an open hold.`,
    );
  }
  const account = overdraftLimit === null ? before.account : { ...before.account, overdraftLimit };
  return {
    directive: { id, kind, accountId, state, overdraftLimit, reason, until: null, by, onlyIf },
    after: { account, balance: before.balance, standing: state ?? before.standing },
  };
}

export function ruleClosePeriod({ id, kind, until, by, onlyIf }: ClosePeriodCommand, work: Workspace): Ruling {
  if (endOfClosedPeriod(until) > work.recordedAt) {
    return no('LEDGER_PERIOD_NOT_OVER', `O dia ${until} ainda não terminou.`, `The day ${until} is not over yet.`);
  }
  if (work.closedUntil !== null && until <= work.closedUntil) {
    const { closedUntil } = work;
    return no(
      'LEDGER_PERIOD_ALREADY_CLOSED',
      `O período até ${closedUntil} já está fechado.`,
      `The period up to ${closedUntil} is closed already.`,
    );
  }
  const none = { accountId: null, state: null, overdraftLimit: null, reason: null };
  return { directive: { id, kind, ...none, until, by, onlyIf }, after: null };
}

let lastUntil = '';
let lastEnd = 0;

/** First instant (epoch milliseconds) after the business date `until` in America/Sao_Paulo. */
export function endOfClosedPeriod(until: string): number {
  if (until !== lastUntil) {
    lastUntil = until;
    lastEnd = instantMs(startOfDay(addDays(until, 1)));
  }
  return lastEnd;
}

function isEmpty({ postedDebits, postedCredits, pendingDebits, pendingCredits }: Balance): boolean {
  return postedDebits === postedCredits && pendingDebits === 0n && pendingCredits === 0n;
}
