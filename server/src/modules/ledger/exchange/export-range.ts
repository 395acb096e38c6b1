import type { Tx } from '#platform/db/db.ts';
import { refuseLedger } from '../errors.ts';

export type ExportRange = {
  /** Batches, both included; the first is 1 more than the last when there is nothing. */
  fromBatch: number;
  toBatch: number;
  fromSeq: number;
  toSeq: number;
  /** Of the last batch of the range, or of the one before when it is empty. */
  lastHash: string;
  /** Hash before the first batch; undefined when that is the ledger's first. */
  previousHash: string | undefined;
  /** Instant of the batch before the first, from which records are sought; and of the last one. */
  afterMs: number;
  untilMs: number;
};

type BatchRow = { batch: bigint; first_seq: bigint; last_seq: bigint; recorded_at: Date; hash: Buffer };

const COLUMNS = 'batch, first_seq, last_seq, recorded_at, hash';
const GENESIS = '00'.repeat(32);

/**
 * What an export from one place of the ledger to another holds: whole batches, the first with `fromSeq` in it, the last with `toSeq` or the
 * ledger's last at this moment. Batches of refusals alone go with the records after them. @throws LEDGER_QUERY_INVALID
 */
export async function rangeOf(tx: Tx, tenantId: string, fromSeq: number, toSeq: number | null): Promise<ExportRange> {
  if (toSeq !== null && toSeq < fromSeq)
    throw refuseLedger('LEDGER_QUERY_INVALID', {
      detail: { pt: 'toSeq vem antes de fromSeq.', en: 'toSeq comes before fromSeq.' },
    });
  const find = async (condition: string, order: string, ...params: unknown[]): Promise<BatchRow | undefined> =>
    (
      await tx.query<BatchRow>(`select ${COLUMNS} from ledger.batches where tenant_id = $1 ${condition} order by ${order} limit 1`, [
        tenantId,
        ...params,
      ])
    )[0];
  // Before the first record that is wanted; those of refusals alone begin after they end.
  const before = fromSeq <= 1 ? undefined : await find('and last_seq < $2 and first_seq <= last_seq', 'last_seq desc, batch desc', fromSeq);
  const ending = toSeq === null ? undefined : await find('and last_seq >= $2', 'last_seq, batch', toSeq);
  const last = ending ?? (await find('', 'batch desc'));
  const afterMs = before?.recorded_at.getTime() ?? 0;
  const after = { fromBatch: Number(before?.batch ?? 0n) + 1, fromSeq: Number(before?.last_seq ?? 0n) + 1, afterMs };
  const previousHash = before?.hash.toString('hex');
  if (!last || last.batch < after.fromBatch) {
    return {
      ...after,
      toBatch: after.fromBatch - 1,
      toSeq: after.fromSeq - 1,
      lastHash: previousHash ?? GENESIS,
      previousHash,
      untilMs: afterMs,
    };
  }
  const end = {
    toBatch: Number(last.batch),
    toSeq: Number(last.last_seq),
    lastHash: last.hash.toString('hex'),
    untilMs: last.recorded_at.getTime(),
  };
  return { ...after, ...end, previousHash };
}
