import pg from 'pg';
import { newId } from '../../src/platform/id.ts';
import type { TestDatabase } from '../support/test-database.ts';

const SETUP = `
create table if not exists public.lock_balances (id uuid primary key, debits numeric(38,0) not null, credits numeric(38,0) not null);
create table if not exists public.lock_transfers (id uuid primary key, tenant_id uuid, debit uuid, credit uuid, amount numeric(38,0), at timestamptz default now());
create table if not exists public.lock_entries (account uuid, transfer uuid, side text, amount numeric(38,0), debits numeric(38,0), credits numeric(38,0), primary key (account, transfer));`;

/** How ledgers are usually written: one transaction a transfer, both balances locked in the order of their ids. Transfers a second. */
export async function transferOneByOne(
  database: TestDatabase,
  tenantId: string,
  parties: { from: { id: string }[]; to: { id: string }[] },
  connections: number,
  seconds: number,
): Promise<number> {
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: connections });
  try {
    await pool.query(SETUP);
    await pool.query('insert into lock_balances select id, 0, 0 from ledger.accounts on conflict do nothing');
    let done = 0;
    let next = 0;
    const until = performance.now() + seconds * 1_000;
    const worker = async (): Promise<void> => {
      const client = await pool.connect();
      while (performance.now() < until) {
        const place = next++;
        const from = parties.from[place % parties.from.length]!.id;
        await transferLocked(client, tenantId, from, parties.to[(place * 7) % parties.to.length]!.id, 1 + (place % 1_000));
        done++;
      }
      client.release();
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: connections }, worker));
    return done / ((performance.now() - startedAt) / 1_000);
  } finally {
    await pool.end();
  }
}

async function transferLocked(client: pg.PoolClient, tenantId: string, from: string, to: string, amount: number): Promise<void> {
  const id = newId();
  await client.query('begin');
  await client.query({
    name: 'lock',
    text: 'select id from lock_balances where id in ($1, $2) order by id for update',
    values: [from, to],
  });
  await client.query({
    name: 'transfer',
    text: 'insert into lock_transfers (id, tenant_id, debit, credit, amount) values ($1, $2, $3, $4, $5)',
    values: [id, tenantId, from, to, amount],
  });
  for (const [account, side] of [
    [from, 'debits'],
    [to, 'credits'],
  ] as const) {
    await client.query({
      name: `move ${side}`,
      text: `with b as (update lock_balances set ${side} = ${side} + $2 where id = $1 returning debits, credits)
             insert into lock_entries select $1, $3, '${side}', $2, debits, credits from b`,
      values: [account, amount, id],
    });
  }
  await client.query('commit');
}
