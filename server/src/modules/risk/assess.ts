import { createBatcher } from '#platform/batcher.ts';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { Assessment, Question } from './contract.ts';
import { BATCH, createDecisionWriter, roundMs, tenantsOf } from './decision-writer.ts';
import { prepare, type RuleSet } from './domain/rule-set.ts';
import type { BlockList } from './inputs/block-list.ts';
import { type Asked, type Past, readPasts } from './store/history.ts';

/** For everything: inputs, rules and the record. */
const DEADLINE_MS = 2_000;
/** What is kept of it for writing the decision down. */
const WRITE_MS = 500;

/**
 * Decides in line: gathers what can be known before the deadline, applies the rules, writes the decision with all it rests on, and only
 * then answers. An input that is late is missing, by name; the decision waits for none.
 */
export function createAssess(deps: PlatformDeps & { blockList: BlockList; rules: RuleSet }) {
  const { db, clock, blockList, log } = deps;
  const seconds = deps.metrics.histogram('lastro_risk_decision_seconds', 'How long a risk decision takes', ['decision', 'degraded']);
  const writer = createDecisionWriter(deps, { version: deps.rules.version, decide: prepare(deps.rules) });
  const pasts = createBatcher<Asked, Past>(
    (asked) => db.tx({ module: 'risk', tenants: tenantsOf(asked), single: true }, (tx) => readPasts(tx, asked, clock.now())),
    BATCH,
  );

  return (ctx: CallContext, question: Question): Promise<Assessment> =>
    withSpan('risk assess', { parent: ctx.traceparent ?? null, attributes: { 'lastro.payment': question.paymentId } }, async (span) => {
      const { tenantId, actor } = ctx;
      const beganMs = performance.now();
      const atMs = clock.now();
      const budgetMs = Math.max(50, Math.min(DEADLINE_MS, (ctx.deadlineMs ?? Number.POSITIVE_INFINITY) - atMs) - WRITE_MS);
      const timing: Record<string, number> = {};
      const timed = async <T>(name: string, work: Promise<T>): Promise<T | null> => {
        const from = performance.now();
        const value = await inTime(work, budgetMs).catch((error: Error) => {
          log.warn({ input: name, err: error.message }, 'a risk input is missing');
          return null;
        });
        timing[name] = roundMs(performance.now() - from);
        return value;
      };
      const [past, listed] = await Promise.all([
        timed('history', pasts.submit({ tenantId, question })),
        timed('blockList', blockList.check(question.payeeKeyHash, question.payeeTaxIdHash)),
      ]);
      const stored = await writer.submit({ tenantId, actor, question, past, listed, timing, beganMs, atMs });
      seconds.observe({ decision: stored.decision, degraded: String(stored.degraded) }, (performance.now() - beganMs) / 1000);
      span.setAttribute('lastro.decision', stored.decision);
      const { decisionId, decision, degraded, reasons, durationMs, ruleSetVersion } = stored;
      return { decisionId, decision, degraded, reasons, durationMs, ruleSetVersion };
    });
}

/** The value, or a rejection once the time is up; the work itself goes on and is forgotten. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('not in time')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
