import type { Tx } from '#platform/db/db.ts';

/**
 * The books' side of a place: what its entries say, from the books' events. `isOurs`: nothing of the bank's is to be found for it, since a movement is its
 * cause, or since it and what took it back say nothing together.
 */
export type BookEntry = { entryId: string; placeId: string; date: string; amountMinor: bigint; isOurs: boolean; matchId: string | null };
export type NewBookEntry = Omit<BookEntry, 'matchId'> & { accountId: string };

export async function insertBookEntries(tx: Tx, tenantId: string, entries: readonly NewBookEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const items = entries.map((one) => ({
    ...{ entry_id: one.entryId, place_id: one.placeId, account_id: one.accountId, date: one.date },
    ...{ amount_minor: one.amountMinor.toString(), is_ours: one.isOurs },
  }));
  await tx.execute(
    `insert into banks.entries (tenant_id, entry_id, place_id, account_id, date, amount_minor, is_ours)
     select $1, entry_id, place_id, account_id, date, amount_minor, is_ours from json_to_recordset($2::json)
       as e (entry_id uuid, place_id uuid, account_id uuid, date date, amount_minor numeric, is_ours boolean) on conflict do nothing`,
    [tenantId, JSON.stringify(items)],
  );
}

/** Entries that were reversed or refused count no more. A movement whose own entry is gone is open again, unless it was taken back itself. */
export async function dropBookEntries(tx: Tx, tenantId: string, ids: readonly string[]): Promise<void> {
  await tx.execute(`update banks.entries set is_gone = true where tenant_id = $1 and entry_id = any($2::uuid[])`, [tenantId, ids]);
  await openMovements(tx, tenantId, ids);
}

/**
 * Entries that others take back, since their own days are closed: both stand, each on its day, and count there. Unless it was matched with the bank, neither
 * is to be matched any more. The movement whose own entry it was is open again.
 */
export async function settleMirrored(tx: Tx, tenantId: string, mirrored: readonly { entryId: string; mirrorId: string }[]): Promise<void> {
  const ids = mirrored.map(({ entryId }) => entryId);
  await tx.execute(
    `update banks.entries e set is_ours = true
     from unnest($2::uuid[], $3::uuid[]) m (entry_id, mirror_id) join banks.entries o on o.tenant_id = $1 and o.entry_id = m.entry_id and o.match_id is null
     where e.tenant_id = $1 and e.entry_id in (m.entry_id, m.mirror_id) and e.place_id = o.place_id and e.match_id is null`,
    [tenantId, ids, mirrored.map(({ mirrorId }) => mirrorId)],
  );
  await openMovements(tx, tenantId, ids);
}

async function openMovements(tx: Tx, tenantId: string, ids: readonly string[]): Promise<void> {
  await tx.execute(
    `update banks.movements set state = 'open' where tenant_id = $1 and id = any($2::uuid[]) and state = 'recorded' and match_id is null`,
    [tenantId, ids],
  );
}

const COLUMNS = `entry_id as "entryId", place_id as "placeId", date::text, amount_minor as "amountMinor", is_ours as "isOurs", match_id as "matchId"`;

/** Entries of others in a place that are matched with nothing yet. */
export function listFreeEntries(tx: Tx, tenantId: string, placeId: string, from: string, to: string, limit: number): Promise<BookEntry[]> {
  return tx.query<BookEntry>(
    `select ${COLUMNS} from banks.entries where tenant_id = $1 and place_id = $2 and date between $3 and $4 and not is_ours and not is_gone
       and match_id is null order by date, entry_id limit $5`,
    [tenantId, placeId, from, to, limit],
  );
}

/** All entries of others in a place on a day, matched or not. */
export function listEntriesOfDay(tx: Tx, tenantId: string, placeId: string, day: string, limit: number): Promise<BookEntry[]> {
  return tx.query<BookEntry>(
    `select ${COLUMNS} from banks.entries where tenant_id = $1 and place_id = $2 and date = $3 and not is_ours and not is_gone order by entry_id limit $4`,
    [tenantId, placeId, day, limit],
  );
}

/** What the books say of a place and day, whoever recorded it. */
export async function bookTotalsOf(tx: Tx, tenantId: string, placeId: string, day: string): Promise<{ inMinor: bigint; outMinor: bigint }> {
  const [row] = await tx.query<{ inMinor: bigint; outMinor: bigint }>(
    `select coalesce(sum(amount_minor) filter (where amount_minor > 0), 0)::numeric(38,0) as "inMinor",
       coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0)::numeric(38,0) as "outMinor"
     from banks.entries where tenant_id = $1 and place_id = $2 and date = $3 and not is_gone`,
    [tenantId, placeId, day],
  );
  return row!;
}

/** These entries of a place, while they are free; fewer rows come back when one is not. */
export function takeEntries(tx: Tx, tenantId: string, placeId: string, ids: readonly string[], matchId: string): Promise<BookEntry[]> {
  return tx.query<BookEntry>(
    `update banks.entries set match_id = $4 where tenant_id = $1 and place_id = $2 and entry_id = any($3::uuid[]) and match_id is null and not is_gone
       and not is_ours returning ${COLUMNS}`,
    [tenantId, placeId, ids, matchId],
  );
}
export async function freeEntries(tx: Tx, tenantId: string, matchId: string): Promise<void> {
  await tx.execute(`update banks.entries set match_id = null where tenant_id = $1 and match_id = $2`, [tenantId, matchId]);
}

export async function entriesOf(tx: Tx, tenantId: string, matchId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`select entry_id as id from banks.entries where tenant_id = $1 and match_id = $2`, [
    tenantId,
    matchId,
  ]);
  return rows.map(({ id }) => id);
}
