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
} as const;

export function common({ id, kind, metadata, effectiveAt }: MovementCommand, work: Workspace) {
  return { id, kind, metadata, effectiveAt: effectiveAt ?? work.recordedAt };
}

export function partiesOf(debit: AccountState, credit: AccountState) {
  return { debitAccountId: debit.account.id, creditAccountId: credit.account.id, debit, credit };
}

/** Why an account may have nothing new booked on that side: closed to everything, frozen to what takes from it. */
export function standingRefusal({ account, standing }: AccountState, side: Side): Rejection | undefined {
  if (standing === 'closed') return { code: 'LEDGER_ACCOUNT_CLOSED', detail: `A conta ${account.id} está encerrada.` };
  if (standing !== 'frozen' || side !== decreasingSide(account)) return undefined;
  return { code: 'LEDGER_ACCOUNT_FROZEN', detail: `A conta ${account.id} está bloqueada para saídas.` };
}

/** Whatever builds on a movement cannot have happened before it: or a balance by effective date could hold less than nothing. */
export function precedes(effectiveAt: number | null, original: { id: string; effectiveAt: number }): { rejection: Rejection } | undefined {
  if (effectiveAt === null || effectiveAt >= original.effectiveAt) return undefined;
  return no('LEDGER_EFFECTIVE_BEFORE_ORIGINAL', `effectiveAt fica antes do efeito de ${original.id}.`);
}

export function no(code: Rejection['code'], detail: string): { rejection: Rejection } {
  return { rejection: { code, detail } };
}
