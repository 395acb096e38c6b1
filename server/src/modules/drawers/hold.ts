import type { Accounts } from '#accounts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { derivedId, newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { Refusal } from './domain/session.ts';
import { refuseDrawers } from './errors.ts';
import { type DrawerRow, lockDrawer } from './store/drawers.ts';
import { findSession, type SessionRow } from './store/sessions.ts';

export type Role = Awaited<ReturnType<Accounts['authorize']>>['role'];

const CODES = {
  closed: 'DRAWERS_SESSION_CLOSED',
  'being-counted': 'DRAWERS_BEING_COUNTED',
  'before-opening': 'DRAWERS_NO_SESSION',
  'not-counted': 'DRAWERS_NOT_COUNTED',
  'not-closed': 'DRAWERS_NOT_CLOSED',
  'own-session': 'DRAWERS_OWN_SESSION',
  reviewed: 'DRAWERS_SESSION_CLOSED',
} as const satisfies Record<Refusal, string>;

export function refuseIf(refusal: Refusal | null): void {
  if (refusal) throw refuseDrawers(CODES[refusal]);
}

/** A session with its drawer, held until the transaction ends: read under the lock, so that nobody closes it meanwhile. @throws DRAWERS_SESSION_NOT_FOUND */
export async function holdSession(
  tx: Tx,
  tenantId: string,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<{ drawer: DrawerRow; session: SessionRow }> {
  const known = await findSession(tx, tenantId, accountId, sessionId);
  const drawer = known && (await lockDrawer(tx, tenantId, accountId, known.placeId));
  const session = drawer && (await findSession(tx, tenantId, accountId, sessionId));
  if (!drawer || !session) throw refuseDrawers('DRAWERS_SESSION_NOT_FOUND');
  return { drawer, session };
}

/** Who opened it works at it; an owner may for them. A change of operator is to close and open. */
export function assertOperator({ openedBy }: SessionRow, { actor }: CallContext, role: Role): void {
  if (actor.id !== openedBy && role !== 'owner' && role !== null) throw refuseDrawers('DRAWERS_ANOTHER_OPERATOR');
}

/** Does something once for the key of the call, and answers the id it was given then. What it throws leaves no trace of the key. */
export async function onceFor(
  tx: Tx,
  { tenantId, actor, idempotencyKey }: CallContext,
  route: string,
  body: unknown,
  effect: (id: string) => Promise<void>,
): Promise<string> {
  const id = idempotencyKey === undefined ? newId() : derivedId('drawers', tenantId, actor.id, route, idempotencyKey);
  const scope = { tenantId, principal: actor.id, route, key: idempotencyKey ?? id, body };
  const answer = await once(tx, scope, async () => {
    await effect(id);
    return { status: 200, body: { id } };
  });
  return (answer.body as { id: string }).id;
}
