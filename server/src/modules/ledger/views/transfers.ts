import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { TransferView } from '../contract.ts';
import { showConditions } from '../domain/condition-text.ts';
import { TRANSFER_COLUMNS, type TransferRow, toTransfer } from '../store/rows.ts';
import { commandOf, transferAt } from './seek.ts';

/** Those of the ids that are committed transfers, in the order asked for, each with how much of it was taken back. */
export async function readTransfers(tx: Tx, tenantId: string, ids: readonly string[]): Promise<TransferView[]> {
  const rows = await tx.query<TransferRow & { reversed: bigint }>(
    `select ${TRANSFER_COLUMNS}, r.reversed
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     ${transferAt('c')}
     cross join lateral (
       select coalesce(sum(amount), 0) as reversed from ledger.transfers
       where tenant_id = $1 and reverses = c.id and recorded_at >= c.recorded_at
     ) r
     order by wanted.place`,
    [tenantId, plainArray(ids)],
  );
  return rows.map((row) => ({ ...toTransferView(row), reversedMinor: row.reversed.toString() }));
}

export function toTransferView(row: TransferRow): TransferView {
  const { amount, held, requested, remaining, onlyIf, effectiveAt, recordedAt, expiresAt, ...transfer } = toTransfer(row);
  return {
    ...transfer,
    amountMinor: amount.toString(),
    heldMinor: held === null ? null : held.toString(),
    requestedMinor: requested === null ? null : requested.toString(),
    remainingMinor: remaining === null ? null : remaining.toString(),
    onlyIf: showConditions(onlyIf),
    effectiveAt: instant(effectiveAt),
    recordedAt: instant(recordedAt),
    expiresAt: expiresAt === null ? null : instant(expiresAt),
  };
}
