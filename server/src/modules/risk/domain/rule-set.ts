import type { Outcome, RiskReason } from '../contract.ts';
import { type Compiled, type Condition, compile, type InputName, type Inputs } from './rules.ts';

export type Rule = {
  code: string;
  /** Points; the sum decides. */
  weight: number;
  /** pt-BR, for the person. */
  message: string;
  when: Condition;
};

/** What an analyst sets. The version is stored with each decision. */
export type RuleSet = {
  version: string;
  reviewFrom: number;
  denyFrom: number;
  /** From this amount on, in minor units, a payment whose rules could not all be answered goes to a person. */
  reviewUnansweredFromMinor: string;
  rules: readonly Rule[];
};

export type Verdict = { outcome: Outcome; score: number; degraded: boolean; reasons: RiskReason[]; missing: InputName[] };

const INPUT_NAMES: Partial<Record<InputName, string>> = { isBlockListed: 'a lista de bloqueio' };

/** Makes a rule set ready: each decision is then one pass over closures. Throws when a rule is malformed or a code is there twice. */
export function prepare(set: RuleSet): (inputs: Inputs) => Verdict {
  const compiled: { rule: Rule; test: Compiled }[] = set.rules.map((rule) => ({ rule, test: compile(rule.when) }));
  if (new Set(set.rules.map((rule) => rule.code)).size !== set.rules.length) throw new Error('two rules have the same code');
  const reviewUnansweredFrom = BigInt(set.reviewUnansweredFromMinor);

  return (inputs) => {
    const reasons: RiskReason[] = [];
    const missing = new Set<InputName>();
    let score = 0;
    for (const { rule, test } of compiled) {
      const found = test(inputs);
      if (found === true) {
        score += rule.weight;
        reasons.push({ code: rule.code, message: rule.message, weight: rule.weight });
      } else if (typeof found === 'object') for (const name of found.missing) missing.add(name);
    }
    const degraded = missing.size > 0;
    let outcome: Outcome = score >= set.denyFrom ? 'deny' : score >= set.reviewFrom ? 'review' : 'approve';
    if (degraded) {
      const isLarge = inputs.amountMinor === null || inputs.amountMinor >= reviewUnansweredFrom;
      if (outcome === 'approve' && isLarge) outcome = 'review';
      for (const name of missing) {
        const message = `Não foi possível consultar ${INPUT_NAMES[name] ?? 'o histórico da conta'} a tempo.`;
        reasons.push({ code: `RISK_UNANSWERED_${toCode(name)}`, message, weight: 0 });
      }
    }
    return { outcome, score, degraded, reasons, missing: [...missing] };
  };
}

/** `isBlockListed` gives `IS_BLOCK_LISTED`. */
const toCode = (name: string): string => name.replace(/([A-Z]|\d+)/g, '_$1').toUpperCase();
