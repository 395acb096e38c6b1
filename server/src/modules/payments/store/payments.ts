import type { Tx } from '#platform/db/db.ts';
import type { Reason, Route, Status } from '../domain/payment.ts';
import type { PaymentRecord } from '../record.ts';

type Row = {
  tenant_id: string;
  id: string;
  version: number;
  status: Status;
  route: Route;
  attempt: number;
  subject_id: string;
  account_id: string;
  quote_id: string;
  amount_minor: bigint;
  end_to_end_id: string;
  payee_sealed: Buffer;
  payee_hash: Buffer;
  payee_account_id: string | null;
  payee_subject_id: string | null;
  description_sealed: Buffer | null;
  channel: string;
  actor_kind: 'person' | 'service' | 'system';
  actor_id: string;
  traceparent: string | null;
  decision_id: string | null;
  reasons: Reason[];
  review_until: Date | null;
  created_at: Date;
  settled_at: Date | null;
};

function toRecord(row: Row): PaymentRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    status: row.status,
    route: row.route,
    attempt: row.attempt,
    subjectId: row.subject_id,
    accountId: row.account_id,
    quoteId: row.quote_id,
    amountMinor: row.amount_minor,
    endToEndId: row.end_to_end_id,
    payeeSealed: row.payee_sealed,
    payeeHash: row.payee_hash.toString('hex'),
    payeeAccountId: row.payee_account_id,
    payeeSubjectId: row.payee_subject_id,
    descriptionSealed: row.description_sealed,
    channel: row.channel,
    actor: { kind: row.actor_kind, id: row.actor_id },
    traceparent: row.traceparent,
    decisionId: row.decision_id,
    reasons: row.reasons,
    reviewUntilMs: row.review_until?.getTime() ?? null,
    createdAtMs: row.created_at.getTime(),
    settledAtMs: row.settled_at?.getTime() ?? null,
  };
}

/**
 * Adds payments, leased to whoever is about to drive them. Answers the ids of those that were added: a quote that has paid already, here
 * or in an earlier request, pays nothing more.
 */
export async function insertPayments(
  tx: Tx,
  records: readonly PaymentRecord[],
  lease: { owner: string; untilMs: number },
): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const column = <T>(read: (record: PaymentRecord) => T): T[] => records.map(read);
  const rows = await tx.query<{ id: string }>(
    `insert into payments.payments (tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id,
       payee_sealed, payee_hash, payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent,
       created_at, updated_at, next_attempt_at, lease_owner, lease_until)
     select t.*, t.created_at, t.created_at, $20, $21
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::numeric[], $9::text[], $10::bytea[],
       $11::bytea[], $12::uuid[], $13::uuid[], $14::bytea[], $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[])
       as t (tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id, payee_sealed, payee_hash,
         payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent, created_at)
     on conflict (tenant_id, quote_id) do nothing returning id`,
    [
      column((record) => record.tenantId),
      column((record) => record.id),
      column((record) => record.status),
      column((record) => record.route),
      column((record) => record.subjectId),
      column((record) => record.accountId),
      column((record) => record.quoteId),
      column((record) => record.amountMinor.toString()),
      column((record) => record.endToEndId),
      column((record) => record.payeeSealed),
      column((record) => Buffer.from(record.payeeHash, 'hex')),
      column((record) => record.payeeAccountId),
      column((record) => record.payeeSubjectId),
      column((record) => record.descriptionSealed),
      column((record) => record.channel),
      column((record) => record.actor.kind),
      column((record) => record.actor.id),
      column((record) => record.traceparent),
      column((record) => new Date(record.createdAtMs).toISOString()),
      lease.owner,
      new Date(lease.untilMs),
    ],
  );
  return new Set(rows.map((row) => row.id));
}

export async function findPayments(tx: Tx, ids: readonly string[]): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>('select * from payments.payments where id = any($1::uuid[])', [ids]);
  return rows.map(toRecord);
}

/** Payments by the id they have in the whole country; for announcements, which name no tenant (system scope). */
export async function findByEndToEndIds(tx: Tx, endToEndIds: readonly string[]): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>('select * from payments.payments where end_to_end_id = any($1::text[])', [endToEndIds]);
  return rows.map(toRecord);
}

/** A person's payments whose money is held at this moment, newest first. */
export async function findPending(tx: Tx, subjectId: string, limit: number): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(
    `select * from payments.payments where subject_id = $1
       and status in ('held', 'sent', 'unknown', 'confirmed', 'rejected') order by created_at desc limit $2`,
    [subjectId, limit],
  );
  return rows.map(toRecord);
}

/** Payments of a person that did not happen, newest first, from `from` until before `to`, older than `before`. */
export async function findFailed(
  tx: Tx,
  query: { subjectId: string; from: string; to: string; before: { createdAtMs: number; id: string } | null; limit: number },
): Promise<PaymentRecord[]> {
  const { subjectId, from, to, before, limit } = query;
  const rows = await tx.query<Row>(
    `select * from payments.payments where subject_id = $1 and status in ('declined', 'failed')
       and created_at >= $2::timestamptz and created_at < $3::timestamptz and (created_at, id) < ($4::timestamptz, $5::uuid)
     order by created_at desc, id desc limit $6`,
    [subjectId, from, to, before ? new Date(before.createdAtMs) : 'infinity', before?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff', limit],
  );
  return rows.map(toRecord);
}

/**
 * Takes payments that are due and that nobody holds, and leases them. Rows another process is taking at this moment are skipped,
 * not waited for. The version stays: who still works on an expired lease may finish, and the slower of the two finds it moved.
 */
export async function claimDue(tx: Tx, lease: { owner: string; nowMs: number; untilMs: number }, limit: number): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(
    `update payments.payments p set lease_owner = $1, lease_until = $3
     from (
       select tenant_id, id from payments.payments
       where next_attempt_at <= $2 and (lease_until is null or lease_until <= $2)
       order by next_attempt_at limit $4 for update skip locked
     ) due
     where p.tenant_id = due.tenant_id and p.id = due.id
     returning p.*`,
    [lease.owner, new Date(lease.nowMs), new Date(lease.untilMs), limit],
  );
  return rows.map(toRecord);
}

/** Makes payments due now, whatever they wait for, unless somebody works on them. For news that asks for a look. */
export async function makeDue(tx: Tx, endToEndIds: readonly string[], nowMs: number): Promise<number> {
  return tx.execute(
    `update payments.payments set next_attempt_at = least(next_attempt_at, $2)
     where end_to_end_id = any($1::text[]) and next_attempt_at is not null`,
    [endToEndIds, new Date(nowMs)],
  );
}
