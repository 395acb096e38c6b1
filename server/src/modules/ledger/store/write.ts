import { hash } from 'node:crypto';
import { instant, plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import { assert } from '#platform/errors.ts';
import { endedAs } from '../domain/decide.ts';
import type { Hold, Transfer } from '../domain/model.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { Head } from './load.ts';
import { writeRefused } from './refused.ts';

/** Another writer moved the head: what was decided stands on an old state and must not be written. */
export class StaleHead extends Error {}

/**
 * One statement writes the whole batch. The head moves first, and everything else hangs on its row: if another writer was faster, nothing
 * is written at all. Two processes waiting for the same head take turns on its row lock.
 */
const WRITE = `
with head as (
  update ledger.heads set batch = batch + 1, seq = $4, recorded_at = $5, hash = $6
  where tenant_id = $1 and batch = $2 and hash = $3 returning batch
), batch as (
  insert into ledger.batches (tenant_id, batch, first_seq, last_seq, recorded_at, hash) select $1, batch, $7, $4, $5, $6 from head
), command as (
  insert into ledger.commands (tenant_id, id, recorded_at, seq, code, detail, content)
  select $1, c.id, $5, c.seq, c.code, c.detail, c.content
  from unnest($8::uuid[], $9::bigint[], $10::text[], $11::text[], $12::jsonb[]) c (id, seq, code, detail, content)
  where exists (select from head)
), transfer as (
  insert into ledger.transfers (tenant_id, recorded_at, seq, id, kind, debit_account_id, credit_account_id, amount, held, hold_id, reason,
    effective_at, expires_at, metadata, hash)
  select $1, $5, t.seq, t.id, t.kind, t.debit, t.credit, t.amount, t.held, t.hold_id, t.reason, coalesce(t.effective_at, $5), t.expires_at,
    t.metadata, t.hash
  from unnest($13::bigint[], $14::uuid[], $15::text[], $16::uuid[], $17::uuid[], $18::numeric[], $19::numeric[], $20::uuid[], $21::text[],
    $22::timestamptz[], $23::timestamptz[], $24::jsonb[], $25::bytea[])
    t (seq, id, kind, debit, credit, amount, held, hold_id, reason, effective_at, expires_at, metadata, hash)
  where exists (select from head)
), entry as (
  insert into ledger.entries (tenant_id, account_id, recorded_at, seq, side, posted_change, pending_change, posted_debits, posted_credits,
    pending_debits, pending_credits)
  select $1, e.account_id, $5, e.seq, e.side, e.posted, e.pending, e.pd, e.pc, e.hd, e.hc
  from unnest($26::uuid[], $27::bigint[], $28::text[], $29::numeric[], $30::numeric[], $31::numeric[], $32::numeric[], $33::numeric[],
    $34::numeric[]) e (account_id, seq, side, posted, pending, pd, pc, hd, hc)
  where exists (select from head)
)`;
const HOLDS = `, opened as (
  insert into ledger.open_holds (tenant_id, id, debit_account_id, credit_account_id, amount, expires_at, recorded_at, seq)
  select $1, h.id, h.debit, h.credit, h.amount, h.expires_at, $5, h.seq
  from unnest($35::uuid[], $36::uuid[], $37::uuid[], $38::numeric[], $39::timestamptz[], $40::bigint[])
    h (id, debit, credit, amount, expires_at, seq)
  where exists (select from head)
), resolved as (
  insert into ledger.hold_resolutions (tenant_id, hold_id, state, amount, resolved_by, recorded_at)
  select $1, r.hold_id, r.state, r.amount, r.id, $5
  from unnest($41::uuid[], $42::text[], $43::numeric[], $44::uuid[]) r (hold_id, state, amount, id)
  where exists (select from head)
), closed as (
  delete from ledger.open_holds where tenant_id = $1 and id = any($41::uuid[]) and exists (select from head)
)`;
const DONE = ' select batch from head';

/** Writes what was decided and moves the head. Throws StaleHead when the head is no longer where it was. */
export async function writeBatch(tx: Tx, tenantId: string, head: Head, work: Workspace): Promise<Head> {
  const { transfers, entries } = work;
  const hashes = transfers.map(hashTransfer);
  const refused = work.answers.filter(([, known]) => known.outcome === 'rejected').map(([id]) => id);
  const next: Head = {
    batch: head.batch + 1n,
    seq: work.seq,
    recordedAt: work.recordedAt,
    hash: hash('sha256', `${head.hash.toString('hex')}${hashes.join('')}${refused.join('')}`, 'buffer') as Buffer,
  };
  const last = transfers.at(-1);
  assert(transfers.length === next.seq - head.seq && (last?.seq ?? head.seq) === next.seq, 'the sequence has no gaps');
  assert(entries.length === 2 * transfers.length, 'every transfer has two entries');
  const params: unknown[] = [tenantId, head.batch, head.hash, next.seq, instant(next.recordedAt), next.hash, head.seq + 1];
  params.push(...commandColumns(work), ...transferColumns(transfers, hashes), ...entryColumns(work));
  const touchesHolds = transfers.some((transfer) => transfer.kind !== 'transfer');
  if (touchesHolds) params.push(...holdColumns(work));
  const rows = await tx.query(WRITE + (touchesHolds ? HOLDS : '') + DONE, params);
  if (rows.length === 0) throw new StaleHead('another writer moved the head');
  return next;
}

/** SHA-256 over all a transfer says, in one fixed order; the batch's hash chains these. Lower-case hex. */
export function hashTransfer(transfer: Transfer): string {
  const { seq, id, kind, debitAccountId, creditAccountId, amount, held, holdId, reason, effectiveAt, recordedAt, expiresAt } = transfer;
  const metadata = transfer.metadata ? Object.entries(transfer.metadata).sort(([a], [b]) => (a < b ? -1 : 1)) : null;
  const line = [seq, id, kind, debitAccountId, creditAccountId, `${amount}`, held === null ? null : `${held}`, holdId, reason];
  return hash('sha256', JSON.stringify([...line, effectiveAt, recordedAt, expiresAt, metadata]), 'hex');
}

function commandColumns(work: Workspace): string[] {
  const known = work.answers.map(([, answer]) => answer);
  return [
    plainArray(work.answers.map(([id]) => id)),
    plainArray(known.map((answer) => (answer.outcome === 'done' ? answer.transfer.seq : null))),
    plainArray(known.map((answer) => (answer.outcome === 'done' ? null : answer.rejection.code))),
    textArray(known.map((answer) => (answer.outcome === 'done' ? null : answer.rejection.detail))),
    textArray(known.map((answer) => (answer.outcome === 'done' ? null : writeRefused(answer.command)))),
  ];
}

function transferColumns(transfers: readonly Transfer[], hashes: readonly string[]): string[] {
  return [
    plainArray(transfers.map((t) => t.seq)),
    plainArray(transfers.map((t) => t.id)),
    plainArray(transfers.map((t) => t.kind)),
    plainArray(transfers.map((t) => t.debitAccountId)),
    plainArray(transfers.map((t) => t.creditAccountId)),
    plainArray(transfers.map((t) => t.amount)),
    plainArray(transfers.map((t) => t.held)),
    plainArray(transfers.map((t) => t.holdId)),
    textArray(transfers.map((t) => t.reason)),
    plainArray(transfers.map((t) => (t.effectiveAt === t.recordedAt ? null : instant(t.effectiveAt)))),
    plainArray(transfers.map((t) => (t.expiresAt === null ? null : instant(t.expiresAt)))),
    textArray(transfers.map((t) => (t.metadata ? JSON.stringify(t.metadata) : null))),
    `{${hashes.map((hex) => `"\\\\x${hex}"`).join(',')}}`,
  ];
}

function entryColumns(work: Workspace): string[] {
  const { entries } = work;
  return [
    plainArray(entries.map((e) => e.accountId)),
    plainArray(entries.map((e) => e.seq)),
    plainArray(entries.map((e) => e.side)),
    plainArray(entries.map((e) => e.postedChange)),
    plainArray(entries.map((e) => e.pendingChange)),
    plainArray(entries.map((e) => e.after.postedDebits)),
    plainArray(entries.map((e) => e.after.postedCredits)),
    plainArray(entries.map((e) => e.after.pendingDebits)),
    plainArray(entries.map((e) => e.after.pendingCredits)),
  ];
}

/** Holds left open by the batch, and those it ended; one opened and ended in the same batch never shows as open. */
function holdColumns(work: Workspace): string[] {
  const opened: Hold[] = [];
  for (const transfer of work.transfers) {
    if (transfer.kind !== 'hold') continue;
    const state = work.holds.get(transfer.id);
    if (state?.state === 'open') opened.push(state.hold);
  }
  const ended = work.transfers.filter((transfer) => transfer.holdId !== null);
  return [
    plainArray(opened.map((hold) => hold.id)),
    plainArray(opened.map((hold) => hold.debitAccountId)),
    plainArray(opened.map((hold) => hold.creditAccountId)),
    plainArray(opened.map((hold) => hold.amount)),
    plainArray(opened.map((hold) => (hold.expiresAt === null ? null : instant(hold.expiresAt)))),
    plainArray(opened.map((hold) => hold.seq)),
    plainArray(ended.map((transfer) => transfer.holdId)),
    plainArray(ended.map(endedAs)),
    plainArray(ended.map((transfer) => (transfer.kind === 'settle' ? transfer.amount : 0n))),
    plainArray(ended.map((transfer) => transfer.id)),
  ];
}
