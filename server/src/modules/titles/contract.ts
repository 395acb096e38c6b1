import { Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { BusinessDate, Minor, nullable, Uuid } from '#platform/schemas.ts';
import { NewRule, Occurrences, Rule, RuleChange, ScheduleOf } from './contract-rules.ts';
import {
  Above,
  Charges,
  Counterparty,
  Expected,
  KindName,
  literals,
  NewCounterparty,
  NewSettlement,
  NewTitles,
  SettlementMade,
  Title,
  TitleChange,
  TitleDetail,
} from './contract-titles.ts';
import { STATUSES, type Status } from './domain/status.ts';

export * from './contract-rules.ts';
export * from './contract-titles.ts';

const On = { accountId: Uuid };
const OneTitle = { ...On, titleId: Uuid };
const OneRule = { ...On, ruleId: Uuid };

/** Which titles of a list. What is left out lets everything through. */
export const TitleFilter = {
  kind: Type.Optional(KindName),
  /** As they are today; `unsettled`: open, partly settled or overdue. */
  status: Type.Optional(literals<Status | 'unsettled'>([...STATUSES, 'unsettled'])),
  dueFrom: Type.Optional(BusinessDate),
  dueTo: Type.Optional(BusinessDate),
  counterpartyId: Type.Optional(Uuid),
  ruleId: Type.Optional(Uuid),
  planId: Type.Optional(Uuid),
  cursor: Type.Optional(Type.String({ maxLength: 60 })),
};
export const TitlePage = Type.Object({
  titles: Type.Array(Title),
  nextCursor: nullable(Type.String()),
});
export const Totals = Type.Object({
  /** Of all titles that are open, by kind. */
  payable: Type.Object({ openMinor: Minor, overdueMinor: Minor, dueTodayMinor: Minor, count: Type.Integer() }),
  receivable: Type.Object({ openMinor: Minor, overdueMinor: Minor, dueTodayMinor: Minor, count: Type.Integer() }),
});

/** What a shop has to pay and to receive. Every operation asks whether whoever calls may do it: reading is `see`, the rest `books`. */
export const titlesContract = defineContract('titles', {
  ...personalDataOperations,
  /**
   * One title, or the instalments of a plan, whose sum is the total. Needs `ctx.idempotencyKey`.
   * @throws TITLES_INVALID, TITLES_COUNTERPARTY_NOT_FOUND, TITLES_DAY_CLOSED
   */
  createTitles: { input: Type.Object({ ...On, titles: NewTitles }), output: Type.Object({ titles: Type.Array(Title) }) },
  listTitles: { input: Type.Object({ ...On, ...TitleFilter, limit: Type.Integer({ minimum: 1, maximum: 200 }) }), output: TitlePage },
  readTotals: { input: Type.Object(On), output: Totals },
  /** With its settlements and what was written to the books. @throws TITLES_NOT_FOUND */
  getTitle: { input: Type.Object(OneTitle), output: TitleDetail },
  /** Of an occurrence: this one alone. @throws TITLES_NOT_FOUND, TITLES_CHANGED, TITLES_NOT_OPEN, TITLES_INVALID, TITLES_DAY_CLOSED */
  changeTitle: {
    input: Type.Object({ ...OneTitle, version: Type.Integer({ minimum: 1 }), change: TitleChange }),
    output: Title,
  },
  /** What was accrued is taken back. Repeating it changes nothing. @throws TITLES_NOT_FOUND, TITLES_HAS_SETTLEMENTS, TITLES_DAY_CLOSED */
  cancelTitle: { input: Type.Object(OneTitle), output: Title },
  /** What the terms ask for when so much of it (all that is open, unless said) is paid on a day, today unless said. @throws TITLES_NOT_FOUND, TITLES_OVER_OPEN */
  quoteSettlement: {
    input: Type.Object({ ...OneTitle, paidOn: Type.Optional(BusinessDate), principalMinor: Type.Optional(Above) }),
    output: Charges,
  },
  /**
   * Pays a title, or a part of it. Durable when answered; the books get it at once, or as soon as they answer again. Needs `ctx.idempotencyKey`.
   * @throws TITLES_NOT_FOUND, TITLES_NOT_OPEN, TITLES_OVER_OPEN, TITLES_INVALID, TITLES_DAY_CLOSED
   */
  settle: { input: Type.Object({ ...OneTitle, settlement: NewSettlement }), output: SettlementMade },
  /** Takes a settlement back by reversal: its part is open again once the books have it. Repeating it changes nothing. @throws TITLES_SETTLEMENT_NOT_FOUND, TITLES_DAY_CLOSED */
  undoSettlement: { input: Type.Object({ ...OneTitle, settlementId: Uuid }), output: Title },

  /** Needs `ctx.idempotencyKey`. @throws TITLES_INVALID, TITLES_COUNTERPARTY_NOT_FOUND */
  createRule: { input: Type.Object({ ...On, rule: NewRule }), output: Rule },
  listRules: { input: Type.Object(On), output: Type.Object({ rules: Type.Array(Rule) }) },
  /** The dates of a rule that is not there yet. */
  previewRule: {
    input: Type.Object({ ...On, schedule: ScheduleOf, count: Type.Integer({ minimum: 1, maximum: 60 }) }),
    output: Occurrences,
  },
  /**
   * Changes a rule from an occurrence on (`following`), or from the first that is open (`all-open`): those that are there already are changed with it, those that were
   * settled, in part or whole, or cancelled stay as they are. @throws TITLES_RULE_NOT_FOUND, TITLES_CHANGED, TITLES_RULE_ENDED, TITLES_INVALID
   */
  changeRule: { input: Type.Object({ ...OneRule, version: Type.Integer({ minimum: 1 }), change: RuleChange }), output: Rule },
  /** No more of it: open occurrences that count on a later day than today are cancelled. Repeating it changes nothing. @throws TITLES_RULE_NOT_FOUND */
  endRule: { input: Type.Object(OneRule), output: Rule },

  /** Needs `ctx.idempotencyKey`. @throws TITLES_INVALID, TITLES_TOO_MANY */
  addCounterparty: { input: Type.Object({ ...On, counterparty: NewCounterparty }), output: Counterparty },
  /** Repeating it changes nothing. @throws TITLES_INVALID, TITLES_COUNTERPARTY_NOT_FOUND */
  changeCounterparty: { input: Type.Object({ ...On, id: Uuid, counterparty: NewCounterparty }), output: Counterparty },
  listCounterparties: { input: Type.Object(On), output: Type.Object({ counterparties: Type.Array(Counterparty) }) },

  /** What is still expected to come in and go out through a day: open titles, and occurrences of rules that have no title yet. */
  listExpected: { input: Type.Object({ ...On, through: BusinessDate }), output: Expected },
});
export type TitlesContract = typeof titlesContract;
export type Titles = Face<TitlesContract>;
