import type { CallContext } from '#platform/context.ts';
import type { Words } from '#platform/errors.ts';
import { addMovement } from './add-movement.ts';
import type { NewMovement } from './contract.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { type Fault, findFault, type Method, type Movement } from './domain/movement.ts';
import { mayRecord } from './domain/session.ts';
import { refuseDrawers } from './errors.ts';
import { assertOperator, holdSession, onceFor, type Role, refuseIf } from './hold.ts';
import { reversalOf } from './posting.ts';
import type { Card } from './store/movements.ts';
import { findMovement } from './store/movements.ts';
import { listEntryIds } from './store/postings.ts';

type On = { accountId: string; sessionId: string };

const FAULTS: Record<Fault, Words> = {
  'not-above-zero': { pt: 'O valor precisa ser maior que zero.', en: 'The amount must be above zero.' },
  'paid-too-little': { pt: 'O cliente entregou menos que o valor da venda.', en: 'The customer handed over less than the price.' },
  'paid-without-cash': { pt: 'Só uma venda em dinheiro tem valor entregue.', en: 'Only a sale in cash has an amount handed over.' },
  'handed-out-without-pix-change': {
    pt: 'Só no Pix Troco sai dinheiro de uma venda.',
    en: 'Only with Pix Troco cash is handed out of a sale.',
  },
  'nothing-handed-out': { pt: 'No Pix Troco, diga quanto dinheiro saiu.', en: 'With Pix Troco, say how much cash was handed out.' },
  'method-of-kind': { pt: 'Este movimento não se faz por este meio.', en: 'This movement is not made by this method.' },
};
export const wordsOf = (fault: Fault): Words => FAULTS[fault];

const PIX_KINDS: readonly string[] = ['pix-change', 'pix-withdrawal'];

/** A movement as it is told, with the method that its kind has where none is said. */
export function readMovement(told: Pick<NewMovement, 'kind' | 'method' | 'amountMinor' | 'paidMinor' | 'handedOutMinor'>): Movement {
  const method: Method = told.method ?? (PIX_KINDS.includes(told.kind) ? 'pix' : 'cash');
  const amount = (text: string | undefined) => (text === undefined ? null : BigInt(text));
  return {
    kind: told.kind,
    method,
    amountMinor: BigInt(told.amountMinor),
    paidMinor: amount(told.paidMinor),
    handedOutMinor: amount(told.handedOutMinor),
  };
}

/** What a terminal says of a sale by card; other methods have none. */
export function cardOf(method: Method, card: NewMovement['card']): Card | null {
  if (method !== 'debit-card' && method !== 'credit-card' && method !== 'voucher') return null;
  return { acquirer: card?.acquirer ?? null, brand: card?.brand ?? null, instalments: card?.instalments ?? 1 };
}

/** What happens at a drawer while it is open. Answers the movement's id. */
export function createMovements(deps: DrawersDeps) {
  const { db, clock } = deps;

  async function record(
    ctx: CallContext,
    role: Role,
    { accountId, sessionId, movement: told }: On & { movement: NewMovement },
  ): Promise<string> {
    const { tenantId } = ctx;
    const movement = readMovement(told);
    const fault = findFault(movement);
    if (fault) throw refuseDrawers('DRAWERS_MOVEMENT_INVALID', { detail: wordsOf(fault) });
    return db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/sessions/{sessionId}/movements', { sessionId, told }, async (id) => {
        const { drawer, session } = await holdSession(tx, tenantId, { accountId, sessionId });
        assertOperator(session, ctx, role);
        const atMs = clock.now();
        refuseIf(mayRecord(session, atMs));
        const { note = null, place, category } = told;
        const card = cardOf(movement.method, told.card);
        await addMovement(tx, deps, ctx, drawer, {
          ...movement,
          id,
          sessionId,
          phase: 'till',
          note,
          card,
          place,
          category,
          atMs,
          hours: session,
        });
      }),
    );
  }

  async function takeBack(ctx: CallContext, role: Role, asked: On & { movementId: string; reason: string }): Promise<string> {
    const { tenantId } = ctx;
    return db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/sessions/{sessionId}/movements/{movementId}/void', asked, async (id) => {
        const { drawer, session } = await holdSession(tx, tenantId, asked);
        assertOperator(session, ctx, role);
        const atMs = clock.now();
        refuseIf(mayRecord(session, atMs));
        const movement = await findMovement(tx, tenantId, asked.accountId, asked.movementId);
        if (movement?.sessionId !== session.id) throw refuseDrawers('DRAWERS_MOVEMENT_NOT_FOUND');
        const isFinal = movement.phase !== 'till' || movement.voidedBy !== null || movement.refused !== null;
        if (isFinal || ['void', 'entry-in', 'entry-out'].includes(movement.kind)) throw refuseDrawers('DRAWERS_ALREADY_VOIDED');
        const { accountId } = drawer;
        const entries = await listEntryIds(tx, tenantId, movement.id);
        const postings = entries.map((entryId) => ({
          id: reversalOf(entryId),
          accountId,
          about: id,
          entry: null,
          reverses: entryId,
          reason: asked.reason,
        }));
        const { method, amountMinor } = movement;
        const row = {
          id,
          sessionId: session.id,
          phase: 'till' as const,
          kind: 'void' as const,
          method,
          amountMinor,
          note: asked.reason,
          atMs,
          hours: session,
        };
        await addMovement(tx, deps, ctx, drawer, { ...row, voids: { movement, postings } });
      }),
    );
  }

  return { record, takeBack };
}
