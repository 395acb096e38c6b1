import { MAX_MINOR } from '#platform/money.ts';
import { credited, creditRefusal, debited, debitRefusal } from './balance.ts';
import {
  type Command,
  EXPIRY_REASON,
  type Hold,
  type HoldCommand,
  type Rejection,
  type ReleaseCommand,
  type SettleCommand,
  type TransferCommand,
} from './model.ts';
import type { Movement, Workspace } from './workspace.ts';

/** A movement that may be made, or why not. */
export type Ruling = { movement: Movement } | { rejection: Rejection };

const NOTHING = {
  held: null,
  holdId: null,
  reason: null,
  expiresAt: null,
  blockId: null,
  balancing: null,
  requested: null,
  reverses: null,
  purpose: null,
  reference: null,
} as const;

/** Applies the rules of the command's kind to the state, changing nothing. */
export function rule(command: Command, work: Workspace): Ruling {
  if (command.effectiveAt !== null && command.effectiveAt > work.recordedAt) {
    return no('LEDGER_EFFECTIVE_IN_FUTURE', 'effectiveAt fica depois do instante do registro.');
  }
  switch (command.kind) {
    case 'transfer':
    case 'hold':
      return ruleNew(command, work);
    case 'settle':
      return ruleSettle(command, work);
    case 'release':
      return ruleRelease(command, work);
  }
}

function ruleNew(command: TransferCommand | HoldCommand, work: Workspace): Ruling {
  const { debitAccountId, creditAccountId, amount } = command;
  if (amount <= 0n) return no('LEDGER_AMOUNT_ZERO', 'amountMinor precisa ser maior que zero.');
  if (amount > MAX_MINOR) return no('LEDGER_AMOUNT_TOO_LARGE', 'amountMinor tem mais de 38 dígitos.');
  if (debitAccountId === creditAccountId) return no('LEDGER_SAME_ACCOUNT', `As duas contas são ${debitAccountId}.`);
  const debit = work.account(debitAccountId);
  if (!debit) return no('LEDGER_DEBIT_ACCOUNT_UNKNOWN', `Não há conta ${debitAccountId}.`);
  const credit = work.account(creditAccountId);
  if (!credit) return no('LEDGER_CREDIT_ACCOUNT_UNKNOWN', `Não há conta ${creditAccountId}.`);
  if (debit.account.asset !== credit.account.asset) {
    return no('LEDGER_ASSET_MISMATCH', `Débito em ${debit.account.asset}, crédito em ${credit.account.asset}.`);
  }
  const expiresAt = command.kind === 'hold' ? command.expiresAt : null;
  if (expiresAt !== null && expiresAt <= work.recordedAt) return no('LEDGER_EXPIRY_IN_PAST', 'expiresAt já passou.');
  const [postedChange, pendingChange] = command.kind === 'hold' ? [0n, amount] : [amount, 0n];
  const rejection =
    debitRefusal(debit.account, debited(debit.balance, postedChange, pendingChange)) ??
    creditRefusal(credit.account, credited(credit.balance, postedChange, pendingChange));
  if (rejection) return { rejection };
  const accounts = { debitAccountId, creditAccountId, debit, credit };
  return { movement: { ...NOTHING, ...common(command, work), ...accounts, amount, expiresAt, postedChange, pendingChange } };
}

function ruleSettle(command: SettleCommand, work: Workspace): Ruling {
  const found = openHold(command.holdId, work);
  if ('rejection' in found) return found;
  const { hold } = found;
  if (hold.expiresAt !== null && hold.expiresAt <= work.recordedAt) return no('LEDGER_HOLD_EXPIRED', `A reserva ${hold.id} venceu.`);
  const amount = command.amount ?? hold.amount;
  if (amount <= 0n) return no('LEDGER_AMOUNT_ZERO', 'amountMinor precisa ser maior que zero; para não liquidar nada, libere a reserva.');
  if (amount > hold.amount) return no('LEDGER_SETTLE_EXCEEDS_HOLD', `Reservado ${hold.amount}, pedido ${amount}.`);
  return { movement: { ...ending(command, hold, work), amount, reason: null, postedChange: amount } };
}

function ruleRelease(command: ReleaseCommand, work: Workspace): Ruling {
  const found = openHold(command.holdId, work);
  if ('rejection' in found) return found;
  const { hold } = found;
  if (command.reason === EXPIRY_REASON && (hold.expiresAt === null || hold.expiresAt > work.recordedAt)) {
    return no('LEDGER_HOLD_NOT_EXPIRED', `A reserva ${hold.id} ainda vale.`);
  }
  return { movement: { ...ending(command, hold, work), amount: hold.amount, reason: command.reason, postedChange: 0n } };
}

function openHold(id: string, work: Workspace): { hold: Hold } | { rejection: Rejection } {
  const found = work.hold(id);
  switch (found?.state) {
    case 'open':
      return { hold: found.hold };
    case 'settled':
      return no('LEDGER_HOLD_ALREADY_SETTLED', `A reserva ${id} já foi liquidada.`);
    case 'released':
      return no('LEDGER_HOLD_ALREADY_RELEASED', `A reserva ${id} já foi liberada.`);
    case 'expired':
      return no('LEDGER_HOLD_EXPIRED', `A reserva ${id} venceu e foi liberada.`);
    case 'not-a-hold':
      return no('LEDGER_NOT_A_HOLD', `${id} não é uma reserva feita.`);
    default:
      return no('LEDGER_HOLD_UNKNOWN', `Não há reserva ${id}.`);
  }
}

function ending(command: SettleCommand | ReleaseCommand, hold: Hold, work: Workspace) {
  const debit = work.account(hold.debitAccountId);
  const credit = work.account(hold.creditAccountId);
  if (!debit || !credit) throw new Error(`invariant broken: the accounts of hold ${hold.id} were not loaded`);
  const { debitAccountId, creditAccountId, amount: held } = hold;
  return {
    ...NOTHING,
    ...common(command, work),
    debitAccountId,
    creditAccountId,
    debit,
    credit,
    held,
    holdId: hold.id,
    pendingChange: -held,
  };
}

function common(command: Command, work: Workspace) {
  const { id, kind, metadata } = command;
  return { id, kind, metadata, effectiveAt: command.effectiveAt ?? work.recordedAt };
}

function no(code: Rejection['code'], detail: string): { rejection: Rejection } {
  return { rejection: { code, detail } };
}
