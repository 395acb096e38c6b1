import type { Tx } from '#platform/db/db.ts';
import type { Decision, Outcome, RiskReason } from '../contract.ts';

export type DecisionRecord = Decision & { tenantId: string; amountMinor: bigint; payeeHash: string };

/** Adds decisions; one about a payment that has one already stays away. */
export function insertDecisions(tx: Tx, decisions: readonly DecisionRecord[]): void {
  if (decisions.length === 0) return;
  tx.send(
    `insert into risk.decisions (tenant_id, id, payment_id, subject_id, amount_minor, payee_hash, outcome, score, degraded, reasons, inputs,
       missing, timing, rule_set_version, duration_ms, decided_at)
     select tenant_id, id, payment_id, subject_id, amount_minor, decode(payee_hash, 'hex'), outcome, score, degraded, reasons, inputs,
       missing, timing, rule_set_version, duration_ms, decided_at
     from jsonb_to_recordset($1::jsonb) as d (tenant_id uuid, id uuid, payment_id text, subject_id uuid, amount_minor numeric, payee_hash text,
       outcome text, score float8, degraded boolean, reasons jsonb, inputs jsonb, missing text[], timing jsonb, rule_set_version text,
       duration_ms float8, decided_at timestamptz)
     on conflict (tenant_id, payment_id) do nothing`,
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

/** Decisions about what these accounts were to pay, in the order of time. `after`: time and id of the last one seen. */
export async function pageDecisions(
  tx: Tx,
  tenantId: string,
  subjectIds: readonly string[],
  after: string | null,
  limit: number,
): Promise<DecisionRecord[]> {
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = after?.split('~') ?? [];
  const rows = await tx.query<Row>(
    `select * from risk.decisions where tenant_id = $1 and subject_id = any($2::uuid[]) and (date_trunc('milliseconds', decided_at), id) > ($3::timestamptz, $4::uuid)
     order by date_trunc('milliseconds', decided_at), id limit $5`,
    [tenantId, subjectIds, at, id, limit],
  );
  return rows.map(toRecord);
}
