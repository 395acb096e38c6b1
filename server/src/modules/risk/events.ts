import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';

const Uuid = Type.String({ pattern: UUID_PATTERN });

/** A decision was made and stored. Key: paymentId. What it rests on is asked from `getDecision`. Golden copy: `golden/`. */
export const DECISION_MADE = 'risk.decision-made.v1';
export const DecisionMade = Type.Object({
  decisionId: Uuid,
  paymentId: Type.String({ maxLength: 60 }),
  subjectId: Uuid,
  decision: Type.Union([Type.Literal('approve'), Type.Literal('review'), Type.Literal('deny')]),
  degraded: Type.Boolean(),
  reasonCodes: Type.Array(Type.String()),
  ruleSetVersion: Type.String(),
  durationMs: Type.Number(),
  at: Type.String({ format: 'date-time' }),
});
export type DecisionMade = Static<typeof DecisionMade>;

/** Everything this module publishes, by type. */
export const events = { [DECISION_MADE]: DecisionMade } as const;
