import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { DrawersDeps, Who } from './deps.ts';
import { businessDayOf } from './domain/business-day.ts';
import { entriesOf } from './domain/entries.ts';
import { type AnyKind, cashEffectOf, type Method, type Movement, slipEffectOf } from './domain/movement.ts';
import { MOVEMENT_RECORDED, type MovementRecorded, WITHDRAWAL_DUE, type WithdrawalDue } from './events.ts';
import { addToBalance, type DrawerRow, type Hours } from './store/drawers.ts';
import { insertMovement, type MovementRow, type Phase } from './store/movements.ts';
import { insertPostings, type Posting } from './store/postings.ts';

export type NewRow = {
  id: string;
  sessionId: string | null;
  phase: Phase;
  kind: AnyKind;
  method?: Method;
  amountMinor: bigint;
  paidMinor?: bigint | null;
  handedOutMinor?: bigint | null;
  note?: string | null;
  card?: MovementRow['card'];
  atMs: number;
  /** Where cash comes from or goes to, or a Pix arrives; the drawer's own default when it is absent. */
  place?: string | undefined;
  category?: string | undefined;
  contentHash?: Buffer | null;
  /** Of what takes another movement back: that one, its effects turned round, and its entries. */
  voids?: { movement: MovementRow; postings: readonly Posting[] };
  hours: Pick<Hours, 'cutOffHour' | 'timeZone'>;
};

const DEFAULT_PLACE = 'safe';

/**
 * Something happens at a drawer that this transaction holds: the row, its entries on their way to the books, what lies in the drawer from now on, and the events, together.
 * False where there is one of this id already.
 */
export async function addMovement(tx: Tx, deps: DrawersDeps, { tenantId, actor }: Who, drawer: DrawerRow, asked: NewRow): Promise<boolean> {
  const row = rowOf(deps.clock.now(), actor.id, drawer, asked);
  if (!(await insertMovement(tx, tenantId, row))) return false;
  const place = asked.place ?? (row.method === 'pix' ? drawer.pixPlace : DEFAULT_PLACE);
  const entries = entriesOf(drawer.placeId, { ...row, place, category: asked.category ?? null, pixByItself: drawer.pixByItself });
  const { accountId } = drawer;
  const postings = entries.map((entry) => ({ id: entry.id, accountId, about: row.id, entry, reverses: null, reason: null }));
  await insertPostings(tx, tenantId, [...postings, ...(asked.voids?.postings ?? [])], new Date(row.recordedMs));
  await changeBalance(tx, deps, { tenantId, actor }, drawer, row);
  const data: MovementRecorded = {
    movementId: row.id,
    accountId,
    placeId: drawer.placeId,
    sessionId: row.sessionId,
    kind: row.kind,
    method: row.method,
    amountMinor: String(row.amountMinor),
    businessDate: row.businessDate,
    voids: row.voids,
    card: row.card,
  };
  await publish(tx, deps, { tenantId, actor }, MOVEMENT_RECORDED, data);
  return true;
}

function rowOf(nowMs: number, by: string, drawer: DrawerRow, asked: NewRow): MovementRow {
  const { voids, hours, atMs } = asked;
  const shape = { method: asked.method ?? 'cash', amountMinor: asked.amountMinor, handedOutMinor: asked.handedOutMinor ?? null };
  const { cashMinor, slipMinor } = voids
    ? { cashMinor: -voids.movement.cashMinor, slipMinor: -voids.movement.slipMinor }
    : { cashMinor: cashEffectOf({ ...shape, kind: asked.kind }), slipMinor: slipEffectOf({ ...shape, kind: asked.kind } as Movement) };
  return {
    ...shape,
    id: asked.id,
    accountId: drawer.accountId,
    placeId: drawer.placeId,
    sessionId: asked.sessionId,
    phase: asked.phase,
    kind: asked.kind,
    paidMinor: asked.paidMinor ?? null,
    cashMinor,
    slipMinor,
    note: asked.note ?? null,
    card: asked.card ?? null,
    businessDate: voids?.movement.businessDate ?? businessDayOf(atMs, hours.timeZone, hours.cutOffHour),
    atMs,
    recordedMs: nowMs,
    by,
    voids: voids?.movement.id ?? null,
    contentHash: asked.contentHash ?? null,
    refused: null,
  };
}

/** A limit that is passed is told once, when it is passed: not for each sale that follows. */
async function changeBalance(tx: Tx, deps: DrawersDeps, who: Who, drawer: DrawerRow, row: MovementRow): Promise<void> {
  const before = drawer.balanceMinor;
  if (row.cashMinor !== 0n) await addToBalance(tx, who.tenantId, drawer.placeId, row.cashMinor);
  drawer.balanceMinor += row.cashMinor;
  const { limitMinor, accountId, placeId } = drawer;
  if (limitMinor === null || row.sessionId === null || row.phase !== 'till' || before > limitMinor || drawer.balanceMinor <= limitMinor)
    return;
  const data: WithdrawalDue = { accountId, placeId, sessionId: row.sessionId };
  await publish(tx, deps, who, WITHDRAWAL_DUE, data);
}

/** Events of a drawer keep their order, and its account hears of them. */
export async function publish(
  tx: Tx,
  { bus, clock }: Pick<DrawersDeps, 'bus' | 'clock'>,
  { tenantId, actor }: Who,
  type: string,
  data: { placeId: string; accountId: string },
): Promise<void> {
  const time = new Date(clock.now()).toISOString();
  await bus.publish(tx, [{ id: newId(), type, tenantId, key: data.placeId, subjectId: data.accountId, actor, time, data }]);
}
