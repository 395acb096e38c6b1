import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import { assert } from '#platform/errors.ts';
import { endsHold } from '../domain/decide.ts';
import type { AccountState, Hold, Known, LedgerRecord, Transfer } from '../domain/model.ts';
import { canonicalLine, leafHex, linkHash } from '../domain/record.ts';
import type { Workspace } from '../domain/workspace.ts';
import { insertInto } from './columns.ts';
import type { Head } from './load.ts';
import { ACCOUNT_STATES, COMMANDS, DIRECTIVES, ENTRIES, HOLD_CAPTURES, HOLD_RESOLUTIONS, OPEN_HOLDS, TRANSFERS } from './tables.ts';

/**
 * This process's clock is ahead of the database's: what it recorded now would stand in the way of everybody else's time, for good, so nothing
 * is written.
 */
export class ClockAhead extends Error {}

/** Another writer moved the head: what was decided stands on an old state and must not be written. */
export class StaleHead extends Error {}

/**
 * One statement writes the whole batch. The head moves first, and everything else hangs on its row: if another writer was faster, nothing
 * is written at all. Two processes waiting for the same head take turns on its row lock.
 */
const moveHead = (also: string): string => `with head as (
  update ledger.heads set batch = batch + 1, seq = $4, recorded_at = $5, hash = $6${also}
  where tenant_id = $1 and batch = $2 and hash = $3 and $8::timestamptz <= clock_timestamp() returning batch
), batch as (
  insert into ledger.batches (tenant_id, batch, first_seq, last_seq, recorded_at, hash) select $1, batch, $7, $4, $5, $6 from head
)`;

/** A batch ready to be sent: the head it moves to, and its statement. */
export type PreparedBatch = { next: Head; sql: string; params: readonly unknown[] };

/**
 * The statement that writes what was decided and moves the head from `head`, if the database's clock has come to `latest` by then. No I/O: the
 * head may still be on its way there.
 */
export function prepareBatch(tenantId: string, head: Head, work: Workspace, latest: string): PreparedBatch {
  const leaves = work.records.map((record) => leafHex(canonicalLine(record)));
  const next: Head = {
    batch: head.batch + 1n,
    seq: work.seq,
    recordedAt: work.recordedAt,
    hash: linkHash(head.hash, Buffer.from(leaves.join(''), 'hex'), refusalsOf(work.answers)),
    closedUntil: work.closedUntil,
  };
  assert(leaves.length === next.seq - head.seq && (work.records.at(-1)?.seq ?? head.seq) === next.seq, 'the sequence has no gaps');
  assert(work.entries.length === 2 * work.transfers.length, 'every transfer has two entries');
  const place = [tenantId, head.batch, head.hash, next.seq, instant(next.recordedAt), next.hash, head.seq + 1];
  const params: unknown[] = [...place, latest];
  return { next, sql: statement(work, leaves, head, params), params };
}

/** Throws StaleHead when the head is no longer where the batch was decided on, ClockAhead when its time has not come. */
export async function writeBatch(tx: Tx, { sql, params }: PreparedBatch): Promise<void> {
  const rows = await tx.query(sql, params);
  if (rows.length > 0) return;
  const [clock] = await tx.query<{ ahead: boolean }>('select $1::timestamptz > clock_timestamp() as ahead', [params[7]]);
  if (clock?.ahead) throw new ClockAhead(`this process's clock is ahead of the database's`);
  throw new StaleHead('another writer moved the head');
}

/** The batch's statement, with those of its parts that have something to do. */
function statement(work: Workspace, leaves: readonly string[], head: Head, params: unknown[]): string {
  const closes = work.closedUntil !== head.closedUntil;
  const parts = [moveHead(closes ? `, closed_until = $${params.push(work.closedUntil)}` : '')];
  parts.push(insertInto(COMMANDS, work.answers, params));
  const leafOf = ({ seq }: LedgerRecord) => leaves[seq - head.seq - 1]!;
  if (work.transfers.length > 0) {
    parts.push(
      insertInto(
        TRANSFERS,
        work.transfers.map((record) => ({ record, leaf: leafOf(record) })),
        params,
      ),
    );
    parts.push(insertInto(ENTRIES, work.entries, params));
    if (work.transfers.some((transfer) => transfer.kind === 'hold' || transfer.holdId !== null)) parts.push(...holdParts(work, params));
  }
  if (work.directives.length > 0) {
    const rows = work.directives.map(({ directive: record }) => ({ record, leaf: leafOf(record) }));
    parts.push(insertInto(DIRECTIVES, rows, params));
    const changed = changedAccounts(work);
    if (changed.length > 0) parts.push(insertInto(ACCOUNT_STATES, changed, params));
  }
  return `${parts.join(', ')} select batch from head`;
}

/** Holds left open by the batch, and those it ended; one opened and ended in the same batch never shows as open. */
function holdParts(work: Workspace, params: unknown[]): string[] {
  const opened: Hold[] = [];
  for (const transfer of work.transfers) {
    if (transfer.kind !== 'hold') continue;
    const state = work.holds.get(transfer.id);
    if (state?.state === 'open') opened.push(state.hold);
  }
  const ended = work.transfers.filter((transfer) => transfer.holdId !== null && endsHold(transfer));
  const captures = work.transfers.filter((transfer) => transfer.holdId !== null && !endsHold(transfer));
  const parts: string[] = [];
  if (opened.length > 0) parts.push(insertInto(OPEN_HOLDS, opened, params));
  if (captures.length > 0) parts.push(insertInto(HOLD_CAPTURES, captures, params), ...lessHeld(captures, work, params));
  if (ended.length === 0) return parts;
  parts.push(insertInto(HOLD_RESOLUTIONS, ended, params));
  const ids = `$${params.push(plainArray(ended.map((transfer) => transfer.holdId)))}::uuid[]`;
  parts.push(`closed as (
  delete from ledger.open_holds where tenant_id = $1 and id = any(${ids}) and exists (select from head)
)`);
  return parts;
}

/** Holds of before that are open still, with less held; those of this batch are written as it left them. */
function lessHeld(captures: readonly Transfer[], work: Workspace, params: unknown[]): string[] {
  const here = new Set(work.transfers.filter(({ kind }) => kind === 'hold').map(({ id }) => id));
  const left = new Map<string, bigint>();
  for (const { holdId } of captures) {
    const state = work.holds.get(holdId!);
    if (state?.state === 'open' && !here.has(holdId!)) left.set(holdId!, state.hold.amount);
  }
  if (left.size === 0) return [];
  const ids = `$${params.push(plainArray([...left.keys()]))}::uuid[]`;
  const amounts = `$${params.push(plainArray([...left.values()]))}::numeric[]`;
  return [
    `lessened as (
  update ledger.open_holds h set amount = l.amount from unnest(${ids}, ${amounts}) l (id, amount)
  where h.tenant_id = $1 and h.id = l.id and exists (select from head)
)`,
  ];
}

/** What the batch's directives made of each account they named, once for each. */
function changedAccounts({ directives }: Workspace): { state: AccountState; seq: number }[] {
  const changed = new Map<string, { state: AccountState; seq: number }>();
  for (const { directive, after } of directives) {
    if (after) changed.set(after.account.id, { state: after, seq: directive.seq });
  }
  return [...changed.values()];
}

function refusalsOf(answers: readonly (readonly [string, Known])[]): (readonly [string, string])[] {
  const refused: (readonly [string, string])[] = [];
  for (const [id, known] of answers) if (known.outcome === 'rejected') refused.push([id, known.rejection.code]);
  return refused;
}
