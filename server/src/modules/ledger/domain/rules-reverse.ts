import { credited, creditRefusal, debited, debitRefusal } from './balance.ts';
import type { ReverseCommand } from './model.ts';
import { common, NOTHING, no, partiesOf, precedes, type Ruling, standingRefusal, ZERO } from './ruling.ts';
import type { Workspace } from './workspace.ts';

/**
 * The counter-entry of a transfer or settlement: sides swapped, in part or in full, several times until all of it is taken back. What
 * was credited must still be there, as for any transfer.
 */
export function ruleReverse(command: ReverseCommand, work: Workspace): Ruling {
  const id = command.transferId;
  const original = work.original(id);
  if (!original) return no('LEDGER_TRANSFER_UNKNOWN', `Não há lançamento ${id}.`, `There is no transfer ${id}.`);
  if (original === 'other' || (original.transfer.kind !== 'transfer' && original.transfer.kind !== 'settle')) {
    return no('LEDGER_NOT_REVERSIBLE', `${id} não é um lançamento que se estorne.`, `${id} is nothing that can be reversed.`);
  }
  const { transfer, reversed } = original;
  const left = transfer.amount - reversed;
  const amount = command.amount ?? left;
  if (command.amount !== null && amount <= 0n) return no('LEDGER_AMOUNT_ZERO', ...ZERO);
  if (left === 0n || amount > left) {
    return no(
      'LEDGER_REVERSE_EXCEEDS',
      `Do lançamento ${id} resta ${left} a estornar.`,
      `Of transfer ${id} ${left} is left to be reversed.`,
    );
  }
  const early = precedes(command.effectiveAt, transfer);
  if (early) return early;
  const debit = work.account(transfer.creditAccountId);
  const credit = work.account(transfer.debitAccountId);
  if (!debit || !credit) throw new Error(`invariant broken: the accounts of transfer ${id} were not loaded`);
  const rejection =
    standingRefusal(debit, 'debit') ??
    standingRefusal(credit, 'credit') ??
    debitRefusal(debit.account, debited(debit.balance, amount, 0n)) ??
    creditRefusal(credit.account, credited(credit.balance, amount, 0n));
  if (rejection) return { rejection };
  const changes = { postedChange: amount, pendingChange: 0n };
  // Left out, and less than all was left: kept beside what was moved, to tell it from one that named its amount.
  const requested = command.amount === null && amount < transfer.amount ? transfer.amount : null;
  return {
    movement: { ...NOTHING, ...common(command, work), ...partiesOf(debit, credit), ...changes, amount, requested, reverses: id },
  };
}
