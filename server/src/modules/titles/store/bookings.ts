import type { Tx } from '#platform/db/db.ts';
import type { BookedEntry } from '../domain/entries.ts';

export type Purpose = 'accrual' | 'payment' | 'charges' | 'discount';
export type BookingRecord = {
  id: string;
  accountId: string;
  titleId: string;
  settlementId: string | null;
  entryId: string;
  purpose: Purpose;
  action: 'record' | 'reverse';
  entry: BookedEntry | null;
  bookOn: string;
  after: string | null;
  state: 'waiting' | 'recorded' | 'refused' | 'dropped';
  refusal: string | null;
  attempts: number;
};
export type ClaimedBooking = BookingRecord & { tenantId: string };

const BOOKING = `b.id, b.account_id as "accountId", b.title_id as "titleId", b.settlement_id as "settlementId", b.entry_id as "entryId", b.purpose,
  b.action, b.entry, b.book_on::text as "bookOn", b.after, b.state, b.refusal, b.attempts`;

export type NewBooking = Omit<BookingRecord, 'state' | 'refusal' | 'attempts'>;

/** Adds what the books are to have; what is there already stays as it is. */
export function insertBookings(tx: Tx, tenantId: string, bookings: readonly NewBooking[], at: Date): void {
  const of = <K extends keyof NewBooking>(key: K) => bookings.map((booking) => booking[key]);
  tx.send(
    `insert into titles.bookings (tenant_id, id, account_id, title_id, settlement_id, entry_id, purpose, action, entry, book_on, after, created_at)
     select $1, b.*, $12::timestamptz from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::jsonb[],
       $10::date[], $11::uuid[]) b on conflict do nothing`,
    [
      tenantId,
      of('id'),
      of('accountId'),
      of('titleId'),
      of('settlementId'),
      of('entryId'),
      of('purpose'),
      of('action'),
      of('entry').map((entry) => (entry ? JSON.stringify(entry) : null)),
      of('bookOn'),
      of('after'),
      at,
    ],
  );
}

export async function findBookings(tx: Tx, tenantId: string, titleId: string): Promise<BookingRecord[]> {
  return tx.query<BookingRecord>(
    `select ${BOOKING} from titles.bookings b where b.tenant_id = $1 and b.title_id = $2 order by b.created_at, b.book_on, b.id`,
    [tenantId, titleId],
  );
}

/** The same for changing: whoever sends one at this moment has taken it before, and it says so by its attempts. */
export async function lockBookings(tx: Tx, tenantId: string, titleId: string): Promise<BookingRecord[]> {
  return tx.query<BookingRecord>(
    `select ${BOOKING} from titles.bookings b where b.tenant_id = $1 and b.title_id = $2 order by b.id for update`,
    [tenantId, titleId],
  );
}

/**
 * Takes what is to be sent: its day has come, what it waits for is known, and nobody else is sending it. `ids`: only these, of one tenant; null: whatever there is,
 * of all tenants, the oldest day first. What waited for something that came to nothing is dropped by whoever settles that.
 */
export async function claimBookings(
  tx: Tx,
  wanted: { tenantId: string; ids: readonly string[] } | null,
  today: string,
  now: Date,
  leaseUntil: Date,
  most: number,
): Promise<ClaimedBooking[]> {
  const only = wanted ? 'and b.tenant_id = $5 and b.id = any($6::uuid[])' : '';
  return tx.query<ClaimedBooking>(
    `update titles.bookings b set attempts = b.attempts + 1, lease_until = $3
     from (select b.tenant_id, b.id from titles.bookings b
           where b.state = 'waiting' and b.book_on <= $1 and (b.lease_until is null or b.lease_until < $2) ${only}
             and not exists (select from titles.bookings a where a.tenant_id = b.tenant_id and a.id = b.after and a.state = 'waiting')
             and (b.action = 'record' or not exists (
               select from titles.bookings a where a.tenant_id = b.tenant_id and a.id = b.entry_id and a.state = 'waiting'))
           order by b.book_on, b.id limit $4 for update skip locked) due
     where b.tenant_id = due.tenant_id and b.id = due.id returning b.tenant_id as "tenantId", ${BOOKING}`,
    wanted ? [today, now, leaseUntil, most, wanted.tenantId, wanted.ids] : [today, now, leaseUntil, most],
  );
}

/** What became of one. False when it is known already. */
export async function endBooking(
  tx: Tx,
  tenantId: string,
  id: string,
  state: 'recorded' | 'refused' | 'dropped',
  refusal: string | null,
): Promise<boolean> {
  const changed = await tx.execute(
    `update titles.bookings set state = $3, refusal = $4, lease_until = null where tenant_id = $1 and id = $2 and state = 'waiting'`,
    [tenantId, id, state, refusal],
  );
  return changed === 1;
}

/** Not before then: the books did not answer. */
export function putOff(tx: Tx, tenantId: string, ids: readonly string[], until: Date): void {
  tx.send(`update titles.bookings set lease_until = $3 where tenant_id = $1 and id = any($2::uuid[]) and state = 'waiting'`, [
    tenantId,
    ids,
    until,
  ]);
}
