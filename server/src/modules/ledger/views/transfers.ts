import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { HoldView, TransferView } from '../contract.ts';
import { TRANSFER_COLUMNS, type TransferRow, toTransfer } from '../store/rows.ts';
import { commandOf, transferAt } from './seek.ts';

/** Those of the ids that are committed transfers, in the order asked for. */
export async function readTransfers(tx: Tx, tenantId: string, ids: readonly string[]): Promise<TransferView[]> {
  const rows = await tx.query<TransferRow>(
    `select ${TRANSFER_COLUMNS}
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     ${transferAt('c')}
     order by wanted.place`,
    [tenantId, plainArray(ids)],
  );
  return rows.map(toTransferView);
}

export function toTransferView(row: TransferRow): TransferView {
  const { amount, held, requested, effectiveAt, recordedAt, expiresAt, ...transfer } = toTransfer(row);
  return {
    ...transfer,
    amountMinor: amount.toString(),
    heldMinor: held === null ? null : held.toString(),
    requestedMinor: requested === null ? null : requested.toString(),
    effectiveAt: instant(effectiveAt),
    recordedAt: instant(recordedAt),
    expiresAt: expiresAt === null ? null : instant(expiresAt),
  };
}

type HoldRow = {
  id: string;
  debit_account_id: string;
  credit_account_id: string;
  amount: bigint;
  expires_at: Date | null;
  recorded_at: Date;
  purpose: 'judicial' | 'med' | null;
  reference: string | null;
  state: HoldView['state'];
  settled: bigint;
};

/** Holds by id, in whatever state they are. */
export async function readHolds(tx: Tx, tenantId: string, ids: readonly string[]): Promise<HoldView[]> {
  const rows = await tx.query<HoldRow>(
    `select t.id, t.debit_account_id, t.credit_account_id, t.amount, t.expires_at, t.recorded_at, t.purpose, t.reference,
       coalesce(r.state, 'open') as state, coalesce(r.amount, 0) as settled
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     ${transferAt('c')}
     left join lateral (select state, amount from ledger.hold_resolutions where tenant_id = $1 and hold_id = t.id limit 1) r on true
     where t.kind = 'hold'
     order by wanted.place`,
    [tenantId, plainArray(ids)],
  );
  return rows.map(toHold);
}

/** Open holds that take from an account, oldest first. */
export async function readOpenHolds(tx: Tx, tenantId: string, accountId: string): Promise<HoldView[]> {
  const rows = await tx.query<HoldRow>(
    `select id, debit_account_id, credit_account_id, amount, expires_at, recorded_at, purpose, reference, 'open' as state, 0::numeric as settled
     from ledger.open_holds where tenant_id = $1 and debit_account_id = $2 order by seq limit 1000`,
    [tenantId, accountId],
  );
  return rows.map(toHold);
}

function toHold(row: HoldRow): HoldView {
  return {
    id: row.id,
    state: row.state,
    debitAccountId: row.debit_account_id,
    creditAccountId: row.credit_account_id,
    amountMinor: row.amount.toString(),
    settledMinor: row.settled.toString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    recordedAt: row.recorded_at.toISOString(),
    purpose: row.purpose ?? 'payment',
    reference: row.reference,
  };
}
