import type { Tx } from '#platform/db/db.ts';
import type { PaymentRecord } from '../record.ts';
import { insertProviderEvents, type ProviderEvent } from './provider-events.ts';

/** A thing done for a payment, or heard about it. `input` and `outcome` carry ids, codes and numbers, never personal data. */
export type StepRow = {
  step: string;
  attempt: number;
  startedAtMs: number;
  durationMs: number;
  input: Record<string, unknown>;
  outcome: Record<string, unknown>;
  statusBefore: string;
  statusAfter: string;
};

/** One change of one payment, to be written with others. */
export type Transition = {
  before: PaymentRecord;
  /** Absent when only the step (or the provider's event) is to be kept. */
  after?: PaymentRecord;
  nextAttemptAtMs: number | null;
  lease: { owner: string; untilMs: number } | null;
  step: StepRow | null;
  providerEvent: ProviderEvent | null;
};

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/**
 * Writes many payments' changes in one statement each for rows, steps and provider events. Answers, for each, whether it was written:
 * false when the payment had changed since it was read; then nothing of that transition was written.
 */
export async function writeTransitions(tx: Tx, transitions: readonly Transition[], nowMs: number): Promise<boolean[]> {
  const updates = transitions.flatMap(({ before, after, nextAttemptAtMs, lease }, ord) =>
    after
      ? [
          {
            ord,
            tenant_id: before.tenantId,
            id: before.id,
            version: before.version,
            status: after.status,
            attempt: after.attempt,
            decision_id: after.decisionId,
            reasons: after.reasons,
            review_until: iso(after.reviewUntilMs),
            settled_at: iso(after.settledAtMs),
            next_attempt_at: iso(nextAttemptAtMs),
            lease_owner: lease?.owner ?? null,
            lease_until: iso(lease?.untilMs ?? null),
          },
        ]
      : [],
  );
  const written = transitions.map(({ after }) => after === undefined);
  if (updates.length > 0) {
    const rows = await tx.query<{ ord: number }>(
      `update payments.payments p set version = p.version + 1, status = t.status, attempt = t.attempt, decision_id = t.decision_id,
         reasons = t.reasons, review_until = t.review_until, settled_at = t.settled_at, next_attempt_at = t.next_attempt_at,
         lease_owner = t.lease_owner, lease_until = t.lease_until, updated_at = $2
       from jsonb_to_recordset($1::jsonb) as t (ord integer, tenant_id uuid, id uuid, version integer, status text, attempt integer,
         decision_id uuid, reasons jsonb, review_until timestamptz, settled_at timestamptz, next_attempt_at timestamptz,
         lease_owner text, lease_until timestamptz)
       where p.tenant_id = t.tenant_id and p.id = t.id and p.version = t.version
       returning t.ord`,
      [JSON.stringify(updates), new Date(nowMs)],
    );
    for (const { ord } of rows) written[ord] = true;
  }
  const kept = transitions.filter((_, ord) => written[ord]);
  await insertSteps(
    tx,
    kept.flatMap(({ before, step }) => (step ? [{ ...step, tenantId: before.tenantId, paymentId: before.id }] : [])),
  );
  await insertProviderEvents(
    tx,
    kept.flatMap(({ providerEvent }) => (providerEvent ? [providerEvent] : [])),
  );
  return written;
}

type OwnedStep = StepRow & { tenantId: string; paymentId: string };

async function insertSteps(tx: Tx, steps: readonly OwnedStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.execute(
    `insert into payments.steps (tenant_id, payment_id, step, attempt, started_at, duration_ms, input, outcome, status_before, status_after)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::float8[], $7::jsonb[], $8::jsonb[],
       $9::text[], $10::text[])`,
    [
      steps.map((step) => step.tenantId),
      steps.map((step) => step.paymentId),
      steps.map((step) => step.step),
      steps.map((step) => step.attempt),
      steps.map((step) => iso(step.startedAtMs)),
      steps.map((step) => step.durationMs),
      steps.map((step) => JSON.stringify(step.input)),
      steps.map((step) => JSON.stringify(step.outcome)),
      steps.map((step) => step.statusBefore),
      steps.map((step) => step.statusAfter),
    ],
  );
}

/** The steps of some payments, oldest first. */
export async function findSteps(tx: Tx, paymentIds: readonly string[]): Promise<(StepRow & { paymentId: string })[]> {
  const rows = await tx.query<{
    payment_id: string;
    step: string;
    attempt: number;
    started_at: Date;
    duration_ms: number;
    input: Record<string, unknown>;
    outcome: Record<string, unknown>;
    status_before: string;
    status_after: string;
  }>('select * from payments.steps where payment_id = any($1::uuid[]) order by seq limit 5000', [paymentIds]);
  return rows.map((row) => ({
    paymentId: row.payment_id,
    step: row.step,
    attempt: row.attempt,
    startedAtMs: row.started_at.getTime(),
    durationMs: row.duration_ms,
    input: row.input,
    outcome: row.outcome,
    statusBefore: row.status_before,
    statusAfter: row.status_after,
  }));
}
