import type { CallContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { derivedId } from '#platform/id.ts';
import { bodyHash } from '#platform/idempotency.ts';
import { addMovement, publish } from './add-movement.ts';
import type { OfflineSale } from './contract.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { findFault } from './domain/movement.ts';
import { covers, mayRecord } from './domain/session.ts';
import { refuseDrawers } from './errors.ts';
import { SALE_CAME_LATE, type SaleCameLate } from './events.ts';
import { refuseIf } from './hold.ts';
import { cardOf, readMovement } from './movements.ts';
import { type DrawerRow, findHours, lockDrawer } from './store/drawers.ts';
import { decideLateSale, findKnownSales, insertLateSale, type LateSaleRow, lockLateSale } from './store/late-sales.ts';
import { findOpenSession, findSessionAt, type SessionRow } from './store/sessions.ts';

type On = { accountId: string; placeId: string };
export type Told = {
  id: string;
  outcome: 'recorded' | 'duplicate' | 'waiting' | 'conflict' | 'invalid';
  sessionId: string | null;
  code: string | null;
};
type Decision = 'was-there' | 'put-in' | 'discard';
type Place = { sessionId: string | null; atMs: number; phase: 'till' | 'outside'; hours: { cutOffHour: number; timeZone: string } };

/** A till's clock may be ahead by so much; beyond that nobody knows which session it means. */
const CLOCK_AHEAD_MS = 5 * 60_000;

/** Sales that a till recorded without a connection: each once, into the session that held the drawer at its moment. */
export function createOffline(deps: DrawersDeps) {
  const { db, clock } = deps;

  async function add(tx: Tx, ctx: CallContext, parts: { drawer: DrawerRow; sale: OfflineSale; into: Place }): Promise<boolean> {
    const { drawer, sale, into } = parts;
    const movement = readMovement({ kind: 'sale', ...sale });
    const { note = null, category } = sale;
    const card = cardOf(movement.method, sale.card);
    return addMovement(tx, deps, ctx, drawer, { ...movement, ...into, id: sale.id, note, card, category, contentHash: bodyHash(sale) });
  }

  async function tellOne(tx: Tx, ctx: CallContext, drawer: DrawerRow, sale: OfflineSale): Promise<Told> {
    const { tenantId } = ctx;
    const atMs = instantMs(sale.at);
    const invalid = (code: string): Told => ({ id: sale.id, outcome: 'invalid', sessionId: null, code });
    if (Number.isNaN(atMs)) return invalid('PLATFORM_BAD_REQUEST');
    if (findFault(readMovement({ kind: 'sale', ...sale }))) return invalid('DRAWERS_MOVEMENT_INVALID');
    const session = await findSessionAt(tx, tenantId, drawer.placeId, atMs);
    const why = whyLate(clock.now(), atMs, session);
    const sessionId = session && covers(session, atMs) ? session.id : null;
    if (why === null) {
      const isNew = await add(tx, ctx, { drawer, sale, into: { sessionId, atMs, phase: 'till', hours: session! } });
      // Told of another drawer at this moment.
      return { id: sale.id, outcome: isNew ? 'recorded' : 'conflict', sessionId, code: null };
    }
    const { accountId, placeId } = drawer;
    const late = {
      id: sale.id,
      accountId,
      placeId,
      sessionId,
      atMs,
      why,
      sale,
      contentHash: bodyHash(sale),
      toldBy: ctx.actor.id,
      toldMs: clock.now(),
    };
    await insertLateSale(tx, tenantId, { ...late, state: 'waiting', decision: null, reason: null });
    const data: SaleCameLate = { saleId: sale.id, accountId, placeId, why };
    await publish(tx, deps, ctx, SALE_CAME_LATE, data);
    return { id: sale.id, outcome: 'waiting', sessionId, code: null };
  }

  async function tell(ctx: CallContext, { accountId, placeId, sales }: On & { sales: readonly OfflineSale[] }): Promise<Told[]> {
    const { tenantId } = ctx;
    return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const drawer = await lockDrawer(tx, tenantId, accountId, placeId);
      if (!drawer) throw refuseDrawers('DRAWERS_UNKNOWN');
      const known = await findKnownSales(
        tx,
        tenantId,
        sales.map(({ id }) => id),
      );
      const told: Told[] = [];
      for (const sale of sales) {
        const before = known.get(sale.id);
        if (before) {
          const isSame = before.contentHash?.equals(bodyHash(sale)) ?? false;
          told.push({ id: sale.id, outcome: isSame ? 'duplicate' : 'conflict', sessionId: before.sessionId, code: null });
          continue;
        }
        const one = await tellOne(tx, ctx, drawer, sale);
        if (one.outcome !== 'invalid')
          known.set(sale.id, { contentHash: bodyHash(sale), sessionId: one.sessionId, isWaiting: one.outcome === 'waiting' });
        told.push(one);
      }
      return told;
    });
  }

  /** What was there when the drawer was counted made a surplus then: the sale is booked, and as much is taken from the differences. */
  async function wasThere(tx: Tx, ctx: CallContext, parts: { drawer: DrawerRow; late: LateSaleRow; reason: string }): Promise<void> {
    const { drawer, late, reason } = parts;
    const hours = await findHours(tx, ctx.tenantId, drawer.storeId);
    const into: Place = { sessionId: null, atMs: late.atMs, phase: 'outside', hours };
    await add(tx, ctx, { drawer, sale: late.sale, into });
    const { method, amountMinor } = readMovement({ kind: 'sale', ...late.sale });
    if (method !== 'cash') return;
    const id = derivedId('drawers.late', late.id);
    await addMovement(tx, deps, ctx, drawer, { ...into, id, kind: 'shortage', amountMinor, note: reason });
  }

  async function putIn(tx: Tx, ctx: CallContext, { drawer, late }: { drawer: DrawerRow; late: LateSaleRow }): Promise<void> {
    const session = await findOpenSession(tx, ctx.tenantId, drawer.placeId);
    if (!session) throw refuseDrawers('DRAWERS_NO_SESSION');
    const atMs = clock.now();
    refuseIf(mayRecord(session, atMs));
    await add(tx, ctx, { drawer, sale: late.sale, into: { sessionId: session.id, atMs, phase: 'till', hours: session } });
  }

  async function decide(
    ctx: CallContext,
    asked: { accountId: string; saleId: string; decision: Decision; reason: string },
  ): Promise<LateSaleRow> {
    const { tenantId, actor } = ctx;
    const { accountId, saleId, decision, reason } = asked;
    return db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const late = await lockLateSale(tx, tenantId, accountId, saleId);
      if (!late) throw refuseDrawers('DRAWERS_SALE_NOT_FOUND');
      if (late.state !== 'waiting') {
        if (late.decision === decision) return late;
        throw refuseDrawers('DRAWERS_ALREADY_DECIDED');
      }
      const drawer = (await lockDrawer(tx, tenantId, accountId, late.placeId))!;
      if (decision === 'was-there') await wasThere(tx, ctx, { drawer, late, reason });
      if (decision === 'put-in') await putIn(tx, ctx, { drawer, late });
      const state = decision === 'discard' ? ('discarded' as const) : ('recorded' as const);
      await decideLateSale(tx, tenantId, { id: saleId, state, decision, reason }, { by: actor.id, at: new Date(clock.now()) });
      return { ...late, state, decision, reason };
    });
  }

  return { tell, decide };
}

function whyLate(nowMs: number, atMs: number, session: SessionRow | undefined): LateSaleRow['why'] | null {
  if (atMs > nowMs + CLOCK_AHEAD_MS) return 'future';
  if (!session || !covers(session, atMs)) return 'no-session';
  return mayRecord(session, atMs) === null ? null : 'closed';
}
