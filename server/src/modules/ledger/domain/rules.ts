import { MAX_MINOR } from '#platform/money.ts';
import { credited, creditRefusal, creditRoom, debited, debitRefusal, debitRoom } from './balance.ts';
import { unmetCondition } from './conditions.ts';
import type { AccountState, Balancing, Command, HoldCommand, MovementCommand, TransferCommand } from './model.ts';
import { endOfClosedPeriod, ruleAccount, ruleClosePeriod } from './rules-directives.ts';
import { ruleRelease, ruleSettle } from './rules-holds.ts';
import { ruleReverse } from './rules-reverse.ts';
import { common, NOTHING, no, noAccount, partiesOf, type Ruling, standingRefusal, ZERO } from './ruling.ts';
import type { Workspace } from './workspace.ts';

/** Applies the rules of the command's kind to the state, changing nothing. */
export function rule(command: Command, work: Workspace): Ruling {
  const ruling = ruleByKind(command, work);
  if (command.onlyIf === null || 'rejection' in ruling) return ruling;
  return unmetCondition(command.onlyIf, ruling, work) ?? ruling;
}

function ruleByKind(command: Command, work: Workspace): Ruling {
  switch (command.kind) {
    case 'account':
      return ruleAccount(command, work);
    case 'close-period':
      return ruleClosePeriod(command, work);
    default:
      return ruleDated(command, work) ?? ruleMovement(command, work);
  }
}

/** Why a movement may not take effect when it says it does. One that takes effect as it is recorded always may: a closed period is over. */
function ruleDated({ effectiveAt }: MovementCommand, work: Workspace): Ruling | undefined {
  if (effectiveAt === null) return undefined;
  if (effectiveAt > work.recordedAt) {
    return no(
      'LEDGER_EFFECTIVE_IN_FUTURE',
      'effectiveAt fica depois do instante do registro.',
      'effectiveAt is after the instant of recording.',
    );
  }
  if (work.closedUntil === null || effectiveAt >= endOfClosedPeriod(work.closedUntil)) return undefined;
  return no('LEDGER_PERIOD_CLOSED', `O período até ${work.closedUntil} está fechado.`, `The period up to ${work.closedUntil} is closed.`);
}

function ruleMovement(command: MovementCommand, work: Workspace): Ruling {
  switch (command.kind) {
    case 'transfer':
    case 'hold':
      return ruleNew(command, work);
    case 'settle':
      return ruleSettle(command, work);
    case 'release':
      return ruleRelease(command, work);
    case 'reverse':
      return ruleReverse(command, work);
  }
}

function ruleNew(command: TransferCommand | HoldCommand, work: Workspace): Ruling {
  const { debitAccountId, creditAccountId, balancing } = command;
  if (command.amount <= 0n) return no('LEDGER_AMOUNT_ZERO', ...ZERO);
  if (command.amount > MAX_MINOR) {
    return no('LEDGER_AMOUNT_TOO_LARGE', 'amountMinor tem mais de 38 dígitos.', 'amountMinor has more than 38 digits.');
  }
  if (debitAccountId === creditAccountId) {
    return no('LEDGER_SAME_ACCOUNT', `As duas contas são ${debitAccountId}.`, `Both accounts are ${debitAccountId}.`);
  }
  const debit = work.account(debitAccountId);
  if (!debit) return no('LEDGER_DEBIT_ACCOUNT_UNKNOWN', ...noAccount(debitAccountId));
  const credit = work.account(creditAccountId);
  if (!credit) return no('LEDGER_CREDIT_ACCOUNT_UNKNOWN', ...noAccount(creditAccountId));
  if (debit.account.asset !== credit.account.asset) {
    const assets = [debit.account.asset, credit.account.asset];
    return no(
      'LEDGER_ASSET_MISMATCH',
      `Débito em ${assets[0]}, crédito em ${assets[1]}.`,
      `Debit in ${assets[0]}, credit in ${assets[1]}.`,
    );
  }
  const standing = standingRefusal(debit, 'debit') ?? standingRefusal(credit, 'credit');
  if (standing) return { rejection: standing };
  const isHold = command.kind === 'hold';
  const expiresAt = isHold ? command.expiresAt : null;
  if (expiresAt !== null && expiresAt <= work.recordedAt) {
    return no('LEDGER_EXPIRY_IN_PAST', 'expiresAt já passou.', 'expiresAt is past.');
  }
  const room = balancing === null ? command.amount : roomOf(balancing, { debit, credit });
  if (room <= 0n) {
    return no('LEDGER_NOTHING_TO_MOVE', 'O limite da conta não deixa nada a mover.', 'The limit of the account leaves nothing to move.');
  }
  const amount = command.amount < room ? command.amount : room;
  const [postedChange, pendingChange] = isHold ? [0n, amount] : [amount, 0n];
  const rejection =
    debitRefusal(debit.account, debited(debit.balance, postedChange, pendingChange)) ??
    creditRefusal(credit.account, credited(credit.balance, postedChange, pendingChange));
  if (rejection) return { rejection };
  const movement = {
    ...NOTHING,
    ...common(command, work),
    ...partiesOf(debit, credit),
    amount,
    expiresAt,
    postedChange,
    pendingChange,
    balancing,
    requested: amount < command.amount ? command.amount : null,
  };
  return { movement: isHold ? { ...movement, purpose: command.purpose, reference: command.reference, placedBy: command.by } : movement };
}

/** The most that may be moved without either of the named accounts passing zero or its overdraft limit. */
function roomOf(balancing: Balancing, { debit, credit }: { debit: AccountState; credit: AccountState }): bigint {
  if (balancing === 'debit') return debitRoom(debit);
  if (balancing === 'credit') return creditRoom(credit);
  const [a, b] = [debitRoom(debit), creditRoom(credit)];
  return a < b ? a : b;
}
