import type { Compared, Workshop } from './rebuild.ts';

/** A projection as its table, its key, what else a row says, and the query (of the tenant `$1`) that makes it again from records. */
type Projection = { name: string; table: string; key: string[]; values: string[]; made: string };

export const FROM_RECORDS: readonly Projection[] = [
  {
    name: 'open-holds',
    table: 'open_holds',
    key: ['id'],
    values: ['debit_account_id', 'credit_account_id', 'amount', 'expires_at', 'recorded_at', 'seq', 'purpose', 'reference', 'placed_by'],
    // A hold ends when nothing of it is held any more: what ends it takes the rest out, what leaves a rest only a part.
    made: `select h.id, h.debit_account_id, h.credit_account_id, h.amount - coalesce(e.held, 0), h.expires_at, h.recorded_at, h.seq, h.purpose,
        h.reference, h.placed_by
      from ledger.transfers h
      left join (
        select hold_id, sum(held) as held from ledger.transfers
        where tenant_id = $1 and kind in ('settle', 'release') and hold_id is not null group by hold_id) e on e.hold_id = h.id
      where h.tenant_id = $1 and h.kind = 'hold' and h.amount > coalesce(e.held, 0)`,
  },
  {
    name: 'account-states',
    table: 'account_states',
    key: ['account_id'],
    values: ['state', 'overdraft_limit', 'seq'],
    made: `select d.account_id,
        coalesce((array_agg(d.content->>'state' order by d.seq desc) filter (where d.content ? 'state'))[1], 'open') as state,
        coalesce((array_agg((d.content->>'overdraftLimitMinor')::numeric order by d.seq desc) filter (where d.content ? 'overdraftLimitMinor'))[1],
          min(a.overdraft_limit)) as overdraft_limit,
        max(d.seq) as seq
      from ledger.directives d join ledger.accounts a on a.tenant_id = $1 and a.id = d.account_id
      where d.tenant_id = $1 and d.kind = 'account' group by d.account_id`,
  },
  {
    // As far as the follower has come; what it has still to read is not missing.
    name: 'tags',
    table: 'tags',
    key: ['key', 'value', 'recorded_at', 'seq'],
    values: [],
    made: `select m.key, m.value, t.recorded_at, t.seq from ledger.tag_cursor c
      join ledger.transfers t on t.tenant_id = $1 and (t.recorded_at, t.seq) <= (c.recorded_at, c.seq), jsonb_each_text(t.metadata) m
      where c.tenant_id = $1 and t.metadata is not null`,
  },
];

/** Makes a projection again beside the live one, compares them and, if told to, puts what differs right. */
export async function rebuildFromRecords({ client, apply, tell }: Workshop, tenantId: string, projection: Projection): Promise<Compared> {
  const { name, table, key, values, made } = projection;
  tell({ tenantId, projection: name, done: 0, total: 1 });
  const all = [...key, ...values];
  const list = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${column}`).join(', ');
  const same = key.map((column) => `l.${column} = m.${column}`).join(' and ');
  await client.query(`create temp table made on commit drop as select ${list('l', all)} from ledger.${table} l with no data`);
  await client.query(`insert into made (${all.join(', ')}) ${made}`, [tenantId]);
  await client.query(`create index on made (${key.join(', ')}); analyze made`);
  const differs = values.length > 0 ? `or (${list('m', values)}) is distinct from (${list('l', values)})` : '';
  await client.query(
    `create temp table differing on commit drop as select ${key.map((column) => `coalesce(m.${column}, l.${column}) as ${column}`).join(', ')},
       case when l.${key[0]} is null then 'missing' when m.${key[0]} is null then 'extra' else 'different' end as how
     from made m full join (select * from ledger.${table} where tenant_id = '${uuid(tenantId)}') l on ${same}
     where m.${key[0]} is null or l.${key[0]} is null ${differs}`,
  );
  const { rows: counts } = await client.query<{ how: string; n: number }>('select how, count(*)::int as n from differing group by how');
  const { rows: examples } = await client.query<{ what: string }>(
    `select concat_ws(' ', ${key.join(', ')}, how) as what from differing order by 1 limit 10`,
  );
  const { rows: total } = await client.query<{ n: string }>('select count(*) as n from made');
  if (apply && counts.length > 0) {
    const where = key.map((column) => `l.${column} = d.${column}`).join(' and ');
    await client.query(`delete from ledger.${table} l using differing d where l.tenant_id = $1 and ${where}`, [tenantId]);
    await client.query(
      `insert into ledger.${table} (tenant_id, ${all.join(', ')})
       select $1, ${list('m', all)} from made m join differing d on ${key.map((column) => `m.${column} = d.${column}`).join(' and ')}`,
      [tenantId],
    );
  }
  await client.query('drop table made, differing');
  tell({ tenantId, projection: name, done: 1, total: 1 });
  const count = (how: string) => counts.find((one) => one.how === how)?.n ?? 0;
  const found = { missing: count('missing'), extra: count('extra'), different: count('different') };
  return { projection: name, rows: Number(total[0]!.n), ...found, examples: examples.map(({ what }) => `${tenantId} ${what}`) };
}

/** A statement that makes a table takes no parameters. */
function uuid(text: string): string {
  if (!/^[0-9a-f-]{36}$/.test(text)) throw new Error('not a tenant id');
  return text;
}
