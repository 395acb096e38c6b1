import { createBatcher } from '#platform/batcher.ts';
import type { CallContext } from '#platform/context.ts';
import { derivedId, newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { Assessment, Question } from './contract.ts';
import { isNight } from './domain/night.ts';
import { prepare, type RuleSet } from './domain/rule-set.ts';
import type { Inputs } from './domain/rules.ts';
import { refuseRisk } from './errors.ts';
import { DECISION_MADE, type DecisionMade } from './events.ts';
import type { BlockList } from './inputs/block-list.ts';
import { type Asked, type DecisionRecord, findByPayments, insertDecisions, type Past, readPasts } from './store.ts';

/** For everything: inputs, rules and the record. */
const DEADLINE_MS = 2_000;
/** What is kept of it for writing the decision down. */
const WRITE_MS = 500;
const BATCH = { maxBatch: 200, maxBacklog: 20_000, overloaded: () => refuseRisk('RISK_OVERLOADED', { retryAfterSeconds: 1 }) };

type Written = { record: DecisionRecord; actor: CallContext['actor'] };

/**
 * Decides in line: gathers what can be known before the deadline, applies the rules, writes the decision with all it rests on, and only
 * then answers. An input that is late is missing, by name; the decision waits for none.
 */
export function createAssess(deps: PlatformDeps & { blockList: BlockList; rules: RuleSet }) {
  const { db, bus, clock, blockList, log } = deps;
  const decide = prepare(deps.rules);
  const seconds = deps.metrics.histogram('lastro_risk_decision_seconds', 'How long a risk decision takes', ['decision', 'degraded']);

  const pasts = createBatcher<Asked, Past>(
    (asked) => db.tx({ module: 'risk', tenants: tenantsOf(asked), single: true }, (tx) => readPasts(tx, asked, clock.now())),
    BATCH,
  );
  /** Writes decisions; of two for one payment the first counts, and both callers get it. */
  const writer = createBatcher<Written, DecisionRecord>(
    (items) =>
      db.tx({ module: 'risk', tenants: tenantsOf(items.map(({ record }) => record)) }, async (tx) => {
        const fresh = await insertDecisions(
          tx,
          items.map(({ record }) => record),
        );
        const isFresh = ({ record }: Written) => fresh.has(`${record.tenantId}/${record.paymentId}`);
        const known = items.filter((item) => !isFresh(item)).map(({ record }) => record.paymentId);
        const repeated = items.length - new Set(items.map(({ record }) => record.paymentId)).size > 0;
        const stored =
          known.length > 0 || repeated
            ? await findByPayments(
                tx,
                items.map(({ record }) => record.paymentId),
              )
            : [];
        const byPayment = new Map(stored.map((record) => [`${record.tenantId}/${record.paymentId}`, record]));
        const outcomes = items.map(({ record }) => byPayment.get(`${record.tenantId}/${record.paymentId}`) ?? record);
        const made = items.filter((item, at) => isFresh(item) && outcomes[at]!.decisionId === item.record.decisionId);
        await bus.publish(
          tx,
          made.map(({ record, actor }) => toEvent(record, actor)),
        );
        return outcomes;
      }),
    BATCH,
  );

  return (ctx: CallContext, question: Question): Promise<Assessment> =>
    withSpan('risk assess', { parent: ctx.traceparent ?? null, attributes: { 'lastro.payment': question.paymentId } }, async (span) => {
      const began = performance.now();
      const nowMs = clock.now();
      const budgetMs = Math.max(50, Math.min(DEADLINE_MS, (ctx.deadlineMs ?? Number.POSITIVE_INFINITY) - nowMs) - WRITE_MS);
      const timing: Record<string, number> = {};
      const timed = async <T>(name: string, work: Promise<T>): Promise<T | null> => {
        const from = performance.now();
        const value = await inTime(work, budgetMs).catch((error: Error) => {
          log.warn({ input: name, err: error.message }, 'a risk input is missing');
          return null;
        });
        timing[name] = round(performance.now() - from);
        return value;
      };
      const [past, listed] = await Promise.all([
        timed('history', pasts.submit({ tenantId: ctx.tenantId, question })),
        timed('blockList', blockList.check(question.payeeKeyHash, question.payeeTaxIdHash)),
      ]);
      const amountMinor = BigInt(question.amountMinor);
      const createdAtMs = Date.parse(question.createdAt);
      const inputs: Inputs = {
        amountMinor,
        paymentsLast10Minutes: past?.paymentsLast10Minutes ?? null,
        paymentsLastHour: past?.paymentsLastHour ?? null,
        // What the day comes to with this payment.
        sumLastDayMinor: past ? past.sumLastDayMinor + amountMinor : null,
        largestSettledMinor: past?.largestSettledMinor ?? null,
        settledCount: past?.settledCount ?? null,
        isNewPayee: past?.isNewPayee ?? null,
        isBlockListed: listed?.listed ?? null,
        isNight: Number.isNaN(createdAtMs) ? null : isNight(createdAtMs),
      };
      const verdict = decide(inputs);
      const evidence = listed && 'why' in listed ? { blockListFault: listed.why } : { blockListReason: listed?.reason ?? null };
      const record: DecisionRecord = {
        tenantId: ctx.tenantId,
        decisionId: newId(),
        paymentId: question.paymentId,
        subjectId: question.subjectId,
        amountMinor,
        payeeHash: question.payeeHash,
        decision: verdict.outcome,
        score: verdict.score,
        degraded: verdict.degraded,
        reasons: verdict.reasons,
        inputs: { ...toJson(inputs), ...evidence, channel: question.channel, sessionAgeMs: question.sessionAgeMs },
        missing: verdict.missing,
        timing,
        ruleSetVersion: deps.rules.version,
        durationMs: round(performance.now() - began),
        decidedAt: new Date(nowMs).toISOString(),
      };
      const stored = await writer.submit({ record, actor: ctx.actor });
      seconds.observe({ decision: stored.decision, degraded: String(stored.degraded) }, (performance.now() - began) / 1000);
      span.setAttribute('lastro.decision', stored.decision);
      const { decisionId, decision, degraded, reasons, durationMs, ruleSetVersion } = stored;
      return { decisionId, decision, degraded, reasons, durationMs, ruleSetVersion };
    });
}

const tenantsOf = (items: readonly { tenantId: string }[]): string[] => [...new Set(items.map(({ tenantId }) => tenantId))];
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The value, or a rejection once the time is up; the work itself goes on and is forgotten. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('not in time')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
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
