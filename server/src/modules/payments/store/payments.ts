import type { Tx } from '#platform/db/db.ts';
import type { Money, PostBy, ReleaseBy } from '../domain/booking.ts';
import type { Payment, Reason, Route, Status } from '../domain/payment.ts';
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
  connection: string;
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
  is_over: boolean;
  open_sends: number;
  since_sent_ms: number | null;
  not_found_seen: number;
  refusal: Reason | null;
  outcome: Payment['outcome'];
  money: Money;
  held_at: Date | null;
  post_by: PostBy;
  post_round: number;
  release_by: ReleaseBy;
  release_round: number;
  trouble: string | null;
  news: number;
  status_since: Date;
};

/** What time makes of a row is judged by the database's clock: those of the processes may differ. */
const BY_THE_CLOCK = `p.must_end_by <= now() as is_over,
  (extract(epoch from now() - p.last_sent_at) * 1000)::float8 as since_sent_ms`;
const READ = `select p.*, ${BY_THE_CLOCK} from payments.payments p`;

const OUTCOME_OF: { readonly [S in Status]?: NonNullable<Payment['outcome']> } = {
  confirmed: 'executed',
  settled: 'executed',
  rejected: 'not-executed',
  failed: 'not-executed',
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
    connection: row.connection,
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
    isOver: row.is_over,
    openSends: row.open_sends,
    sinceSentMs: row.since_sent_ms,
    notFoundSeen: row.not_found_seen,
    refusal: row.refusal,
    // A process of the version before writes a status alone.
    outcome: row.outcome ?? OUTCOME_OF[row.status] ?? null,
    money: row.money,
    heldAtMs: row.held_at?.getTime() ?? null,
    postBy: row.post_by,
    postRound: row.post_round,
    releaseBy: row.release_by,
    releaseRound: row.release_round,
    trouble: row.trouble,
    news: row.news,
    statusSinceMs: row.status_since.getTime(),
  };
}

/** Payments of one status, those first that have been in it longest, from behind `after` on. Ages are compared by the millisecond. */
export async function findOpen(
  tx: Tx,
  status: Status,
  after: { sinceMs: number; id: string } | null,
  limit: number,
): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(
    `${READ} where p.status = $1 and (p.next_attempt_at is not null or p.status in ('disputed', 'stuck'))
       and (date_trunc('milliseconds', p.status_since), p.id) > ($2::timestamptz, $3::uuid)
     order by date_trunc('milliseconds', p.status_since), p.id limit $4`,
    [status, new Date(after?.sinceMs ?? 0), after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  );
  return rows.map(toRecord);
}

/** A lease by the database's clock: from now on, for so long. */
export type Lease = { owner: string; forMs: number };

/**
 * Adds payments, leased to whoever is about to drive them. Answers the ids of those that were added: a quote that has paid already, here
 * or in an earlier request, pays nothing more.
 */
export async function insertPayments(
  tx: Tx,
  records: readonly PaymentRecord[],
  lease: Lease & { mustEndWithinMs: number },
): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const column = <T>(read: (record: PaymentRecord) => T): T[] => records.map(read);
  const rows = await tx.query<{ id: string }>(
    `insert into payments.payments (tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id,
       payee_sealed, payee_hash, payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent,
       created_at, connection, updated_at, next_attempt_at, lease_owner, lease_until, must_end_by)
     select t.*, now(), now(), $21, now() + $22 * interval '1 ms', now() + $23 * interval '1 ms'
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::numeric[], $9::text[], $10::bytea[],
       $11::bytea[], $12::uuid[], $13::uuid[], $14::bytea[], $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[], $20::text[])
       as t (tenant_id, id, status, route, subject_id, account_id, quote_id, amount_minor, end_to_end_id, payee_sealed, payee_hash,
         payee_account_id, payee_subject_id, description_sealed, channel, actor_kind, actor_id, traceparent, created_at, connection)
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
      column((record) => record.connection),
      lease.owner,
      lease.forMs,
      lease.mustEndWithinMs,
    ],
  );
  return new Set(rows.map((row) => row.id));
}

export async function findPayments(tx: Tx, ids: readonly string[]): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(`${READ} where p.id = any($1::uuid[])`, [ids]);
  return rows.map(toRecord);
}

/**
 * A payment that somebody decides about, kept from changing until this transaction ends: a question to the provider that is under way
 * writes before it is read or after it is decided, and makes nobody's decision come too late.
 */
export async function lockPayment(tx: Tx, id: string): Promise<PaymentRecord | undefined> {
  const [row] = await tx.query<Row>(`${READ} where p.id = $1 for no key update`, [id]);
  return row && toRecord(row);
}

/** Payments by the id they have in the whole country; for announcements, which name no tenant (system scope). */
export async function findByEndToEndIds(tx: Tx, endToEndIds: readonly string[]): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(`${READ} where p.end_to_end_id = any($1::text[])`, [endToEndIds]);
  return rows.map(toRecord);
}

/** A person's payments whose money is held at this moment, newest first. */
export async function findPending(tx: Tx, subjectId: string, limit: number): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(
    `${READ} where p.subject_id = $1
       and (p.status in ('held', 'sent', 'unknown', 'confirmed', 'rejected') or (p.status in ('disputed', 'stuck') and p.money = 'held'))
     order by p.created_at desc limit $2`,
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
 * Takes payments that are due and that nobody holds, by the database's clock, and leases them. Rows another process is taking at this
 * moment are skipped, not waited for. The version stays: who still works on an expired lease may finish, and the slower of the two finds
 * it moved. Whoever takes one that is held is about to send it, and that is noted before it happens.
 */
export async function claimDue(tx: Tx, lease: Lease, limit: number): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(
    `update payments.payments p set lease_owner = $1, lease_until = now() + $2 * interval '1 ms',
       open_sends = p.open_sends + (p.status = 'held')::int
     from (
       select tenant_id, id from payments.payments
       where next_attempt_at <= now() and (lease_until is null or lease_until <= now())
       order by next_attempt_at limit $3 for update skip locked
     ) due
     where p.tenant_id = due.tenant_id and p.id = due.id
     returning p.*, ${BY_THE_CLOCK}`,
    [lease.owner, lease.forMs, limit],
  );
  return rows.map(toRecord);
}

/** Keeps payments to whoever works on them still. One that another took meanwhile stays with that one. */
export async function renewLeases(tx: Tx, lease: Lease, ids: readonly string[]): Promise<void> {
  await tx.execute(
    `update payments.payments set lease_until = now() + $2 * interval '1 ms' where id = any($3::uuid[]) and lease_owner = $1`,
    [lease.owner, lease.forMs, ids],
  );
}

/** Notes that the provider announced something about payments: it is asked as soon as nobody works on them. */
export async function noteNews(tx: Tx, endToEndIds: readonly string[]): Promise<number> {
  return tx.execute(
    `update payments.payments set news = greatest(0, news) + 1, next_attempt_at = least(coalesce(next_attempt_at, now()), now())
     where end_to_end_id = any($1::text[])`,
    [endToEndIds],
  );
}

/** Makes a payment due now, whatever it waits for. False when nothing is due for it at all. */
export async function makeDue(tx: Tx, id: string): Promise<boolean> {
  const count = await tx.execute(
    'update payments.payments set next_attempt_at = least(next_attempt_at, now()) where id = $1 and next_attempt_at is not null',
    [id],
  );
  return count === 1;
}

/** The database's time, epoch milliseconds. */
export async function readDatabaseTime(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ now: Date }>('select now() as now');
  return row!.now.getTime();
}
