import type { Tx } from '#platform/db/db.ts';
import type { PaymentRecord } from '../record.ts';
import type { Lease } from './payments.ts';
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
  /** Until the next action is due; null when none is. By the database's clock, as is the lease. */
  dueAfterMs: number | null;
  lease: Lease | null;
  /** How long the review that begins now lasts. */
  reviewForMs: number | null;
  /** Announcements that were asked about with this change. */
  newsHeard: number;
  step: StepRow | null;
  providerEvent: ProviderEvent | null;
};

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** What is written of a change: the row's new values, with times as spans from now. */
function toUpdate({ before, after, dueAfterMs, lease, reviewForMs, newsHeard }: Transition, ord: number) {
  if (!after) return [];
  return [
    {
      ord,
      tenant_id: before.tenantId,
      id: before.id,
      version: before.version,
      status: after.status,
      attempt: after.attempt,
      decision_id: after.decisionId,
      reasons: after.reasons,
      review_for_ms: reviewForMs,
      keeps_review: after.status === 'in-review',
      settled_at: iso(after.settledAtMs),
      due_after_ms: dueAfterMs,
      lease_owner: lease?.owner ?? null,
      lease_for_ms: lease?.forMs ?? null,
      is_over: after.isOver,
      sends: after.openSends - before.openSends,
      was_sent: before.status === 'held' && after.sinceSentMs === 0,
      not_found_seen: after.notFoundSeen,
      refusal: after.refusal,
      outcome: after.outcome,
      money: after.money,
      held_at: iso(after.heldAtMs),
      post_by: after.postBy,
      post_round: after.postRound,
      release_by: after.releaseBy,
      release_round: after.releaseRound,
      trouble: after.trouble,
      news_known: before.news,
      news_heard: newsHeard,
    },
  ];
}

const WRITE = `update payments.payments p set version = p.version + 1, status = t.status, attempt = t.attempt,
    decision_id = t.decision_id, reasons = t.reasons,
    review_until = case when t.review_for_ms is not null then now() + t.review_for_ms * interval '1 ms'
      when t.keeps_review then p.review_until end,
    settled_at = t.settled_at,
    next_attempt_at = case when p.news > t.news_known then now()
      when t.keeps_review and t.review_for_ms is null then p.review_until
      else now() + t.due_after_ms * interval '1 ms' end,
    lease_owner = t.lease_owner, lease_until = now() + t.lease_for_ms * interval '1 ms', updated_at = now(),
    must_end_by = case when t.is_over then least(p.must_end_by, now()) else p.must_end_by end,
    open_sends = greatest(0, p.open_sends + t.sends), last_sent_at = case when t.was_sent then now() else p.last_sent_at end,
    not_found_seen = t.not_found_seen, refusal = t.refusal, outcome = t.outcome, money = t.money, held_at = t.held_at,
    post_by = t.post_by, post_round = t.post_round, release_by = t.release_by, release_round = t.release_round, trouble = t.trouble,
    news = greatest(0, p.news - t.news_heard), status_since = case when p.status = t.status then p.status_since else now() end
  from jsonb_to_recordset($1::jsonb) as t (ord integer, tenant_id uuid, id uuid, version integer, status text, attempt integer,
    decision_id uuid, reasons jsonb, review_for_ms float8, keeps_review boolean, settled_at timestamptz, due_after_ms float8,
    lease_owner text, lease_for_ms float8, is_over boolean, sends integer, was_sent boolean, not_found_seen integer, refusal jsonb,
    outcome text, money text, held_at timestamptz, post_by text, post_round integer, release_by text, release_round integer,
    trouble text, news_known integer, news_heard integer)
  where p.tenant_id = t.tenant_id and p.id = t.id and p.version = t.version
  returning t.ord, p.news > t.news_known - t.news_heard as has_news`;

/** Whether a change was written, and whether the provider has said something since the payment was read. */
export type Written = { isWritten: boolean; hasNews: boolean };

/**
 * Writes many payments' changes in one statement each for rows, steps and provider events. Answers, for each, whether it was written:
 * false when the payment had changed since it was read; then nothing of that transition was written.
 */
export async function writeTransitions(tx: Tx, transitions: readonly Transition[]): Promise<Written[]> {
  const updates = transitions.flatMap(toUpdate);
  const written: Written[] = transitions.map(({ after }) => ({ isWritten: after === undefined, hasNews: false }));
  if (updates.length > 0) {
    const rows = await tx.query<{ ord: number; has_news: boolean }>(WRITE, [JSON.stringify(updates)]);
    for (const { ord, has_news: hasNews } of rows) written[ord] = { isWritten: true, hasNews };
  }
  const kept = transitions.filter((_, ord) => written[ord]!.isWritten);
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

export type OwnedStep = StepRow & { tenantId: string; paymentId: string };

/** Keeps what was done or heard, also beside no change of a payment. */
export async function insertSteps(tx: Tx, steps: readonly OwnedStep[]): Promise<void> {
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

/** The steps of some payments, oldest first; of very many, the newest. */
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
  }>('select * from payments.steps where payment_id = any($1::uuid[]) order by seq desc limit 5000', [paymentIds]);
  return rows.reverse().map((row) => ({
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
