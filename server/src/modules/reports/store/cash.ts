import type { Tx } from '#platform/db/db.ts';
import type { CashEntry, Effect, Line } from '../domain/cash-entry.ts';

type KeptLine = [about: string, amountMinor: string];
type Kept = Omit<CashEntry, 'recorded' | 'breakdown' | 'before'> & {
  recorded: (Omit<NonNullable<CashEntry['recorded']>, 'lines'> & { lines: KeptLine[] }) | null;
  breakdown: KeptLine[] | null;
  before: KeptLine[] | null;
};

const keep = (lines: readonly Line[] | null): KeptLine[] | null =>
  lines === null ? null : lines.map(({ about, amountMinor }) => [about, amountMinor.toString()]);
const read = (lines: readonly KeptLine[]): Line[] => lines.map(([about, amountMinor]) => ({ about, amountMinor: BigInt(amountMinor) }));

/** For changing, by id; those that are not known yet are missing. */
export async function lockCashEntries(tx: Tx, tenantId: string, entryIds: readonly string[]): Promise<Map<string, CashEntry>> {
  const rows = await tx.query<{ id: string; state: Kept }>(
    `select entry_id as id, state from reports.cash_entries where tenant_id = $1 and entry_id = any($2::uuid[]) order by entry_id for update`,
    [tenantId, entryIds],
  );
  return new Map(rows.map(({ id, state }) => [id, stateOf(state)]));
}

const stateOf = ({ recorded, breakdown, before, ...rest }: Kept): CashEntry => ({
  ...rest,
  recorded: recorded && { ...recorded, lines: read(recorded.lines) },
  breakdown: breakdown && read(breakdown),
  before: before && read(before),
});

/** Entries with anything on these days, in the order of their ids. */
export async function listCashEntries(
  tx: Tx,
  tenantId: string,
  accountId: string,
  asked: { from: string; to: string; after: string; limit: number },
): Promise<{ id: string; state: CashEntry }[]> {
  const rows = await tx.query<{ id: string; state: Kept }>(
    `select entry_id as id, state from reports.cash_entries
     where tenant_id = $1 and account_id = $2 and date between $3 and $4 and entry_id > $5
     order by entry_id limit $6`,
    [tenantId, accountId, asked.from, asked.to, asked.after, asked.limit],
  );
  return rows.map(({ id, state }) => ({ id, state: stateOf(state) }));
}

export function saveCashEntries(tx: Tx, tenantId: string, entries: readonly { id: string; accountId: string; state: CashEntry }[]): void {
  tx.send(
    `insert into reports.cash_entries as c (tenant_id, entry_id, account_id, state, date)
     select $1, e.* from unnest($2::uuid[], $3::uuid[], $4::jsonb[], $5::date[]) e
     on conflict (tenant_id, entry_id) do update set state = excluded.state, date = excluded.date`,
    [
      tenantId,
      entries.map(({ id }) => id),
      entries.map(({ accountId }) => accountId),
      entries.map(({ state: { recorded, breakdown, before, ...rest } }) =>
        JSON.stringify({
          ...rest,
          recorded: recorded && { ...recorded, lines: keep(recorded.lines) },
          breakdown: keep(breakdown),
          before: keep(before),
        }),
      ),
      entries.map(({ state }) => state.recorded?.date ?? null),
    ],
  );
}

/** Adds what changed to the days, in one order, so that two at once do not wait for each other in a ring. */
export function addToDays(tx: Tx, tenantId: string, changes: readonly (Effect & { accountId: string })[]): void {
  const sums = new Map<string, Effect & { accountId: string }>();
  for (const one of changes) {
    const id = `${one.accountId} ${one.date} ${one.about}`;
    const sum = sums.get(id);
    sums.set(
      id,
      sum ? { ...sum, inMinor: sum.inMinor + one.inMinor, outMinor: sum.outMinor + one.outMinor, count: sum.count + one.count } : one,
    );
  }
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  if (rows.length === 0) return;
  tx.send(
    `insert into reports.cash_days as d (tenant_id, account_id, date, about, in_minor, out_minor, entries)
     select $1, n.* from unnest($2::uuid[], $3::date[], $4::text[], $5::numeric[], $6::numeric[], $7::int[]) n
     on conflict (tenant_id, account_id, date, about) do update set in_minor = d.in_minor + excluded.in_minor,
       out_minor = d.out_minor + excluded.out_minor, entries = d.entries + excluded.entries`,
    [
      tenantId,
      rows.map(({ accountId }) => accountId),
      rows.map(({ date }) => date),
      rows.map(({ about }) => about),
      rows.map(({ inMinor }) => inMinor),
      rows.map(({ outMinor }) => outMinor),
      rows.map(({ count }) => count),
    ],
  );
}

export type CashSum = { about: string; month: string; inMinor: bigint; outMinor: bigint; entries: number };

/** What came in and went out by what it was for, added up by month from the days. */
export async function sumCash(tx: Tx, tenantId: string, accountId: string, from: string, to: string): Promise<CashSum[]> {
  return tx.query<CashSum>(
    `select about, to_char(date_trunc('month', date), 'YYYY-MM') as month, sum(in_minor) as "inMinor", sum(out_minor) as "outMinor",
       sum(entries)::int as entries
     from reports.cash_days where tenant_id = $1 and account_id = $2 and date between $3 and $4 group by about, date_trunc('month', date)`,
    [tenantId, accountId, from, to],
  );
}

/** What came in and went out a day, whatever it was for. */
export async function sumCashDays(
  tx: Tx,
  tenantId: string,
  accountId: string,
  from: string,
  to: string,
): Promise<{ date: string; inMinor: bigint; outMinor: bigint }[]> {
  return tx.query(
    `select date::text, sum(in_minor) as "inMinor", sum(out_minor) as "outMinor"
     from reports.cash_days where tenant_id = $1 and account_id = $2 and date between $3 and $4 group by date order by date`,
    [tenantId, accountId, from, to],
  );
}
