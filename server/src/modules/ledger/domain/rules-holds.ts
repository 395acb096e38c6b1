import { EXPIRY_REASON, type Hold, type Rejection, type ReleaseCommand, type SettleCommand } from './model.ts';
import { common, NOTHING, no, partiesOf, precedes, type Ruling } from './ruling.ts';
import type { Workspace } from './workspace.ts';

export function ruleSettle(command: SettleCommand, work: Workspace): Ruling {
  const found = openHold(command, work);
  if ('rejection' in found) return found;
  const { hold } = found;
  if (hold.expiresAt !== null && hold.expiresAt <= work.recordedAt) {
    return no('LEDGER_HOLD_EXPIRED', `A reserva ${hold.id} venceu.`, `Hold ${hold.id} has expired.`);
  }
  const amount = command.amount ?? hold.amount;
  if (amount <= 0n) {
    return no(
      'LEDGER_AMOUNT_ZERO',
      'amountMinor precisa ser maior que zero; para não liquidar nada, libere a reserva.',
      'amountMinor must be more than zero; to settle nothing, release the hold.',
    );
  }
  if (amount > hold.amount) {
    return no('LEDGER_SETTLE_EXCEEDS_HOLD', `Reservado ${hold.amount}, pedido ${amount}.`, `Held ${hold.amount}, asked for ${amount}.`);
  }
  const early = precedes(command.effectiveAt, hold);
  if (early) return early;
  const ended = ending(command, hold, work);
  if (!command.keepRest) return { movement: { ...ended, amount, reason: null, postedChange: amount } };
  const kept = { held: amount, remaining: hold.amount - amount, pendingChange: -amount };
  return { movement: { ...ended, ...kept, amount, reason: null, postedChange: amount } };
}

export function ruleRelease(command: ReleaseCommand, work: Workspace): Ruling {
  const found = openHold(command, work);
  if ('rejection' in found) return found;
  const { hold } = found;
  if (command.reason === EXPIRY_REASON && (hold.expiresAt === null || hold.expiresAt > work.recordedAt)) {
    return no('LEDGER_HOLD_NOT_EXPIRED', `A reserva ${hold.id} ainda vale.`, `Hold ${hold.id} is still valid.`);
  }
  const early = precedes(command.effectiveAt, hold);
  if (early) return early;
  return { movement: { ...ending(command, hold, work), amount: hold.amount, reason: command.reason, postedChange: 0n } };
}

/** The open hold a command names, if it also names the case the hold is for. */
function openHold(command: SettleCommand | ReleaseCommand, work: Workspace): { hold: Hold } | { rejection: Rejection } {
  const id = command.holdId;
  const found = work.hold(id);
  switch (found?.state) {
    case 'open':
      if (found.hold.reference === command.reference) return isOwners(command, found.hold) ? { hold: found.hold } : ofAnother(id);
      return no(
        'LEDGER_HOLD_REFERENCE_MISMATCH',
        `A reserva ${id} responde a outra referência.`,
        `Hold ${id} answers to another reference.`,
      );
    case 'settled':
      return no('LEDGER_HOLD_ALREADY_SETTLED', `A reserva ${id} já foi liquidada.`, `Hold ${id} was settled already.`);
    case 'released':
      return no('LEDGER_HOLD_ALREADY_RELEASED', `A reserva ${id} já foi liberada.`, `Hold ${id} was released already.`);
    case 'expired':
      return no('LEDGER_HOLD_EXPIRED', `A reserva ${id} venceu e foi liberada.`, `Hold ${id} expired and was released.`);
    case 'not-a-hold':
      return no('LEDGER_NOT_A_HOLD', `${id} não é uma reserva feita.`, `${id} is no hold that was placed.`);
    default:
      return no('LEDGER_HOLD_UNKNOWN', `Não há reserva ${id}.`, `There is no hold ${id}.`);
  }
}

/**
 * Whether whoever asks may end it. What a court or MED ordered answers to its case, whoever carries that out; one from before owners were
 * kept has none; and a release for expiry is anybody's, since the hold itself says whether its time is over.
 */
function isOwners(command: SettleCommand | ReleaseCommand, { placedBy, reference }: Hold): boolean {
  const isExpiry = command.kind === 'release' && command.reason === EXPIRY_REASON;
  return placedBy === null || reference !== null || placedBy === command.by || isExpiry;
}

const ofAnother = (id: string) =>
  no(
    'LEDGER_HOLD_OF_ANOTHER',
    `A reserva ${id} foi feita por outro, e só ele a liquida ou libera.`,
    `Hold ${id} was placed by somebody else, who alone settles or releases it.`,
  );

/** A hold ends whatever became of its accounts: one that is frozen may still settle, and one with a hold cannot be closed. */
function ending(command: SettleCommand | ReleaseCommand, hold: Hold, work: Workspace) {
  const debit = work.account(hold.debitAccountId);
  const credit = work.account(hold.creditAccountId);
  if (!debit || !credit) throw new Error(`invariant broken: the accounts of hold ${hold.id} were not loaded`);
  const { amount: held, purpose, reference } = hold;
  const parties = partiesOf(debit, credit);
  return { ...NOTHING, ...common(command, work), ...parties, held, holdId: hold.id, purpose, reference, pendingChange: -held };
}
