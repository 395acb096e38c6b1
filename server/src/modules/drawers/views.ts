import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Drawer, Movement, Session } from './contract.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { refuseDrawers } from './errors.ts';
import type { Role } from './hold.ts';
import { showDrawer, showMovement, showSession } from './present.ts';
import { listCounts, listDifferences } from './store/counts.ts';
import { listDrawers } from './store/drawers.ts';
import { countWaiting } from './store/late-sales.ts';
import { findMovement, listMovements, sumSession } from './store/movements.ts';
import { findOpenSessions, findSession, type SessionRow } from './store/sessions.ts';

/** What is shown of drawers, to whoever may see it. */
export function createViews({ db, books }: DrawersDeps) {
  async function show(tx: Tx, tenantId: string, role: Role, sessions: readonly SessionRow[]): Promise<Session[]> {
    const ids = sessions.map(({ id }) => id);
    const [counts, differences, expected] = await Promise.all([
      listCounts(tx, tenantId, ids),
      listDifferences(tx, tenantId, ids),
      Promise.all(sessions.map(({ id, floatMinor }) => sumSession(tx, tenantId, id, floatMinor))),
    ]);
    return sessions.map((session, at) => showSession(session, { role, expected: expected[at]!, counts, differences }));
  }

  return {
    async session(
      { tenantId }: CallContext,
      role: Role,
      { accountId, sessionId }: { accountId: string; sessionId: string },
    ): Promise<Session> {
      return db.tx({ module: MODULE, tenants: [tenantId], snapshot: true }, async (tx) => {
        const session = await findSession(tx, tenantId, accountId, sessionId);
        if (!session) throw refuseDrawers('DRAWERS_SESSION_NOT_FOUND');
        return (await show(tx, tenantId, role, [session]))[0]!;
      });
    },

    async drawers(ctx: CallContext, role: Role, { accountId }: { accountId: string }): Promise<{ drawers: Drawer[]; waiting: number }> {
      const { tenantId } = ctx;
      const { places, stores } = await books.getShop(ctx, { accountId });
      return db.tx({ module: MODULE, tenants: [tenantId], snapshot: true }, async (tx) => {
        const [rows, open, waiting] = await Promise.all([
          listDrawers(tx, tenantId, accountId),
          findOpenSessions(tx, tenantId, accountId),
          countWaiting(tx, tenantId, accountId),
        ]);
        const sessions = await show(tx, tenantId, role, open);
        const drawers = places
          .filter(({ id, kind, archived }) => kind === 'drawer' && (!archived || open.some(({ placeId }) => placeId === id)))
          .map((place) =>
            showDrawer(place, {
              storeName: stores.find(({ id }) => id === place.storeId)?.name ?? '',
              row: rows.find(({ placeId }) => placeId === place.id),
              session: sessions.find(({ placeId }) => placeId === place.id) ?? null,
            }),
          );
        return { drawers, waiting };
      });
    },

    async movement({ tenantId }: CallContext, accountId: string, id: string): Promise<Movement> {
      const row = await db.tx({ module: MODULE, tenants: [tenantId], single: true }, (tx) => findMovement(tx, tenantId, accountId, id));
      if (!row) throw refuseDrawers('DRAWERS_MOVEMENT_NOT_FOUND');
      return showMovement(row);
    },

    async movements({ tenantId }: CallContext, { accountId, sessionId }: { accountId: string; sessionId: string }): Promise<Movement[]> {
      return db.tx({ module: MODULE, tenants: [tenantId], snapshot: true }, async (tx) => {
        if (!(await findSession(tx, tenantId, accountId, sessionId))) throw refuseDrawers('DRAWERS_SESSION_NOT_FOUND');
        return (await listMovements(tx, tenantId, sessionId)).map(showMovement);
      });
    },
  };
}
