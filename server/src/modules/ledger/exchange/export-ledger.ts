import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { readAnchors, readDaysBetween } from '#platform/proof/day-store.ts';
import { evidenceText } from '#platform/proof/schemas.ts';
import { canonicalLine } from '../domain/record.ts';
import { type AccountLine, accountLine, anchorLine, balanceLine, batchLine, dayLine, endLine, headerLine } from '../proof/export-lines.ts';
import { type AccountRow, type BalanceRow, toAccount, toBalance } from '../store/rows.ts';
import { type ExportRange, rangeOf } from './export-range.ts';
import { PAGE, type Read, recordsOf } from './records.ts';

export type ExportOptions = {
  fromSeq: number;
  toSeq: number | null;
  /** The hash kept beside each record: not needed to verify, but with them a changed record is named. */
  leaves: boolean;
  /** What each account has after the last record. */
  balances: boolean;
};

type Batch = { batch: number; firstSeq: number; lastSeq: number; recordedAt: string; hash: string; refused: [string, string][] };

/**
 * The ledger as lines that can be verified by themselves (docs/proof.md): header, accounts, then each batch's records and the batch, days after
 * their last batch, balances, and the end, which says where it is. It can be taken up again from the seq after the last batch received.
 */
export async function* exportLedger(db: Db, tenantId: string, options: ExportOptions): AsyncGenerator<string> {
  const read: Read = (work) => db.tx({ module: 'ledger', tenants: [tenantId] }, work);
  const range = await read((tx) => rangeOf(tx, tenantId, options.fromSeq, options.toSeq));
  const { fromSeq, toSeq, fromBatch, toBatch, previousHash } = range;
  yield headerLine({
    export: 'lastro-ledger',
    tenantId,
    fromSeq,
    toSeq,
    ...(previousHash === undefined ? {} : { fromBatch, previousHash }),
  });
  // Accounts that were never moved, and so may be missing here when they are opened later: the balances at the end are of these only.
  const still = new Set<string>();
  // Opened before they are used: those that the records name are there by now.
  for await (const page of accountPages(read, tenantId)) {
    if (options.balances)
      for (const { id, posted_debits } of await totalsOf(read, tenantId, page, range)) if (posted_debits === null) still.add(id);
    for (const row of page) yield accountLine(toAccountLine(row));
  }
  yield* batchLines(read, tenantId, range, options.leaves);
  if (options.balances) {
    for await (const page of accountPages(read, tenantId))
      for (const row of await totalsOf(read, tenantId, page, range))
        if (row.posted_debits !== null || still.has(row.id)) yield toBalanceLine(row);
  }
  const counts = { records: toSeq - fromSeq + 1, batches: toBatch - fromBatch + 1 };
  yield endLine({ ...counts, lastSeq: toSeq, lastBatch: toBatch, hash: range.lastHash });
}

type StoredAccount = AccountRow & { created_at: Date };

async function* accountPages(read: Read, tenantId: string): AsyncGenerator<StoredAccount[]> {
  let rows: StoredAccount[] = [];
  let after = '00000000-0000-0000-0000-000000000000';
  do {
    rows = await read((tx) =>
      tx.query<StoredAccount>('select * from ledger.accounts where tenant_id = $1 and id > $2 order by id limit $3', [
        tenantId,
        after,
        PAGE,
      ]),
    );
    yield rows;
    after = rows.at(-1)?.id ?? after;
  } while (rows.length === PAGE);
}

function toAccountLine(row: StoredAccount): AccountLine {
  const { overdraftLimit, subjectId, ...settings } = toAccount(row);
  return {
    ...settings,
    overdraftLimitMinor: overdraftLimit.toString(),
    ...(subjectId === null ? {} : { subjectId }),
    createdAt: row.created_at.toISOString(),
  };
}

async function* batchLines(read: Read, tenantId: string, range: ExportRange, withLeaves: boolean): AsyncGenerator<string> {
  const records = recordsOf(read, tenantId, range);
  let waiting = await records.next();
  for (let next = range.fromBatch; next <= range.toBatch; next += PAGE) {
    const { batches, days, anchors } = await read((tx) => readBatches(tx, tenantId, next, Math.min(range.toBatch, next + PAGE - 1)));
    for (const { refused, ...batch } of batches) {
      const leaves: string[] = [];
      // A record that is missing is for whoever verifies the file to find; the others stay with their batch.
      for (; !waiting.done && waiting.value.seq <= batch.lastSeq; waiting = await records.next()) {
        yield canonicalLine(waiting.value.record);
        leaves.push(waiting.value.leaf);
      }
      yield batchLine({ ...batch, ...(refused.length > 0 ? { refused } : {}), ...(withLeaves && leaves.length > 0 ? { leaves } : {}) });
      const day = days.find((one) => one.batch === batch.batch);
      if (!day) continue;
      yield dayLine(day);
      for (const { day: anchored, driver, anchoredAt, evidence } of anchors)
        if (anchored === day.day) yield anchorLine({ day: anchored, driver, anchoredAt, evidence: evidenceText(driver, evidence) });
    }
  }
}

async function readBatches(tx: Tx, tenantId: string, from: number, to: number) {
  const rows = await tx.query<{ batch: bigint; first_seq: bigint; last_seq: bigint; recorded_at: Date; hash: Buffer }>(
    'select batch, first_seq, last_seq, recorded_at, hash from ledger.batches where tenant_id = $1 and batch between $2 and $3 order by batch',
    [tenantId, from, to],
  );
  const refusals = await tx.query<{ batch: bigint; id: string; code: string }>(
    'select batch, id, code from ledger.commands where tenant_id = $1 and batch = any($2::bigint[]) order by batch, id',
    [tenantId, plainArray(rows.map((row) => row.batch))],
  );
  const refusedIn = Map.groupBy(refusals, (row) => Number(row.batch));
  const batches = rows.map((row): Batch => {
    const place = { batch: Number(row.batch), firstSeq: Number(row.first_seq), lastSeq: Number(row.last_seq) };
    const refused = (refusedIn.get(place.batch) ?? []).map(({ id, code }): [string, string] => [id, code]);
    return { ...place, recordedAt: row.recorded_at.toISOString(), hash: row.hash.toString('hex'), refused };
  });
  const days = await readDaysBetween(tx, 'ledger', tenantId, batches[0]?.firstSeq ?? 0, batches.at(-1)?.lastSeq ?? 0);
  const names = days.map(({ day }) => day);
  return { batches, days, anchors: names.length > 0 ? await readAnchors(tx, 'ledger', tenantId, names) : [] };
}

type TotalsRow = BalanceRow & { id: string };

/** What accounts had after the last record; nulls for those that had no entry by then. */
function totalsOf(
  read: Read,
  tenantId: string,
  accounts: readonly { id: string }[],
  { untilMs, toSeq }: ExportRange,
): Promise<TotalsRow[]> {
  return read((tx) =>
    tx.query<TotalsRow>(
      `select wanted.id, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits
       from unnest($2::uuid[]) wanted (id)
       left join lateral (
         select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
         where tenant_id = $1 and account_id = wanted.id and recorded_at <= $3 and (recorded_at, seq) <= ($3, $4)
         order by recorded_at desc, seq desc limit 1
       ) e on true order by wanted.id`,
      [tenantId, plainArray(accounts.map(({ id }) => id)), instant(untilMs), toSeq],
    ),
  );
}

function toBalanceLine(row: TotalsRow): string {
  const { postedDebits, postedCredits, pendingDebits, pendingCredits } = toBalance(row);
  return balanceLine({
    accountId: row.id,
    postedDebitsMinor: postedDebits.toString(),
    postedCreditsMinor: postedCredits.toString(),
    pendingDebitsMinor: pendingDebits.toString(),
    pendingCreditsMinor: pendingCredits.toString(),
  });
}
