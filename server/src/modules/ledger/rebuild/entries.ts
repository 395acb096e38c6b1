import { pendingBy, postedBy } from '../store/moves.ts';
import type { Compared, Workshop } from './rebuild.ts';

const TRANSFERS_A_STEP = 50_000;
const ACCOUNTS_A_STEP = 1_000;

/** What each transfer does to its two accounts, by its kind; the balances follow from these alone. */
const MOVES = `
insert into moves (account_id, recorded_at, seq, side, posted_change, pending_change, effective_at)
select p.account_id, t.recorded_at, t.seq, p.side,
  ${postedBy('t')}, ${pendingBy('t')},
  nullif(t.effective_at, t.recorded_at)
from (
  select * from ledger.transfers where tenant_id = $1 and recorded_at >= $2 and (recorded_at, seq) > ($2, $3)
  order by recorded_at, seq limit ${TRANSFERS_A_STEP}
) t, lateral (values (t.debit_account_id, 'debit'), (t.credit_account_id, 'credit')) p (account_id, side)`;

const COLUMNS = `account_id, recorded_at, seq, side, posted_change, pending_change, posted_debits, posted_credits, pending_debits, pending_credits,
  effective_at`;
const VALUES = 'side, posted_change, pending_change, posted_debits, posted_credits, pending_debits, pending_credits, effective_at';
const valuesOf = (alias: string) =>
  VALUES.split(', ')
    .map((column) => `${alias}.${column}`)
    .join(', ');

/** Balances after each entry, made again for some accounts, where the live ones say something else. */
const DIFFERING = `
insert into differing
with made as (
  select account_id, recorded_at, seq, side, posted_change, pending_change,
    sum(case when side = 'debit' then posted_change else 0 end) over w as posted_debits,
    sum(case when side = 'credit' then posted_change else 0 end) over w as posted_credits,
    sum(case when side = 'debit' then pending_change else 0 end) over w as pending_debits,
    sum(case when side = 'credit' then pending_change else 0 end) over w as pending_credits, effective_at
  from moves where account_id > $2 and account_id <= $3
  window w as (partition by account_id order by recorded_at, seq)
), live as (
  select ${COLUMNS} from ledger.entries where tenant_id = $1 and account_id > $2 and account_id <= $3
)
select coalesce(m.account_id, l.account_id), coalesce(m.recorded_at, l.recorded_at), coalesce(m.seq, l.seq), ${valuesOf('m')},
  case when l.seq is null then 'missing' when m.seq is null then 'extra' else 'different' end
from made m full join live l on l.account_id = m.account_id and l.recorded_at = m.recorded_at and l.seq = m.seq
where (${valuesOf('m')}) is distinct from (${valuesOf('l')})`;

/** Entries with their after-balances, which balances and statements are read from: made again from a tenant's transfers and compared. */
export async function rebuildEntries(workshop: Workshop, tenantId: string, records: number): Promise<Compared> {
  const { client, apply, tell } = workshop;
  await client.query(`
    create temp table moves (account_id uuid, recorded_at timestamptz, seq bigint, side text, posted_change numeric, pending_change numeric,
      effective_at timestamptz) on commit drop;
    create temp table differing (account_id uuid, recorded_at timestamptz, seq bigint, side text, posted_change numeric, pending_change numeric,
      posted_debits numeric, posted_credits numeric, pending_debits numeric, pending_credits numeric, effective_at timestamptz, how text)
      on commit drop`);
  let place: { recorded_at: string; seq: string } | undefined = { recorded_at: '-infinity', seq: '0' };
  while (place) {
    await client.query(MOVES, [tenantId, place.recorded_at, place.seq]);
    const before: string = place.seq;
    const last: { rows: { recorded_at: string; seq: string }[] } = await client.query(
      'select recorded_at::text, seq from moves where seq > $1 order by seq desc limit 1',
      [before],
    );
    place = last.rows[0];
    tell({ tenantId, projection: 'entries', done: Number(place?.seq ?? records), total: records });
  }
  await client.query('create index on moves (account_id, recorded_at, seq); analyze moves');
  const { rows } = await client.query<{ id: string }>(
    `select id from (
       select id, row_number() over (order by id) as place, count(*) over () as total from (
         select id from ledger.accounts where tenant_id = $1
         union select account_id from moves) accounts
     ) numbered where place % ${ACCOUNTS_A_STEP} = 0 or place = total order by id`,
    [tenantId],
  );
  // An entry of an account that does not exist, before, between or after those that do, is in one of the steps, too.
  const bounds = ['00000000-0000-0000-0000-000000000000', ...rows.map(({ id }) => id), 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  for (const [step, until] of bounds.slice(1).entries()) {
    await client.query(DIFFERING, [tenantId, bounds[step], until]);
    tell({ tenantId, projection: 'balances', done: step + 1, total: bounds.length - 1 });
  }
  const compared = await summed(workshop, tenantId);
  if (apply) await putRight(workshop, tenantId);
  await client.query('drop table moves, differing');
  return compared;
}

async function summed({ client }: Workshop, tenantId: string): Promise<Compared> {
  const { rows: counts } = await client.query<{ how: 'missing' | 'extra' | 'different'; n: number }>(
    'select how, count(*)::int as n from differing group by how',
  );
  const { rows: examples } = await client.query<{ account_id: string; seq: string; how: string }>(
    'select account_id, seq, how from differing order by seq limit 10',
  );
  const { rows: total } = await client.query<{ n: string }>('select count(*) as n from moves');
  const count = (how: string) => counts.find((one) => one.how === how)?.n ?? 0;
  return {
    projection: 'balances',
    rows: Number(total[0]!.n),
    missing: count('missing'),
    extra: count('extra'),
    different: count('different'),
    examples: examples.map((one) => `${tenantId} ${one.account_id} seq ${one.seq}: ${one.how}`),
  };
}

async function putRight({ client }: Workshop, tenantId: string): Promise<void> {
  await client.query(
    `delete from ledger.entries e using differing d
     where e.tenant_id = $1 and e.account_id = d.account_id and e.recorded_at = d.recorded_at and e.seq = d.seq`,
    [tenantId],
  );
  await client.query(`insert into ledger.entries (tenant_id, ${COLUMNS}) select $1, ${COLUMNS} from differing where how <> 'extra'`, [
    tenantId,
  ]);
}
