import type { Tx } from '#platform/db/db.ts';
import type { Decision, Outcome, Question, RiskReason } from './contract.ts';

/** What is known of a person's past, as of one instant. Counts and sums are of payments not denied, the present one not among them. */
export type Past = {
  paymentsLast10Minutes: number;
  paymentsLastHour: number;
  sumLastDayMinor: bigint;
  largestSettledMinor: bigint;
  settledCount: number;
  isNewPayee: boolean;
};
export type DecisionRecord = Decision & { tenantId: string; amountMinor: bigint; payeeHash: string };
export type Asked = { tenantId: string; question: Question };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const HISTORY_MS = 90 * DAY_MS;

/** The past of each question in one statement, in their order. */
export async function readPasts(tx: Tx, asked: readonly Asked[], nowMs: number): Promise<Past[]> {
  const at = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
  const rows = await tx.query<{
    last_10_minutes: bigint;
    last_hour: bigint;
    last_day: bigint;
    largest: bigint;
    settled: bigint;
    is_new: boolean;
  }>(
    `select recent.last_10_minutes, recent.last_hour, recent.last_day, past.largest, past.settled,
       not exists (select from risk.settled_payments s
         where s.tenant_id = q.tenant_id and s.subject_id = q.subject_id and s.payee_hash = q.payee_hash) as is_new
     from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) with ordinality as q (tenant_id, subject_id, payee_hash, payment_id, ord)
     cross join lateral (
       select count(*) filter (where d.decided_at > $5) as last_10_minutes, count(*) filter (where d.decided_at > $6) as last_hour,
         coalesce(sum(d.amount_minor), 0)::numeric(38,0) as last_day
       from risk.decisions d
       where d.tenant_id = q.tenant_id and d.subject_id = q.subject_id and d.decided_at > $7 and d.outcome <> 'deny'
         and d.payment_id <> q.payment_id
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
    paymentsLast10Minutes: Number(row.last_10_minutes),
    paymentsLastHour: Number(row.last_hour),
    sumLastDayMinor: row.last_day,
    largestSettledMinor: row.largest,
    settledCount: Number(row.settled),
    isNewPayee: row.is_new,
  }));
}

/** Adds decisions; answers the payment ids for which there was none before. */
export async function insertDecisions(tx: Tx, decisions: readonly DecisionRecord[]): Promise<Set<string>> {
  const rows = await tx.query<{ tenant_id: string; payment_id: string }>(
    `insert into risk.decisions (tenant_id, id, payment_id, subject_id, amount_minor, payee_hash, outcome, score, degraded, reasons, inputs,
       missing, timing, rule_set_version, duration_ms, decided_at)
     select tenant_id, id, payment_id, subject_id, amount_minor, decode(payee_hash, 'hex'), outcome, score, degraded, reasons, inputs,
       missing, timing, rule_set_version, duration_ms, decided_at
     from jsonb_to_recordset($1::jsonb) as d (tenant_id uuid, id uuid, payment_id text, subject_id uuid, amount_minor numeric, payee_hash text,
       outcome text, score float8, degraded boolean, reasons jsonb, inputs jsonb, missing text[], timing jsonb, rule_set_version text,
       duration_ms float8, decided_at timestamptz)
     on conflict (tenant_id, payment_id) do nothing
     returning tenant_id, payment_id`,
    [
      JSON.stringify(
        decisions.map((decision) => ({
          tenant_id: decision.tenantId,
          id: decision.decisionId,
          payment_id: decision.paymentId,
          subject_id: decision.subjectId,
          amount_minor: decision.amountMinor.toString(),
          payee_hash: decision.payeeHash,
          outcome: decision.decision,
          score: decision.score,
          degraded: decision.degraded,
          reasons: decision.reasons,
          inputs: decision.inputs,
          missing: decision.missing,
          timing: decision.timing,
          rule_set_version: decision.ruleSetVersion,
          duration_ms: decision.durationMs,
          decided_at: decision.decidedAt,
        })),
      ),
    ],
  );
  return new Set(rows.map((row) => `${row.tenant_id}/${row.payment_id}`));
}

type Row = {
  tenant_id: string;
  id: string;
  payment_id: string;
  subject_id: string;
  amount_minor: bigint;
  payee_hash: Buffer;
  outcome: Outcome;
  score: number;
  degraded: boolean;
  reasons: RiskReason[];
  inputs: Record<string, unknown>;
  missing: string[];
  timing: Record<string, number>;
  rule_set_version: string;
  duration_ms: number;
  decided_at: Date;
};

const toRecord = (row: Row): DecisionRecord => ({
  tenantId: row.tenant_id,
  decisionId: row.id,
  paymentId: row.payment_id,
  subjectId: row.subject_id,
  amountMinor: row.amount_minor,
  payeeHash: row.payee_hash.toString('hex'),
  decision: row.outcome,
  score: row.score,
  degraded: row.degraded,
  reasons: row.reasons,
  inputs: row.inputs,
  missing: row.missing,
  timing: row.timing,
  ruleSetVersion: row.rule_set_version,
  durationMs: row.duration_ms,
  decidedAt: row.decided_at.toISOString(),
});

export async function findDecision(tx: Tx, decisionId: string): Promise<DecisionRecord | undefined> {
  const rows = await tx.query<Row>('select * from risk.decisions where id = $1', [decisionId]);
  return rows[0] && toRecord(rows[0]);
}

export async function findByPayments(tx: Tx, paymentIds: readonly string[]): Promise<DecisionRecord[]> {
  const rows = await tx.query<Row>('select * from risk.decisions where payment_id = any($1::text[])', [paymentIds]);
  return rows.map(toRecord);
}

export type SettledPayment = { tenantId: string; paymentId: string; subjectId: string; payeeHash: string; amountMinor: string; at: string };

export async function insertSettled(tx: Tx, settled: readonly SettledPayment[]): Promise<void> {
  await tx.execute(
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
