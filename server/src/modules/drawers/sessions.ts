import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { assert } from '#platform/errors.ts';
import { derivedId } from '#platform/id.ts';
import { addMovement, publish } from './add-movement.ts';
import type { NewCount } from './contract.ts';
import { type DrawersDeps, MODULE } from './deps.ts';
import { businessDayOf } from './domain/business-day.ts';
import { type Compared, type Count, cashOf, compare, countedOf, differing, namedTwice, type Pieces } from './domain/count.ts';
import { mayClose, mayCount, mayReview } from './domain/session.ts';
import { refuseDrawers } from './errors.ts';
import { DIFFERENCE_FOUND, type DifferenceFound, SESSION_PROGRESSED, type SessionProgressed } from './events.ts';
import { assertOperator, holdSession, onceFor, type Role, refuseIf } from './hold.ts';
import { approveDifferences, type DifferenceRow, insertCount, insertDifference, listCounts } from './store/counts.ts';
import { type DrawerRow, findHours, insertDrawer, lockDrawer } from './store/drawers.ts';
import { happenedAfter, sumSession } from './store/movements.ts';
import { changeOpenItem } from './store/open-items.ts';
import { findSessionAt, insertSession, type SessionRow, updateSession } from './store/sessions.ts';

type On = { accountId: string; sessionId: string };
type Opening = { accountId: string; placeId: string; cash: readonly Pieces[]; source?: string; reason?: string };
type Closing = On & { reason?: string; leave: { amountMinor: string; toPlace?: string } | null };
type Found = Pick<DifferenceRow, 'stage' | 'method' | 'expectedMinor' | 'countedMinor' | 'differenceMinor'>;

/** Opening, counting, closing and reviewing: each one transaction that holds the drawer. Answers the session's id. */
export function createSessions(deps: DrawersDeps) {
  const { db, clock } = deps;
  const tell = (tx: Tx, ctx: CallContext, session: SessionRow) => {
    const { id: sessionId, accountId, placeId, storeId, status, businessDate } = session;
    const data: SessionProgressed = { sessionId, accountId, placeId, storeId, status, businessDate };
    return publish(tx, deps, ctx, SESSION_PROGRESSED, data);
  };

  /** A day is not closed without its drawers: the books are told that one waits to be counted, and that it waits no more. */
  const waits = (tx: Tx, tenantId: string, { id: reference, accountId, businessDate }: SessionRow, isOpen: boolean) =>
    changeOpenItem(
      tx,
      tenantId,
      { reference, accountId, businessDate, kind: 'drawers.uncounted', blocks: true, isOpen },
      new Date(clock.now()),
    );

  /** A difference of cash is posted to its own account at once; of slips it is kept, since that money lies with an acquirer or a bank. */
  async function keepDifference(tx: Tx, ctx: CallContext, parts: { drawer: DrawerRow; session: SessionRow; found: Found; reason: string }) {
    const { drawer, session, found, reason } = parts;
    const id = derivedId('drawers.difference', session.id, found.stage, found.method);
    const isCash = found.method === 'cash';
    const atMs = clock.now();
    if (isCash) {
      const kind = found.differenceMinor > 0n ? ('surplus' as const) : ('shortage' as const);
      const amountMinor = found.differenceMinor > 0n ? found.differenceMinor : -found.differenceMinor;
      const movement = { id, sessionId: session.id, phase: found.stage, kind, amountMinor, note: reason, atMs, hours: session };
      await addMovement(tx, deps, ctx, drawer, movement);
    }
    const by = ctx.actor.id;
    const movementId = isCash ? id : null;
    await insertDifference(tx, ctx.tenantId, {
      ...found,
      id,
      sessionId: session.id,
      reason,
      by,
      atMs,
      movementId,
      approvedBy: null,
      approvedMs: null,
    });
    const { stage, method, differenceMinor } = found;
    const { accountId, placeId } = drawer;
    const said = { differenceId: id, sessionId: session.id, accountId, placeId, stage, method, differenceMinor: String(differenceMinor) };
    await publish(tx, deps, ctx, DIFFERENCE_FOUND, said satisfies DifferenceFound);
  }

  /** The float is what was counted, whatever should have been left: what differs is brought from or to a place of the shop, was there before the books began, or is a difference. */
  async function explainFloat(
    tx: Tx,
    ctx: CallContext,
    parts: { drawer: DrawerRow; session: SessionRow; isFirst: boolean; asked: Opening },
  ) {
    const { drawer, session, isFirst, asked } = parts;
    const expectedMinor = drawer.balanceMinor;
    const differenceMinor = session.floatMinor - expectedMinor;
    if (differenceMinor === 0n) return;
    const isMore = differenceMinor > 0n;
    if (asked.source !== undefined || (isFirst && isMore)) {
      const kind = asked.source === undefined ? ('float' as const) : isMore ? ('supply' as const) : ('withdrawal' as const);
      const amountMinor = isMore ? differenceMinor : -differenceMinor;
      const id = derivedId('drawers.float', session.id);
      const row = {
        id,
        sessionId: session.id,
        phase: 'opening' as const,
        kind,
        amountMinor,
        atMs: session.openedMs,
        place: asked.source,
        hours: session,
      };
      await addMovement(tx, deps, ctx, drawer, row);
      return;
    }
    if (asked.reason === undefined) throw refuseDrawers('DRAWERS_REASON_REQUIRED');
    const found: Found = { stage: 'opening', method: 'cash', expectedMinor, countedMinor: session.floatMinor, differenceMinor };
    await keepDifference(tx, ctx, { drawer, session, found, reason: asked.reason });
  }

  /** `storeId`: of the drawer, as the books know it. */
  async function open(ctx: CallContext, asked: Opening, storeId: string): Promise<string> {
    const { tenantId, actor } = ctx;
    const { accountId, placeId, cash } = asked;
    assertNamedOnce({ cash, slips: [] });
    return db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/places/{placeId}/sessions', asked, async (id) => {
        await insertDrawer(tx, tenantId, { placeId, accountId, storeId });
        const drawer = (await lockDrawer(tx, tenantId, accountId, placeId))!;
        const { cutOffHour, timeZone } = await findHours(tx, tenantId, storeId);
        const now = clock.now();
        const isFirst = (await findSessionAt(tx, tenantId, placeId, now)) === undefined;
        const session: SessionRow = {
          ...{ id, accountId, placeId, storeId, status: 'open', cutOffHour, timeZone },
          businessDate: businessDayOf(now, timeZone, cutOffHour),
          ...{ openedBy: actor.id, openedMs: now, floatMinor: cashOf(cash), floatCash: cash },
          ...{ countedMs: null, closedBy: null, closedMs: null, reviewedBy: null, reviewedMs: null, reviewNote: null },
        };
        if (!(await insertSession(tx, tenantId, session))) throw refuseDrawers('DRAWERS_ALREADY_OPEN');
        await waits(tx, tenantId, session, true);
        await explainFloat(tx, ctx, { drawer, session, isFirst, asked });
        assert(drawer.balanceMinor === session.floatMinor, `drawer ${placeId} opens with what was counted`);
        await tell(tx, ctx, session);
      }),
    );
  }

  async function count(ctx: CallContext, role: Role, { accountId, sessionId, count: asked }: On & { count: NewCount }): Promise<string> {
    const { tenantId, actor } = ctx;
    const slips = asked.slips ?? [];
    const said: Count = { cash: asked.cash, slips: slips.map((one) => ({ ...one, amountMinor: BigInt(one.amountMinor) })) };
    assertNamedOnce(said);
    await db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/sessions/{sessionId}/counts', { sessionId, asked }, async (id) => {
        const { drawer, session } = await holdSession(tx, tenantId, { accountId, sessionId });
        assertOperator(session, ctx, role);
        refuseIf(mayCount(session));
        const expected = await sumSession(tx, tenantId, sessionId, session.floatMinor);
        assert(expected.cash === drawer.balanceMinor, `what is expected of session ${sessionId} lies in its drawer`);
        const atMs = clock.now();
        const lines = compare(expected, countedOf(said));
        await insertCount(tx, tenantId, { id, sessionId, atMs, by: actor.id, cash: said.cash, slips, lines });
        const counting: SessionRow = { ...session, status: 'counting', countedMs: atMs };
        await updateSession(tx, tenantId, counting);
        await tell(tx, ctx, counting);
      }),
    );
    return sessionId;
  }

  /** With what is expected now: a sale that was told late lay in the drawer when it was counted. */
  async function linesNow(tx: Tx, tenantId: string, session: SessionRow): Promise<Compared[]> {
    const newest = (await listCounts(tx, tenantId, [session.id])).at(-1)!;
    const counted = new Map(newest.lines.map(({ method, countedMinor }) => [method, countedMinor]));
    const expected = await sumSession(tx, tenantId, session.id, session.floatMinor);
    const none = countedOf({ cash: [], slips: [] });
    return compare(expected, { ...none, ...Object.fromEntries(counted) });
  }

  async function close(ctx: CallContext, role: Role, asked: Closing): Promise<string> {
    const { tenantId, actor } = ctx;
    await db.tx({ module: MODULE, tenants: [tenantId] }, (tx) =>
      onceFor(tx, ctx, 'POST /v1/drawers/of/{accountId}/sessions/{sessionId}/close', asked, async () => {
        const { drawer, session } = await holdSession(tx, tenantId, asked);
        assertOperator(session, ctx, role);
        refuseIf(mayClose(session));
        if (await happenedAfter(tx, tenantId, session.id, session.countedMs!)) throw refuseDrawers('DRAWERS_COUNT_STALE');
        const lines = await linesNow(tx, tenantId, session);
        for (const { method, expectedMinor, countedMinor, differenceMinor } of differing(lines)) {
          if (asked.reason === undefined) throw refuseDrawers('DRAWERS_REASON_REQUIRED');
          const found: Found = { stage: 'closing', method, expectedMinor, countedMinor: countedMinor!, differenceMinor: differenceMinor! };
          await keepDifference(tx, ctx, { drawer, session, found, reason: asked.reason });
        }
        assert(drawer.balanceMinor === lines[0]!.countedMinor, `drawer ${session.placeId} closes with what was counted`);
        await carryOff(tx, ctx, { drawer, session, leave: asked.leave });
        const closed: SessionRow = { ...session, status: 'closed', closedBy: actor.id, closedMs: clock.now() };
        await updateSession(tx, tenantId, closed);
        await waits(tx, tenantId, closed, false);
        await tell(tx, ctx, closed);
      }),
    );
    return asked.sessionId;
  }

  /** All but the float of tomorrow goes to the safe. */
  async function carryOff(tx: Tx, ctx: CallContext, parts: { drawer: DrawerRow; session: SessionRow; leave: Closing['leave'] }) {
    const { drawer, session, leave } = parts;
    if (!leave) return;
    const amountMinor = drawer.balanceMinor - BigInt(leave.amountMinor);
    if (amountMinor < 0n) throw refuseDrawers('DRAWERS_LEAVES_TOO_MUCH');
    if (amountMinor === 0n) return;
    const id = derivedId('drawers.carried-off', session.id);
    const kind = 'withdrawal' as const;
    const row = {
      id,
      sessionId: session.id,
      phase: 'closing' as const,
      kind,
      amountMinor,
      place: leave.toPlace,
      atMs: clock.now(),
      hours: session,
    };
    await addMovement(tx, deps, ctx, drawer, row);
  }

  async function review(ctx: CallContext, asked: On & { note: string }): Promise<string> {
    const { tenantId, actor } = ctx;
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const { session } = await holdSession(tx, tenantId, asked);
      if (session.status === 'reviewed') return;
      refuseIf(mayReview(session, actor.id));
      const reviewed: SessionRow = {
        ...session,
        status: 'reviewed',
        reviewedBy: actor.id,
        reviewedMs: clock.now(),
        reviewNote: asked.note,
      };
      await updateSession(tx, tenantId, reviewed);
      await approveDifferences(tx, tenantId, session.id, actor.id, new Date(reviewed.reviewedMs!));
      await tell(tx, ctx, reviewed);
    });
    return asked.sessionId;
  }

  return { open, count, close, review };
}

export function assertNamedOnce(count: Count): void {
  const twice = namedTwice(count);
  if (twice !== null)
    throw refuseDrawers('DRAWERS_COUNT_TWICE', { detail: { pt: `"${twice}" aparece duas vezes.`, en: `"${twice}" is there twice.` } });
}
