import { backoffMs } from '#platform/backoff.ts';
import { businessDate } from '#platform/clock.ts';
import { type CallContext, systemContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import type { Job } from '#platform/jobs/job.ts';
import { NAME } from './counterparties.ts';
import { type Deps, MODULE } from './deps.ts';
import { createOutcomes, type Outcome } from './outcomes.ts';
import { type ClaimedBooking, claimBookings, putOff } from './store/bookings.ts';
import { findCounterparty } from './store/counterparties.ts';
import { findTitle } from './store/titles.ts';

/** The books answer within seconds or not at all; whoever died while sending is followed by another after this. */
const LEASE_MS = 60_000;
const MOST_AT_ONCE = 200;
/** An answer that says nothing about the entry: asked again later. */
const NOT_YET: readonly string[] = ['BOOKS_DATE_IN_FUTURE', 'BOOKS_OVERLOADED'];
/** Nothing of it stands in the books: taken back already, or never there. */
const NOTHING_THERE: readonly string[] = ['BOOKS_ENTRY_REFUSED', 'BOOKS_ENTRY_NOT_FOUND'];
const REASON = 'Estorno em contas a pagar e a receber';

export type BookingDriver = {
  /** Sends what was just committed, on behalf of whoever asked. What the books do not answer now the job sends again: this never fails because of them. */
  send(ctx: CallContext, ids: readonly string[]): Promise<void>;
  job: Job;
};

/**
 * Brings to the books what is committed here. Each entry has an id that its cause gives, so that asking again is harmless: after a time-out nobody knows whether the books
 * have it, and asking again is how that is found out.
 */
export function createBookingDriver(deps: Deps): BookingDriver {
  const { db, clock, log, books, vault } = deps;
  const { settle } = createOutcomes(deps);

  async function step(
    ctxOf: (tenantId: string) => CallContext,
    wanted: { tenantId: string; ids: readonly string[] } | null,
  ): Promise<number> {
    const now = new Date(clock.now());
    const lease = new Date(now.getTime() + LEASE_MS);
    const scope = wanted ? { module: MODULE, tenants: [wanted.tenantId] } : ({ module: MODULE, system: true } as const);
    const claimed = await db.tx(scope, (tx) => claimBookings(tx, wanted, businessDate(now), now, lease, MOST_AT_ONCE));
    for (const ones of Map.groupBy(claimed, ({ tenantId, accountId }) => `${tenantId} ${accountId}`).values()) {
      const ctx = ctxOf(ones[0]!.tenantId);
      await record(
        ctx,
        ones.filter(({ action }) => action === 'record'),
      );
      for (const one of ones.filter(({ action }) => action === 'reverse')) await reverse(ctx, one);
    }
    return claimed.length;
  }

  async function record(ctx: CallContext, bookings: readonly ClaimedBooking[]): Promise<void> {
    if (bookings.length === 0) return;
    const { accountId } = bookings[0]!;
    const entries = await Promise.all(
      bookings.map(async ({ titleId, entryId, entry }) => {
        const counterparty = await nameOf(ctx, accountId, titleId);
        const origin = { module: MODULE, reference: entryId };
        return { ...entry!, id: entryId, ...(counterparty ? { counterparty } : {}), origin };
      }),
    );
    try {
      const { results } = await books.record(ctx, { accountId, entries });
      const byId = new Map(results.map((result) => [result.id, result]));
      for (const booking of bookings) {
        const result = byId.get(booking.entryId);
        if (!result) await unknown([booking], 'no result');
        else if (result.outcome !== 'refused') await settle(ctx, booking, { state: 'recorded' });
        else if (result.code === 'BOOKS_ENTRY_CONFLICT' && (await isOurs(ctx, booking))) await settle(ctx, booking, { state: 'recorded' });
        else await refused(ctx, booking, result.code ?? 'BOOKS_ENTRY_INVALID');
      }
    } catch (error) {
      await unknown(bookings, (error as Error).message);
    }
  }

  /** The books have it under other words: the counterparty was renamed, or erased, between two times of asking. */
  async function isOurs(ctx: CallContext, { accountId, entryId, entry }: ClaimedBooking): Promise<boolean> {
    const { origin, amountMinor, date, originalDate } = await books.getEntry(ctx, { accountId, entryId });
    const asked = entry!.amountMinor ?? entry!.lines![0]!.amountMinor;
    return origin?.module === MODULE && origin.reference === entryId && amountMinor === asked && (originalDate ?? date) === entry!.date;
  }

  async function reverse(ctx: CallContext, booking: ClaimedBooking): Promise<void> {
    const { accountId, entryId, purpose } = booking;
    // Titles themselves refuse what closed days do not allow; what they let pass is taken back on the first open day.
    const late = purpose === 'accrual' ? { late: 'first-open-day' as const } : {};
    try {
      await books.reverse(ctx, { accountId, entryId, reason: REASON, ...late });
      await settle(ctx, booking, { state: 'recorded' });
    } catch (error) {
      const code = error instanceof AppError && error.status < 500 && error.code.startsWith('BOOKS_') ? error.code : undefined;
      if (code === undefined) await unknown([booking], (error as Error).message);
      else if (NOTHING_THERE.includes(code)) await settle(ctx, booking, { state: 'recorded' });
      else await refused(ctx, booking, code);
    }
  }

  async function refused(ctx: CallContext, booking: ClaimedBooking, code: string): Promise<void> {
    if (NOT_YET.includes(code)) return unknown([booking], code);
    const outcome: Outcome = { state: 'refused', code };
    await settle(ctx, booking, outcome);
  }

  async function unknown(bookings: readonly ClaimedBooking[], why: string): Promise<void> {
    const { tenantId, attempts } = bookings[0]!;
    const ids = bookings.map(({ id }) => id);
    log.warn({ err: why, bookings: ids.length, attempts }, 'the books have not answered; asked again');
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      putOff(tx, tenantId, ids, new Date(clock.now() + backoffMs(attempts)));
    });
  }

  async function nameOf({ tenantId }: CallContext, accountId: string, titleId: string): Promise<string | null> {
    const found = await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const title = await findTitle(tx, tenantId, accountId, titleId);
      return title?.counterpartyId ? findCounterparty(tx, tenantId, accountId, title.counterpartyId) : undefined;
    });
    return found ? vault.open(tenantId, found.id, NAME, found.nameSealed) : null;
  }

  return {
    async send(ctx, ids) {
      try {
        // What waits for the first of them is sent after it.
        for (let left = ids.length; left > 0; ) {
          const sent = await step(() => ctx, { tenantId: ctx.tenantId, ids });
          left = sent === 0 ? 0 : left - sent;
        }
      } catch (error) {
        log.warn({ err: (error as Error).message }, 'entries were not sent to the books at once');
      }
    },
    job: {
      name: 'titles.accrual',
      everyMs: 5_000,
      async run() {
        const sent = await step((tenantId) => systemContext(tenantId, MODULE), null);
        return { goOn: sent === MOST_AT_ONCE };
      },
    },
  };
}
