import type { Tx } from '#platform/db/db.ts';
import { type Rows, type RunRow, readRun } from '#platform/machine/rows.ts';
import type { Lease } from '#platform/machine/store.ts';
import type { Money, PostBy, ReleaseBy } from '../domain/booking.ts';
import { PAYING_VERSION, type Payment, type Reason, type Route, type Status } from '../domain/payment.ts';
import type { PaymentRecord } from '../record.ts';

type Row = RunRow & {
  id: string;
  route: Route;
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
  actor_kind: PaymentRecord['actor']['kind'];
  actor_id: string;
  decision_id: string | null;
  reasons: Reason[];
  review_until: Date | null;
  created_at: Date;
  settled_at: Date | null;
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
};

/** What time makes of a row is judged by the database's clock: those of the processes may differ. */
const SINCE_SENT = '(extract(epoch from now() - p.last_sent_at) * 1000)::float8 as since_sent_ms';
const READ = `select p.*, p.must_end_by <= now() as is_over, ${SINCE_SENT} from payments.payments p`;

const OUTCOME_OF: { readonly [S in Status]?: NonNullable<Payment['outcome']> } = {
  confirmed: 'executed',
  settled: 'executed',
  rejected: 'not-executed',
  failed: 'not-executed',
};

function toRecord(row: Row): PaymentRecord {
  const run = readRun<Status>(row, row.id);
  return {
    ...run,
    route: row.route,
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
    decisionId: row.decision_id,
    reasons: row.reasons,
    reviewUntilMs: row.review_until?.getTime() ?? null,
    createdAtMs: row.created_at.getTime(),
    settledAtMs: row.settled_at?.getTime() ?? null,
    openSends: row.open_sends,
    sinceSentMs: row.since_sent_ms,
    notFoundSeen: row.not_found_seen,
    refusal: row.refusal,
    // A process of the version before writes a status alone.
    outcome: row.outcome ?? OUTCOME_OF[run.status] ?? null,
    money: row.money,
    heldAtMs: row.held_at?.getTime() ?? null,
    postBy: row.post_by,
    postRound: row.post_round,
    releaseBy: row.release_by,
    releaseRound: row.release_round,
  };
}

const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Where payments are kept. Times that a change begins, a review's end among them, are the database's. */
export const paymentRows: Rows<PaymentRecord> = {
  module: 'payments',
  table: 'payments.payments',
  id: 'id',
  reads: SINCE_SENT,
  toRecord,
  columns: [
    { column: 'decision_id', type: 'uuid', of: ({ after }) => after.decisionId },
    { column: 'reasons', type: 'jsonb', of: ({ after }) => after.reasons },
    {
      column: 'review_until',
      type: 'float8',
      // Its length where it begins with this change; after that it lasts as long as was promised.
      of: ({ before, after, atMs }) => (before.status === 'in-review' || after.reviewUntilMs === null ? null : after.reviewUntilMs - atMs),
      set: `case when t.review_until is not null then now() + t.review_until * interval '1 millisecond'
        when t.status = 'in-review' then p.review_until end`,
    },
    { column: 'settled_at', type: 'timestamptz', of: ({ after }) => at(after.settledAtMs) },
    {
      column: 'must_end_by',
      type: 'boolean',
      of: ({ after }) => after.isOver,
      set: 'case when t.must_end_by then least(p.must_end_by, now()) else p.must_end_by end',
    },
    {
      column: 'open_sends',
      type: 'integer',
      of: ({ before, after }) => after.openSends - before.openSends,
      set: 'greatest(0, p.open_sends + t.open_sends)',
    },
    {
      column: 'last_sent_at',
      type: 'boolean',
      of: ({ before, after }) => before.status === 'held' && after.sinceSentMs === 0,
      set: 'case when t.last_sent_at then now() else p.last_sent_at end',
    },
    { column: 'not_found_seen', type: 'integer', of: ({ after }) => after.notFoundSeen },
    { column: 'refusal', type: 'jsonb', of: ({ after }) => after.refusal },
    { column: 'outcome', type: 'text', of: ({ after }) => after.outcome },
    { column: 'money', type: 'text', of: ({ after }) => after.money },
    { column: 'held_at', type: 'timestamptz', of: ({ after }) => at(after.heldAtMs) },
    { column: 'post_by', type: 'text', of: ({ after }) => after.postBy },
    { column: 'post_round', type: 'integer', of: ({ after }) => after.postRound },
    { column: 'release_by', type: 'text', of: ({ after }) => after.releaseBy },
    { column: 'release_round', type: 'integer', of: ({ after }) => after.releaseRound },
  ],
  // Whoever takes one that is held is about to send it, and that is noted before it happens.
  onClaim: `open_sends = p.open_sends + (p.status = 'held')::integer`,
  // However often it is asked about meanwhile, what waits for a person's review is due when that is over.
  dueAt: `case when t.status = 'in-review' and t.review_until is null then p.review_until else now() + t.due_after_ms * interval '1 millisecond' end`,
  steps: { table: 'payments.steps', run: 'payment_id' },
};

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
       created_at, connection, definition_version, updated_at, next_attempt_at, lease_owner, lease_until, must_end_by)
     select t.*, $24, now(), now(), $21, now() + $22 * interval '1 ms', now() + $23 * interval '1 ms'
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
      PAYING_VERSION,
    ],
  );
  return new Set(rows.map((row) => row.id));
}

export async function findPayments(tx: Tx, ids: readonly string[]): Promise<PaymentRecord[]> {
  const rows = await tx.query<Row>(`${READ} where p.id = any($1::uuid[])`, [ids]);
  return rows.map(toRecord);
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

/** Notes that the provider announced something about payments: it is asked as soon as nobody works on them. */
export function noteNews(tx: Tx, endToEndIds: readonly string[]): void {
  tx.send(
    `update payments.payments set news = greatest(0, news) + 1, next_attempt_at = least(coalesce(next_attempt_at, now()), now())
     where end_to_end_id = any($1::text[])`,
    [endToEndIds],
  );
}

/** The database's time, epoch milliseconds. */
export async function readDatabaseTime(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ now: Date }>('select now() as now');
  return row!.now.getTime();
}
