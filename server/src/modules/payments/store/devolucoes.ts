import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { type Rows, type RunRow, readRun } from '#platform/machine/rows.ts';
import type { Run } from '#platform/machine/run.ts';
import type { Lease } from '#platform/machine/store.ts';

/** Where a devolução stands. See `devolucao/devolucao.ts`. */
export type DevolucaoStatus =
  | 'created'
  | 'held'
  | 'unknown'
  | 'executed'
  | 'rejected'
  | 'stuck'
  | 'unbooked'
  | 'settled'
  | 'failed'
  | 'declined';

/** A Pix that its receiver gives back, whole or in part. */
export type DevolucaoRecord = Run<DevolucaoStatus> & {
  subjectId: string;
  accountId: string;
  /** `pix`: over the provider. `on-us`: to another customer here. */
  route: 'pix' | 'on-us';
  /** Of the arrival, or of the payment between two of ours. */
  originId: string;
  endToEndId: string;
  /** By which the money came, and goes back. */
  connection: string;
  payerSubjectId: string | null;
  payerAccountId: string | null;
  amountMinor: bigint;
  /** Its own id at the provider (`D…`). */
  returnId: string;
  /** Sends of which it is not known that they did not arrive; the one under way is among them. */
  openSends: number;
  heldAtMs: number | null;
  returnedAtMs: number | null;
  refusal: string | null;
  bookRound: number;
  actor: Actor;
  createdAtMs: number;
};

type Row = RunRow & {
  id: string;
  subject_id: string;
  account_id: string;
  route: 'pix' | 'on-us';
  origin_id: string;
  end_to_end_id: string;
  connection: string;
  payer_subject_id: string | null;
  payer_account_id: string | null;
  amount_minor: bigint;
  return_id: string;
  open_sends: number;
  held_at: Date | null;
  returned_at: Date | null;
  refusal: string | null;
  book_round: number;
  actor_kind: Actor['kind'];
  actor_id: string;
  created_at: Date;
};

const toDevolucao = (row: Row): DevolucaoRecord => ({
  ...readRun<DevolucaoStatus>(row, row.id),
  subjectId: row.subject_id,
  accountId: row.account_id,
  route: row.route,
  originId: row.origin_id,
  endToEndId: row.end_to_end_id,
  connection: row.connection,
  payerSubjectId: row.payer_subject_id,
  payerAccountId: row.payer_account_id,
  amountMinor: row.amount_minor,
  returnId: row.return_id,
  openSends: row.open_sends,
  heldAtMs: row.held_at?.getTime() ?? null,
  returnedAtMs: row.returned_at?.getTime() ?? null,
  refusal: row.refusal,
  bookRound: row.book_round,
  actor: { kind: row.actor_kind, id: row.actor_id },
  createdAtMs: row.created_at.getTime(),
});

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const devolucaoRows: Rows<DevolucaoRecord> = {
  module: 'payments',
  table: 'payments.devolucoes',
  id: 'id',
  toRecord: toDevolucao,
  columns: [
    { column: 'open_sends', type: 'integer', of: ({ after }) => after.openSends },
    { column: 'held_at', type: 'timestamptz', of: ({ after }) => iso(after.heldAtMs) },
    { column: 'returned_at', type: 'timestamptz', of: ({ after }) => iso(after.returnedAtMs) },
    { column: 'refusal', type: 'text', of: ({ after }) => after.refusal },
    { column: 'book_round', type: 'integer', of: ({ after }) => after.bookRound },
  ],
  // Whoever takes up a held one sends next. Once its time is up nothing is sent any more.
  onClaim: `open_sends = p.open_sends + case when p.status = 'held' and p.must_end_by > now() then 1 else 0 end`,
  steps: { table: 'payments.devolucao_steps', run: 'devolucao_id' },
};

/** Makes a devolução, leased to its process, which drives it at once. */
export async function insertDevolucao(tx: Tx, run: DevolucaoRecord, lease: Lease, mustEndWithinMs: number): Promise<void> {
  await tx.execute(
    `insert into payments.devolucoes (tenant_id, id, status, subject_id, account_id, route, origin_id, end_to_end_id, payer_subject_id,
       payer_account_id, amount_minor, return_id, actor_kind, actor_id, created_at, definition_version, traceparent, must_end_by,
       next_attempt_at, lease_owner, lease_until, connection)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, now() + $18::float8 * interval '1 millisecond',
       now(), $19, now() + $20::float8 * interval '1 millisecond', $21)`,
    [
      run.tenantId,
      run.id,
      run.status,
      run.subjectId,
      run.accountId,
      run.route,
      run.originId,
      run.endToEndId,
      run.payerSubjectId,
      run.payerAccountId,
      run.amountMinor.toString(),
      run.returnId,
      run.actor.kind,
      run.actor.id,
      iso(run.createdAtMs),
      run.definition,
      run.traceparent,
      mustEndWithinMs,
      lease.owner,
      lease.forMs,
      run.connection,
    ],
  );
}

export async function findDevolucoes(tx: Tx, ids: readonly string[]): Promise<DevolucaoRecord[]> {
  if (ids.length === 0) return [];
  return (await tx.query<Row>('select * from payments.devolucoes where id = any($1::uuid[])', [ids])).map(toDevolucao);
}

/** Those of one Pix, the oldest first. */
export async function findDevolucoesOf(tx: Tx, originId: string): Promise<DevolucaoRecord[]> {
  const rows = await tx.query<Row>('select * from payments.devolucoes where origin_id = $1 order by created_at, id', [originId]);
  return rows.map(toDevolucao);
}

/** What a person gives back and is not over, the newest first. */
export async function findPendingDevolucoes(tx: Tx, subjectId: string, limit: number): Promise<DevolucaoRecord[]> {
  const rows = await tx.query<Row>(
    `select * from payments.devolucoes where subject_id = $1 and status not in ('settled', 'failed', 'declined') order by created_at desc limit $2`,
    [subjectId, limit],
  );
  return rows.map(toDevolucao);
}

/** Of these returns over the provider, and those that our books have in a period (system scope). */
export async function findDevolucoesMoved(
  tx: Tx,
  connection: string,
  returnIds: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<DevolucaoRecord[]> {
  const rows = await tx.query<Row>(
    `select * from payments.devolucoes where connection = $4 and return_id = any($1::text[])
     union select * from payments.devolucoes where connection = $4 and route = 'pix' and status = 'settled' and returned_at >= $2 and returned_at < $3`,
    [returnIds, iso(fromMs), iso(toMs), connection],
  );
  return rows.map(toDevolucao);
}
