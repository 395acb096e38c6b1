import { createBatcher } from '#platform/batcher.ts';
import type { CallContext } from '#platform/context.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { derivedId, newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Question } from './contract.ts';
import { type Ahead, inputsOf, NOTHING_AHEAD } from './domain/inputs.ts';
import type { Verdict } from './domain/rule-set.ts';
import type { Inputs } from './domain/rules.ts';
import { refuseRisk } from './errors.ts';
import { DECISION_MADE, type DecisionMade } from './events.ts';
import type { BlockListAnswer } from './inputs/block-list.ts';
import { type DecisionRecord, findByPayments, insertDecisions } from './store/decisions.ts';
import { type Past, readPasts, subjectKey, takeTurns } from './store/history.ts';

export const BATCH = {
  maxBatch: 200,
  maxBacklog: 20_000,
  isolate: isUnstorable,
  overloaded: () => refuseRisk('RISK_OVERLOADED', { retryAfterSeconds: 1 }),
};

/** A question with all that was learned for it in time; null is missing. `beganMs` on the clock of `performance.now`. */
export type Gathered = {
  tenantId: string;
  actor: CallContext['actor'];
  question: Question;
  past: Past | null;
  listed: BlockListAnswer | null;
  timing: Record<string, number>;
  beganMs: number;
  atMs: number;
};

type Rules = { version: string; decide: (inputs: Inputs) => Verdict };

const decisionKey = ({ tenantId, paymentId }: { tenantId: string; paymentId: string }): string => `${tenantId}/${paymentId}`;
const subjectOf = ({ tenantId, question }: Gathered) => ({ tenantId, subjectId: question.subjectId });
export const roundMs = (ms: number): number => Math.round(ms * 1000) / 1000;
export const tenantsOf = (items: readonly { tenantId: string }[]): string[] => [...new Set(items.map(({ tenantId }) => tenantId))];

/**
 * Decides and writes, one commit a batch. Decisions about one person follow each other, here and in other processes: each is made on all
 * that were written before it, those of the same batch among them. So what comes at once against a limit passes no further than what comes
 * one by one. Of two for one payment the first counts, and both callers get it.
 */
export function createDecisionWriter({ db, bus, clock }: PlatformDeps, rules: Rules) {
  return createBatcher<Gathered, DecisionRecord>(
    (items) =>
      db.tx({ module: 'risk', tenants: tenantsOf(items) }, async (tx) => {
        const paymentIds = items.map(({ question }) => question.paymentId);
        // In this order: what is stored is read once nobody else can add to it.
        const [turns, stored] = await Promise.all([takeTurns(tx, items.map(subjectOf)), findByPayments(tx, paymentIds)]);
        const stale = items.filter((item) => item.past !== null && item.past.turn !== turns.get(subjectKey(subjectOf(item))));
        const pasts = stale.length > 0 ? await readPasts(tx, stale, clock.now()) : [];
        const fresh = new Map(stale.map((item, at) => [item, pasts[at]!]));
        const { outcomes, made } = decideInOrder(items, new Map(stored.map((record) => [decisionKey(record), record])), fresh, rules);
        insertDecisions(
          tx,
          made.map(({ record }) => record),
        );
        await bus.publish(
          tx,
          made.map(({ record, actor }) => toEvent(record, actor)),
        );
        return outcomes;
      }),
    { ...BATCH, isolate: isUnstorable },
  );
}

type Made = { record: DecisionRecord; actor: CallContext['actor'] };

function decideInOrder(
  items: readonly Gathered[],
  known: Map<string, DecisionRecord>,
  fresh: ReadonlyMap<Gathered, Past>,
  rules: Rules,
): { outcomes: DecisionRecord[]; made: Made[] } {
  const aheadOf = new Map<string, Ahead>();
  const made: Made[] = [];
  const outcomes = items.map((item) => {
    const key = decisionKey({ tenantId: item.tenantId, paymentId: item.question.paymentId });
    const stored = known.get(key);
    if (stored) return stored;
    const subject = subjectKey(subjectOf(item));
    const ahead = aheadOf.get(subject) ?? NOTHING_AHEAD;
    const record = decisionOn(item, fresh.get(item) ?? item.past, ahead, rules);
    const isSpending = record.decision !== 'deny';
    aheadOf.set(subject, {
      attempts: ahead.attempts + 1,
      payments: ahead.payments + (isSpending ? 1 : 0),
      sumMinor: ahead.sumMinor + (isSpending ? record.amountMinor : 0n),
    });
    known.set(key, record);
    made.push({ record, actor: item.actor });
    return record;
  });
  return { outcomes, made };
}

function decisionOn(item: Gathered, past: Past | null, ahead: Ahead, rules: Rules): DecisionRecord {
  const { tenantId, question, listed, timing } = item;
  const inputs = inputsOf(question, past, listed?.listed ?? null, ahead);
  const verdict = rules.decide(inputs);
  const evidence = listed && 'why' in listed ? { blockListFault: listed.why } : { blockListReason: listed?.reason ?? null };
  return {
    tenantId,
    decisionId: newId(),
    paymentId: question.paymentId,
    subjectId: question.subjectId,
    amountMinor: BigInt(question.amountMinor),
    payeeHash: question.payeeHash,
    decision: verdict.outcome,
    score: verdict.score,
    degraded: verdict.degraded,
    reasons: verdict.reasons,
    inputs: { ...toJson(inputs), ...evidence, channel: question.channel, sessionAgeMs: question.sessionAgeMs },
    missing: verdict.missing,
    timing,
    ruleSetVersion: rules.version,
    durationMs: roundMs(performance.now() - item.beganMs),
    decidedAt: new Date(item.atMs).toISOString(),
  };
}

function toJson(inputs: Inputs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]));
}

function toEvent(record: DecisionRecord, actor: CallContext['actor']) {
  const { decisionId, paymentId, subjectId, decision, degraded, reasons, ruleSetVersion, durationMs, decidedAt } = record;
  const reasonCodes = reasons.map(({ code }) => code);
  const data: DecisionMade = {
    decisionId,
    paymentId,
    subjectId,
    decision,
    degraded,
    reasonCodes,
    ruleSetVersion,
    durationMs,
    at: decidedAt,
  };
  return {
    id: derivedId('risk', 'decision-made', record.tenantId, paymentId),
    type: DECISION_MADE,
    tenantId: record.tenantId,
    key: paymentId,
    subjectId,
    actor,
    time: decidedAt,
    data,
  };
}
