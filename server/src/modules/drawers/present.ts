import type { Count, Deposit, Difference, Drawer, LateSale, Movement, Session } from './contract.ts';
import { METHODS, type Totals } from './domain/movement.ts';
import type { Role } from './hold.ts';
import type { CountRow, DifferenceRow } from './store/counts.ts';
import type { DepositRow } from './store/deposits.ts';
import type { DrawerRow } from './store/drawers.ts';
import type { LateSaleRow } from './store/late-sales.ts';
import type { MovementSeen } from './store/movements.ts';
import type { SessionRow } from './store/sessions.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOr = (ms: number | null): string | null => (ms === null ? null : iso(ms));
const text = (amount: bigint | null): string | null => (amount === null ? null : String(amount));

/** Who keeps the books sees what should lie in a drawer at any time; who stands at it counts before anybody says. */
export const seesExpected = (role: Role, { status }: Pick<SessionRow, 'status'>): boolean =>
  status !== 'open' || role === 'owner' || role === 'accountant' || role === null;

export function showSession(
  session: SessionRow,
  {
    role,
    expected,
    counts,
    differences,
  }: { role: Role; expected: Totals; counts: readonly CountRow[]; differences: readonly DifferenceRow[] },
): Session {
  const of = <T extends { sessionId: string }>(rows: readonly T[]) => rows.filter(({ sessionId }) => sessionId === session.id);
  return {
    id: session.id,
    placeId: session.placeId,
    storeId: session.storeId,
    status: session.status,
    businessDate: session.businessDate,
    openedBy: session.openedBy,
    openedAt: iso(session.openedMs),
    floatMinor: String(session.floatMinor),
    closedBy: session.closedBy,
    closedAt: isoOr(session.closedMs),
    reviewedBy: session.reviewedBy,
    reviewedAt: isoOr(session.reviewedMs),
    reviewNote: session.reviewNote,
    expected: seesExpected(role, session)
      ? METHODS.filter((method) => method === 'cash' || expected[method] !== 0n).map((method) => ({
          method,
          expectedMinor: String(expected[method]),
        }))
      : null,
    counts: of(counts).map(showCount),
    differences: of(differences).map(showDifference),
  };
}

const showCount = ({ id, nth, atMs, by, cash, slips, lines }: CountRow): Count => ({
  id,
  nth,
  at: iso(atMs),
  by,
  cash: [...cash],
  slips: [...slips],
  lines: lines.map(({ method, expectedMinor, countedMinor, differenceMinor }) => ({
    method,
    expectedMinor: String(expectedMinor),
    countedMinor: text(countedMinor),
    differenceMinor: text(differenceMinor),
  })),
});

const showDifference = (row: DifferenceRow): Difference => ({
  id: row.id,
  sessionId: row.sessionId,
  stage: row.stage,
  method: row.method,
  expectedMinor: String(row.expectedMinor),
  countedMinor: String(row.countedMinor),
  differenceMinor: String(row.differenceMinor),
  reason: row.reason,
  by: row.by,
  at: iso(row.atMs),
  movementId: row.movementId,
  approvedBy: row.approvedBy,
  approvedAt: isoOr(row.approvedMs),
});

export function showMovement(row: MovementSeen): Movement {
  const isCashSale = row.kind === 'sale' && row.method === 'cash';
  return {
    id: row.id,
    sessionId: row.sessionId,
    placeId: row.placeId,
    kind: row.kind,
    method: row.method,
    amountMinor: String(row.amountMinor),
    paidMinor: text(row.paidMinor),
    changeMinor: isCashSale ? String((row.paidMinor ?? row.amountMinor) - row.amountMinor) : null,
    handedOutMinor: text(row.handedOutMinor),
    cashMinor: String(row.cashMinor),
    note: row.note,
    businessDate: row.businessDate,
    at: iso(row.atMs),
    recordedAt: iso(row.recordedMs),
    by: row.by,
    state: row.refused !== null ? 'refused' : row.pending > 0 ? 'pending' : 'recorded',
    refusal: row.refused,
    position: row.position === null ? null : Number(row.position),
    voids: row.voids,
    voidedBy: row.voidedBy,
  };
}

export const showDrawer = (
  place: { id: string; storeId: string; name: string },
  { storeName, row, session }: { storeName: string; row: DrawerRow | undefined; session: Session | null },
): Drawer => ({
  placeId: place.id,
  storeId: place.storeId,
  name: place.name,
  storeName,
  limitMinor: text(row?.limitMinor ?? null),
  pixPlace: row?.pixPlace ?? 'wallet',
  pixByItself: row?.pixByItself ?? false,
  withdrawalDue: session !== null && row!.limitMinor !== null && row!.balanceMinor > row!.limitMinor,
  session,
});

export function showLateSale({ id, placeId, atMs, why, sessionId, sale, state, reason }: LateSaleRow): LateSale {
  const { method = 'cash', amountMinor, note = null } = sale;
  return { id, placeId, at: iso(atMs), why, sessionId, method, amountMinor, note, state, reason };
}

export const showDeposit = (row: DepositRow): Deposit => ({
  id: row.id,
  from: row.fromRef,
  amountMinor: String(row.amountMinor),
  state: row.state,
  sentOn: row.sentOn,
  sentBy: row.sentBy,
  creditedOn: row.creditedOn,
  toPlaceId: row.toPlaceId,
});
