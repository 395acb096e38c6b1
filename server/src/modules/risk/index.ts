import { createCache } from '#platform/cache/create-cache.ts';
import { memoryDriver } from '#platform/cache/memory.ts';
import type { Face } from '#platform/face/contract.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createAssess } from './assess.ts';
import { type RiskContract, riskContract } from './contract.ts';
import { DEFAULT_RULES } from './domain/default-rules.ts';
import type { RuleSet } from './domain/rule-set.ts';
import { refuseRisk } from './errors.ts';
import { historySubscription } from './handlers.ts';
import { riskRoutes } from './http.ts';
import { createBlockList } from './inputs/block-list.ts';
import { createPersonalData } from './personal-data.ts';
import { findDecision } from './store/decisions.ts';

export type { Assessment, Decision, Outcome, Question, RiskContract, RiskReason } from './contract.ts';
export { riskContract } from './contract.ts';

export type RiskConfig = {
  /** Where the block list is asked, whole. */
  blocklistUrl: string;
  blocklistApiKey: string;
  /** Default 400. */
  blocklistTimeoutMs?: number;
  /** How long an answer of the list is used again for the same payee. Default 10,000. */
  blocklistKeepMs?: number;
  /** Default: the rules in `domain/default-rules.ts`. */
  rules?: RuleSet;
};

/** The risk module: decides on payments in line, always in time and always with reasons. See README.md. */
export function createRisk(deps: PlatformDeps & { config: RiskConfig }): ModuleInstance<RiskContract> {
  const { config, db, log } = deps;
  const blockList = createBlockList({
    url: config.blocklistUrl,
    apiKey: config.blocklistApiKey,
    timeoutMs: config.blocklistTimeoutMs ?? 400,
    keepMs: config.blocklistKeepMs ?? 10_000,
    // In this process: asking a database first would take as long as asking the list.
    cache: createCache(memoryDriver({ mostBytes: 8 * 1024 * 1024 }), log),
  });
  const impl: Face<RiskContract> = {
    assess: createAssess({ ...deps, blockList, rules: config.rules ?? DEFAULT_RULES }),
    ...createPersonalData(db),
    async getDecision(ctx, { decisionId }) {
      const found = await db.tx({ module: 'risk', tenants: [ctx.tenantId], single: true }, (tx) => findDecision(tx, decisionId));
      if (!found) throw refuseRisk('RISK_DECISION_NOT_FOUND');
      const { tenantId: _tenant, amountMinor: _amount, payeeHash: _payee, ...decision } = found;
      return decision;
    },
  };
  return {
    name: 'risk',
    face: { contract: riskContract, impl },
    routes: (app) => riskRoutes(app, impl),
    subscriptions: [historySubscription],
    close: () => blockList.close(),
  };
}
