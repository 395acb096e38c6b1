/** Reads back what the ledger committed for one tenant, in its own order and past its own code. */
import { Disagreement } from './compare.ts';
import type { Booking, Command, Totals } from './model.ts';

export type Query = (sql: string, params: readonly unknown[]) => Promise<Record<string, string | null>[]>;

/** `hash` is its leaf, in hexadecimal; `by`, `placedBy` and `conditions` (JSON) are what only its line tells. */
export type StoredBooking = Booking & { seq: number; hash: string; by: string | null; placedBy: string | null; conditions: string | null };
export type StoredRefusal = { id: string; code: string; content: Command };

/** What was committed at once. */
export type Batch = { at: number; hash: string; bookings: StoredBooking[]; refusals: StoredRefusal[] };

const at = (text: string): number => Math.round(Number(text));

/** Every batch of the tenant, in order. */
export async function readBatches(query: Query, tenantId: string): Promise<Batch[]> {
  const ms = (column: string) => `extract(epoch from ${column}) * 1000`;
  const entries = await readEntries(query, tenantId);
  const rows = await query(
    `select t.seq, t.id, t.kind, t.debit_account_id, t.credit_account_id, t.amount, t.held, t.hold_id, t.reason, t.metadata,
       t.block_id, t.balancing, t.requested, t.reverses, t.purpose, t.reference, t.remaining, t.only_if, t.placed_by, null as account_id, null as content,
       encode(t.hash, 'hex') as hash,
       ${ms('t.recorded_at')} as at, ${ms('t.effective_at')} as effective_at, ${ms('t.expires_at')} as expires_at
     from ledger.transfers t join ledger.commands c on c.tenant_id = t.tenant_id and c.id = t.id and c.seq = t.seq and c.recorded_at = t.recorded_at
     where t.tenant_id = $1
     union all
     select t.seq, t.id, t.kind, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, t.account_id, t.content, encode(t.hash, 'hex'),
       ${ms('t.recorded_at')}, null, null
     from ledger.directives t join ledger.commands c on c.tenant_id = t.tenant_id and c.id = t.id and c.seq = t.seq and c.recorded_at = t.recorded_at
     where t.tenant_id = $1 order by seq`,
    [tenantId],
  );
  const transfers = rows.filter((row) => row.debit_account_id !== null).length;
  if (entries.size !== 2 * transfers) throw new Disagreement(`${entries.size} entries for ${transfers} transfers`);
  const refused = await query(
    `select id, code, content, batch, ${ms('recorded_at')} as at from ledger.commands where tenant_id = $1 and seq is null`,
    [tenantId],
  );
  const ranges = await query(
    `select batch, last_seq, encode(hash, 'hex') as hash, ${ms('recorded_at')} as at from ledger.batches where tenant_id = $1 order by batch`,
    [tenantId],
  );
  const refusalsOf = Map.groupBy(refused, (row) => row.batch);
  let place = 0;
  const batches = ranges.map(({ batch, last_seq: last, hash, at: instant }): Batch => {
    const bookings: StoredBooking[] = [];
    const inBatch = (row: Record<string, string | null>) => {
      if (row.at !== instant) throw new Disagreement(`${row.id} is recorded at ${row.at}, its batch ${batch} at ${instant}`);
    };
    for (; place < rows.length && Number(rows[place]!.seq) <= Number(last); place++) {
      inBatch(rows[place]!);
      bookings.push(toBooking(rows[place]!, entries));
    }
    const refusals = refusalsOf.get(batch) ?? [];
    for (const row of refusals) inBatch(row);
    return {
      at: at(instant!),
      hash: hash!,
      bookings,
      refusals: refusals.map(({ id, code, content }) => ({ id: id!, code: code!, content: toCommand(JSON.parse(content!)) })),
    };
  });
  const told = batches.reduce((sum, one) => sum + one.bookings.length + one.refusals.length, 0);
  if (told !== rows.length + refused.length) throw new Disagreement(`${rows.length + refused.length} answers, ${told} of them in batches`);
  return batches;
}

/** Balances after each entry, by place and side. */
async function readEntries(query: Query, tenantId: string): Promise<Map<string, { account: string; after: Totals }>> {
  const rows = await query(
    `select seq, side, account_id, posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries where tenant_id = $1`,
    [tenantId],
  );
  return new Map(rows.map((row) => [`${row.seq} ${row.side}`, { account: row.account_id!, after: totalsOf(row) }]));
}

function toBooking(row: Record<string, string | null>, entries: Map<string, { account: string; after: Totals }>): StoredBooking {
  const content = JSON.parse(row.content ?? '{}') as Record<string, string | undefined>;
  const conditions = row.only_if ?? (content.onlyIf === undefined ? null : JSON.stringify(content.onlyIf));
  const big = (text: string | null | undefined) => (text == null ? null : BigInt(text));
  const pairs = Object.entries(JSON.parse(row.metadata ?? '{}') as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    seq: Number(row.seq),
    hash: row.hash!,
    by: content.by ?? null,
    placedBy: row.placed_by!,
    conditions,
    id: row.id!,
    kind: row.kind!,
    block: row.block_id ?? content.blockId ?? null,
    ...sidesOf(row, entries),
    amount: big(row.amount),
    held: big(row.held),
    holdId: row.hold_id!,
    reason: row.reason ?? content.reason ?? null,
    effectiveAt: row.effective_at === null ? null : at(row.effective_at!),
    expiresAt: row.expires_at === null ? null : at(row.expires_at!),
    metadata: pairs.length === 0 ? '' : JSON.stringify(pairs),
    balancing: row.balancing!,
    requested: big(row.requested),
    reverses: row.reverses!,
    purpose: row.purpose!,
    reference: row.reference!,
    remaining: big(row.remaining),
    onlyIf: conditionsOf(conditions),
    accountId: row.account_id!,
    state: content.state ?? null,
    overdraft: big(content.overdraftLimitMinor),
    until: content.until ?? null,
  };
}

function sidesOf(
  row: Record<string, string | null>,
  entries: Map<string, { account: string; after: Totals }>,
): Pick<Booking, 'debit' | 'credit' | 'after'> {
  if (row.debit_account_id === null) return { debit: null, credit: null, after: [] };
  const debit = entries.get(`${row.seq} debit`);
  const credit = entries.get(`${row.seq} credit`);
  if (!debit || !credit) throw new Disagreement(`transfer ${row.seq} lacks an entry`);
  return {
    debit: row.debit_account_id === debit.account ? debit.account : `transfer ${row.debit_account_id}, entry ${debit.account}`,
    credit: row.credit_account_id === credit.account ? credit.account : `transfer ${row.credit_account_id}, entry ${credit.account}`,
    after: [debit.after, credit.after],
  };
}

/** Kept conditions in the model's words. */
function conditionsOf(json: string | null): string {
  if (json === null) return '';
  const kept = JSON.parse(json) as { accountId: string; balance: string; atLeastMinor?: string; atMostMinor?: string }[];
  return kept
    .map(({ accountId, balance, atLeastMinor = '', atMostMinor = '' }) => [accountId, balance, atLeastMinor, atMostMinor].join(' '))
    .join(', ');
}

/** A refused command as the ledger keeps it, as it came over the wire; only what tells commands apart. */
function toCommand(content: Record<string, unknown>): Command {
  const { id, kind, holdId, reason, reference, metadata } = content as Partial<Command>;
  const given = Object.entries({ holdId, reason, reference, metadata }).filter(([, value]) => value != null);
  return { id: id!, kind: kind!, ...Object.fromEntries(given) };
}

function totalsOf(row: Record<string, string | null>): Totals {
  return [BigInt(row.posted_debits!), BigInt(row.posted_credits!), BigInt(row.pending_debits!), BigInt(row.pending_credits!)];
}

export type StoredEnd = {
  /** By account. */
  balances: Map<string, Totals>;
  /** By account, `state overdraft`, as far as directives changed it. */
  standings: Map<string, string>;
  /** By hold: `open`, or how it ended and what arrived. */
  holds: Map<string, string>;
  /** YYYY-MM-DD, or empty. */
  closedUntil: string;
};

/** The state that the ledger's next decision would start from. */
export async function readEnd(query: Query, tenantId: string): Promise<StoredEnd> {
  const balances = await query(
    `select a.id, coalesce(e.posted_debits, 0) as posted_debits, coalesce(e.posted_credits, 0) as posted_credits,
       coalesce(e.pending_debits, 0) as pending_debits, coalesce(e.pending_credits, 0) as pending_credits
     from ledger.accounts a left join lateral (
       select * from ledger.entries where tenant_id = a.tenant_id and account_id = a.id order by recorded_at desc, seq desc limit 1) e on true
     where a.tenant_id = $1`,
    [tenantId],
  );
  const holds = await query(
    `select id, 'open ' || amount as state from ledger.open_holds where tenant_id = $1
     union all select hold_id, state || ' ' || amount from ledger.hold_resolutions where tenant_id = $1`,
    [tenantId],
  );
  const standings = await query(
    `select account_id, state || ' ' || overdraft_limit as standing from ledger.account_states where tenant_id = $1`,
    [tenantId],
  );
  const [head] = await query('select closed_until::text from ledger.heads where tenant_id = $1', [tenantId]);
  const states = new Map<string, string>();
  for (const { id, state } of holds) states.set(id!, states.has(id!) ? `${states.get(id!)} and ${state}` : state!);
  return {
    balances: new Map(balances.map((row) => [row.id!, totalsOf(row)])),
    standings: new Map(standings.map((row) => [row.account_id!, row.standing!])),
    closedUntil: head?.closed_until ?? '',
    holds: states,
  };
}

/** What is wrong with the chain of batches: gaps, times that go back, a head elsewhere. Empty when nothing is. */
export async function readChainFaults(query: Query, tenantId: string): Promise<string[]> {
  const rows = await query(
    `select format('batch %s from %s to %s after one to %s', batch, first_seq, last_seq, before) as fault from (
       select *, lag(last_seq, 1, 0) over w as before, lag(batch, 1, 0) over w as previous, lag(recorded_at) over w as since
       from ledger.batches where tenant_id = $1 window w as (order by batch)) b
     where first_seq <> before + 1 or batch <> previous + 1 or recorded_at < since
     union all
     select format('head at batch %s, seq %s, last batch %s, %s', h.batch, h.seq, b.batch, b.last_seq) from ledger.heads h
     left join lateral (select * from ledger.batches where tenant_id = h.tenant_id order by batch desc limit 1) b on true
     where h.tenant_id = $1 and h.batch > 0 and (h.batch, h.seq, h.recorded_at, h.hash) is distinct from (b.batch, b.last_seq, b.recorded_at, b.hash)`,
    [tenantId],
  );
  return rows.map((row) => row.fault!);
}

/** What is wrong with the events: each record has one, and they wait in the order of the records. Empty when nothing is. */
export async function readEventFaults(query: Query, tenantId: string): Promise<string[]> {
  const rows = await query(
    `select format('event %s is that of seq %s', n, seq) as fault from (
       select data->>'seq' as seq, row_number() over (order by seq, place) as n from ledger.outbox_events
       where tenant_id = $1 and type <> 'ledger.account-opened.v1') e
     where seq is null or seq::bigint <> n
     union all
     select format('%s events for %s records', count(*), (select max(seq) from ledger.heads where tenant_id = $1)) from ledger.outbox_events
     where tenant_id = $1 and type <> 'ledger.account-opened.v1' having count(*) <> (select max(seq) from ledger.heads where tenant_id = $1) limit 3`,
    [tenantId],
  );
  return rows.map((row) => row.fault!);
}
