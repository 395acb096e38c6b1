import type { Tx } from '#platform/db/db.ts';
import { type FileEntry, foldText } from '../domain/statement.ts';

/** Rows of a file on their way to being movements. */

export type StagedRow = Pick<FileEntry, 'line' | 'date' | 'amountMinor' | 'text' | 'reference' | 'boleto'> & { nth: number };

export async function insertRows(tx: Tx, tenantId: string, fileId: string, rows: readonly StagedRow[]): Promise<void> {
  const items = rows.map(({ nth, line, date, amountMinor, text, reference, boleto }) => ({
    ...{ nth, line, date, text, folded: foldText(text), reference: reference ?? null },
    amount_minor: amountMinor.toString(),
    boleto: boleto ? { ...boleto, faceMinor: boleto.faceMinor.toString(), interestMinor: boleto.interestMinor.toString() } : null,
  }));
  await tx.execute(
    `insert into banks.rows (tenant_id, file_id, nth, line, date, amount_minor, text, folded, reference, boleto)
     select $1, $2, nth, line, date, amount_minor, text, folded, reference, boleto
     from json_to_recordset($3::json) as r (nth integer, line integer, date date, amount_minor numeric, text text, folded text, reference text, boleto jsonb)`,
    [tenantId, fileId, JSON.stringify(items)],
  );
}

/** The days of a file in stretches of some ten thousand rows: a row is sorted beside those of its own day alone. */
export function listStretches(tx: Tx, tenantId: string, fileId: string): Promise<{ from: string; to: string }[]> {
  return tx.query<{ from: string; to: string }>(
    `with days as (select date, count(*) as n from banks.rows where tenant_id = $1 and file_id = $2 group by date),
          summed as (select date, (sum(n) over (order by date) - n) / 10000 as stretch from days)
     select min(date)::text as "from", max(date)::text as "to" from summed group by floor(stretch) order by 1`,
    [tenantId, fileId],
  );
}

/**
 * Says of each row of these days whether it is new. In this order, each by count, so that equal rows are as many as the bank says:
 * 1. the same reference, date and amount; 2. the same date, amount and text, of what is left on both sides; 3. the same reference and amount within three
 * days, of a movement that is reconciled, which nothing moves to another day. All else is new, or lies in what is locked.
 */
export async function sortRows(
  tx: Tx,
  tenantId: string,
  fileId: string,
  placeId: string,
  days: { from: string; to: string },
  lockedUntil: string | null,
) {
  await tx.execute(
    `with r as (
       select nth, date, amount_minor, folded, reference, row_number() over (partition by reference, date, amount_minor order by nth) as k
       from banks.rows where tenant_id = $1 and file_id = $2 and date between $4 and $5
     ), h as (
       select id, date, amount_minor, folded, reference, row_number() over (partition by reference, date, amount_minor order by id) as k
       from banks.movements where tenant_id = $1 and place_id = $3 and date between $4 and $5 and state <> 'undone'
     ), one as (
       select r.nth, h.id from r join h on h.reference = r.reference and h.date = r.date and h.amount_minor = r.amount_minor and h.k = r.k
     ), r2 as (
       select r.nth, r.date, r.amount_minor, r.folded, r.reference, row_number() over (partition by r.date, r.amount_minor, r.folded order by r.nth) as k
       from r where not exists (select from one where one.nth = r.nth)
     ), h2 as (
       select h.id, h.date, h.amount_minor, h.folded, row_number() over (partition by h.date, h.amount_minor, h.folded order by h.id) as k
       from h where not exists (select from one where one.id = h.id)
     ), two as (
       select r2.nth from r2 join h2 on h2.date = r2.date and h2.amount_minor = r2.amount_minor and h2.folded = r2.folded and h2.k = r2.k
     ), r3 as (
       select r2.nth, r2.date, r2.amount_minor, r2.reference, row_number() over (partition by r2.reference, r2.amount_minor order by r2.nth) as k
       from r2 where r2.reference is not null and not exists (select from two where two.nth = r2.nth)
     ), h3 as (
       select r3.nth from r3 where r3.k <= (
         select count(*) from banks.movements m
         where m.tenant_id = $1 and m.place_id = $3 and m.reference = r3.reference and m.amount_minor = r3.amount_minor and m.state <> 'undone'
           and m.date <> r3.date and m.date between r3.date - 3 and r3.date + 3 and (m.match_id is not null or m.date <= $6::date))
     )
     update banks.rows t set outcome = case
       when exists (select from one where one.nth = t.nth) or exists (select from two where two.nth = t.nth) or exists (select from h3 where h3.nth = t.nth) then 'known'
       when t.date <= $6::date then 'locked' else 'new' end
     where t.tenant_id = $1 and t.file_id = $2 and t.date between $4 and $5`,
    [tenantId, fileId, placeId, days.from, days.to, lockedUntil],
  );
}

/** Makes movements of the new rows of these days, and drops all rows of them: whoever asks again finds nothing to do. */
export async function takeRows(
  tx: Tx,
  tenantId: string,
  fileId: string,
  accountId: string,
  placeId: string,
  days: { from: string; to: string },
) {
  return tx.query<TakenBoleto>(
    `with gone as (delete from banks.rows where tenant_id = $1 and file_id = $2 and date between $5 and $6 returning *),
     taken as (
       insert into banks.movements (tenant_id, id, account_id, place_id, file_id, line, date, amount_minor, text, folded, reference, boleto, state)
       select $1, gen_random_uuid(), $3, $4, $2, line, date, amount_minor, text, folded, reference, boleto, 'waiting'
       from gone where outcome = 'new' order by nth returning id, date, amount_minor, boleto)
     select id, date::text, amount_minor as "amountMinor", boleto from taken where boleto is not null`,
    [tenantId, fileId, accountId, placeId, days.from, days.to],
  );
}
/** What was said of the rows of these days, in numbers. */
export async function countRows(tx: Tx, tenantId: string, fileId: string, days: { from: string; to: string }) {
  const [row] = await tx.query<{ fresh: number; known: number; locked: number }>(
    `select (count(*) filter (where outcome = 'new'))::integer as fresh, (count(*) filter (where outcome = 'known'))::integer as known,
       (count(*) filter (where outcome = 'locked'))::integer as locked
     from banks.rows where tenant_id = $1 and file_id = $2 and date between $3 and $4`,
    [tenantId, fileId, days.from, days.to],
  );
  return row!;
}

export type StoredBoleto = { ourNumber: string; documentNumber: string; occurrence: string; part: 'payment' | 'fee' };
export type TakenBoleto = { id: string; date: string; amountMinor: bigint; boleto: StoredBoleto };

export type ShownRow = { line: number; date: string; amountMinor: bigint; text: string; outcome: string | null; similarTo: string | null };

/** The first rows of a file that is not imported yet, with a held movement of nearly the same day and the same amount beside each new one. */
export function listRows(tx: Tx, tenantId: string, fileId: string, placeId: string, limit: number): Promise<ShownRow[]> {
  return tx.query<ShownRow>(
    `select r.line, r.date::text, r.amount_minor as "amountMinor", r.text, r.outcome, s.id as "similarTo"
     from (select * from banks.rows where tenant_id = $1 and file_id = $2 order by nth limit $4) r
     left join lateral (select m.id from banks.movements m where r.outcome = 'new' and m.tenant_id = $1 and m.place_id = $3
       and m.date between r.date - 3 and r.date + 3 and m.amount_minor = r.amount_minor and m.state <> 'undone' order by abs(m.date - r.date), m.id limit 1) s on true
     order by r.nth`,
    [tenantId, fileId, placeId, limit],
  );
}
