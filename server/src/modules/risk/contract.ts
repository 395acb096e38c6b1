import { type Static, Type } from 'typebox';
import { defineContract } from '#platform/face/contract.ts';
import { MINOR_PATTERN } from '#platform/money.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { nullable as Nullable, Uuid } from '#platform/schemas.ts';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const Question = Type.Object({
  paymentId: Type.String({ minLength: 1, maxLength: 60 }),
  subjectId: Uuid,
  accountId: Uuid,
  amountMinor: Type.String({ pattern: MINOR_PATTERN }),
  currency: Type.String(),
  method: Type.Literal('pix'),
  /** Keyed hash: recognises a payee within the tenant. Stored. */
  payeeHash: Hash,
  /** SHA-256 of the Pix key and of the tax id, the form in which block lists are asked. Used once, never stored. */
  payeeKeyHash: Nullable(Hash),
  payeeTaxIdHash: Nullable(Hash),
  createdAt: Type.String({ maxLength: 40 }),
  channel: Type.String({ maxLength: 20 }),
  sessionAgeMs: Nullable(Type.Integer({ minimum: 0 })),
});
export type Question = Static<typeof Question>;

export const Outcome = Type.Union([Type.Literal('approve'), Type.Literal('review'), Type.Literal('deny')]);
export type Outcome = Static<typeof Outcome>;
export const RiskReason = Type.Object({ code: Type.String(), message: Type.String(), weight: Type.Number() });
export type RiskReason = Static<typeof RiskReason>;

export const Assessment = Type.Object({
  decisionId: Uuid,
  decision: Outcome,
  /** True when an input did not answer in time; the reasons name which. */
  degraded: Type.Boolean(),
  reasons: Type.Array(RiskReason),
  durationMs: Type.Number(),
  ruleSetVersion: Type.String(),
});
export type Assessment = Static<typeof Assessment>;

export const Decision = Type.Object({
  ...Assessment.properties,
  paymentId: Type.String(),
  subjectId: Uuid,
  score: Type.Number(),
  /** The values the rules saw; a missing one is null and named in `missing`. */
  inputs: Type.Record(Type.String(), Type.Unknown()),
  missing: Type.Array(Type.String()),
  /** Milliseconds each input took. */
  timing: Type.Record(Type.String(), Type.Number()),
  decidedAt: Type.String(),
});
export type Decision = Static<typeof Decision>;

export const riskContract = defineContract('risk', {
  /** Answers within two seconds, always. The same paymentId gets the same stored decision. */
  assess: { input: Question, output: Assessment },
  ...personalDataOperations,
  /** @throws RISK_DECISION_NOT_FOUND */
  getDecision: { input: Type.Object({ decisionId: Uuid }), output: Decision },
});
export type RiskContract = typeof riskContract;
