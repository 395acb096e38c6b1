import { decreasingSide } from './balance.ts';
import type { AccountState, Directive, MovementCommand, Rejection, Side } from './model.ts';
import type { Movement, Workspace } from './workspace.ts';

/** What a command may bring about, or why not. */
export type Ruling =
  | { movement: Movement }
  | { directive: Omit<Directive, 'seq' | 'recordedAt' | 'blockId'>; after: AccountState | null }
  | { rejection: Rejection };

/** What most movements have nothing to say about. */
export const NOTHING = {
  held: null,
  holdId: null,
  reason: null,
  expiresAt: null,
  balancing: null,
  requested: null,
  reverses: null,
  purpose: null,
  reference: null,
  placedBy: null,
  remaining: null,
} as const;

export function common({ id, kind, metadata, effectiveAt, onlyIf }: MovementCommand, work: Workspace) {
  return { id, kind, metadata, onlyIf, effectiveAt: effectiveAt ?? work.recordedAt };
}

export function partiesOf(debit: AccountState, credit: AccountState) {
  return { debitAccountId: debit.account.id, creditAccountId: credit.account.id, debit, credit };
}

/** Why an account may have nothing new booked on that side: closed or blocked to everything, frozen to what takes from it. */
export function standingRefusal({ account, standing }: AccountState, side: Side): Rejection | undefined {
  const { id } = account;
  if (standing === 'open') return undefined;
  if (standing === 'closed') return no('LEDGER_ACCOUNT_CLOSED', `A conta ${id} está encerrada.`, `Account ${id} is closed.`).rejection;
  if (standing === 'blocked') {
    return no('LEDGER_ACCOUNT_BLOCKED', `A conta ${id} está bloqueada nos dois sentidos.`, `Account ${id} is blocked both ways.`).rejection;
  }
  if (side !== decreasingSide(account)) return undefined;
  return no('LEDGER_ACCOUNT_FROZEN', `A conta ${id} está bloqueada para saídas.`, `Account ${id} is frozen for what goes out.`).rejection;
}

/** Whatever builds on a movement cannot have happened before it: or a balance by effective date could hold less than nothing. */
export function precedes(effectiveAt: number | null, original: { id: string; effectiveAt: number }): { rejection: Rejection } | undefined {
  if (effectiveAt === null || effectiveAt >= original.effectiveAt) return undefined;
  return no(
    'LEDGER_EFFECTIVE_BEFORE_ORIGINAL',
    `effectiveAt fica antes do efeito de ${original.id}.`,
    `effectiveAt is before the effect of ${original.id}.`,
  );
}

/** A refusal, in the two languages of the API. */
export function no(code: Rejection['code'], pt: string, en: string): { rejection: Rejection } {
  return { rejection: { code, detail: { pt, en } } };
}

/** What is said of an amount of nothing. */
export const ZERO = ['amountMinor precisa ser maior que zero.', 'amountMinor must be more than zero.'] as const;

export function noAccount(id: string): [pt: string, en: string] {
  return [`Não há conta ${id}.`, `There is no account ${id}.`];
}
