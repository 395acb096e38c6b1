import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN } from '#platform/money.ts';

const Id = Type.String({ pattern: UUID_PATTERN });
const Minor = Type.String({ pattern: MINOR_PATTERN });
const Day = Type.String();
const Kind = Type.Union([Type.Literal('payable'), Type.Literal('receivable')]);

/** A title is there, or is another one from now on: changed, paid in part or whole, opened again, cancelled. Key: titleId. Says no words of it. */
export const TITLE_SET = 'titles.title-set.v1';
export const TitleSet = Type.Object({
  titleId: Id,
  accountId: Id,
  kind: Kind,
  change: Type.Union([
    Type.Literal('created'),
    Type.Literal('changed'),
    Type.Literal('cancelled'),
    Type.Literal('settled'),
    Type.Literal('reopened'),
  ]),
  amountMinor: Minor,
  openMinor: Minor,
  dueOn: Day,
  competenceOn: Day,
  categoryId: Id,
  version: Type.Integer(),
});
export type TitleSet = Static<typeof TitleSet>;

/**
 * A settlement is in the books (`recorded`), or was taken back (`undone`). Key: titleId. `lines` say what the money was for, and add up to `cashMinor`:
 * what the books, who see it go from a place to what is owed, cannot say. A discount makes the line of its title less.
 */
export const SETTLEMENT_BOOKED = 'titles.settlement-booked.v1';
export const SettlementBooked = Type.Object({
  settlementId: Id,
  titleId: Id,
  accountId: Id,
  kind: Kind,
  change: Type.Union([Type.Literal('recorded'), Type.Literal('undone')]),
  /** Of the payment, in the books. */
  entryId: Id,
  paidOn: Day,
  placeId: Id,
  cashMinor: Minor,
  lines: Type.Array(Type.Object({ categoryId: Id, amountMinor: Minor })),
});
export type SettlementBooked = Static<typeof SettlementBooked>;

/** A rule is there, is another one from now on, or has ended. Key: ruleId. */
export const RULE_SET = 'titles.rule-set.v1';
export const RuleSet = Type.Object({ ruleId: Id, accountId: Id, kind: Kind, version: Type.Integer(), ended: Type.Boolean() });
export type RuleSet = Static<typeof RuleSet>;

/** Everything this module publishes, by type. */
export const events = { [TITLE_SET]: TitleSet, [SETTLEMENT_BOOKED]: SettlementBooked, [RULE_SET]: RuleSet } as const;
