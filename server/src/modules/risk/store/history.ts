import type { Tx } from '#platform/db/db.ts';
import type { Question } from '../contract.ts';

/**
 * What is known of a person's past, as of one instant, the present payment not among it. Payments are those whose money moved or may still
 * move; attempts are all that was asked about, denied, declined and failed ones included.
 */
export type Past = {
  /** The person's number of decisions when this was read: see `takeTurns`. */
  turn: bigint;
  attemptsLast10Minutes: number;
  failedLastHour: number;
  paymentsLast10Minutes: number;
  paymentsLastHour: number;
  sumLastDayMinor: bigint;
  largestSettledMinor: bigint;
  settledCount: number;
  isNewPayee: boolean;
};
export type Asked = { tenantId: string; question: Question };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const HISTORY_MS = 90 * DAY_MS;

/** The past of each question in one statement, in their order. */
export async function readPasts(tx: Tx, asked: readonly Asked[], nowMs: number): Promise<Past[]> {
  const at = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
  const rows = await tx.query<{
    turn: bigint;
    attempts_10_minutes: bigint;
    failed_hour: bigint;
    last_10_minutes: bigint;
    last_hour: bigint;
    last_day: bigint;
    largest: bigint;
    settled: bigint;
    is_new: boolean;
  }>(
    `select coalesce(t.decisions, 0) as turn, recent.*, past.largest, past.settled,
       not exists (select from risk.settled_payments s
         where s.tenant_id = q.tenant_id and s.subject_id = q.subject_id and s.payee_hash = q.payee_hash) as is_new
     from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) with ordinality as q (tenant_id, subject_id, payee_hash, payment_id, ord)
     left join risk.subjects t on t.tenant_id = q.tenant_id and t.subject_id = q.subject_id
     cross join lateral (
       select count(*) filter (where d.decided_at > $5) as attempts_10_minutes,
         count(*) filter (where not d.counts and d.decided_at > $6) as failed_hour,
         count(*) filter (where d.counts and d.decided_at > $5) as last_10_minutes,
         count(*) filter (where d.counts and d.decided_at > $6) as last_hour,
         coalesce(sum(d.amount_minor) filter (where d.counts), 0)::numeric(38,0) as last_day
       from (
         -- Settled, or still under way. Settled after it was told to have ended is spent all the same.
         select d.amount_minor, d.decided_at, d.outcome <> 'deny' and (
             not exists (select from risk.ended_payments e where e.tenant_id = d.tenant_id and e.payment_id = d.payment_id)
             or exists (select from risk.settled_payments s where s.tenant_id = d.tenant_id and s.payment_id = d.payment_id)) as counts
         from risk.decisions d
         where d.tenant_id = q.tenant_id and d.subject_id = q.subject_id and d.decided_at > $7 and d.payment_id <> q.payment_id
       ) d
     ) recent
     cross join lateral (
       select coalesce(max(s.amount_minor), 0)::numeric(38,0) as largest, count(*) as settled
       from (
         select amount_minor from risk.settled_payments s
         where s.tenant_id = q.tenant_id and s.subject_id = q.subject_id and s.settled_at > $8 order by s.settled_at desc limit 500
       ) s
     ) past
     order by q.ord`,
    [
      asked.map(({ tenantId }) => tenantId),
      asked.map(({ question }) => question.subjectId),
      asked.map(({ question }) => Buffer.from(question.payeeHash, 'hex')),
      asked.map(({ question }) => question.paymentId),
      at(10 * MINUTE_MS),
      at(60 * MINUTE_MS),
      at(DAY_MS),
      at(HISTORY_MS),
    ],
  );
  return rows.map((row) => ({
    turn: row.turn,
    attemptsLast10Minutes: Number(row.attempts_10_minutes),
    failedLastHour: Number(row.failed_hour),
    paymentsLast10Minutes: Number(row.last_10_minutes),
    paymentsLastHour: Number(row.last_hour),
    sumLastDayMinor: row.last_day,
    largestSettledMinor: row.largest,
    settledCount: Number(row.settled),
    isNewPayee: row.is_new,
  }));
}

export type Subject = { tenantId: string; subjectId: string };
export const subjectKey = ({ tenantId, subjectId }: Subject): string => `${tenantId}/${subjectId}`;

/**
 * Takes the turn of each person named, in one order for all, and keeps it until the commit: no other decision about them is written
 * meanwhile. Answers, by `subjectKey`, the turn there was before: a past that was read under another one is out of date.
 */
export async function takeTurns(tx: Tx, subjects: readonly Subject[]): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ tenant_id: string; subject_id: string; decisions: bigint }>(
    `insert into risk.subjects as s (tenant_id, subject_id, decisions)
     select distinct q.tenant_id, q.subject_id, 1 from unnest($1::uuid[], $2::uuid[]) as q (tenant_id, subject_id) order by 1, 2
     on conflict (tenant_id, subject_id) do update set decisions = s.decisions + 1
     returning s.tenant_id, s.subject_id, s.decisions`,
    [subjects.map(({ tenantId }) => tenantId), subjects.map(({ subjectId }) => subjectId)],
  );
  return new Map(rows.map((row) => [subjectKey({ tenantId: row.tenant_id, subjectId: row.subject_id }), row.decisions - 1n]));
}

export type SettledPayment = { tenantId: string; paymentId: string; subjectId: string; payeeHash: string; amountMinor: string; at: string };

export async function insertSettled(tx: Tx, settled: readonly SettledPayment[]): Promise<void> {
  tx.send(
    `insert into risk.settled_payments (tenant_id, payment_id, subject_id, payee_hash, amount_minor, settled_at)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::numeric[], $6::timestamptz[]) on conflict do nothing`,
    [
      settled.map((one) => one.tenantId),
      settled.map((one) => one.paymentId),
      settled.map((one) => one.subjectId),
      settled.map((one) => Buffer.from(one.payeeHash, 'hex')),
      settled.map((one) => one.amountMinor),
      settled.map((one) => one.at),
    ],
  );
}

export type EndedPayment = { tenantId: string; paymentId: string; subjectId: string; status: 'declined' | 'failed'; at: string };

/** Notes payments that ended without money moving. One that is known already changes nothing. */
export async function insertEnded(tx: Tx, ended: readonly EndedPayment[]): Promise<void> {
  tx.send(
    `insert into risk.ended_payments (tenant_id, payment_id, subject_id, status, ended_at)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) on conflict do nothing`,
    [
      ended.map((one) => one.tenantId),
      ended.map((one) => one.paymentId),
      ended.map((one) => one.subjectId),
      ended.map((one) => one.status),
      ended.map((one) => one.at),
    ],
  );
}
