import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { HoldView } from '../contract.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { commandOf, transferAt } from './seek.ts';

type HoldRow = {
  id: string;
  debit_account_id: string;
  credit_account_id: string;
  amount: bigint;
  held: bigint;
  settled: bigint;
  expires_at: Date | null;
  recorded_at: Date;
  purpose: 'judicial' | 'med' | null;
  reference: string | null;
  placed_by: string | null;
  state: HoldView['state'];
  ended_at: Date | null;
};
type Settle = NonNullable<HoldView['settles']>[number];

/** Holds by id, in whatever state they are, each with its settlements. */
export async function readHolds(tx: Tx, tenantId: string, ids: readonly string[]): Promise<HoldView[]> {
  const rows = await tx.query<HoldRow & { settled_by: string | null; ended_seq: bigint | null }>(
    `select t.id, t.debit_account_id, t.credit_account_id, t.amount, t.expires_at, t.recorded_at, t.purpose, t.reference, t.placed_by,
       coalesce(r.state, 'open') as state, coalesce(o.amount, 0) as held, coalesce(r.amount, 0) as settled, r.recorded_at as ended_at,
       case r.state when 'settled' then r.resolved_by end as settled_by, e.seq as ended_seq
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     ${transferAt('c')}
     left join lateral (select amount from ledger.open_holds where tenant_id = $1 and id = t.id limit 1) o on true
     left join lateral (
       select state, amount, resolved_by, recorded_at from ledger.hold_resolutions where tenant_id = $1 and hold_id = t.id limit 1) r on true
     left join lateral (select seq from ledger.commands where tenant_id = $1 and id = r.resolved_by limit 1) e on true
     where t.kind = 'hold'
     order by wanted.place`,
    [tenantId, plainArray(ids)],
  );
  const captures = await readCaptures(tx, tenantId, ids);
  return rows.map((row) => {
    const settles = [...(captures.get(row.id) ?? [])];
    const captured = settles.reduce((sum, one) => sum + BigInt(one.amountMinor), 0n);
    if (row.settled_by !== null)
      settles.push({
        id: row.settled_by,
        seq: Number(row.ended_seq),
        amountMinor: row.settled.toString(),
        recordedAt: row.ended_at!.toISOString(),
      });
    return { ...toHold({ ...row, settled: row.settled + captured }), settles };
  });
}

/** Settlements that left the rest of their holds held. */
async function readCaptures(tx: Tx, tenantId: string, holdIds: readonly string[]): Promise<Map<string, Settle[]>> {
  const rows = await tx.query<{ hold_id: string; seq: bigint; amount: bigint; settled_by: string; recorded_at: Date }>(
    `select k.hold_id, k.seq, k.amount, k.settled_by, k.recorded_at from ledger.hold_captures k
     where k.tenant_id = $1 and k.hold_id = any($2::uuid[]) order by k.hold_id, k.seq`,
    [tenantId, plainArray(holdIds)],
  );
  const found = new Map<string, Settle[]>();
  for (const { hold_id: holdId, seq, amount, settled_by: id, recorded_at } of rows) {
    const one = { id, seq: Number(seq), amountMinor: amount.toString(), recordedAt: recorded_at.toISOString() };
    found.set(holdId, [...(found.get(holdId) ?? []), one]);
  }
  return found;
}

/** An account's open holds, those that debit it and those that credit it, oldest first, a page at a time. */
export async function readOpenHolds(
  tx: Tx,
  tenantId: string,
  { accountId, limit, cursor }: { accountId: string; limit: number; cursor: string | null },
): Promise<{ holds: HoldView[]; next: string | null }> {
  const [after = 0] = cursor === null ? [] : readCursor(cursor, 1);
  const side = (column: string) =>
    `(select * from ledger.open_holds where tenant_id = $1 and ${column} = $2 and seq > $3 order by seq limit $4)`;
  const rows = await tx.query<HoldRow & { seq: bigint }>(
    `select h.id, h.debit_account_id, h.credit_account_id, h.amount as held, h.amount + k.taken as amount, k.taken as settled, h.expires_at,
       h.recorded_at, h.purpose, h.reference, h.placed_by, 'open' as state, null as ended_at, h.seq
     from (${side('debit_account_id')} union all ${side('credit_account_id')}) h
     cross join lateral (
       select coalesce(sum(amount), 0) as taken from ledger.hold_captures where tenant_id = $1 and hold_id = h.id) k
     order by h.seq limit $4`,
    [tenantId, accountId, after, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { holds: page.map(toHold), next: rows.length > limit && last ? writeCursor(last.seq) : null };
}

function toHold(row: HoldRow): HoldView {
  return {
    id: row.id,
    state: row.state,
    debitAccountId: row.debit_account_id,
    creditAccountId: row.credit_account_id,
    amountMinor: row.amount.toString(),
    heldMinor: row.held.toString(),
    settledMinor: row.settled.toString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    recordedAt: row.recorded_at.toISOString(),
    purpose: row.purpose ?? 'payment',
    reference: row.reference,
    placedBy: row.placed_by,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
